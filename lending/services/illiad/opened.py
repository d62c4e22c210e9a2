"""What is open elsewhere goes on here: questions, marks, timers and queues. No borrower is written to."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from illservice.core.workflow import Beside, go_on
from lending.models import LendingMark, LendingQuestion, LendingRequest, LendingTimer
from lending.services.illiad.record import Record
from lending.workflow import MACHINE
from lending.workflow.states import MarkKind, QuestionKind
from lending.workflow.timers import TIMERS, desk_of

BESIDE = Beside(
    names=("items", "holds", "questions", "marks", "timers"),
    timers=LendingTimer,
    marks=LendingMark,
    kinds=TIMERS,
    told={"overdue": MarkKind.OVERDUE},
)


def beside_opened(opened: Sequence[tuple[Record, LendingRequest]], *, at: datetime) -> None:
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
    go_on(MACHINE, [request for _record, request in opened], BESIDE, at=at)


def _reply_by(request: LendingRequest, at: datetime) -> datetime:
    """The borrower has as long as if it were asked today."""
    return at + timedelta(days=desk_of(request).reply_days)
