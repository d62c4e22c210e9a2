"""While the item is with us: renewals, dates, recalls, losses."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from illservice.core.actors import CLOCK, Actor
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput
from illservice.core.workflow import Act
from illservice.core.workflow.beside import answer_question, mark, unmark
from requests_app.models import BorrowingQuestion, BorrowingRequest, Outcome, TryStatus
from requests_app.services.base import acting, drop_planned, sent_by
from requests_app.services.dates import patron_date, set_patron_date
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
                reply_by=at + timedelta(days=act.subject.library.answer_days),
            )
        )
        if lender_try is not None:
            act.topics["lender_renewal"] = lender_try


def renewal_yes(
    *, request_id: int, lender_due: date, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """The lender gave a new date; the patron's follows from it."""
    with acting("renewal_yes", request_id=request_id, actor=actor, at=at, version=version) as act:
        answer_question(act, QuestionKind.RENEWAL, "yes")
        _new_lender_date(act, lender_due)
        _in_time(act)
        unmark(act, MarkKind.OVERDUE)


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


def recall(*, request_id: int, back_by: date, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The lender needs it back: the patron's date is shortened, never lengthened; an open renewal ends.

    Known before it arrives, it holds then, too.
    """
    with acting("recall", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        mark(act, MarkKind.RECALLED, until=back_by)
        answer_question(act, QuestionKind.RENEWAL, "no")
        known = request.patron_due
        _new_lender_date(act, min(request.lender_due or back_by, back_by))
        if known is not None and request.patron_due is not None and known < request.patron_due:
            act.set(request, patron_due=known)


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
    """It turned up: it goes home, or is expected again when it never arrived."""
    with acting("found", request_id=request_id, actor=actor, at=at, version=version):
        pass


def settle(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    cost: Decimal | None = None,
    currency: str = "",
    version: int | None = None,
) -> None:
    """Paid or replaced; what it cost is kept. What never arrived was not filled."""
    with acting("settle", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        if cost is not None:
            act.set(request, cost=cost, cost_currency=currency or request.library.currency)
        if request.outcome != Outcome.FILLED:
            act.set(request, outcome=Outcome.UNFILLED)
            drop_planned(act)
        for each in sent_by(act, TryStatus.SHIPPED, TryStatus.RECEIVED, TryStatus.RETURNED):
            act.set(each, status=TryStatus.DONE, open=False, ended_at=at)


def ask_resend(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Pages are missing or cannot be read: ask the lender for a better copy."""
    with acting("ask_resend", request_id=request_id, actor=actor, at=at, version=version) as act:
        mark(act, MarkKind.RESEND)
        lender_try = next(iter(sent_by(act, TryStatus.RECEIVED)), None)
        if lender_try is not None:
            act.topics["lender_resend"] = lender_try


def remind_due(*, request_id: int, at: datetime) -> None:
    """The patron's date is near."""
    with acting("remind_due", request_id=request_id, actor=CLOCK, at=at):
        pass


def mark_overdue(*, request_id: int, at: datetime) -> None:
    """The patron's date has passed."""
    with acting("mark_overdue", request_id=request_id, actor=CLOCK, at=at) as act:
        mark(act, MarkKind.OVERDUE)
