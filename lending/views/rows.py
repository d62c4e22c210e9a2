"""Requests of other libraries as rows of a staff list (components/_queue_row.html)."""

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from illservice.core.actors import Actor
from illservice.core.desk import rows
from illservice.core.desk.links import as_row_link
from illservice.directory.models import Library
from lending.models import ItemPlace, LendingItem, LendingRequest
from lending.views.links import LINKS
from lending.workflow import TABLE
from lending.workflow import states as s
from lending.workflow.states import HoldKind, MarkKind, NextActor, QuestionKind
from lending.workflow.steps import next_step, to_pull

ONE_CLICK: tuple[str, ...] = (
    "clear_hold", "expect", "pull", "mark_printed", "item_found", "ship", "cancel_yes", "cancel_no",
    "conditions_accepted", "renew", "refuse_renewal", "remind_borrower", "sent_back", "check_in", "turned_up",
    "finish_copy",
)  # fmt: skip
"""Actions that need no further facts: lists offer them for many requests at once, in this order."""

NAMED_FIRST = gettext_lazy("Look for it")
_BAD = frozenset({MarkKind.OVERDUE, MarkKind.MAIL_FAILED, MarkKind.LATE_ANSWER, MarkKind.NOT_ARRIVED})
_BESIDE = {each.value: each.label for kinds in (HoldKind, QuestionKind) for each in kinds}
_KINDS = {
    "loan": gettext_lazy("loan"),
    "copy": gettext_lazy("copy"),
    "either": gettext_lazy("loan or copy"),
}
_TONES = {NextActor.DESK: "info", NextActor.STACKS: "info", NextActor.BORROWER: "ok", NextActor.POST: "ok"}
_AT_HAND = frozenset({ItemPlace.TO_PULL, ItemPlace.FOUND, ItemPlace.SENT})


def title_of(request: LendingRequest) -> str:
    """What is wanted: the part's title, else the whole's."""
    return request.article_title or request.title or _("(without a title)")


def state_words(request: LendingRequest) -> str:
    """How far it is, in the staff's words: the hold or question whose queue it stands in, else the state."""
    return str(_BESIDE.get(request.queue) or TABLE.state(request.state).label)


def place_of(item: LendingItem) -> str:
    """Where an item stands: location, shelf, call number."""
    parts = (item.location.name if item.location else "", item.shelf, item.call_number)
    return " · ".join(part for part in parts if part)


def queue_row(
    request: LendingRequest, *, library: Library, actor: Actor, at: datetime, back: str
) -> dict[str, Any]:
    """One row. `back` is the address to which an act on the row returns."""
    return rows.row_of(
        request,
        links=LINKS,
        slug=library.slug,
        title=title_of(request),
        status={"text": state_words(request), "tone": rows.tone_of(request.next_actor, _TONES)},
        waiting=NextActor(request.next_actor).label,
        at=at,
        detail=_detail(request),
        person=_borrower(request),
        badges=badges(request),
        action=row_action(request, library=library, actor=actor, back=back),
    )


def _borrower(request: LendingRequest) -> str:
    number = _("their %(number)s") % {"number": request.borrower_number} if request.borrower_number else ""
    return " · ".join(part for part in (request.borrower.name, number) if part)


def _detail(request: LendingRequest) -> str:
    author = request.article_author or request.author
    inside = request.title if request.article_title and request.title else ""
    volume = request.volume or request.volume_wanted
    parts = (
        author[:80],
        f"{request.get_material_display()} – {_KINDS.get(request.kind_supplied or request.kind, '')}",
        " ".join(part for part in (inside[:80], volume) if part),
        *(place_of(item) for item in _items_to_name(request)),
        _due(request),
        _("needed by %(day)s") % {"day": date_format(request.need_by, "SHORT_DATE_FORMAT")}
        if request.need_by
        else "",
    )
    return " · ".join(part for part in parts if part)


def _items_to_name(request: LendingRequest) -> list[LendingItem]:
    """The first of the items that matter now: to be fetched, on the desk, or out."""
    if request.closed_at is not None:
        return []
    return [item for item in request.items.all() if item.place in _AT_HAND][:1]


def _due(request: LendingRequest) -> str:
    if request.due is None or request.state not in s.AWAY:
        return ""
    return _("due %(day)s") % {"day": date_format(request.due, "SHORT_DATE_FORMAT")}


def badges(request: LendingRequest) -> list[dict[str, Any]]:
    """Rush and the open marks, in words."""
    return rows.badges_of(request, label=_mark_words, bad=_BAD, quiet=s.QUIET_MARKS)


def _mark_words(kind: str) -> Any:
    return MarkKind(kind).label


def row_action(
    request: LendingRequest, *, library: Library, actor: Actor, back: str
) -> dict[str, Any] | None:
    """The one step that a list offers for a request: a button where nothing has to be said, else a link."""
    step, slug = next_step(request, actor), library.slug
    if step is None:
        if request.queue == QuestionKind.RENEWAL:
            return as_row_link(_("Answer"), LINKS.request(slug, request.number))
        return None
    if step.action in ONE_CLICK and not _must_be_said(request, step.action):
        return rows.one_click_action(request, step, batch_url=LINKS.page("batch", slug), back=back)
    label = NAMED_FIRST if step.action == "pull" else step.label
    return as_row_link(label, LINKS.action(slug, request.number, step.action))


def _must_be_said(request: LendingRequest, action: str) -> bool:
    """Whether the usual click lacks something: where the item stands, or which of several was found."""
    return (action == "pull" and not request.items.all()) or (
        action == "item_found" and len(to_pull(request)) > 1
    )
