"""The charges of a borrowing request: fed by the steps of the desk, changed by people, billed by clocks."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from illservice.accounts.roles import Role
from illservice.core.actors import CLOCK
from illservice.core.errors import InvalidInput, NotFound, NotPermitted, Refused, StaleVersion
from illservice.core.models import OutboxRow
from illservice.core.workflow.money import Price
from requests_app.models import BorrowingCharge, BorrowingRequest
from requests_app.selectors.money import debts_block, owed_by_patron
from requests_app.services import charges, closing, items, lender_news, lenders, loans
from requests_app.services.lenders import Terms
from tests.requests_app import standing
from tests.requests_app.standing import again, asked, at_desk, everything, on_loan, refused
from tests.world import World, ask_for, later

TWELVE = Decimal("12.00")


@pytest.fixture(autouse=True)
def _charges_are_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal changes no charge either."""
    monkeypatch.setattr(standing, "BESIDE", (*standing.BESIDE, "charges"))


def only(request: BorrowingRequest) -> BorrowingCharge:
    """The one charge there is."""
    return request.charges.get()


def note(world: World, request: BorrowingRequest, **values: object) -> BorrowingCharge:
    """A charge that the desk notes: by default the patron pays twelve."""
    price = Price(**{"kind": "other", "payer": "patron", "actual": TWELVE} | values)  # type: ignore[arg-type]  # as named
    charges.note_charge(request_id=request.pk, price=price, actor=world.north.actor(), at=later(days=3))
    return request.charges.latest("ordinal")


def test_what_was_accepted_is_agreed_and_what_came_with_it_is_actual(world: World) -> None:
    request, desk = asked(world), world.north.actor()
    terms = Terms(["NoReproduction"], TWELVE, "EUR")
    lenders.lender_conditional(request_id=request.pk, terms=terms, actor=desk, at=later(days=1))
    assert not request.charges.exists()
    lenders.accept_conditions(request_id=request.pk, actor=desk, at=later(days=1))
    agreed = only(request)
    assert (agreed.kind, agreed.payer, agreed.agreed, agreed.currency) == ("supply", "us", TWELVE, "EUR")
    assert (agreed.partner, agreed.lender_try) == (world.eastlake, request.tries.get(ordinal=1))
    arrival = items.Arrival(cost=Decimal("15.00"), currency="EUR")
    items.receive(request_id=request.pk, arrival=arrival, actor=desk, at=later(days=2))
    assert (only(request).agreed, only(request).actual) == (TWELVE, 15)
    assert again(request).cost == 15


def test_amounts_of_two_currencies_never_stand_side_by_side(world: World) -> None:
    request, desk = asked(world), world.north.actor()
    terms = Terms((), TWELVE, "EUR")
    lenders.lender_conditional(request_id=request.pk, terms=terms, actor=desk, at=later(days=1))
    lenders.accept_conditions(request_id=request.pk, actor=desk, at=later(days=1))
    arrival = items.Arrival(cost=Decimal("15.00"), currency="USD")
    items.receive(request_id=request.pk, arrival=arrival, actor=desk, at=later(days=2))
    assert (only(request).agreed, only(request).actual, only(request).currency) == (None, 15, "USD")


def test_nothing_is_owed_for_nothing_nor_to_a_lender_that_sends_nothing(world: World) -> None:
    request, desk = asked(world), world.north.actor()
    terms = Terms((), TWELVE, "EUR")
    lenders.lender_conditional(request_id=request.pk, terms=terms, actor=desk, at=later(days=1))
    lenders.accept_conditions(request_id=request.pk, actor=desk, at=later(days=1))
    lenders.move_on(request_id=request.pk, actor=desk, at=later(days=9))
    assert only(request).settled == "waived"
    arrival = items.Arrival(cost=Decimal(0))
    items.receive(request_id=request.pk, arrival=arrival, actor=desk, at=later(days=10))
    assert request.charges.count() == 1


def test_undo_takes_the_charge_back_with_the_step(world: World) -> None:
    request = asked(world)
    arrival = items.Arrival(cost=TWELVE, currency="EUR")
    items.receive(request_id=request.pk, arrival=arrival, actor=world.north.actor(), at=later(days=1))
    assert request.charges.count() == 1
    kept = again(request).undo
    assert kept is not None
    closing.undo_last(request_id=request.pk, act=kept["act"], actor=world.north.actor(), at=later(days=1))
    assert not request.charges.exists()


def test_what_a_supplier_cost_is_owed_too(world: World) -> None:
    request = ask_for(world.north)
    supplied = closing.Supplied("bought", cost=Decimal("30.00"))
    closing.close_supplied(
        request_id=request.pk, supplied=supplied, actor=world.north.actor(), at=later(days=1)
    )
    assert (only(request).actual, only(request).currency, only(request).partner) == (30, "USD", None)


def test_the_desk_notes_changes_pays_and_refunds_and_the_history_says_so(world: World) -> None:
    request, desk = at_desk(world), world.north.actor()
    charge = note(world, request)
    assert (charge.ordinal, charge.currency, charge.partner) == (1, "USD", None)
    price = Price(kind="other", payer="patron", actual=Decimal("10.00"), note="half of it")
    charges.change_charge(request_id=request.pk, charge=1, price=price, actor=desk, at=later(days=4))
    charges.pay_charge(request_id=request.pk, charge=1, method="Cash", actor=desk, at=later(days=5))
    paid = only(request)
    assert (paid.settled, paid.paid_amount, paid.paid_on, paid.method) == (
        "paid",
        10,
        date(2026, 3, 7),
        "Cash",
    )
    with refused(request, Refused, code="charge_open"):
        charges.pay_charge(request_id=request.pk, charge=1, actor=desk, at=later(days=5))
    with refused(request, InvalidInput, field="refunded"):
        charges.refund_charge(
            request_id=request.pk, charge=1, refunded=Decimal("10.01"), actor=desk, at=later(days=6)
        )
    charges.refund_charge(
        request_id=request.pk, charge=1, refunded=Decimal("4.00"), actor=desk, at=later(days=6)
    )
    assert only(request).refunded_amount == 4
    events = list(request.events.filter(action__endswith="_charge").order_by("id"))
    assert [event.action for event in events] == [
        "note_charge", "change_charge", "pay_charge", "refund_charge",
    ]  # fmt: skip
    before, after = events[1].changed["charge"]["1"]
    assert (before["owed"], after["owed"]) == ("12.00", "10.00")
    assert "half" not in str([event.changed for event in events])


def test_only_the_desk_of_the_library_moves_money_and_on_a_fresh_page(world: World) -> None:
    request = at_desk(world)
    price = Price(kind="other", payer="patron", actual=TWELVE)
    for role in (Role.LENDING, Role.COPYRIGHT, Role.STUDENT, Role.BRANCH):
        with refused(request, NotPermitted):
            charges.note_charge(
                request_id=request.pk, price=price, actor=world.north.actor(role), at=later(days=3)
            )
    with refused(request, NotFound):
        charges.note_charge(request_id=request.pk, price=price, actor=world.south.actor(), at=later(days=3))
    seen = again(request).version
    note(world, request)
    with refused(request, StaleVersion):
        charges.note_charge(
            request_id=request.pk, price=price, actor=world.north.actor(), at=later(days=3), version=seen
        )


@pytest.mark.parametrize(
    ("price", "field"),
    [
        (Price(kind="gift", payer="us"), "kind"),
        (Price(payer="partner", actual=TWELVE), "payer"),
        (Price(payer="us", actual=Decimal("-1")), "actual"),
        (Price(payer="us", actual=TWELVE, currency="EURO"), "currency"),
        (Price(payer="us", actual=TWELVE, method="by hand"), "method"),
        (Price(payer="us", actual=Decimal("99999999.99")), "actual"),
        (Price(payer="us", wish="cake"), "wish"),
    ],
)
def test_what_is_no_price_is_refused(world: World, price: Price, field: str) -> None:
    request = at_desk(world)
    with refused(request, InvalidInput, field=field):
        charges.note_charge(request_id=request.pk, price=price, actor=world.north.actor(), at=later(days=3))


def test_a_lenders_fee_stands_once_while_it_is_open(world: World) -> None:
    request, desk = at_desk(world, cost=TWELVE), world.north.actor()
    with refused(request, Refused, code="charge_doubled"):
        note(world, request, kind="supply", payer="us")
    twin = only(request)
    with pytest.raises(IntegrityError), transaction.atomic():
        BorrowingCharge.objects.create(
            request=request,
            library=request.library,
            lender_try=twin.lender_try,
            ordinal=2,
            kind="supply",
            payer="us",
            noted_on=date(2026, 3, 2),
        )
    charges.pay_charge(request_id=request.pk, actor=desk, at=later(days=3))
    assert note(world, request, kind="supply", payer="us").ordinal == 2


@pytest.mark.parametrize(
    "values",
    [
        {"actual": Decimal("-0.01"), "currency": "EUR"},
        {"actual": TWELVE},
        {"settled": "paid", "currency": "EUR"},
        {"paid_amount": TWELVE, "currency": "EUR"},
        {"refunded_amount": TWELVE, "refunded_on": date(2026, 3, 2), "currency": "EUR"},
        {
            "settled": "paid", "paid_on": date(2026, 3, 2), "paid_amount": TWELVE, "currency": "EUR",
            "refunded_amount": Decimal("12.01"), "refunded_on": date(2026, 3, 2),
        },
        {"payer": "partner"},
    ],
    ids=["negative", "no currency", "paid nothing", "paid and open", "refund of nothing", "refund of more", "payer"],
)  # fmt: skip
def test_the_database_refuses_impossible_money(world: World, values: dict[str, object]) -> None:
    request = ask_for(world.north)
    columns: dict[str, object] = {
        "request": request,
        "library": request.library,
        "ordinal": 1,
        "kind": "other",
    }
    columns |= {"payer": "us", "noted_on": date(2026, 3, 2)} | values
    with pytest.raises(IntegrityError), transaction.atomic():
        BorrowingCharge.objects.create(**columns)


def test_a_lenders_invoice_is_noted_once_and_told_to_nobody(world: World) -> None:
    first, second, desk = at_desk(world, cost=TWELVE), at_desk(world, cost=TWELVE), world.north.actor()
    with refused(first, InvalidInput, field="number"):
        charges.invoice_charge(request_id=first.pk, actor=desk, at=later(days=3))
    charges.invoice_charge(request_id=first.pk, number=" 2026-17 ", actor=desk, at=later(days=3))
    noted = only(first)
    assert (noted.invoice_number, noted.invoiced_on, noted.due_on) == (
        "2026-17", date(2026, 3, 5), date(2026, 4, 4),
    )  # fmt: skip
    assert standing.told(first, "bill") == 0
    with refused(second, InvalidInput, field="number"):
        charges.invoice_charge(request_id=second.pk, number="2026-17", actor=desk, at=later(days=3))
    charges.invoice_charge(request_id=second.pk, number="2026-17/2", actor=desk, at=later(days=3))


def test_a_bill_to_the_patron_gets_a_number_and_a_letter(world: World) -> None:
    request, desk = at_desk(world), world.north.actor()
    note(world, request)
    charges.invoice_charge(request_id=request.pk, actor=desk, at=later(days=3))
    assert only(request).invoice_number == f"{request.number}-R1"
    assert standing.told(request, "bill") == 1


def test_a_ladder_bills_the_patron_once_for_each_step(world: World) -> None:
    request = on_loan(world)
    version = request.version

    def bill(kind: str, step: str) -> BorrowingCharge:
        return charges.bill_overdue(
            request_id=request.pk,
            actor=CLOCK,
            at=later(days=60),
            amount=TWELVE,
            currency="EUR",
            kind=kind,
            step=step,
        )

    first = bill("late", "60")
    assert bill("late", "60") == first
    assert bill("loss", "90") != first
    assert (first.payer, first.actual, first.due_on) == ("patron", TWELVE, date(2026, 5, 31))
    assert standing.told(request, "bill") == 2
    assert again(request).version == version
    assert [each.ordinal for each in owed_by_patron(world.north.patrons["ada"])] == [1, 2]
    items.take_back(request_id=request.pk, actor=world.north.actor(), at=later(days=61))
    assert [each.kind for each in owed_by_patron(world.north.patrons["ada"])] == ["late"]


def test_what_the_patron_paid_for_and_brought_back_goes_back(world: World) -> None:
    request, desk, ada = on_loan(world), world.north.actor(), world.north.patrons["ada"]
    loans.lost(request_id=request.pk, actor=desk, at=later(days=9))
    note(world, request, kind="loss", actual=Decimal(45))
    assert debts_block(ada) == "The patron owes money for requests."
    charges.pay_charge(request_id=request.pk, actor=desk, at=later(days=10))
    assert debts_block(ada) == ""
    loans.found(request_id=request.pk, actor=desk, at=later(days=11))
    assert only(request).refund_offered_on == date(2026, 3, 13)
    assert debts_block(ada) == "The patron gets money back for a request."
    charges.refund_charge(request_id=request.pk, actor=desk, at=later(days=12))
    assert (only(request).refunded_amount, debts_block(ada)) == (45, "")


def test_settling_says_how_and_what_turns_up_later_goes_home(world: World) -> None:
    request, desk = on_loan(world), world.north.actor()
    loans.lost(request_id=request.pk, actor=desk, at=later(days=9))
    with refused(request, InvalidInput, field="cost"):
        loans.settle(request_id=request.pk, how="paid", actor=desk, at=later(days=20))
    with refused(request, InvalidInput, field="how"):
        loans.settle(request_id=request.pk, how="somehow", actor=desk, at=later(days=20))
    loans.settle(request_id=request.pk, how="paid", cost=Decimal(45), actor=desk, at=later(days=20))
    paid = only(request)
    assert (paid.kind, paid.payer, paid.settled, paid.paid_amount) == ("loss", "us", "paid", 45)
    assert paid.partner == world.eastlake
    loans.found_later(request_id=request.pk, actor=desk, at=later(days=40))
    assert (again(request).state, only(request).refund_due) == ("back_at_desk", True)
    items.send_back(request_id=request.pk, actor=desk, at=later(days=41))
    assert request.tries.get(ordinal=1).status == "returned"


def test_without_a_word_about_money_settling_leaves_it_open(world: World) -> None:
    request, desk = on_loan(world), world.north.actor()
    loans.lost(request_id=request.pk, actor=desk, at=later(days=9))
    loans.settle(request_id=request.pk, cost=Decimal(45), actor=desk, at=later(days=20))
    assert (only(request).settled, only(request).actual) == ("", 45)


def test_replaced_is_kept_without_an_amount(world: World) -> None:
    request, desk = on_loan(world), world.north.actor()
    loans.lost(request_id=request.pk, actor=desk, at=later(days=9))
    loans.settle(request_id=request.pk, how="replaced", actor=desk, at=later(days=20))
    assert (only(request).settled, only(request).actual) == ("replaced", None)


def test_only_what_was_settled_can_turn_up_afterwards(world: World) -> None:
    request, desk = standing.returned(world), world.north.actor()
    items.confirm_return(request_id=request.pk, actor=desk, at=later(days=20))
    with refused(request, Refused, code="loss_settled"):
        loans.found_later(request_id=request.pk, actor=desk, at=later(days=40))


def test_what_a_lender_asks_for_a_loss_by_message_is_owed(world: World) -> None:
    request, desk = on_loan(world), world.north.actor()
    lender_try = request.tries.get(ordinal=1)

    def wrote(cost: Decimal | None) -> None:
        lender_news.lender_message(
            request_id=request.pk,
            try_id=lender_try.pk,
            text="It costs 45 EUR.",
            cost=cost,
            currency="EUR",
            actor=CLOCK.__class__(CLOCK.kind.PARTNER, id=world.eastlake.pk),
            at=later(days=10),
        )

    wrote(Decimal(45))
    assert not request.charges.exists()
    loans.lost(request_id=request.pk, actor=desk, at=later(days=9))
    wrote(Decimal(45))
    assert (only(request).kind, only(request).actual, only(request).currency) == ("loss", 45, "EUR")


def test_nothing_leaves_for_a_charge_that_was_undone(world: World) -> None:
    request, desk = at_desk(world), world.north.actor()
    note(world, request)
    before = everything(request)
    charges.invoice_charge(request_id=request.pk, actor=desk, at=later(days=3))
    kept = again(request).undo
    assert kept is not None
    closing.undo_last(request_id=request.pk, act=kept["act"], actor=desk, at=later(days=3))
    assert everything(request)["charges"] == before["charges"]
    assert OutboxRow.objects.get(payload__notice="bill").state == "cancelled"
