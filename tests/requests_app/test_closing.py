"""How a request ends, how an end is taken back, and what each refuses."""

from decimal import Decimal

import pytest

from illservice.core.errors import InvalidInput, NotPermitted, Refused, WrongState
from requests_app.models import Note
from requests_app.services import closing, copies, items, lenders, review
from requests_app.services.closing import Supplied
from tests.requests_app.standing import (
    again,
    asked,
    at_desk,
    copy_there,
    marks,
    on_loan,
    on_the_way,
    questions,
    refused,
    told,
)
from tests.world import World, ask_for, later


def test_a_patrons_cancel_means_what_can_still_be_done(world: World) -> None:
    patron = world.north.patron_actor()
    for place, meant, state in (
        (ask_for(world.north), "cancel", "cancelled"),
        (asked(world), "ask_cancel", "asked"),
        (on_the_way(world), "not_wanted", "on_the_way"),
    ):
        done = closing.cancel_as_far_as_possible(request_id=place.pk, actor=patron, at=later(days=2))
        assert (done, again(place).state) == (meant, state)
    loan = on_loan(world)
    with refused(loan, WrongState):
        closing.cancel_as_far_as_possible(request_id=loan.pk, actor=patron, at=later(days=3))


def test_an_item_not_wanted_goes_home_and_to_nobody_else(world: World) -> None:
    request, desk = at_desk(world), world.north.actor()
    closing.not_wanted(request_id=request.pk, actor=world.north.patron_actor(), at=later(days=2))
    with refused(request, Refused, code="wanted"):
        closing.not_wanted(request_id=request.pk, actor=desk, at=later(days=2))
    for service in (items.shelve, items.post_to_patron):
        with refused(request, Refused, code="wanted"):
            service(request_id=request.pk, actor=desk, at=later(days=2))
    items.send_back(request_id=request.pk, actor=desk, at=later(days=3))
    items.confirm_return(request_id=request.pk, actor=desk, at=later(days=9))
    assert (again(request).outcome, marks(request)) == ("filled", set())


def test_nothing_ends_while_a_lender_has_it(world: World) -> None:
    request, desk = asked(world), world.north.actor()
    for service in (closing.cancel, closing.close_unfilled):
        with refused(request, WrongState):
            service(request_id=request.pk, actor=desk, at=later(hours=3))
    with refused(request, WrongState):
        closing.close_supplied(
            request_id=request.pk, supplied=Supplied("online"), actor=desk, at=later(hours=3)
        )


def test_an_end_settles_what_stood_beside_it(world: World) -> None:
    request, desk = asked(world), world.north.actor()
    lenders.lender_no(request_id=request.pk, actor=desk, at=later(hours=3))
    lenders.lender_no(request_id=request.pk, actor=desk, at=later(hours=4))
    assert marks(request) == {"all_tried"}
    review.open_hold(request_id=request.pk, kind="citation", actor=desk, at=later(hours=5))
    closing.close_unfilled(request_id=request.pk, actor=desk, at=later(hours=6))
    done = again(request)
    assert (done.state, done.outcome, done.wording, done.attention) == (
        "unfilled",
        "unfilled",
        "closed",
        False,
    )
    assert done.closed_at == later(hours=6)
    assert (marks(request), questions(request)) == (set(), set())
    assert not request.holds.filter(cleared_at__isnull=True).exists()
    assert told(request, "unfilled") == 1


@pytest.mark.parametrize("source", ["own", "online", "bought", "supplier"])
def test_what_was_filled_without_a_lender_counts_as_filled(world: World, source: str) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    supplied = Supplied(source, "https://x.example/1", Decimal("12.50"))
    with refused(request, NotPermitted):
        closing.close_supplied(
            request_id=request.pk,
            supplied=supplied,
            actor=world.north.actor("student"),
            at=later(hours=1),
        )
    closing.close_supplied(request_id=request.pk, supplied=supplied, actor=desk, at=later(hours=1))
    done = again(request)
    assert (done.state, done.outcome, done.fill_source) == ("completed", "filled", source)
    assert (done.cost, done.cost_currency, done.delivered_at) == (
        Decimal("12.50"),
        "USD",
        later(hours=1),
    )


@pytest.mark.parametrize(
    "supplied",
    [
        Supplied("lender"),
        Supplied(""),
        Supplied("online", "javascript:alert(1)"),
        Supplied("bought", cost=Decimal("99999999999")),
        Supplied("bought", cost=Decimal("1"), currency="EURO"),
    ],
)
def test_a_source_a_link_or_a_price_that_cannot_be_is_refused(world: World, supplied: Supplied) -> None:
    request = ask_for(world.north)
    with refused(request, InvalidInput):
        closing.close_supplied(
            request_id=request.pk, supplied=supplied, actor=world.north.actor(), at=later(hours=1)
        )


def test_reopening_needs_a_reason_and_keeps_what_was_known(world: World) -> None:
    request, desk = copy_there(world), world.north.actor()
    with refused(request, WrongState):
        closing.reopen(request_id=request.pk, why="x", actor=desk, at=later(days=2))
    copies.finish_copy(request_id=request.pk, actor=desk, at=later(days=2))
    for why in ("", "  \n", "x" * 5001):
        with refused(request, InvalidInput, field="why"):
            closing.reopen(request_id=request.pk, why=why, actor=desk, at=later(days=3))
    closing.reopen(request_id=request.pk, why="Page 4\0 is missing", actor=desk, at=later(days=3))
    fresh = again(request)
    assert (fresh.state, fresh.outcome, fresh.closed_at, fresh.copy_link) == ("ready", "", None, "")
    assert fresh.wording == "asking"
    assert "\0" not in Note.objects.get(request=request).text
    assert [each.status for each in request.tries.all()] == ["done", "planned"]


def test_an_unlinked_request_is_not_reopened(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    closing.cancel(request_id=request.pk, actor=desk, at=later(hours=1))
    request.patron = None
    request.save(update_fields=["patron"])
    with refused(request, Refused, code="has_patron"):
        closing.reopen(request_id=request.pk, why="x", actor=desk, at=later(hours=2))
