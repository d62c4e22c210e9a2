"""What must happen by a time with a request of another library."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.clock import local_date
from illservice.core.workflow.timing import Due, Moments, TimerKind, question_by
from illservice.directory.calendars import end_of_day, morning, start_of_day
from illservice.directory.selectors import open_days
from illservice.policies.calendars import answer_by, ladder, lost_on, reminders
from illservice.policies.terms import Side, Terms
from lending.models import LendingRequest
from lending.workflow import states as s
from lending.workflow.policy import policy_terms
from lending.workflow.states import HoldKind, QuestionKind
from patrons.selectors import rules_of

UNLINK, FORGET = "unlink", "forget"


def _respond_by(request: LendingRequest, at: datetime) -> datetime:
    """By when we answer, by policy and calendar: the end of that day."""
    zone = request.library.timezone
    day = answer_by(policy_terms(request), local_date(at, zone), open_days(request.library, Side.LENDING))
    return end_of_day(day, zone)


def _unreturned_on(request: LendingRequest, at: datetime) -> datetime:
    return at + timedelta(days=policy_terms(request).unconfirmed_days)


def _resend_end(request: LendingRequest, at: datetime) -> datetime | None:
    """Nothing ends while a better copy is waited for."""
    if any(mark.kind == s.MarkKind.RESEND and not mark.cleared_at for mark in request.marks.all()):
        return None
    return at + timedelta(days=policy_terms(request).resend_days)


Days = Callable[[Terms, date, date | None], Iterable[date | None]]


def _late(days: Days) -> Due:
    """The mornings that follow from the due date by the terms; none while a renewal waits for us (design §3)."""

    def due(request: LendingRequest, _at: datetime) -> Moments:
        asked = any(q.kind == QuestionKind.RENEWAL and not q.answered_at for q in request.questions.all())
        if request.due is None or asked:
            return None
        found = days(policy_terms(request), request.due, spared_by_import(request.marks.all()))
        return [morning(day, request.library.timezone) for day in found if day is not None]

    return due


def _reminders(terms: Terms, due: date, _spared: date | None) -> Iterable[date]:
    return reminders(terms, due)


def _overdue_days(terms: Terms, due: date, _spared: date | None) -> Iterable[date]:
    return (rung.on for rung in ladder(terms, Side.LENDING, due))


def _lost_day(terms: Terms, due: date, spared: date | None) -> Iterable[date | None]:
    return (lost_on(terms, Side.LENDING, due, spared),)


def spared_by_import(marks: Iterable[Any]) -> date | None:
    """Until when what was late as it was taken over from another system does not count as lost; by its marks."""
    days = (mark.until for mark in marks if mark.kind == s.MarkKind.OVERDUE)
    return max((day for day in days if day is not None), default=None)


def _reply_by(request: LendingRequest, _at: datetime) -> datetime | None:
    asked = {HoldKind.WAITING_BORROWER, HoldKind.STATEMENT}
    waiting = [h.reply_by for h in request.holds.all() if h.kind in asked and not h.cleared_at]
    return min((by for by in waiting if by is not None), default=None)


def _waits_for_word(request: LendingRequest) -> bool:
    """What came from another system has a key there, and waits until an administrator says that it may go."""
    return request.source_key is not None and not rules_of(request.library).imports_too


def unlink_at(request: LendingRequest) -> datetime | None:
    """When the reader of a closed request is erased: so many days after its end as the lending library's rules say."""
    if request.closed_at is None or _waits_for_word(request):
        return None
    days = rules_of(request.library).days(charged=False, history="", category="")
    return None if days is None else request.closed_at + timedelta(days=days)


def forget_at(request: LendingRequest) -> datetime | None:
    """When its words go: after 31 December of the year it came in and so many more years, in the library's zone."""
    if request.closed_at is None or _waits_for_word(request):
        return None
    zone, years = request.library.timezone, rules_of(request.library).citation_years
    return start_of_day(date(local_date(request.submitted_at, zone).year + years + 1, 1, 1), zone)


TIMERS: tuple[TimerKind, ...] = (
    TimerKind("late_answer", frozenset({s.NEW}), _respond_by, _("not answered in time"),
              anew=frozenset({"expect", "borrower_answers", "reopen", "asked_again"})),
    TimerKind("no_reply", frozenset({s.NEW}), _reply_by, _("the borrower has not answered"), fixed=True),
    TimerKind("conditions_end", s.BEFORE_SHIPPING, question_by(QuestionKind.CONDITIONAL),
              _("the conditions count as refused"), fixed=True),
    TimerKind("due_soon", frozenset({s.ON_LOAN}), _late(_reminders), _("the borrower is reminded"), fixed=True),
    TimerKind("overdue", frozenset({s.ON_LOAN}), _late(_overdue_days), _("the borrower is told that it is overdue"),
              fixed=True),
    TimerKind("lost", frozenset({s.ON_LOAN}), _late(_lost_day), _("it counts as lost"), fixed=True),
    TimerKind("renewal_silent", frozenset({s.ON_LOAN}), question_by(QuestionKind.RENEWAL),
              _("the renewal counts as granted"), fixed=True),
    TimerKind("unreturned", frozenset({s.COMING_BACK}), _unreturned_on, _("sent back, but not here")),
    TimerKind("copy_end", frozenset({s.COPY_SENT}), _resend_end, _("the request is finished"),
              anew=frozenset({"send_copy", "ask_resend"})),
    TimerKind(UNLINK, s.FINAL, lambda request, _at: unlink_at(request), _("the reader is erased")),
    TimerKind(FORGET, s.FINAL, lambda request, _at: forget_at(request),
              _("the words of what was asked for are erased")),
)  # fmt: skip
