"""The preview names what the change would really do: the dates that stand on requests, and those they would get."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from illservice.accounts.roles import Role
from illservice.core.actors import Actor
from illservice.policies.selectors import candidates_of
from illservice.policies.services.preview import Hit, preview
from illservice.policies.terms import Side
from lending.services.loans import ask_renewal, check_in, renew
from requests_app.models import BorrowingRequest
from requests_app.services import items, lenders, loans, review
from tests.lending.verbs import copied, shipped
from tests.requests_app.standing import again, asked, copy_there, on_loan, on_shelf, on_the_way
from tests.world import NOON, World, ask_for, later, new_loan, set_terms

MONDAY = date(2026, 3, 9)


def hits(world: World, side: str, **terms: Any) -> dict[str, Hit]:
    """What the preview of a change of the policy for everybody names, by number."""
    known = candidates_of(world.north.library.pk, side)
    change = replace(known[0], terms=replace(known[0].terms, **terms))
    return {
        hit.line.number: hit for hit in preview(world.north.library, side, known, change, on=MONDAY).first
    }


def from_our_shelves(world: World) -> BorrowingRequest:
    """Handed over without any lender."""
    request = ask_for(world.north, new_loan(), patron="ben")
    act: dict[str, Any] = {"actor": world.north.actor(), "at": later(days=2)}
    for step in (review.supply_here, review.found_here, items.shelve, items.hand_over):
        step(request_id=request.pk, **act)
    return again(request)


@pytest.fixture
def staff(world: World) -> Actor:
    return world.north.actor(Role.ADMINISTRATOR)


def test_a_change_of_the_loan_period_names_what_has_no_date_of_a_lender(world: World, staff: Actor) -> None:
    set_terms(world.north, loan_days=35)
    own, undated, dated = from_our_shelves(world), on_loan(world, due=None), on_loan(world)
    waiting, copy = on_shelf(world, due=None), copy_there(world)
    named = hits(world, Side.BORROWING, loan_days=14)
    assert {dated.number, waiting.number, copy.number}.isdisjoint(named)
    assert {number: hit.kinds for number, hit in named.items()} == {
        each.number: ("due", "notice") for each in (own, undated)
    }


def test_a_change_of_the_buffer_names_what_is_still_on_its_way(world: World, staff: Actor) -> None:
    set_terms(world.north, return_buffer_days=4)
    coming, here = on_the_way(world, due=date(2026, 4, 20)), on_loan(world)
    from_our_shelves(world)
    named = hits(world, Side.BORROWING, return_buffer_days=10)
    assert set(named) == {coming.number, here.number}


def test_the_policy_of_a_lender_that_said_no_decides_no_more(world: World, staff: Actor) -> None:
    set_terms(world.north)
    set_terms(world.north, partner_id=world.eastlake.pk, fee=None)
    refused = asked(world, lenders_left=False)
    lenders.lender_no(request_id=refused.pk, actor=staff, at=NOON)
    assert refused.number in hits(world, Side.BORROWING, fee=Decimal(1))


def test_a_copy_that_we_sent_has_no_date_and_a_loan_has(world: World, staff: Actor) -> None:
    first = set_terms(world.north, Side.LENDING, loan_days=35)
    loan, copy = shipped(world), copied(world)
    named = hits(world, Side.LENDING, loan_days=42)
    assert set(named) == {loan.number}
    assert copy.policy == first


def test_what_was_renewed_or_named_by_hand_or_decided_long_ago_is_shown_as_it_stands(
    world: World, staff: Actor
) -> None:
    set_terms(world.north, return_buffer_days=10)
    old, by_hand = on_loan(world), on_loan(world)
    loans.change_due(request_id=by_hand.pk, patron_due=date(2026, 4, 9), actor=staff, at=later(days=3))
    set_terms(world.north, return_buffer_days=6)
    assert hits(world, Side.BORROWING, return_buffer_days=10, loan_days=90) == {}, "decided so already"
    named = hits(world, Side.BORROWING, return_buffer_days=4)
    assert [named[each.number].before.due for each in (old, by_hand)] == [date(2026, 4, 10), date(2026, 4, 9)]


def test_a_shorter_renewal_takes_nothing_from_what_is_out_and_names_what_is_over(
    world: World, staff: Actor
) -> None:
    set_terms(world.north, Side.LENDING, renewal_days=28)
    out, over, _plain = shipped(world), shipped(world), shipped(world)
    for request in (out, over):
        for step in (ask_renewal, renew):
            step(request_id=request.pk, actor=staff, at=later(days=30))
    check_in(request_id=over.pk, actor=staff, at=later(days=40))
    for request in (out, over):
        request.refresh_from_db()
    assert out.due is not None
    shorter = hits(world, Side.LENDING, renewal_days=14)
    assert {number: hit.after.due for number, hit in shorter.items()} == {
        over.number: out.due - timedelta(days=14)
    }
    assert set(hits(world, Side.LENDING, renewal_days=35)) == {out.number, over.number}
