"""What must happen by a time. Each kind lives in some states; entering them starts it, leaving stops it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from illservice.core.workflow import Act
from illservice.directory.calendars import end_of_day, morning
from requests_app.models import BorrowingRequest, BorrowingTimer
from requests_app.workflow import states as s
from requests_app.workflow.states import HoldKind, MarkKind

Due = Callable[[BorrowingRequest, datetime], datetime | None]

REMIND_DAYS = 3
SHIP_DAYS = 7
POST_DAYS = 14
RETURN_DAYS = 30
COPY_DAYS = 30


@dataclass(frozen=True, slots=True)
class TimerKind:
    """`due(request, at)` gives the moment, or None when there is nothing to wait for.

    `fixed` kinds follow their date whatever happens; the others keep the time they began with, but for the actions
    in `anew`, which start them again.
    """

    code: str
    states: frozenset[str]
    due: Due
    words: object
    fixed: bool = False
    anew: frozenset[str] = frozenset()


def _in_days(days: int) -> Due:
    return lambda _request, at: at + timedelta(days=days)


def _answer_by(request: BorrowingRequest, _at: datetime) -> datetime | None:
    return next((each.answer_by for each in request.tries.all() if each.open), None)


def _reply_by(request: BorrowingRequest, _at: datetime) -> datetime | None:
    waiting = (h for h in request.holds.all() if h.kind == HoldKind.WAITING_PATRON and not h.cleared_at)
    return next((hold.reply_by for hold in waiting), None)


def _question_by(kind: str) -> Due:
    def due(request: BorrowingRequest, _at: datetime) -> datetime | None:
        waiting = (q for q in request.questions.all() if q.kind == kind and not q.answered_at)
        return next((question.reply_by for question in waiting), None)

    return due


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
    TimerKind("not_shipped", frozenset({s.PROMISED}), _in_days(SHIP_DAYS), _("promised but not sent"),
              anew=frozenset({"remind_lender"})),
    TimerKind("not_arrived", frozenset({s.ON_THE_WAY}), _in_days(POST_DAYS), _("sent but not here"),
              anew=frozenset({"claim"})),
    TimerKind("shelf_expired", frozenset({s.ON_SHELF}), _shelf_end, _("not picked up")),
    TimerKind("due_soon", frozenset({s.ON_LOAN}), _unless_quiet(_on_date("patron_due", -REMIND_DAYS)),
              _("the patron is reminded"), fixed=True),
    TimerKind("overdue", frozenset({s.ON_LOAN}), _unless_quiet(_on_date("patron_due", 1)),
              _("the patron is told that it is overdue"), fixed=True),
    TimerKind("return_unconfirmed", frozenset({s.RETURNED}), _in_days(RETURN_DAYS), _("taken as received")),
    TimerKind("copy_end", frozenset({s.COPY_DELIVERED}), _link_end, _("the request is finished"),
              anew=frozenset({"deliver_copy", "ask_resend"})),
    TimerKind("conditions_end", s.WITH_LENDER, _question_by(s.QuestionKind.CONDITIONAL),
              _("the conditions count as refused"), fixed=True),
    TimerKind("renewal_silent", frozenset({s.ON_SHELF, s.ON_LOAN}), _question_by(s.QuestionKind.RENEWAL),
              _("the renewal counts as refused"), fixed=True),
    TimerKind("need_by", s.BEFORE_SENDING | s.WITH_LENDER, _on_date("need_by", 1),
              _("the need-by date has passed"), fixed=True),
)  # fmt: skip


def sync_timers(act: Act) -> None:
    """Bring the open timers of a request in line with its state and dates. Those that stay keep their time.

    What is stopped goes away and may start again with the same time; what was worked off at a time does not.
    """
    request: BorrowingRequest = act.subject
    prefetch_related_objects([request], "timers")
    timers = list(request.timers.all())
    open_timers = {timer.kind: timer for timer in timers if timer.finished_at is None}
    fired = {(timer.kind, timer.due_at) for timer in timers if timer.finished_at is not None}
    for kind in TIMERS:
        timer = open_timers.get(kind.code)
        if request.state not in kind.states:
            due = None
        elif timer is not None and not kind.fixed and act.action not in kind.anew:
            continue
        else:
            due = kind.due(request, act.at)
        if due is not None and (kind.code, due) in fired:
            due = None
        _bring_in_line(act, timer, kind.code, due)


def _bring_in_line(act: Act, timer: BorrowingTimer | None, code: str, due: datetime | None) -> None:
    if timer is None and due is not None:
        act.add(BorrowingTimer(request=act.subject, kind=code, due_at=due))
    elif timer is not None and due is None:
        act.remove(timer)
    elif timer is not None and due is not None and timer.due_at != due:
        act.set(timer, due_at=due)
