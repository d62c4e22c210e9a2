"""What must happen by a time. Each kind lives in some states; entering them starts it, leaving stops it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.clock import local_date
from illservice.core.workflow.timing import Due, Moments, TimerKind, question_by
from illservice.directory.calendars import end_of_day, morning, start_of_day
from illservice.directory.selectors import open_days
from illservice.policies.calendars import ladder, lost_on, reminders, shelf_until
from illservice.policies.terms import Side, Terms
from patrons.models import Patron
from patrons.selectors import rules_of
from requests_app.models import BorrowingRequest
from requests_app.workflow import states as s
from requests_app.workflow.copyright import record_of
from requests_app.workflow.policy import needed_by, policy_terms
from requests_app.workflow.states import HoldKind, MarkKind

UNLINK, FORGET = "unlink", "forget"
COPYRIGHT_YEAR = "copyright_year"


def _after(days: Callable[[Terms], int]) -> Due:
    """So many days of its policy after it began."""
    return lambda request, at: at + timedelta(days=days(policy_terms(request)))


def _answer_by(request: BorrowingRequest, _at: datetime) -> datetime | None:
    return next((each.answer_by for each in request.tries.all() if each.open), None)


def _shelf_end(request: BorrowingRequest, at: datetime) -> datetime:
    """The end of the last day that the patron is told."""
    zone, days = request.library.timezone, open_days(request.library, Side.BORROWING)
    return end_of_day(shelf_until(policy_terms(request), local_date(at, zone), days), zone)


def _reply_by(request: BorrowingRequest, _at: datetime) -> datetime | None:
    waiting = (h for h in request.holds.all() if h.kind == HoldKind.WAITING_PATRON and not h.cleared_at)
    return next((hold.reply_by for hold in waiting), None)


def _need_by_over(request: BorrowingRequest, _at: datetime) -> datetime | None:
    day = needed_by(request)
    return None if day is None else morning(day + timedelta(days=1), request.library.timezone)


def _next_year(request: BorrowingRequest, _at: datetime) -> datetime | None:
    """The morning of the day until which copyright keeps it waiting."""
    record = record_of(request)
    if record is None or record.is_decided or record.wait_until is None:
        return None
    return morning(record.wait_until, request.library.timezone)


Days = Callable[[Terms, date, date | None], Iterable[date | None]]


def _late(days: Days) -> Due:
    """The mornings that follow from the patron's date by the terms. None while the lender considers a renewal, or
    while the item is being looked for (design §3)."""

    def due(request: BorrowingRequest, _at: datetime) -> Moments:
        if request.patron_due is None or _quiet(request):
            return None
        found = days(policy_terms(request), request.patron_due, spared_by_import(request.marks.all()))
        return [morning(day, request.library.timezone) for day in found if day is not None]

    return due


def _link_end(request: BorrowingRequest, at: datetime) -> datetime | None:
    """Nothing ends while a better copy is waited for."""
    if any(mark.kind == MarkKind.RESEND and not mark.cleared_at for mark in request.marks.all()):
        return None
    if request.copy_link_until is None:
        return at + timedelta(days=policy_terms(request).resend_days)
    return end_of_day(request.copy_link_until, request.library.timezone)


def _quiet(request: BorrowingRequest) -> bool:
    asked = any(
        each.kind == s.QuestionKind.RENEWAL and not each.answered_at for each in request.questions.all()
    )
    claimed = any(m.kind == MarkKind.CLAIMED_RETURNED and not m.cleared_at for m in request.marks.all())
    return asked or claimed


def _reminders(terms: Terms, due: date, _spared: date | None) -> Iterable[date]:
    return reminders(terms, due)


def _overdue_days(terms: Terms, due: date, _spared: date | None) -> Iterable[date]:
    return (rung.on for rung in ladder(terms, Side.BORROWING, due))


def _lost_day(terms: Terms, due: date, spared: date | None) -> Iterable[date | None]:
    return (lost_on(terms, Side.BORROWING, due, spared),)


def spared_by_import(marks: Iterable[Any]) -> date | None:
    """Until when what was late as it was taken over from another system does not count as lost; by its marks."""
    days = (mark.until for mark in marks if mark.kind == MarkKind.OVERDUE)
    return max((day for day in days if day is not None), default=None)


def _waits_for_word(request: BorrowingRequest) -> bool:
    """What came from another system has a key there, and waits until an administrator says that it may go."""
    return request.source_key is not None and not rules_of(request.library).imports_too


def unlink_at(request: BorrowingRequest, *, charged: bool) -> datetime | None:
    """When a closed request is unlinked from its person: days after its end, by the library's rules and the person's
    wish. A loan ends when the lender has it back, or after the time in which it could still send a bill (design §3).
    """
    if request.closed_at is None or _waits_for_word(request):
        return None
    patron: Patron | None = request.patron
    days = rules_of(request.library).days(
        charged=charged, history=patron.history if patron else "", category=request.patron_category
    )
    return None if days is None else request.closed_at + timedelta(days=days)


def forget_at(request: BorrowingRequest) -> datetime | None:
    """When the words of a closed request go: after 31 December of the year it was asked for and so many more years
    (CONTU guideline 4), in the library's own zone.
    """
    if request.closed_at is None or _waits_for_word(request):
        return None
    zone, years = request.library.timezone, rules_of(request.library).citation_years
    return start_of_day(date(local_date(request.submitted_at, zone).year + years + 1, 1, 1), zone)


def _unlink_at(request: BorrowingRequest, _at: datetime) -> datetime | None:
    """The earlier of the two: whether anything was charged is asked when that time comes."""
    return unlink_at(request, charged=False) or unlink_at(request, charged=True)


def _forget_at(request: BorrowingRequest, _at: datetime) -> datetime | None:
    return forget_at(request)


TIMERS: tuple[TimerKind, ...] = (
    TimerKind("no_reply", frozenset({s.IN_REVIEW}), _reply_by, _("the patron has not answered"), fixed=True),
    TimerKind("lender_silent", frozenset({s.ASKED}), _answer_by, _("the lender has not answered"), fixed=True),
    TimerKind("not_shipped", frozenset({s.PROMISED}), _after(lambda terms: terms.ship_days), _("promised but not sent"),
              anew=frozenset({"remind_lender"})),
    TimerKind("not_arrived", frozenset({s.ON_THE_WAY}), _after(lambda terms: terms.shipping_days_out),
              _("sent but not here"),
              anew=frozenset({"claim"})),
    TimerKind("shelf_expired", frozenset({s.ON_SHELF}), _shelf_end, _("not picked up")),
    TimerKind("due_soon", frozenset({s.ON_LOAN}), _late(_reminders), _("the patron is reminded"), fixed=True),
    TimerKind("overdue", frozenset({s.ON_LOAN}), _late(_overdue_days), _("the patron is told that it is overdue"),
              fixed=True),
    TimerKind("lost", frozenset({s.ON_LOAN}), _late(_lost_day), _("it counts as lost"), fixed=True),
    TimerKind("return_unconfirmed", frozenset({s.RETURNED}), _after(lambda terms: terms.unconfirmed_days),
              _("taken as received")),
    TimerKind("copy_end", frozenset({s.COPY_DELIVERED}), _link_end, _("the request is finished"),
              anew=frozenset({"deliver_copy", "ask_resend"})),
    TimerKind("conditions_end", s.WITH_LENDER, question_by(s.QuestionKind.CONDITIONAL),
              _("the conditions count as refused"), fixed=True),
    TimerKind("retry_end", frozenset({s.READY}), question_by(s.QuestionKind.RETRY),
              _("the offer to ask again counts as refused"), fixed=True),
    TimerKind("renewal_silent", frozenset({s.ON_SHELF, s.ON_LOAN}), question_by(s.QuestionKind.RENEWAL),
              _("the renewal counts as refused"), fixed=True),
    TimerKind(COPYRIGHT_YEAR, frozenset({s.IN_REVIEW}), _next_year,
              _("its copyright is looked at again in the year that it waits for"), fixed=True),
    TimerKind("need_by", s.BEFORE_SENDING | s.WITH_LENDER, _need_by_over, _("the need-by date has passed"), fixed=True),
    TimerKind(UNLINK, s.FINAL, _unlink_at, _("the person is unlinked")),
    TimerKind(FORGET, s.FINAL, _forget_at, _("the words of what was asked for are erased")),
)  # fmt: skip
