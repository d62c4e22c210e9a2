"""Timers that remind the patron once more, and that ask for more time, beside those that end a wait."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from illservice.core.workflow.timing import TimerKind
from illservice.directory.calendars import morning
from requests_app.models import BorrowingRequest
from requests_app.workflow import states as s
from requests_app.workflow.policy import policy_terms, renewals_had
from requests_app.workflow.states import MarkKind
from requests_app.workflow.timers import TIMERS

BEFORE_THE_END = timedelta(days=3)
RECALL_EVERY_DAYS = 2
_NO_RENEWAL = frozenset({MarkKind.RECALLED, MarkKind.CLAIMED_RETURNED})


def _before_the_shelf_ends(request: BorrowingRequest, at: datetime) -> datetime | None:
    """Three days before the time on the shelf is over, or half-way where it is shorter than six."""
    whole = timedelta(days=policy_terms(request).shelf_days)
    if not whole or any(mark.kind == MarkKind.POSTED and not mark.cleared_at for mark in request.marks.all()):
        return None
    return at + max(whole - BEFORE_THE_END, whole / 2)


def _renews_on(request: BorrowingRequest, _at: datetime) -> datetime | None:
    """The morning on which more time is asked for by itself, where the policy says so and renewals are left."""
    days = policy_terms(request).auto_renew_days
    if days is None or request.patron_due is None or renewals_had(request) >= policy_terms(request).renewals:
        return None
    if any(mark.kind in _NO_RENEWAL and not mark.cleared_at for mark in request.marks.all()):
        return None
    if any(q.kind == s.QuestionKind.RENEWAL and not q.answered_at for q in request.questions.all()):
        return None
    return morning(request.patron_due - timedelta(days=days), request.library.timezone)


def _recall_again(request: BorrowingRequest, at: datetime) -> datetime | None:
    """Every second morning after the patron's date, until it is back. What was missed is not made up for."""
    marks = {mark.kind for mark in request.marks.all() if mark.cleared_at is None}
    if MarkKind.RECALLED not in marks or MarkKind.CLAIMED_RETURNED in marks or request.patron_due is None:
        return None
    day, zone = request.patron_due + timedelta(days=RECALL_EVERY_DAYS), request.library.timezone
    while morning(day, zone) <= at:
        day += timedelta(days=RECALL_EVERY_DAYS)
    return morning(day, zone)


NUDGES: tuple[TimerKind, ...] = (
    TimerKind("auto_renew", frozenset({s.ON_LOAN}), _renews_on, _("more time is asked for by itself"), fixed=True),
    TimerKind("shelf_reminder", frozenset({s.ON_SHELF}), _before_the_shelf_ends,
              _("the patron is reminded that it waits")),
    TimerKind("recall_reminder", frozenset({s.ON_LOAN}), _recall_again, _("the patron is told again to bring it back"),
              anew=frozenset({"recall", "change_due", "remind_recall", "claim_returned", "clear_mark"})),
)  # fmt: skip
ALL_TIMERS = TIMERS + NUDGES
