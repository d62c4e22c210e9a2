"""What must happen by a time with a request of another library."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from illservice.core.workflow.timing import TimerKind, in_days, question_by
from illservice.directory.calendars import morning
from lending.models import LendingDesk, LendingRequest
from lending.workflow import states as s
from lending.workflow.states import HoldKind, QuestionKind

POST_DAYS = 21


def desk_of(request: LendingRequest) -> LendingDesk:
    """The library's lending rules; the defaults where it has set none."""
    known = getattr(request.library, "lending_desk", None)
    return known or LendingDesk(library=request.library)


def _respond_by(request: LendingRequest, at: datetime) -> datetime:
    return at + timedelta(days=desk_of(request).respond_days)


def _resend_end(request: LendingRequest, at: datetime) -> datetime | None:
    """Nothing ends while a better copy is waited for."""
    if any(mark.kind == s.MarkKind.RESEND and not mark.cleared_at for mark in request.marks.all()):
        return None
    return at + timedelta(days=desk_of(request).resend_days)


def _overdue_on(request: LendingRequest, _at: datetime) -> datetime | None:
    """The morning after the due date and the days that a parcel may be on its way (design §3)."""
    asked = any(q.kind == QuestionKind.RENEWAL and not q.answered_at for q in request.questions.all())
    if request.due is None or asked:
        return None
    day = request.due + timedelta(days=desk_of(request).transit_days + 1)
    return morning(day, request.library.timezone)


def _reply_by(request: LendingRequest, _at: datetime) -> datetime | None:
    asked = {HoldKind.WAITING_BORROWER, HoldKind.STATEMENT}
    waiting = [h.reply_by for h in request.holds.all() if h.kind in asked and not h.cleared_at]
    return min((by for by in waiting if by is not None), default=None)


TIMERS: tuple[TimerKind, ...] = (
    TimerKind("late_answer", frozenset({s.NEW}), _respond_by, _("not answered in time"),
              anew=frozenset({"expect", "borrower_answers", "reopen", "asked_again"})),
    TimerKind("no_reply", frozenset({s.NEW}), _reply_by, _("the borrower has not answered"), fixed=True),
    TimerKind("conditions_end", s.BEFORE_SHIPPING, question_by(QuestionKind.CONDITIONAL),
              _("the conditions count as refused"), fixed=True),
    TimerKind("overdue", frozenset({s.ON_LOAN}), _overdue_on, _("the borrower is told that it is overdue"),
              fixed=True),
    TimerKind("unreturned", frozenset({s.COMING_BACK}), in_days(POST_DAYS), _("sent back, but not here")),
    TimerKind("copy_end", frozenset({s.COPY_SENT}), _resend_end, _("the request is finished"),
              anew=frozenset({"send_copy", "ask_resend"})),
)  # fmt: skip
