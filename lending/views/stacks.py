"""To fetch: what the stacks have to look for, in the order of the walk, with Found and Not found beside each item."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.batch import say_with_undo
from illservice.core.desk.links import back_to, with_query
from illservice.core.desk.results import take_results
from illservice.core.errors import IllError, NotFound
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from lending.models import LendingItem
from lending.selectors import lists
from lending.selectors.paper import location_key, slips_left
from lending.services.items import item_found, item_not_found
from lending.views.links import LINKS
from lending.views.lists import LENDING
from lending.views.rows import title_of
from lending.workflow.rights import STACKS

_DONE = {"found": item_found, "not_found": item_not_found}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=STACKS)
def stacks(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/stacks/: GET what is to be fetched (`location` narrows it); POST what became of one item."""
    if request.method == "POST":
        return _looked(request, library, actor)
    items = lists.to_fetch(library, actor)
    chosen = request.GET.get("location", "")
    places = _places(request, items, chosen)
    shown = [item for item in items if not chosen or location_key(item) == chosen]
    context = {
        "places": places if len(places) > 2 else [],
        "groups": _groups(shown, library, clock.now()),
        "back": request.get_full_path(),
        "most": len(items) == lists.MOST_TO_FETCH,
        "chosen": bool(chosen),
        "all_url": with_query(request, location=None),
        "print_left": _print_left(library, actor, chosen),
        "results": take_results(request),
    }
    return render(request, "lending/stacks.html", context)


def _print_left(library: Library, actor: Actor, location: str) -> dict[str, Any]:
    """How many slips are still to print here, and where that is done."""
    query = {"kind": "pull_slip", "left": "1", "choose": "1"} | ({"location": location} if location else {})
    url = f"{LINKS.page('print', library.slug)}?{urlencode(query)}"
    return {"count": len(slips_left(library, actor, location)), "url": url}


def _places(request: HttpRequest, items: list[LendingItem], chosen: str) -> list[dict[str, Any]]:
    """The locations where something is to be fetched, with how much."""
    links = [{"label": _("Everywhere"), "count": len(items), "url": with_query(request, location=None)}]
    links[0]["current"] = not chosen
    for key, group in groupby(items, key=location_key):
        each = list(group)
        url = with_query(request, location=key)
        links.append({"label": _place(each[0]), "count": len(each), "url": url, "current": key == chosen})
    return links


def _place(item: LendingItem) -> str:
    return item.location.name if item.location else _("Without a location")


def _groups(items: list[LendingItem], library: Library, at: datetime) -> list[dict[str, Any]]:
    """Locations with their items, in the order of the shelves."""
    return [
        {"label": _place(listed[0]), "items": [_item(item, library, at) for item in listed]}
        for listed in (list(group) for _key, group in groupby(items, key=location_key))
    ]


def _item(item: LendingItem, library: Library, at: datetime) -> dict[str, Any]:
    request = item.request
    parts = (
        request.article_author or request.author,
        request.title if request.article_title else "",
        " ".join(part for part in (request.volume, request.issue, request.pages) if part),
    )
    return {
        "pk": item.pk,
        "number": request.number,
        "url": LINKS.request(library.slug, request.number),
        "call_number": item.call_number or _("no call number"),
        "shelf": item.shelf,
        "volume": item.volume,
        "barcode": item.barcode,
        "pieces": item.pieces if item.pieces > 1 else 0,
        "title": title_of(request),
        "detail": " · ".join(part for part in parts if part)[:200],
        "borrower": request.borrower.name,
        "rush": request.rush,
        "late": request.act_by < at,
        "printed": item.printed_at is not None,
    }


def _looked(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """One item was looked for: it is here, or it is not where it should be."""
    at = clock.now()
    number, done = request.POST.get("number", ""), _DONE.get(request.POST.get("do", ""))
    subject = next(iter(lists.by_numbers(library, actor, [number])), None)
    item = _named(subject.items.all(), request.POST.get("item", "")) if subject else None
    if subject is None or item is None or done is None:
        raise NotFound(number=number)
    home = back_to(request, LINKS.page("stacks", library.slug))
    try:
        done(request_id=subject.pk, item_id=item.pk, actor=actor, at=at)
    except IllError as refusal:
        messages.error(request, f"{number}: {refusal}")
        return redirect(home)
    said = _("Found: %(title)s") if done is item_found else _("Not found: %(title)s")
    say_with_undo(LENDING, request, subject.pk, number, said % {"title": title_of(subject)[:80]}, at)
    return redirect(home)


def _named(items: Any, key: str) -> LendingItem | None:
    return next((item for item in items if str(item.pk) == key), None)
