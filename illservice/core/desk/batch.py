"""One plain action for several requests: each in its own transaction, each with its own answer."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.links import back_to
from illservice.core.desk.listing import ListSide
from illservice.core.desk.results import keep_results, result
from illservice.core.desk.undo import offer_undo
from illservice.core.errors import IllError

MOST = 200


def batch_page(side: ListSide, request: HttpRequest, library: Any, actor: Actor) -> HttpResponse:
    """POST `do` to all `chosen`, then back to the list with what became of each."""
    at = clock.now()
    home = back_to(request, side.links.page("queue", library.slug))
    action, numbers = request.POST.get("do", ""), request.POST.getlist("chosen")[:MOST]
    if action not in side.one_click or action not in side.doors or not numbers:
        messages.error(request, _("Choose requests in the list, and what shall be done with them."))
        return redirect(home)
    found = {each.number: each for each in side.by_numbers(library, actor, numbers)}
    results = [
        _do(side, request, found.get(number), number, action, actor, at) for number in dict.fromkeys(numbers)
    ]
    if len(results) > 1:
        keep_results(request, results)
        return redirect(home)
    return _answer_for_one(side, request, found, results[0], at, home)


def _answer_for_one(
    side: ListSide,
    request: HttpRequest,
    found: dict[str, Any],
    only: dict[str, Any],
    at: datetime,
    home: str,
) -> HttpResponse:
    """One key on one row: the banner with the way back, or the words why not."""
    number = only["number"]
    if only["missing"]:
        return redirect(only["url"])
    if not only["done"]:
        messages.error(request, f"{number}: {only['words']}")
        return redirect(home)
    say_with_undo(side, request, found[number].pk, number, f"{number}: {only['words']}", at)
    return redirect(home)


def say_with_undo(
    side: ListSide, request: HttpRequest, pk: int, number: str, text: str, at: datetime
) -> None:
    """Say what was done, with the way back while there is one."""
    kept = side.last_act(pk)
    if kept is None:
        messages.success(request, text)
    else:
        offer_undo(request, number=number, undo={"act": kept[0], "sends": kept[1]}, text=text, at=at)


def _do(
    side: ListSide,
    request: HttpRequest,
    subject: Any,
    number: str,
    action: str,
    actor: Actor,
    at: datetime,
) -> dict[str, Any]:
    """What became of one request."""
    if subject is None:
        return result(number, _("There is no such request, or it is not yours to see."))
    slug, title = subject.library.slug, side.title(subject)
    door = side.doors[action]
    seen = request.POST.get(f"version-{number}", "")
    try:
        form = door.filled(side.given(subject, action), request=subject, actor=actor, at=at)
        if not form.is_valid():
            words = _("Something has to be said first: %(words)s") % {"words": _first_error(form.errors)}
            url = side.links.action(slug, number, action)
            return result(number, words, title=title, url=url, missing=True)
        version = int(seen) if seen.isdecimal() and len(seen) < 10 else None
        words = door.run(request=subject, data=form.facts, actor=actor, at=at, version=version)
    except IllError as refusal:
        return result(number, str(refusal), title=title, url=side.links.request(slug, number))
    kept = side.last_act(subject.pk)
    return result(
        number,
        str(words or door.done),
        title=title,
        url=side.links.request(slug, number),
        done=True,
        undo=side.links.undo(slug, number) if kept else "",
        act=kept[0] if kept else "",
    )


def _first_error(errors: Any) -> str:
    return str(next(iter(errors.values()))[0]) if errors else ""
