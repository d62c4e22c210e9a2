"""What must happen by a time. Each kind lives in some states; entering them starts it, leaving stops it."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from illservice.core.workflow.timing import Due, TimerKind, in_days, question_by
from illservice.directory.calendars import end_of_day, morning
from requests_app.models import BorrowingRequest
from requests_app.workflow import states as s
from requests_app.workflow.states import HoldKind, MarkKind

REMIND_DAYS = 3
SHIP_DAYS = 7
POST_DAYS = 14
RETURN_DAYS = 30
COPY_DAYS = 30


def _answer_by(request: BorrowingRequest, _at: datetime) -> datetime | None:
    return next((each.answer_by for each in request.tries.all() if each.open), None)


def _reply_by(request: BorrowingRequest, _at: datetime) -> datetime | None:
    waiting = (h for h in request.holds.all() if h.kind == HoldKind.WAITING_PATRON and not h.cleared_at)
    return next((hold.reply_by for hold in waiting), None)


def _on_date(column: str, shift: int) -> Due:
    def due(request: BorrowingRequest, _at: datetime) -> datetime | None:
        day: date | None = getattr(request, column)
        return None if day is None else morning(day + timedelta(days=shift), request.library.timezone)

    return due


def _shelf_end(request: BorrowingRequest, at: datetime) -> datetime:
    return at + timedelta(days=request.library.shelf_days)


def _link_end(request: BorrowingRequest, at: datetime) -> datetime | None:
    """Nothing ends while a better copy is waited for."""
    if any(mark.kind == MarkKind.RESEND and not mark.cleared_at for mark in request.marks.all()):
        return None
    if request.copy_link_until is None:
        return at + timedelta(days=COPY_DAYS)
    return end_of_day(request.copy_link_until, request.library.timezone)


def _quiet(request: BorrowingRequest) -> bool:
    """No reminders while the lender considers a renewal, or while the item is being looked for (design §3)."""
    asked = any(
        each.kind == s.QuestionKind.RENEWAL and not each.answered_at for each in request.questions.all()
    )
    claimed = any(m.kind == MarkKind.CLAIMED_RETURNED and not m.cleared_at for m in request.marks.all())
    return asked or claimed


def _unless_quiet(due: Due) -> Due:
    return lambda request, at: None if _quiet(request) else due(request, at)


TIMERS: tuple[TimerKind, ...] = (
    TimerKind("no_reply", frozenset({s.IN_REVIEW}), _reply_by, _("the patron has not answered"), fixed=True),
    TimerKind("lender_silent", frozenset({s.ASKED}), _answer_by, _("the lender has not answered"), fixed=True),
    TimerKind("not_shipped", frozenset({s.PROMISED}), in_days(SHIP_DAYS), _("promised but not sent"),
              anew=frozenset({"remind_lender"})),
    TimerKind("not_arrived", frozenset({s.ON_THE_WAY}), in_days(POST_DAYS), _("sent but not here"),
              anew=frozenset({"claim"})),
    TimerKind("shelf_expired", frozenset({s.ON_SHELF}), _shelf_end, _("not picked up")),
    TimerKind("due_soon", frozenset({s.ON_LOAN}), _unless_quiet(_on_date("patron_due", -REMIND_DAYS)),
              _("the patron is reminded"), fixed=True),
    TimerKind("overdue", frozenset({s.ON_LOAN}), _unless_quiet(_on_date("patron_due", 1)),
              _("the patron is told that it is overdue"), fixed=True),
    TimerKind("return_unconfirmed", frozenset({s.RETURNED}), in_days(RETURN_DAYS), _("taken as received")),
    TimerKind("copy_end", frozenset({s.COPY_DELIVERED}), _link_end, _("the request is finished"),
              anew=frozenset({"deliver_copy", "ask_resend"})),
    TimerKind("conditions_end", s.WITH_LENDER, question_by(s.QuestionKind.CONDITIONAL),
              _("the conditions count as refused"), fixed=True),
    TimerKind("retry_end", frozenset({s.READY}), question_by(s.QuestionKind.RETRY),
              _("the offer to ask again counts as refused"), fixed=True),
    TimerKind("renewal_silent", frozenset({s.ON_SHELF, s.ON_LOAN}), question_by(s.QuestionKind.RENEWAL),
              _("the renewal counts as refused"), fixed=True),
    TimerKind("need_by", s.BEFORE_SENDING | s.WITH_LENDER, _on_date("need_by", 1),
              _("the need-by date has passed"), fixed=True),
)  # fmt: skip
