"""The fee of the policy becomes a charge of the borrowing library: once, as the item or copy leaves."""

from decimal import Decimal
from typing import Any

from illservice.policies.terms import Side
from lending.models import LendingCharge, LendingRequest
from lending.services import answers, loans, words
from tests.lending.pages import clerk, door, press, shown
from tests.lending.verbs import again, desk, found, lend, new_loan
from tests.world import NOON, World, set_terms

FEE = Decimal("12.00")


def charges_of(request: LendingRequest) -> list[LendingCharge]:
    return list(request.charges.all())


def send(world: World, request: LendingRequest, **values: Any) -> LendingRequest:
    loans.ship(request_id=request.pk, actor=desk(world), at=NOON, **values)
    return again(request)


def test_what_leaves_costs_the_fee_and_undo_takes_it_back(world: World) -> None:
    version = set_terms(world.north, Side.LENDING, fee=FEE)
    request = found(world, lend(world))
    assert not charges_of(request)
    sent = send(world, request)
    assert (sent.cost, sent.cost_currency) == (FEE, world.north.library.currency), "the message says it"
    (charge,) = charges_of(request)
    assert (charge.kind, charge.payer, charge.actual, charge.policy) == ("supply", "partner", FEE, version)
    assert sent.undo is not None
    words.undo_last(request_id=request.pk, act=sent.undo["act"], actor=desk(world), at=NOON)
    assert (again(request).cost, charges_of(request)) == (None, [])


def test_what_the_desk_names_or_agreed_counts_instead(world: World) -> None:
    set_terms(world.north, Side.LENDING, fee=FEE)
    free, dear, agreed = (found(world, lend(world)) for _ in range(3))
    send(world, free, cost=Decimal("0"))
    assert charges_of(free) == []
    send(world, dear, cost=Decimal("20"))
    assert [each.actual for each in charges_of(dear)] == [Decimal("20.00")]
    terms = answers.Terms(cost=Decimal("5"))
    answers.conditional(request_id=agreed.pk, terms=terms, actor=desk(world), at=NOON)
    answers.conditions_accepted(request_id=agreed.pk, actor=desk(world), at=NOON)
    send(world, agreed)
    assert [each.owed for each in charges_of(agreed)] == [Decimal("5.00")]


def test_a_fee_over_the_most_that_is_paid_is_not_charged_by_itself(world: World) -> None:
    set_terms(world.north, Side.LENDING, fee=FEE)
    currency = world.north.library.currency
    poor = found(world, lend(world, new_loan(max_cost=Decimal("10"), max_cost_currency=currency)))
    assert (send(world, poor).cost, charges_of(poor)) == (None, [])


def test_the_form_offers_the_fee_and_what_is_sent_so_names_its_policy(world: World) -> None:
    set_terms(world.north, Side.LENDING, fee=FEE, name="Everybody")
    request = found(world, lend(world))
    client = clerk(world.north)
    assert 'value="12.00"' in client.get(door(request, "ship")).content.decode()
    press(client, request, "ship", cost="12.00", currency=world.north.library.currency)
    assert "by loan policy Everybody, version 1" in shown(world.north, request)
