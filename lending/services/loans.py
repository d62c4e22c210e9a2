"""What leaves and comes back: shipping, copies, renewals, recalls, losses, check-in."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.citations.kinds import Kind
from illservice.core.actors import CLOCK, Actor, ActorKind
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput
from illservice.core.money import ChargeKind, Payer
from illservice.core.workflow import Act, money
from illservice.core.workflow.beside import answer_question, mark, unmark
from illservice.directory.calendars import end_of_day
from illservice.documents.kinds import Audience
from illservice.documents.models import DocumentLink
from illservice.documents.selectors import documents_of
from illservice.documents.services import make_link, release
from lending.models import DeliveryWay, ItemPlace, LendingItem, LendingQuestion, LendingRequest, Outcome
from lending.services.answers import ANSWERED, conditions_bind
from lending.services.base import (
    acting,
    answered,
    charge,
    charge_supply,
    codes,
    future_date,
    granted_date,
    lock_request,
    say,
)
from lending.services.deciding import decide_on_leaving
from lending.services.late import bill_replacement, climb, remind
from lending.workflow import states as s
from lending.workflow.policy import policy_terms
from lending.workflow.states import MarkKind, QuestionKind


def ship(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    due: date | None = None,
    cost: Decimal | None = None,
    currency: str = "",
    conditions: list[str] | None = None,
    barcode: str = "",
    note: str = "",
    version: int | None = None,
) -> None:
    """It leaves as a loan. Without a date the policy's loan period counts, rolled forward to an open day; without
    conditions those agreed and those that the policy puts on every loan."""
    with acting("ship", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: LendingRequest = act.subject
        decide_on_leaving(act, Kind.LOAN)
        granted = granted_date(request.library, policy_terms(request).loan_days, at)
        due = granted if due is None else future_date(request, due, at)
        act.set(request, kind_supplied=Kind.LOAN, outcome=Outcome.FILLED, due=due)
        act.set(request, conditions=codes(usual_conditions(request) if conditions is None else conditions))
        charge_supply(act, cost, currency)
        _leaves(act, barcode)
        if note:
            say(act, note)


def usual_conditions(request: LendingRequest) -> list[str]:
    """What was agreed, and what the policy puts on every loan."""
    return list(dict.fromkeys([*request.conditions, *policy_terms(request).conditions]))


def _leaves(act: Act, barcode: str = "") -> None:
    """Whatever was being fetched goes along; questions that are open are settled by the fact."""
    items = [item for item in act.subject.items.all() if item.place in {ItemPlace.TO_PULL, ItemPlace.FOUND}]
    if not items and barcode:
        items = [act.add(LendingItem(request=act.subject, barcode=barcode))]
    for item in items:
        act.set(item, place=ItemPlace.SENT, barcode=barcode if len(items) == 1 and barcode else item.barcode)
    answered(act)
    if answer_question(act, QuestionKind.CANCEL, "no"):
        act.facts["cancel_refused"] = True
    unmark(act, *ANSWERED, MarkKind.ARRIVED_UNSENT)


def send_copy(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    document_id: int | None = None,
    cost: Decimal | None = None,
    currency: str = "",
    note: str = "",
    version: int | None = None,
) -> None:
    """A copy leaves: `document_id` is the scan or link attached to this request, released by this act with a link
    for the borrower; without one the copy goes on paper."""
    with acting("send_copy", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: LendingRequest = act.subject
        if document_id is None and request.delivery == DeliveryWay.LINK:
            raise InvalidInput({"document": _("Attach the scan or a link first.")})
        decide_on_leaving(act, Kind.COPY)
        act.set(request, kind_supplied=Kind.COPY, outcome=Outcome.FILLED)
        charge_supply(act, cost, currency)
        _leaves(act)
        if document_id is not None:
            act.topics["document"] = _let_out(act, document_id)
        if note:
            say(act, note)
        unmark(act, MarkKind.RESEND)


def _let_out(act: Act, document_id: int) -> DocumentLink:
    """Release what was attached, and make the link that goes to the borrower. Undo takes both back."""
    request: LendingRequest = act.subject
    document = documents_of(request.number, request.library_id).filter(pk=document_id).first()
    if document is None:
        raise InvalidInput({"document": _("That file is not part of this request.")})
    act.keep(document, "released_at", "released_by", "withdrawn_at", "delete_after")
    release(document_id=document_id, actor=act.actor, at=act.at)
    link = make_link(document_id=document_id, audience=Audience.BORROWER, actor=act.actor, at=act.at)
    return act.adopt(link)


def arrived(*, request_id: int, actor: Actor, at: datetime, is_missed: bool = False) -> None:
    """The borrower has it. The first time counts; what we never marked as sent is shown to the desk. Conditions that
    wait for an answer are answered by it: else their day would end the request of an item that is there. `is_missed`:
    it said later on that it has not got it."""
    with acting("arrived", request_id=request_id, actor=actor, at=at) as act:
        request: LendingRequest = act.subject
        if request.borrower_received_at is None:
            act.set(request, borrower_received_at=at)
        conditions_bind(act)
        if request.state in s.BEFORE_SHIPPING | {s.NOT_SUPPLIED, s.CANCELLED}:
            mark(act, MarkKind.ARRIVED_UNSENT)
        if not is_missed:
            unmark(act, MarkKind.NOT_ARRIVED)


def ask_renewal(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The borrower wants to keep it longer. Asked more often than the policy allows, it is answered no at once; what
    the desk writes down for a borrower waits for the desk."""
    with transaction.atomic():
        with acting("ask_renewal", request_id=request_id, actor=actor, at=at, version=version) as act:
            request: LendingRequest = act.subject
            act.add(
                LendingQuestion(
                    request=request,
                    kind=QuestionKind.RENEWAL,
                    asked_at=at,
                    reply_by=_silence_until(request, at),
                )
            )
        if actor.kind == ActorKind.PARTNER and request.renewals >= policy_terms(request).renewals:
            refuse_renewal(request_id=request_id, actor=CLOCK, at=at)


def _silence_until(request: LendingRequest, at: datetime) -> datetime | None:
    """When our silence means yes; None where it never does."""
    silence, zone = policy_terms(request).renewal_silence_days, request.library.timezone
    return None if silence is None else end_of_day(local_date(at, zone) + timedelta(days=silence), zone)


def renewal_too_late(*, request_id: int, actor: Actor, at: datetime) -> None:
    """A renewal of what is not out on loan is answered no by itself."""
    with acting("renewal_too_late", request_id=request_id, actor=actor, at=at) as act:
        act.facts["answer"] = False


def renew(
    *, request_id: int, actor: Actor, at: datetime, due: date | None = None, version: int | None = None
) -> None:
    """Grant more time: until `due`, or the policy's renewal period from today or from the old date, if later."""
    with acting("renew", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: LendingRequest = act.subject
        answer_question(act, QuestionKind.RENEWAL, "yes")
        granted = granted_date(request.library, policy_terms(request).renewal_days, at)
        granted = max(granted, request.due or granted)
        act.set(
            request,
            due=granted if due is None else future_date(request, due, at),
            renewals=request.renewals + 1,
        )
        act.facts["answer"] = True
        unmark(act, MarkKind.OVERDUE)


def refuse_renewal(
    *, request_id: int, actor: Actor, at: datetime, note: str = "", version: int | None = None
) -> None:
    """The date stays."""
    with acting("refuse_renewal", request_id=request_id, actor=actor, at=at, version=version) as act:
        answer_question(act, QuestionKind.RENEWAL, "no")
        act.facts["answer"] = False
        if note:
            say(act, note)


def change_due(*, request_id: int, due: date, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Another date, unasked."""
    with acting("change_due", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.set(act.subject, due=future_date(act.subject, due, at))
        unmark(act, MarkKind.OVERDUE)


def recall(
    *, request_id: int, back_by: date, actor: Actor, at: datetime, note: str = "", version: int | None = None
) -> None:
    """We need it back by a date; an open renewal is refused by it."""
    with acting("recall", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: LendingRequest = act.subject
        back_by = future_date(request, back_by, at, "back_by")
        mark(act, MarkKind.RECALLED, until=back_by)
        act.set(request, due=min(request.due or back_by, back_by))
        if answer_question(act, QuestionKind.RENEWAL, "no"):
            act.facts["renewal_refused"] = True
        if note:
            say(act, note)


def remind_due(*, request_id: int, at: datetime, step: int = 0) -> None:
    """The due date is near; `step` counts the reminders from 0."""
    with acting("remind_due", request_id=request_id, actor=CLOCK, at=at) as act:
        remind(act, step)


def mark_overdue(*, request_id: int, at: datetime, step: int = 0) -> None:
    """The due date and the days on the way have passed, and so many days with them as the step says (from 0)."""
    with transaction.atomic():
        with acting("mark_overdue", request_id=request_id, actor=CLOCK, at=at) as act:
            mark(act, MarkKind.OVERDUE)
            rung = climb(act, step)
        if rung is not None and rung.step.bill:
            bill_replacement(act.subject, at)


def lost_by_rule(*, request_id: int, at: datetime) -> None:
    """It is overdue so long that it counts as lost: to be settled with the borrower, and billed."""
    with transaction.atomic():
        lost(request_id=request_id, actor=CLOCK, at=at)
        bill_replacement(lock_request(request_id), at)


def remind_borrower(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Once more: it is overdue."""
    with acting("remind_borrower", request_id=request_id, actor=actor, at=at, version=version):
        pass


def hold_return(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Ask the borrower not to send it back yet (HoldReturn, ISO 18626:2021)."""
    with acting("hold_return", request_id=request_id, actor=actor, at=at, version=version) as act:
        mark(act, MarkKind.HOLD_RETURN)


def release_return(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Tell the borrower that it may be sent back now."""
    with acting("release_return", request_id=request_id, actor=actor, at=at, version=version) as act:
        unmark(act, MarkKind.HOLD_RETURN)


def held_there(*, request_id: int, actor: Actor, at: datetime) -> None:
    """The borrower says that it cannot send it back yet."""
    with acting("held_there", request_id=request_id, actor=actor, at=at) as act:
        mark(act, MarkKind.HELD_THERE)


def sent_back(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The borrower sent it back: overdue notices stop, an open renewal is moot."""
    with acting("sent_back", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.set(act.subject, borrower_returned_at=at)
        answer_question(act, QuestionKind.RENEWAL, "void")
        unmark(act, MarkKind.OVERDUE, MarkKind.RECALLED, MarkKind.HOLD_RETURN, MarkKind.HELD_THERE)


def sent_before_lost(*, request_id: int, actor: Actor, at: datetime) -> None:
    """The borrower had sent it back before it was lost: that is heard late, and noted."""
    with acting("borrower_message", request_id=request_id, actor=actor, at=at) as act:
        if act.subject.borrower_returned_at is None:
            act.set(act.subject, borrower_returned_at=at)


def check_in(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """It is back on our desk."""
    with acting("check_in", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.set(act.subject, checked_in_at=at)
        for item in list(act.subject.items.all()):
            if item.place == ItemPlace.SENT:
                act.set(item, place=ItemPlace.BACK)
        money.turned_up(act)


def lost(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    cost: Decimal | None = None,
    currency: str = "",
    note: str = "",
    version: int | None = None,
) -> None:
    """Lost or damaged: what it costs is named to the borrower."""
    with acting("lost", request_id=request_id, actor=actor, at=at, version=version) as act:
        charge(act, cost, currency, ChargeKind.LOSS)
        answer_question(act, QuestionKind.RENEWAL, "void")
        if note:
            say(act, note)
        unmark(act, MarkKind.OVERDUE, MarkKind.RECALLED, MarkKind.HOLD_RETURN, MarkKind.HELD_THERE)


def turned_up(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """It was found at the borrower's after all."""
    with acting("turned_up", request_id=request_id, actor=actor, at=at, version=version) as act:
        money.turned_up(act)


def found_later(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """It turned up after it was settled: it is on loan again, and what was paid for it goes back."""
    with acting("found_later", request_id=request_id, actor=actor, at=at, version=version) as act:
        money.turned_up(act)


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
    """Paid or replaced; it does not come back. `how` (paid, replaced, waived) settles the charge for the loss."""
    with acting("settle", request_id=request_id, actor=actor, at=at, version=version) as act:
        charge(act, cost, currency, ChargeKind.LOSS)
        money.settle_losses(
            act,
            Payer.PARTNER,
            how=how,
            cost=cost,
            currency=currency,
            partner_id=act.subject.borrower_id,
        )


def ask_resend(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The borrower cannot use the copy: scan it again."""
    with acting("ask_resend", request_id=request_id, actor=actor, at=at, version=version) as act:
        mark(act, MarkKind.RESEND)


def finish_copy(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The time for asking for a better copy is over."""
    with acting("finish_copy", request_id=request_id, actor=actor, at=at, version=version) as act:
        unmark(act, MarkKind.RESEND)


def forwarded(*, request_id: int, actor: Actor, at: datetime) -> None:
    """The borrower sent it on to another library: shown to the desk."""
    with acting("forwarded", request_id=request_id, actor=actor, at=at) as act:
        mark(act, MarkKind.FORWARDED)


def not_arrived(*, request_id: int, actor: Actor, at: datetime) -> None:
    """The borrower says that it has not come."""
    with acting("borrower_message", request_id=request_id, actor=actor, at=at) as act:
        mark(act, MarkKind.NOT_ARRIVED)
