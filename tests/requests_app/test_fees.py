"""The fee of the policy becomes a charge of the patron: once, when a lender's item or copy is here."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from illservice.accounts.roles import Role
from illservice.policies.selectors import candidates_of
from illservice.policies.services.preview import preview
from illservice.policies.terms import Side
from requests_app.models import BorrowingCharge, BorrowingRequest
from requests_app.services import charges, closing, copies, items, review
from tests.lending.pages import clerk
from tests.requests_app.patron_walks import signed_in, text_of, to_check
from tests.requests_app.standing import asked, last_act
from tests.world import NOON, World, ask_for, later, new_loan, set_terms


def fees(request: BorrowingRequest) -> list[BorrowingCharge]:
    return list(request.charges.filter(kind="fee"))


def came(world: World, request: BorrowingRequest) -> None:
    items.receive(request_id=request.pk, arrival=items.Arrival(), actor=world.north.actor(), at=later(days=1))


def test_what_arrives_costs_the_patron_the_fee_and_undo_takes_it_back(world: World) -> None:
    version = set_terms(world.north, fee=Decimal("2.50"))
    request = asked(world)
    assert not fees(request)
    came(world, request)
    (fee,) = fees(request)
    assert (fee.actual, fee.payer, fee.partner, fee.policy) == (Decimal("2.50"), "patron", None, version)
    assert fee.currency == world.north.library.currency
    act = last_act(request)
    closing.undo_last(request_id=request.pk, act=act, actor=world.north.actor(), at=later(days=1))
    assert not fees(request)
    came(world, request)
    assert len(fees(request)) == 1


def test_a_copy_costs_it_once_and_what_was_waived_is_not_asked_for_again(world: World) -> None:
    set_terms(world.north, fee=Decimal("2.50"))
    request, desk = asked(world, copy=True), world.north.actor()
    act: dict[str, Any] = {"request_id": request.pk, "actor": desk, "at": later(days=1)}
    copies.deliver_copy(link="https://example.org/1", until=None, **act)
    (fee,) = fees(request)
    charges.waive_charge(charge=fee.ordinal, **act)
    copies.deliver_copy(link="https://example.org/2", until=None, **act)
    assert [each.settled for each in fees(request)] == ["waived"]


def test_our_own_shelves_cost_nothing_and_neither_does_a_policy_without_a_fee(world: World) -> None:
    asked_for_nothing = asked(world)
    came(world, asked_for_nothing)
    assert not fees(asked_for_nothing)
    set_terms(world.north, fee=Decimal("2.50"))
    own = ask_for(world.north, new_loan(), patron="ben")
    act: dict[str, Any] = {"request_id": own.pk, "actor": world.north.actor(), "at": NOON}
    review.supply_here(**act)
    review.found_here(**act)
    assert not fees(own)


def test_the_desk_sees_which_policy_set_the_fee_even_when_another_decides_now(world: World) -> None:
    set_terms(world.north, fee=Decimal("2.50"), name="Everybody")
    request = asked(world)
    came(world, request)
    client, page = clerk(world.north, Role.BORROWING), f"/desk/north/requests/{request.number}/"
    words = client.get(page).content.decode()
    assert "by loan policy Everybody, version 1" in words
    other = set_terms(world.north, fee=Decimal("9.00"), name="Later")
    BorrowingRequest.objects.filter(pk=request.pk).update(policy=other)
    assert "by loan policy Later, version 1" in client.get(page).content.decode()


def test_the_patron_knows_the_price_before_sending(world: World) -> None:
    ada = signed_in(world.north.patrons["ada"])
    assert "What it costs you" not in text_of(ada.get(to_check(ada)))
    set_terms(world.north, fee=Decimal("2.50"), material="book", kind="loan")
    words = text_of(ada.get(to_check(ada)))
    assert "What it costs you" in words
    assert f"2.50 {world.north.library.currency}" in words
    assert "What it costs you" not in text_of(ada.get(to_check(ada, "article")))


def test_the_preview_counts_a_fee_that_is_charged_as_settled(world: World) -> None:
    set_terms(world.north, fee=Decimal("2.50"))
    here, coming = asked(world), asked(world)
    came(world, here)
    known = candidates_of(world.north.library.pk, Side.BORROWING)
    dearer = replace(known[0], terms=replace(known[0].terms, fee=Decimal("9.00")))
    seen = preview(world.north.library, Side.BORROWING, known, dearer, on=NOON.date())
    assert [hit.line.number for hit in seen.first] == [coming.number]
    assert seen.kinds["fee"] == 1
