"""Requests as rows of a staff list (components/_queue_row.html)."""

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from illservice.core.actors import Actor
from illservice.core.desk import rows
from illservice.core.desk.links import as_row_link
from illservice.directory.models import Library
from requests_app.models import BorrowingRequest, LenderTry, Wanted
from requests_app.selectors import sees_persons
from requests_app.views.links import LINKS, action_url, request_url
from requests_app.workflow import TABLE
from requests_app.workflow import states as s
from requests_app.workflow.states import HoldKind, MarkKind, NextActor, QuestionKind
from requests_app.workflow.steps import allowed_in_list, next_step

ONE_CLICK: tuple[str, ...] = (
    "clear_hold", "clear_copyright", "supply_here", "not_here", "found_here", "ask", "remind_lender", "lender_will",
    "move_on", "lender_expects", "accept_conditions", "refuse_conditions", "accept_retry", "refuse_retry", "claim",
    "send_to_branch", "receive_at_branch", "shelve", "post_to_patron", "hand_over", "not_collected",
    "take_back", "arrive_back", "send_back", "reshelve", "confirm_return", "finish_copy", "return_second",
    "found",
)  # fmt: skip
"""Actions that need no further facts: lists offer them for many requests at once, in this order."""

_BAD = frozenset(
    {
        *(MarkKind.OVERDUE, MarkKind.MAIL_FAILED, MarkKind.RECALLED, MarkKind.PIECES, MarkKind.NOT_ARRIVED),
        *(MarkKind.LENDER_OVERDUE, MarkKind.LENDER_DONE, MarkKind.PEER_SILENT, MarkKind.ODD_NEWS),
    }
)
_BESIDE = {each.value: each.label for kinds in (HoldKind, QuestionKind) for each in kinds}
_KINDS = {
    Wanted.LOAN: gettext_lazy("loan"),
    Wanted.COPY: gettext_lazy("copy"),
    Wanted.EITHER: gettext_lazy("loan or copy"),
}
_TONES = {
    NextActor.DESK: "info",
    NextActor.STACKS: "info",
    NextActor.BRANCH: "info",
    NextActor.PATRON: "ok",
    NextActor.NOBODY: "neutral",
}


def title_of(request: BorrowingRequest) -> str:
    """What is wanted: the part's title, else the whole's."""
    return request.article_title or request.title or _("(without a title)")


def state_words(request: BorrowingRequest) -> str:
    """How far it is, in the staff's words: the hold or question whose queue it stands in, else the state."""
    return str(_BESIDE.get(request.queue) or TABLE.state(request.state).label)


def asked_lender(request: BorrowingRequest) -> LenderTry | None:
    """The lender being asked now, or the last one that was."""
    asked = [each for each in request.tries.all() if each.asked_at]
    return next((each for each in asked if each.open), asked[-1] if asked else None)


def queue_row(
    request: BorrowingRequest, *, library: Library, actor: Actor, at: datetime, back: str
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
        person=_person(request, actor),
        branch=request.pickup_branch.name if request.pickup_branch else "",
        badges=badges(request),
        action=row_action(request, library=library, actor=actor, back=back),
    )


def _person(request: BorrowingRequest, actor: Actor) -> str:
    who = request.patron.name if request.patron and sees_persons(actor) else ""
    where = request.pickup_branch.name if request.pickup_branch else ""
    return " · ".join(part for part in (who, where) if part)


def _detail(request: BorrowingRequest) -> str:
    author = request.article_author or request.author
    inside = request.title if request.article_title and request.title else ""
    volume = request.volume or request.volume_wanted
    lender = asked_lender(request)
    parts = (
        author[:80],
        f"{request.get_material_display()} – {_KINDS.get(Wanted(request.kind_supplied or request.kind), '')}",
        " ".join(part for part in (inside[:80], volume) if part),
        _("from %(lender)s") % {"lender": lender.partner.name} if lender else "",
        _("shelf %(code)s") % {"code": request.shelf_code} if request.shelf_code else "",
        _("needed by %(day)s") % {"day": date_format(request.need_by, "SHORT_DATE_FORMAT")}
        if request.need_by
        else "",
    )
    return " · ".join(part for part in parts if part)


def badges(request: BorrowingRequest) -> list[dict[str, Any]]:
    """Rush and the open marks, in words."""
    return rows.badges_of(request, label=_mark_words, bad=_BAD, quiet=s.QUIET_MARKS)


def _mark_words(kind: str) -> Any:
    return MarkKind(kind).label


def row_action(
    request: BorrowingRequest, *, library: Library, actor: Actor, back: str
) -> dict[str, Any] | None:
    """The one step that a list offers for a request: a button where nothing has to be said, else a link."""
    step = next_step(request, actor)
    slug = library.slug
    if step is not None and step.action == "receive":
        return as_row_link(step.label, f"{LINKS.page('receive', slug)}?number={request.number}")
    if step is not None and step.action in ONE_CLICK:
        return rows.one_click_action(request, step, batch_url=LINKS.page("batch", slug), back=back)
    if step is not None:
        return as_row_link(step.label, action_url(slug, request.number, step.action))
    if request.state == s.READY and any(
        row.action == "plan_lenders" for row in allowed_in_list(request, actor)
    ):
        return as_row_link(_("Choose lenders"), action_url(slug, request.number, "plan_lenders"))
    if request.state == s.IN_REVIEW:
        return as_row_link(_("Check"), request_url(slug, request.number))
    return None
