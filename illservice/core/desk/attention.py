"""What needs attention and why, with the button that settles it; and parts of the service that do not run."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from illservice.core import clock, health
from illservice.core.actors import Actor
from illservice.core.desk.batch import say_with_undo
from illservice.core.desk.links import back_to
from illservice.core.desk.listing import PAGE_SIZE, ListSide, page_context
from illservice.core.errors import NotFound
from illservice.core.lists import ATTENTION, in_queue
from illservice.core.paging import keyset_page
from illservice.core.workflow.table import may

SWEEPER_SECONDS = 90
"""As /healthz says: a heartbeat older than this means that nothing is sent and no date is watched."""


@dataclass(frozen=True)
class Attention:
    """What is one desk's own: names of its marks, the quiet ones, what to do about each, what counts as late.

    `clear_mark` is the service that takes one away; `late(library, actor, at)` counts what waits for us too long;
    `empty` says what would stand on the page.
    """

    kinds: Mapping[str, Any]
    quiet: Collection[str]
    what_to_do: Mapping[Any, Any]
    clear_mark: Callable[..., None]
    late: Callable[[Any, Actor, datetime], int]
    empty: Any


def attention_page(
    side: ListSide, own: Attention, request: HttpRequest, library: Any, actor: Actor, *, failed_url: str
) -> HttpResponse:
    """Requests with marks that ask staff to look, in the order of their dates. `failed_url`: messages that failed."""
    at = clock.now()
    found = in_queue(side.visible(library, actor), ATTENTION)
    page = keyset_page(
        side.for_list(found),
        order=side.grammar.orders["act_by"],
        cursor=request.GET.get("cursor"),
        size=PAGE_SIZE,
    )
    back = request.get_full_path()
    rows = [
        side.row(each, library=library, actor=actor, at=at, back=back) | _why(side, own, each, actor)
        for each in page.rows
    ]
    context = {
        "back": back,
        "settle_url": side.links.page("settle", library.slug),
        "page": page_context(request, page, rows),
        "late": own.late(library, actor, at),
        "late_url": f"{side.links.page('queue', library.slug)}?sort=act_by",
        "failed_url": failed_url,
        "standing_still": standing_still(at),
        "empty": own.empty,
    }
    return render(request, "desk/attention.html", context)


def standing_still(at: datetime) -> str:
    """Words when the part that sends and watches dates has not run lately, else nothing."""
    age = health.age_in_seconds("sweeper", at=at)
    if age is None:
        return _("The part of the service that sends messages and watches dates has never run.")
    if age > SWEEPER_SECONDS:
        minutes = max(1, round(age / 60))
        words = _(
            "The part of the service that sends messages and watches dates last ran %(minutes)d minutes ago."
        )
        return words % {"minutes": minutes}
    return ""


def _why(side: ListSide, own: Attention, subject: Any, actor: Actor) -> dict[str, Any]:
    settles = side.table.row(subject.state, "clear_mark")
    marks = [
        {
            "kind": mark.kind,
            "label": own.kinds[mark.kind],
            "since": mark.at,
            "until": mark.until,
            "help": own.what_to_do.get(mark.kind, ""),
        }
        for mark in subject.marks.all()
        if mark.cleared_at is None and mark.kind not in own.quiet
    ]
    return {"marks": marks, "may_settle": settles is not None and may(settles, actor)}


def settle_page(
    side: ListSide, own: Attention, request: HttpRequest, library: Any, actor: Actor
) -> HttpResponse:
    """POST number and kind: take one mark away."""
    at = clock.now()
    number, kind = request.POST.get("number", ""), request.POST.get("kind", "")
    subject = next(iter(side.by_numbers(library, actor, [number])), None)
    if subject is None or kind not in own.kinds:
        raise NotFound(number=number)
    own.clear_mark(request_id=subject.pk, kind=kind, actor=actor, at=at)
    words = _("%(number)s: “%(mark)s” is settled") % {"number": number, "mark": own.kinds[kind]}
    say_with_undo(side, request, subject.pk, number, words, at)
    return redirect(back_to(request, side.links.page("attention", library.slug)))
