"""What is open elsewhere goes on here: questions, marks, timers and queues. No borrower is written to."""

from collections.abc import Sequence
from datetime import date, datetime

from illservice.core.clock import local_date
from illservice.core.workflow import Beside, go_on
from illservice.directory.models import Library
from illservice.directory.selectors import calendar_kept
from illservice.policies.calendars import spared_until
from illservice.policies.rules import Asked
from illservice.policies.selectors import shelf_of
from illservice.policies.terms import Side
from lending.models import LendingMark, LendingQuestion, LendingRequest, LendingTimer
from lending.services.base import reply_until
from lending.services.illiad.record import Record
from lending.workflow import MACHINE
from lending.workflow import states as s
from lending.workflow.policy import policy_terms
from lending.workflow.states import MarkKind, QuestionKind
from lending.workflow.timers import TIMERS


def _grace(request: LendingRequest, at: datetime) -> date | None:
    """What is long overdue does not count as lost before the desk has had time to look for it."""
    if request.due is None or request.state != s.ON_LOAN:
        return None
    today = local_date(at, request.library.timezone)
    return spared_until(policy_terms(request), Side.LENDING, request.due, today)


BESIDE = Beside(
    names=MACHINE.beside,
    timers=LendingTimer,
    marks=LendingMark,
    kinds=TIMERS,
    told={"due_soon": "", "overdue": MarkKind.OVERDUE},
    spared="lost",
    spared_by=MarkKind.OVERDUE,
    grace=_grace,
)


def name_policies(requests: Sequence[LendingRequest], library: Library, *, at: datetime) -> None:
    """Name the policy that decides each unsaved request from now on. Two statements at most."""
    policies, today = shelf_of(library.pk, Side.LENDING), local_date(at, library.timezone)
    for each in requests:
        asked = Asked(on=today, partner_id=each.borrower_id, material=each.material, kind=each.kind)
        each.policy_id = policies.decide(asked).version_id


def beside_opened(opened: Sequence[tuple[Record, LendingRequest]], library: Library, *, at: datetime) -> None:
    """Give saved requests what stands beside them. A constant number of statements."""
    places = [(record.transaction, record.transaction.place, request) for record, request in opened]
    LendingQuestion.objects.bulk_create(
        LendingQuestion(
            request=request,
            kind=place.question,
            asked_at=known.placed_at,
            reply_by=_reply_by(request, at) if place.question == QuestionKind.CONDITIONAL else None,
        )
        for known, place, request in places
        if place.question
    )
    LendingMark.objects.bulk_create(
        LendingMark(
            request=request,
            kind=place.mark,
            at=known.placed_at,
            until=known.due if place.mark == MarkKind.RECALLED else None,
        )
        for known, place, request in places
        if place.mark
    )
    with calendar_kept(library):
        go_on(MACHINE, [request for _record, request in opened], BESIDE, at=at)


def _reply_by(request: LendingRequest, at: datetime) -> datetime:
    """The borrower has as long as if it were asked today."""
    return reply_until(request, at)
