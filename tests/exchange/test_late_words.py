"""Words that were overtaken: an older answer does not undo what was said after it (R11, see test_orders)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from illservice.protocols.iso18626.messages import Action, Reason, Status
from lending.models import LendingRequest
from lending.services import loans
from tests.exchange.letters import Letter, answer, wish
from tests.exchange.orders import Orders, borrowing, lending
from tests.exchange.pair import Pair
from tests.exchange.test_orders import DUE, FIRST, RENEWED, on_loan, shipped


def renewed_twice(number: str) -> list[Letter]:
    """The second time for longer, and then it is overdue by that date."""
    again = RENEWED + timedelta(days=20)
    return [
        answer(number, 3, Status.LOANED, FIRST, due=DUE),
        answer(number, 4, Status.LOANED, Reason.RENEW_RESPONSE, yes=True, due=RENEWED),
        answer(number, 5, Status.LOANED, Reason.RENEW_RESPONSE, yes=True, due=again),
        answer(number, 6, Status.OVERDUE, due=again),
    ]


def kept(number: str) -> list[Letter]:
    """It cannot go back yet, is lost, and turns up."""
    return [
        wish(number, 1, Action.RECEIVED),
        wish(number, 2, Action.HOLD_RETURN),
        wish(number, 3, Action.LOST),
        wish(number, 4, Action.SHIPPED_RETURN),
    ]


def overdue(pair: Pair) -> LendingRequest:
    """Out on loan for too long."""
    lent = shipped(pair)
    loans.mark_overdue(request_id=lent.pk, at=pair.at)
    return lent


def test_an_older_renewal_does_not_take_a_later_date_back(pair: Pair) -> None:
    request = on_loan(pair)
    orders = Orders(pair, pair.south.library.pk, borrowing(request.pk))
    orders.walk(renewed_twice(f"{request.number}-1"))
    assert len(orders.ends) == 15


@pytest.mark.parametrize("start", [shipped, overdue])
def test_what_could_not_go_back_is_over_once_it_is_lost_or_on_its_way(
    pair: Pair, start: Callable[[Pair], LendingRequest]
) -> None:
    lent = start(pair)
    orders = Orders(pair, pair.north.library.pk, lending(lent.pk))
    orders.walk(kept(lent.borrower_number))
    assert len(orders.ends) == 15
