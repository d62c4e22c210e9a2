"""While the item is with us: renewals, dates, recalls, losses."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import CLOCK, Actor
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput
from illservice.core.workflow import Act, money
from illservice.core.workflow.beside import answer_question, mark, unmark
from illservice.directory.calendars import end_of_day
from requests_app.models import BorrowingQuestion, BorrowingRequest, Outcome, TryStatus
from requests_app.services.base import acting, drop_planned, lock_request, sent_by
from requests_app.services.dates import answer_until, own_date_renewed, patron_date, set_patron_date
from requests_app.services.feeding import settle_losses
from requests_app.services.late import bill_replacement, climb, remind
from requests_app.workflow.policy import policy_terms
from requests_app.workflow.states import MarkKind, QuestionKind


def ask_renewal(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Ask the lender for more time. Until the answer no overdue notice goes out."""
    with acting("ask_renewal", request_id=request_id, actor=actor, at=at, version=version) as act:
        lender_try = next(iter(sent_by(act, TryStatus.RECEIVED)), None)
        act.add(
            BorrowingQuestion(
                request=act.subject,
                lender_try=lender_try,
                kind=QuestionKind.RENEWAL,
                asked_at=at,
                reply_by=_renewal_until(act.subject, at),
            )
        )
        if lender_try is not None:
            act.topics["lender_renewal"] = lender_try


def _renewal_until(request: BorrowingRequest, at: datetime) -> datetime:
    """How long the answer is waited for: until silence means yes, else as long as for any other answer."""
    silence, zone = policy_terms(request).renewal_silence_days, request.library.timezone
    if silence is None:
        return answer_until(request, at)
    return end_of_day(local_date(at, zone) + timedelta(days=silence), zone)


def renewal_yes(
    *, request_id: int, lender_due: date | None, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """The lender gave a new date; the patron's follows from it. Without one it is the renewal period of our policy."""
    with acting("renewal_yes", request_id=request_id, actor=actor, at=at, version=version) as act:
        answer_question(act, QuestionKind.RENEWAL, "yes")
        _renewed(act, lender_due)
        _in_time(act)
        unmark(act, MarkKind.OVERDUE)


def _renewed(act: Act, lender_due: date | None) -> None:
    request: BorrowingRequest = act.subject
    days = policy_terms(request).renewal_days
    if lender_due is None and request.lender_due is not None:
        lender_due = request.lender_due + timedelta(days=days)
    if lender_due is not None:
        _new_lender_date(act, lender_due)
    elif request.patron_due is not None:
        act.set(request, patron_due=own_date_renewed(request, act.at))


def renewal_silent(*, request_id: int, at: datetime) -> None:
    """The lender kept silent: that is a yes where the policy says so, else a no."""
    with transaction.atomic():
        if policy_terms(lock_request(request_id)).renewal_silence_days is None:
            renewal_no(request_id=request_id, actor=CLOCK, at=at)
        else:
            renewal_yes(request_id=request_id, lender_due=None, actor=CLOCK, at=at)


def renewal_no(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The lender refused; the date stays."""
    with acting("renewal_no", request_id=request_id, actor=actor, at=at, version=version) as act:
        answer_question(act, QuestionKind.RENEWAL, "no")


def change_due(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    lender_due: date | None = None,
    patron_due: date | None = None,
    version: int | None = None,
) -> None:
    """Another date from the lender, or another one for the patron; never past the lender's."""
    if lender_due is None and patron_due is None:
        raise InvalidInput({"lender_due": _("Give a date.")})
    with acting("change_due", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        if lender_due is not None:
            _new_lender_date(act, lender_due)
            _in_time(act)
        if patron_due is not None:
            set_patron_date(act, patron_due)
        if request.patron_due and request.patron_due >= local_date(at, request.library.timezone):
            unmark(act, MarkKind.OVERDUE)


def _new_lender_date(act: Act, lender_due: date) -> None:
    request: BorrowingRequest = act.subject
    for each in sent_by(act, TryStatus.SHIPPED, TryStatus.RECEIVED):
        act.set(each, lender_due=lender_due)
    act.set(request, lender_due=lender_due)
    act.set(request, patron_due=patron_date(request, lender_due, act.at))


def _in_time(act: Act) -> None:
    """A new date that is not over ends what the lender called overdue; a recall does not."""
    request: BorrowingRequest = act.subject
    if request.lender_due and request.lender_due >= local_date(act.at, request.library.timezone):
        unmark(act, MarkKind.LENDER_OVERDUE)


def recall_sooner(*, request_id: int, back_by: date, actor: Actor, at: datetime) -> None:
    """The lender recalls it again, for an earlier day: that is another date, and what holds when it arrives."""
    with acting("change_due", request_id=request_id, actor=actor, at=at) as act:
        _called_back(act, back_by)


def _called_back(act: Act, back_by: date) -> None:
    request: BorrowingRequest = act.subject
    mark(act, MarkKind.RECALLED, until=back_by)
    known = request.patron_due
    _new_lender_date(act, min(request.lender_due or back_by, back_by))
    if known is not None and request.patron_due is not None and known < request.patron_due:
        act.set(request, patron_due=known)


def recall(*, request_id: int, back_by: date, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The lender needs it back: the patron's date is shortened, never lengthened; an open renewal ends.

    Known before it arrives, it holds then, too.
    """
    with acting("recall", request_id=request_id, actor=actor, at=at, version=version) as act:
        answer_question(act, QuestionKind.RENEWAL, "no")
        _called_back(act, back_by)


def claim_returned(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The patron says that it was returned: no reminders while it is being looked for."""
    with acting("claim_returned", request_id=request_id, actor=actor, at=at, version=version) as act:
        mark(act, MarkKind.CLAIMED_RETURNED)


def lost(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Lost or damaged: to be settled with the lender."""
    with acting("lost", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.set(act.subject, shelf_code="")
        answer_question(act, QuestionKind.RENEWAL, "void")
        answer_question(act, QuestionKind.CANCEL, "void")
        held = sent_by(act, TryStatus.SHIPPED, TryStatus.RECEIVED, TryStatus.RETURNED)
        if held:
            act.topics["lender_lost"] = held[0]
        unmark(act, MarkKind.OVERDUE, MarkKind.NOT_ARRIVED)


def found(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """It turned up: it goes home, or is expected again when it never arrived. What was paid for it may come back."""
    with acting("found", request_id=request_id, actor=actor, at=at, version=version) as act:
        money.turned_up(act)


def found_later(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """It turned up after it was settled: it lies at the desk and goes home, and a refund is asked for."""
    with acting("found_later", request_id=request_id, actor=actor, at=at, version=version) as act:
        money.turned_up(act)
        last = next(
            (each for each in reversed(act.subject.tries.all()) if each.status == TryStatus.DONE), None
        )
        if last is not None:
            act.set(last, status=TryStatus.RECEIVED, ended_at=None)
        act.set(act.subject, returned_at=None)


def settle(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    cost: Decimal | None = None,
    currency: str = "",
    how: str = "",
    version: int | None = None,
) -> None:
    """Paid or replaced; what it cost is kept. What never arrived was not filled.

    `how` (paid, replaced, waived) settles what we owe for the loss; empty leaves it open.
    """
    with acting("settle", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        if cost is not None:
            act.set(request, cost=cost, cost_currency=currency or request.library.currency)
        if request.outcome != Outcome.FILLED:
            act.set(request, outcome=Outcome.UNFILLED)
            drop_planned(act)
        held = sent_by(act, TryStatus.SHIPPED, TryStatus.RECEIVED, TryStatus.RETURNED)
        settle_losses(act, next(iter(held), None), how=how, cost=cost, currency=currency)
        for each in held:
            act.set(each, status=TryStatus.DONE, open=False, ended_at=at)


def ask_resend(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Pages are missing or cannot be read: ask the lender for a better copy."""
    with acting("ask_resend", request_id=request_id, actor=actor, at=at, version=version) as act:
        mark(act, MarkKind.RESEND)
        lender_try = next(iter(sent_by(act, TryStatus.RECEIVED)), None)
        if lender_try is not None:
            act.topics["lender_resend"] = lender_try


def remind_due(*, request_id: int, at: datetime, step: int = 0) -> None:
    """The patron's date is near; `step` counts the reminders from 0."""
    with acting("remind_due", request_id=request_id, actor=CLOCK, at=at) as act:
        remind(act, step)


def mark_overdue(*, request_id: int, at: datetime, step: int = 0) -> None:
    """The patron's date has passed, and so many days with it as the step of the ladder says (from 0)."""
    with transaction.atomic():
        with acting("mark_overdue", request_id=request_id, actor=CLOCK, at=at) as act:
            mark(act, MarkKind.OVERDUE)
            rung = climb(act, step)
        if rung is not None and rung.step.bill:
            bill_replacement(act.subject, at)


def lost_by_rule(*, request_id: int, at: datetime) -> None:
    """It is overdue so long that it counts as lost: to be settled with the lender, and billed to the patron."""
    with transaction.atomic():
        lost(request_id=request_id, actor=CLOCK, at=at)
        bill_replacement(lock_request(request_id), at)
