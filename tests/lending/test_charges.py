"""The charges of a lending request: what the borrower owes us, from the promise to the refund."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from illservice.accounts.roles import Role
from illservice.core.actors import CLOCK
from illservice.core.errors import InvalidInput, NotFound, NotPermitted, Refused, WrongState
from illservice.core.models import OutboxRow
from illservice.core.outbox import Superseded
from illservice.core.workflow.money import Price
from illservice.exchange.kinds import Manners
from illservice.notices.kinds import kind_of
from lending.messages.building import build
from lending.models import Channel, LendingCharge, LendingRequest
from lending.services import answers, charges, loans
from lending.services.answers import Terms
from lending.services.words import undo_last
from tests.lending.verbs import again, as_borrower, desk, found, lend, new_copy, shipped
from tests.world import NOON, World, later

TWELVE = Decimal("12.00")


def only(request: LendingRequest) -> LendingCharge:
    """The one charge there is."""
    return request.charges.get()


def lost(world: World, **values: object) -> LendingRequest:
    """A loan of which the borrower is told that it cost 45."""
    request = shipped(world, **values)  # type: ignore[arg-type]  # as named
    loans.lost(request_id=request.pk, cost=Decimal(45), currency="EUR", actor=desk(world), at=NOON)
    return again(request)


def bills(request: LendingRequest) -> list[OutboxRow]:
    """What was written to the borrower about bills."""
    rows = OutboxRow.objects.filter(subject=request.number)
    return [row for row in rows if "bill" in {row.payload.get("word"), row.payload.get("notice", "")[9:]}]


def test_what_was_agreed_and_what_was_sent_with_it_is_one_charge(world: World) -> None:
    request = lend(world)
    answers.conditional(request_id=request.pk, terms=Terms((), TWELVE, "EUR"), actor=desk(world), at=NOON)
    assert not request.charges.exists()
    answers.conditions_accepted(request_id=request.pk, actor=as_borrower(world), at=NOON)
    assert (only(request).agreed, only(request).actual, only(request).partner) == (
        TWELVE,
        None,
        world.eastlake,
    )
    found(world, again(request))
    loans.ship(request_id=request.pk, cost=Decimal(15), currency="EUR", actor=desk(world), at=NOON)
    assert (only(request).kind, only(request).agreed, only(request).actual) == ("supply", TWELVE, 15)


def test_what_is_not_supplied_costs_nothing(world: World) -> None:
    request = lend(world)
    answers.conditional(request_id=request.pk, terms=Terms((), TWELVE, "EUR"), actor=desk(world), at=NOON)
    answers.conditions_accepted(request_id=request.pk, actor=as_borrower(world), at=NOON)
    answers.cancel_asked(request_id=request.pk, actor=as_borrower(world), at=NOON)
    assert only(request).settled == "waived"


def test_a_copy_is_charged_when_it_leaves(world: World) -> None:
    request = found(world, lend(world, new_copy()))
    loans.send_copy(request_id=request.pk, cost=TWELVE, actor=desk(world), at=NOON)
    assert (only(request).actual, only(request).currency) == (TWELVE, "USD")


def test_a_loss_is_another_sum_than_the_fee(world: World) -> None:
    request = found(world)
    loans.ship(request_id=request.pk, cost=TWELVE, currency="EUR", actor=desk(world), at=NOON)
    loans.lost(request_id=request.pk, cost=Decimal(45), currency="EUR", actor=desk(world), at=NOON)
    sums = {each.kind: each.actual for each in request.charges.all()}
    assert sums == {"supply": TWELVE, "loss": 45}
    loans.settle(request_id=request.pk, how="paid", actor=desk(world), at=NOON)
    states = {each.kind: each.settled for each in request.charges.all()}
    assert states == {"supply": "", "loss": "paid"}


def test_paid_and_found_again_a_refund_is_offered_and_recorded(world: World) -> None:
    request = lost(world)
    with pytest.raises(WrongState):
        loans.found_later(request_id=request.pk, actor=desk(world), at=NOON)
    loans.settle(request_id=request.pk, how="paid", actor=desk(world), at=NOON)
    loans.found_later(request_id=request.pk, actor=desk(world), at=later(days=9))
    assert (again(request).state, only(request).refund_due) == ("on_loan", True)
    loans.check_in(request_id=request.pk, actor=desk(world), at=later(days=12))
    charges.refund_charge(request_id=request.pk, actor=desk(world), at=later(days=12))
    assert (only(request).refunded_amount, only(request).refunded_on) == (45, date(2026, 3, 14))
    with pytest.raises(Refused):
        charges.refund_charge(request_id=request.pk, actor=desk(world), at=later(days=12))


@pytest.mark.parametrize("service", [loans.turned_up, loans.check_in])
def test_what_turns_up_unpaid_is_not_asked_for_any_more(world: World, service: object) -> None:
    request = lost(world)
    charges.invoice_charge(request_id=request.pk, actor=desk(world), at=NOON)
    service(request_id=request.pk, actor=desk(world), at=later(days=2))  # type: ignore[operator]  # a service
    assert (only(request).settled, only(request).settled_on) == ("waived", date(2026, 3, 4))


def test_a_bill_goes_to_the_borrower_with_number_sum_and_day(world: World) -> None:
    request = lost(world)
    world.north.library.partner_payment = "IBAN DE00"
    world.north.library.save(update_fields=["partner_payment"])
    charges.invoice_charge(
        request_id=request.pk, number="R-1", due_on=date(2026, 4, 1), actor=desk(world), at=NOON
    )
    (row,) = bills(request)
    letter = kind_of("borrower_bill").build(row.payload, NOON)
    context = letter.context
    assert (context["amount"], context["invoice_number"]) == ("45.00 EUR", "R-1")
    assert (context["pay_by"], context["how_to_pay"]) == (date(2026, 4, 1), "IBAN DE00")
    charges.pay_charge(request_id=request.pk, actor=desk(world), at=later(days=1))
    with pytest.raises(Superseded):
        kind_of("borrower_bill").build(row.payload, later(days=1))


def test_a_bill_to_a_system_is_a_note_with_the_same_facts(world: World) -> None:
    request = lost(world)
    LendingRequest.objects.filter(pk=request.pk).update(channel=Channel.ISO18626, borrower_number="EL-7")
    charges.invoice_charge(
        request_id=request.pk, number="R-1", due_on=date(2026, 4, 1), actor=desk(world), at=NOON
    )
    (row,) = bills(request)
    message = build(row.payload, NOON, Manners()).message
    assert message.info.note == "invoice R-1, 45.00 EUR, to be paid by 2026-04-01"  # type: ignore[union-attr]  # ours
    charges.waive_charge(request_id=request.pk, actor=desk(world), at=NOON)
    with pytest.raises(Superseded):
        build(row.payload, NOON, Manners())


def test_a_ladder_bills_the_borrower_once_for_each_step(world: World) -> None:
    request = shipped(world)

    def bill(step: str) -> LendingCharge:
        return charges.bill_overdue(
            request_id=request.pk, actor=CLOCK, at=later(days=60), amount=TWELVE, kind="loss", step=step
        )

    first = bill("60")
    assert bill("60") == first
    assert bill("90").ordinal == 2
    assert (first.payer, first.partner, first.currency) == ("partner", world.eastlake, "USD")
    assert first.invoice_number == f"{request.number}-R1"
    assert len(bills(request)) == 2
    with pytest.raises(InvalidInput):
        charges.bill_overdue(
            request_id=request.pk, actor=CLOCK, at=later(days=60), amount=Decimal(0), step="99"
        )


def test_money_is_for_the_lending_desk_of_the_library(world: World) -> None:
    request, price = lost(world), Price(kind="late", payer="partner", actual=TWELVE)
    for role in (Role.BORROWING, Role.COPYRIGHT, Role.STUDENT, Role.BRANCH):
        with pytest.raises(NotPermitted):
            charges.note_charge(request_id=request.pk, price=price, actor=desk(world, role), at=NOON)
    with pytest.raises(NotFound):
        charges.note_charge(
            request_id=request.pk, price=price, actor=world.south.actor(Role.LENDING), at=NOON
        )
    with pytest.raises(NotPermitted):
        charges.note_charge(request_id=request.pk, price=price, actor=as_borrower(world), at=NOON)
    assert request.charges.count() == 1
    with pytest.raises(InvalidInput):
        charges.note_charge(request_id=request.pk, price=Price(payer="patron"), actor=desk(world), at=NOON)
    charges.note_charge(request_id=request.pk, price=price, actor=desk(world), at=NOON)
    assert request.charges.count() == 2


def test_changed_and_taken_back(world: World) -> None:
    request = lost(world)
    price = Price(kind="damage", payer="partner", actual=Decimal(20), currency="EUR", wish="replacement")
    charges.change_charge(request_id=request.pk, charge=1, price=price, actor=desk(world), at=NOON)
    assert (only(request).kind, only(request).actual, only(request).wish) == ("damage", 20, "replacement")
    kept = again(request).undo
    assert kept is not None
    undo_last(request_id=request.pk, act=kept["act"], actor=desk(world), at=NOON)
    assert (only(request).kind, only(request).actual) == ("loss", 45)


def test_an_invoice_number_stands_once_for_a_borrower(world: World) -> None:
    first, second = lost(world), lost(world, borrower=world.westport)
    for each in (first, second):
        charges.invoice_charge(request_id=each.pk, number="R-1", actor=desk(world), at=NOON)
    third = lost(world)
    with pytest.raises(InvalidInput):
        charges.invoice_charge(request_id=third.pk, number="R-1", actor=desk(world), at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        third.charges.update(invoice_number="R-1")
