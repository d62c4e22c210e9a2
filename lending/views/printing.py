"""Printing at the lending desk: one address for one request or many, and the act of its own that says "printed"."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.batch import say_with_undo
from illservice.core.desk.links import back_to
from illservice.core.desk.results import keep_results, result
from illservice.core.errors import IllError
from illservice.core.printing import MOST, After, Kind, PrintDesk, print_door, print_links
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from lending.models import LendingRequest
from lending.printing import EVERY, KINDS, kinds_for, pull_slip_kind, slips_of
from lending.selectors import paper as selectors
from lending.selectors.paper import SlipFilter
from lending.services.items import mark_printed
from lending.views.links import LINKS
from lending.views.lists import LENDING
from lending.views.rows import title_of
from lending.workflow.rights import STACKS
from lending.workflow.slips import PullSlip

LONGEST_LIST = 20_000


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def paper(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/print/: see `print_door`. With `left` it is the slips still to print, of one `location` or all."""
    sent = request.POST if request.method == "POST" else request.GET
    if "left" not in sent:
        return print_door(request, _desk(request, library, actor))
    location = sent.get("location", "")
    wanted = SlipFilter(location, actor.branches, unprinted=True)
    slips = selectors.slips_left(library, actor, location)
    if not slips and not sent.getlist("number"):
        messages.info(request, _("Every slip is printed."))
        return redirect(LINKS.page("stacks", library.slug))
    fields = [("left", "1"), *([("location", location)] if location else [])]
    return print_door(request, _desk(request, library, actor, wanted, slips, fields))


def _desk(
    request: HttpRequest,
    library: Library,
    actor: Actor,
    wanted: SlipFilter = EVERY,
    slips: Sequence[PullSlip] = (),
    fields: Sequence[tuple[str, str]] = (),
) -> PrintDesk:
    kinds: Mapping[str, Kind] = {**KINDS, "pull_slip": pull_slip_kind(wanted)}
    home = LINKS.page("stacks" if fields else "queue", library.slug)
    numbers = list(dict.fromkeys(slip.item.request.number for slip in slips))
    return PrintDesk(
        kinds=kinds,
        find=partial(selectors.for_printing, library, actor),
        home=back_to(request, home),
        page=lambda number: LINKS.request(library.slug, number),
        slug=library.slug,
        owner=library.name,
        language=library.language,
        chosen=numbers[:MOST],
        fields=fields,
        after=lambda kind, found: _after(kind, found, library, actor, wanted, back_to(request, home)),
    )


def _after(
    kind: Kind, found: Sequence[LendingRequest], library: Library, actor: Actor, wanted: SlipFilter, back: str
) -> After | None:
    """Marking is offered for exactly the slips of this print that are not marked yet."""
    slips = [slip for request in found for slip in slips_of(request, wanted) if not slip.is_printed]
    if kind.code != "pull_slip" or not slips or not actor.roles & STACKS:
        return None
    return After(
        words=_("When the slips are on paper, mark them: the next print of what is left leaves them out."),
        label=_("Mark as printed"),
        url=LINKS.page("printed", library.slug),
        fields=[("items", ",".join(str(slip.item.pk) for slip in slips)), ("back", back)],
    )


@require_POST
@staff_page(roles=STACKS)
def printed(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/print/done/: mark the slips of `items` (keys with commas); each request is an act with its undo."""
    at = clock.now()
    home = back_to(request, LINKS.page("stacks", library.slug))
    text = request.POST.get("items", "")[:LONGEST_LIST]
    items = {int(each) for each in text.split(",") if each.isascii() and each.isdigit() and len(each) < 18}
    found = selectors.requests_of_items(library, actor, items)
    results = [_mark(each, items, library, actor, at) for each in found]
    if not results:
        messages.error(request, _("Nothing of this is left to mark."))
    elif len(results) > 1:
        keep_results(request, results)
    elif results[0]["done"]:
        only = found[0]
        say_with_undo(LENDING, request, only.pk, only.number, f"{only.number}: {results[0]['words']}", at)
    else:
        messages.error(request, f"{found[0].number}: {results[0]['words']}")
    return redirect(home)


def _mark(
    one: LendingRequest, items: set[int], library: Library, actor: Actor, at: datetime
) -> dict[str, Any]:
    """What became of one request."""
    url, title = LINKS.request(library.slug, one.number), title_of(one)
    try:
        mark_printed(request_id=one.pk, item_ids=items, actor=actor, at=at)
    except IllError as refusal:
        return result(one.number, str(refusal), title=title, url=url)
    kept = LENDING.last_act(one.pk)
    undo = {"undo": LINKS.undo(library.slug, one.number), "act": kept[0]} if kept else {}
    return result(one.number, _("Marked as printed"), title=title, url=url, done=True, **undo)


def prints_of(request: LendingRequest, slug: str) -> list[dict[str, Any]]:
    """What can be printed for one request (templates/desk/request_print.html)."""
    return print_links(kinds_for(request), door=LINKS.page("print", slug), number=request.number)
