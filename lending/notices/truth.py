"""Whether a letter to a borrower is still true at the moment it leaves.

Each check raises `Superseded`; what it says stands in the list of mails, for staff.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_noop

from illservice.core.clock import local_date
from illservice.core.outbox import Superseded
from illservice.documents.selectors import released
from lending.models import DeliveryWay, LendingQuestion
from lending.notices.building import Subject
from lending.workflow import states as s
from lending.workflow.policy import policy_terms
from lending.workflow.states import MarkKind, QuestionKind


def _in_state(subject: Subject, states: Iterable[str]) -> None:
    if subject.request.state not in states:
        raise Superseded(gettext_noop("the request has moved on"))


def _marks(subject: Subject) -> set[str]:
    return set(subject.request.marks.filter(cleared_at__isnull=True).values_list("kind", flat=True))


def conditional(subject: Subject) -> None:
    """Only while the answer is waited for."""
    _in_state(subject, s.BEFORE_SHIPPING)
    asked = subject.request.questions.filter(kind=QuestionKind.CONDITIONAL, answered_at__isnull=True)
    if not asked.exists():
        raise Superseded(gettext_noop("the conditions were answered"))


def refused(subject: Subject) -> None:
    _in_state(subject, {s.NOT_SUPPLIED})


def shipped(subject: Subject) -> None:
    """Not once it is back, or was found not to have left."""
    _in_state(subject, s.AWAY)


def copy(subject: Subject) -> None:
    """A copy by link needs one that is released still."""
    _in_state(subject, {s.COPY_SENT, s.COMPLETED})
    request = subject.request
    if request.delivery == DeliveryWay.LINK and not released(request.number, request.library_id).exists():
        raise Superseded(gettext_noop("the copy was called back"))


def _last_renewal(subject: Subject) -> LendingQuestion | None:
    return subject.request.questions.filter(kind=QuestionKind.RENEWAL).order_by("-pk").first()


def _with_date(subject: Subject) -> None:
    _in_state(subject, {s.ON_LOAN})
    if subject.request.due is None:
        raise Superseded(gettext_noop("there is no due date"))


def _not_recalled(subject: Subject) -> None:
    if MarkKind.RECALLED in _marks(subject):
        raise Superseded(gettext_noop("it was recalled"))


def renewed(subject: Subject) -> None:
    _with_date(subject)
    _not_recalled(subject)
    question = _last_renewal(subject)
    if question is not None and question.answer != "yes":
        raise Superseded(gettext_noop("the renewal stands otherwise now"))


def not_renewed(subject: Subject) -> None:
    """A no is said of a loan that is out, and of what is out no more; a later yes makes it untrue."""
    question = _last_renewal(subject)
    if question is not None and question.answer not in {"no", "void"}:
        raise Superseded(gettext_noop("the renewal stands otherwise now"))


def due_changed(subject: Subject) -> None:
    """A recall says more."""
    _with_date(subject)
    _not_recalled(subject)


def recalled(subject: Subject) -> None:
    _in_state(subject, {s.ON_LOAN})
    if MarkKind.RECALLED not in _marks(subject):
        raise Superseded(gettext_noop("the recall was taken back"))


def due_soon(subject: Subject) -> None:
    """Only before the date, and not while a renewal is considered."""
    _with_date(subject)
    question = _last_renewal(subject)
    if question is not None and question.answered_at is None:
        raise Superseded(gettext_noop("a renewal was asked for"))
    request = subject.request
    today = local_date(subject.at, request.library.timezone)
    first = max(policy_terms(request).due_soon_days, default=0)
    if request.due is None or not 0 <= (request.due - today).days <= first:
        raise Superseded(gettext_noop("the due date is another one now"))


def overdue(subject: Subject) -> None:
    """Not when it was sent back or renewed meanwhile, and not while a renewal is considered."""
    _with_date(subject)
    question = _last_renewal(subject)
    if question is not None and question.answered_at is None:
        raise Superseded(gettext_noop("a renewal was asked for"))
    request = subject.request
    today = local_date(subject.at, request.library.timezone)
    if MarkKind.OVERDUE not in _marks(subject) or (request.due is not None and request.due >= today):
        raise Superseded(gettext_noop("the due date is another one now"))


def completed(subject: Subject) -> None:
    _in_state(subject, {s.COMPLETED})


def cancelled(subject: Subject) -> None:
    _in_state(subject, {s.CANCELLED})


def not_cancelled(subject: Subject) -> None:
    _in_state(subject, s.ALL - {s.CANCELLED})


def message(subject: Subject) -> None:
    if subject.message is None:
        raise Superseded(gettext_noop("the message was taken back"))


def billed(subject: Subject) -> None:
    """Not once it was paid, replaced or waived."""
    if subject.charge is None or not subject.charge.is_owed:
        raise Superseded(gettext_noop("it was settled meanwhile"))


def lost(subject: Subject) -> None:
    _in_state(subject, {s.SETTLING})
