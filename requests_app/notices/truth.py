"""Whether a notice is still true at the moment it leaves. A reminder written before a renewal must not follow it.

Each check raises `Superseded`; what it says stands in the list of mails, for staff.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext_noop

from illservice.core.clock import local_date
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.money import Payer
from illservice.core.outbox import Superseded
from requests_app.models import BorrowingQuestion, FillSource, LenderTry, TryStatus
from requests_app.notices.building import Check, Subject, beside
from requests_app.workflow import states as s
from requests_app.workflow.policy import policy_terms
from requests_app.workflow.states import MarkKind, QuestionKind

__all__ = ["Check"]

_SHELF_OR_LOAN = frozenset({s.ON_SHELF, s.ON_LOAN})


def always(_subject: Subject) -> None:
    """It states a fact that nothing later makes untrue."""


def _in_state(subject: Subject, states: Iterable[str]) -> None:
    if subject.request.state not in states:
        raise Superseded(gettext_noop("the request has moved on"))


def _marks(subject: Subject) -> set[str]:
    return {mark.kind for mark in beside(subject.request, "marks") if mark.cleared_at is None}


def cancelled(subject: Subject) -> None:
    _in_state(subject, {s.CANCELLED})


def unfilled(subject: Subject) -> None:
    _in_state(subject, {s.UNFILLED})


def ready(subject: Subject) -> None:
    """Only while it waits on the shelf; what was posted waits nowhere."""
    _in_state(subject, {s.ON_SHELF})
    if MarkKind.POSTED in _marks(subject):
        raise Superseded(gettext_noop("it was posted"))


def posted(subject: Subject) -> None:
    _in_state(subject, {s.ON_SHELF})
    if MarkKind.POSTED not in _marks(subject):
        raise Superseded(gettext_noop("it waits on the shelf"))


def copy_ready(subject: Subject) -> None:
    """Only while there is a link that works."""
    request = subject.request
    _in_state(subject, {s.COPY_DELIVERED, s.COMPLETED})
    until, today = request.copy_link_until, local_date(subject.at, request.library.timezone)
    if not request.copy_link or (until is not None and until < today):
        raise Superseded(gettext_noop("the link is over"))


def supplied(subject: Subject) -> None:
    _in_state(subject, {s.COMPLETED})
    if subject.request.fill_source in {FillSource.NONE, FillSource.LENDER}:
        raise Superseded(gettext_noop("a lender supplied it"))


def _last_renewal(subject: Subject) -> BorrowingQuestion | None:
    asked = [each for each in beside(subject.request, "questions") if each.kind == QuestionKind.RENEWAL]
    return max(asked, key=lambda each: each.pk, default=None)


def _with_date(subject: Subject) -> None:
    _in_state(subject, _SHELF_OR_LOAN)
    if subject.request.patron_due is None:
        raise Superseded(gettext_noop("there is no due date"))


def _not_recalled(subject: Subject) -> None:
    if MarkKind.RECALLED in _marks(subject):
        raise Superseded(gettext_noop("the lender recalled it"))


def _renewal_answered(subject: Subject, answer: str) -> None:
    question = _last_renewal(subject)
    if question is not None and question.answer != answer:
        raise Superseded(gettext_noop("the renewal stands otherwise now"))


def renewed(subject: Subject) -> None:
    _with_date(subject)
    _not_recalled(subject)
    _renewal_answered(subject, "yes")


def not_renewed(subject: Subject) -> None:
    _in_state(subject, _SHELF_OR_LOAN)
    _not_recalled(subject)
    _renewal_answered(subject, "no")


def recalled(subject: Subject) -> None:
    """Only while the patron has it or can fetch it."""
    _with_date(subject)
    if MarkKind.RECALLED not in _marks(subject):
        raise Superseded(gettext_noop("the recall was taken back"))


def due_changed(subject: Subject) -> None:
    """Nothing changes for somebody who has not got it yet; a recall says more."""
    _with_date(subject)
    _not_recalled(subject)


def _may_remind(subject: Subject) -> None:
    """No reminder while the lender considers a renewal or the item is being looked for (design §3)."""
    _in_state(subject, {s.ON_LOAN})
    question = _last_renewal(subject)
    if question is not None and question.answered_at is None:
        raise Superseded(gettext_noop("a renewal was asked for"))
    if MarkKind.CLAIMED_RETURNED in _marks(subject):
        raise Superseded(gettext_noop("the patron says that it was returned"))


def _days_left(subject: Subject) -> timedelta:
    request = subject.request
    if request.patron_due is None:
        raise Superseded(gettext_noop("there is no due date"))
    return request.patron_due - local_date(subject.at, request.library.timezone)


def due_soon(subject: Subject) -> None:
    _may_remind(subject)
    first = max(policy_terms(subject.request).due_soon_days, default=0)
    if not timedelta(0) <= _days_left(subject) <= timedelta(days=first):
        raise Superseded(gettext_noop("the due date is another one now"))


def overdue(subject: Subject) -> None:
    _may_remind(subject)
    if _days_left(subject) >= timedelta(0):
        raise Superseded(gettext_noop("the due date is another one now"))


def billed(subject: Subject) -> None:
    """Not once it was paid, replaced or waived."""
    charge = subject.charge
    if charge is None or charge.payer != Payer.PATRON or not charge.is_owed:
        raise Superseded(gettext_noop("it was settled meanwhile"))


def recall_reminder(subject: Subject) -> None:
    _may_remind(subject)
    recalled(subject)


def still_needed(subject: Subject) -> None:
    """Not once it was sent, and not once the patron or the desk has said."""
    _in_state(subject, s.BEFORE_SENDING | s.WITH_LENDER)
    if MarkKind.NEED_BY not in _marks(subject):
        raise Superseded(gettext_noop("it was answered already"))


def message(subject: Subject) -> None:
    if subject.message is None:
        raise Superseded(gettext_noop("the message was taken back"))


def _try(subject: Subject) -> LenderTry:
    if subject.lender_try is None:
        raise Superseded(gettext_noop("the lender is not asked any more"))
    return subject.lender_try


def _status(subject: Subject, statuses: Iterable[str]) -> None:
    if _try(subject).status not in statuses:
        raise Superseded(gettext_noop("this lender has moved on"))


def try_open(subject: Subject) -> None:
    """Only while this lender is the one asked."""
    if not _try(subject).open:
        raise Superseded(gettext_noop("this lender is not asked any more"))


def try_ended(subject: Subject) -> None:
    if _try(subject).open:
        raise Superseded(gettext_noop("this lender is asked again"))


def lender_silent(subject: Subject) -> None:
    try_open(subject)
    _status(subject, {TryStatus.ASKED, TryStatus.PROMISED})


def lender_cancel(subject: Subject) -> None:
    """Not once the lender said no or sent it, and not when our request never left."""
    _status(subject, {TryStatus.ASKED, TryStatus.PROMISED, TryStatus.SILENT, TryStatus.CANCELLED})
    stream = f"{subject.request.number}:lender:{_try(subject).ordinal}"
    asked = OutboxRow.objects.filter(stream=stream, payload__notice="lender_request")
    states = set(asked.values_list("state", flat=True))
    if states and OutboxState.DONE not in states:
        raise Superseded(gettext_noop("the lender never got the request"))


def lender_renewal(subject: Subject) -> None:
    _status(subject, {TryStatus.SHIPPED, TryStatus.RECEIVED})
    question = _last_renewal(subject)
    if question is None or question.answered_at is not None:
        raise Superseded(gettext_noop("the renewal was answered"))


def lender_claim(subject: Subject) -> None:
    try_open(subject)
    _in_state(subject, {s.ON_THE_WAY})


def lender_message(subject: Subject) -> None:
    _try(subject)
    if subject.lender_words is None:
        raise Superseded(gettext_noop("the message was taken back"))


def lender_resend(subject: Subject) -> None:
    _in_state(subject, {s.COPY_DELIVERED})
    if MarkKind.RESEND not in _marks(subject):
        raise Superseded(gettext_noop("a better copy came"))
