"""One plain action for several requests: each in its own transaction, each with its own answer."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import IllError
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from requests_app import selectors
from requests_app.forms.actions import ACTIONS
from requests_app.models import BorrowingRequest
from requests_app.views.links import action_url, back_to, request_url, undo_url
from requests_app.views.rows import ONE_CLICK, title_of
from requests_app.views.shell import offer_undo

MOST = 200
RESULTS_KEY = "batch_results"


@require_POST
@staff_page
def batch(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/batch/: do `do` to all `chosen`, then back to the list with what became of each."""
    at = clock.now()
    home = back_to(request, reverse("desk:queue", args=[library.slug]))
    action, numbers = request.POST.get("do", ""), request.POST.getlist("chosen")[:MOST]
    if action not in ONE_CLICK or action not in ACTIONS or not numbers:
        messages.error(request, _("Choose requests in the list, and what shall be done with them."))
        return redirect(home)
    found = {each.number: each for each in selectors.by_numbers(library, actor, numbers)}
    results = [
        _do(request, found.get(number), number, action, actor, at) for number in dict.fromkeys(numbers)
    ]
    if len(results) > 1:
        request.session[RESULTS_KEY] = results
        return redirect(home)
    return _answer_for_one(request, found, results[0], action, at, home)


def _answer_for_one(
    request: HttpRequest,
    found: dict[str, BorrowingRequest],
    result: dict[str, Any],
    action: str,
    at: datetime,
    home: str,
) -> HttpResponse:
    """One key on one row: the banner with the way back, or the words why not."""
    number = result["number"]
    if result["missing"]:
        return redirect(result["url"])
    if not result["done"]:
        messages.error(request, f"{number}: {result['words']}")
        return redirect(home)
    kept = selectors.last_act(found[number].pk)
    if kept is None:
        messages.success(request, f"{number}: {result['words']}")
    else:
        undo = {"act": kept[0], "sends": kept[1]}
        offer_undo(request, number=number, undo=undo, text=f"{number}: {result['words']}", at=at)
    return redirect(home)


def _do(
    request: HttpRequest,
    subject: BorrowingRequest | None,
    number: str,
    action: str,
    actor: Actor,
    at: datetime,
) -> dict[str, Any]:
    """What became of one request: number, title, words, whether it is done, and how to take it back."""
    if subject is None:
        return _result(number, _("There is no such request, or it is not yours to see."))
    slug = subject.library.slug
    door = ACTIONS[action]
    seen = request.POST.get(f"version-{number}", "")
    data = {"kind": subject.queue} if action == "clear_hold" else {}
    try:
        form = door.filled(data, request=subject, actor=actor, at=at)
        if not form.is_valid():
            words = _("Something has to be said first: %(words)s") % {"words": _first_error(form.errors)}
            return _result(
                number, words, title=title_of(subject), url=action_url(slug, number, action), missing=True
            )
        version = int(seen) if seen.isdecimal() and len(seen) < 10 else None
        words = door.run(request=subject, data=form.facts, actor=actor, at=at, version=version)
    except IllError as refusal:
        return _result(number, str(refusal), title=title_of(subject), url=request_url(slug, number))
    kept = selectors.last_act(subject.pk)
    return _result(
        number,
        str(words or door.done),
        title=title_of(subject),
        url=request_url(slug, number),
        done=True,
        undo=undo_url(slug, number) if kept else "",
        act=kept[0] if kept else "",
    )


def _first_error(errors: Any) -> str:
    return str(next(iter(errors.values()))[0]) if errors else ""


def _result(number: str, words: str, *, title: str = "", url: str = "", **more: Any) -> dict[str, Any]:
    blank = {"done": False, "missing": False, "undo": "", "act": ""}
    return {"number": number, "title": title[:120], "words": words, "url": url} | blank | more


def take_results(request: HttpRequest) -> dict[str, Any] | None:
    """What the last batch did, shown once."""
    rows = request.session.pop(RESULTS_KEY, None)
    if not rows:
        return None
    return {"rows": rows, "done": sum(1 for row in rows if row["done"]), "all": len(rows)}
