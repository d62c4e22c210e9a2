"""Doubled, late and reordered messages end where in-order ones end (R11, design §3 rule 5).

Permutations are walked as a tree, each branch in a savepoint. What stands after some messages may depend only on
which they were, never on their order: so the ends of all subsets are compared, too. Where two orders of a subset
ended alike, only the first is walked on from; with ILL_TEST_THOROUGH=1 every permutation is walked to its end.
Each message is delivered twice; the second time nothing may happen.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from illservice.protocols.iso18626.messages import Action, Reason, Status
from illservice.protocols.iso18626.notes import Word, with_word
from lending.models import LendingRequest
from lending.services import answers, loans
from lending.services import items as stacks
from lending.services.items import Copy
from requests_app.models import BorrowingRequest
from requests_app.services import items, lenders
from requests_app.services import loans as borrowing_loans
from requests_app.services.items import Arrival
from tests.exchange.letters import Letter, answer, wish
from tests.exchange.orders import Orders, borrowing, lending
from tests.exchange.pair import Pair, borrowed

DUE, RENEWED, RECALLED = date(2026, 4, 20), date(2026, 5, 11), date(2026, 4, 2)
SLOW = pytest.mark.slow


def asked(pair: Pair) -> BorrowingRequest:
    """Southfield is asked, Eastfield would be next."""
    return pair.ask(pair.south, pair.east)


def cancelling(pair: Pair) -> BorrowingRequest:
    """Southfield is asked, and asked to cancel."""
    request = pair.ask()
    lenders.ask_cancel(request_id=request.pk, actor=pair.desk, at=pair.at)
    return borrowed(request)


def on_loan(pair: Pair) -> BorrowingRequest:
    """It came before any message did, the patron has it, and a renewal is asked for."""
    request = pair.ask()
    pair.at += timedelta(days=3)
    arrival = Arrival(lender_due=DUE)
    items.receive(request_id=request.pk, arrival=arrival, actor=pair.desk, at=pair.at)
    items.shelve(request_id=request.pk, actor=pair.desk, at=pair.at)
    items.hand_over(request_id=request.pk, actor=pair.desk, at=pair.at)
    borrowing_loans.ask_renewal(request_id=request.pk, actor=pair.desk, at=pair.at)
    return borrowed(request)


def returned(pair: Pair) -> BorrowingRequest:
    """It came and went home before any message did."""
    request = on_loan(pair)
    items.take_back(request_id=request.pk, actor=pair.desk, at=pair.at)
    items.send_back(request_id=request.pk, actor=pair.desk, at=pair.at)
    return borrowed(request)


FIRST = Reason.REQUEST_RESPONSE


def full_loan(number: str) -> list[Letter]:
    return [
        answer(number, 1, Status.EXPECT_TO_SUPPLY, FIRST),
        answer(number, 2, Status.WILL_SUPPLY),
        answer(number, 3, Status.LOANED, due=DUE),
        answer(number, 4, Status.LOANED, Reason.RENEW_RESPONSE, yes=True, due=RENEWED),
        answer(number, 5, Status.LOAN_COMPLETED),
    ]


def wanted_back(number: str) -> list[Letter]:
    return [
        answer(number, 3, Status.LOANED, FIRST, due=DUE),
        answer(number, 4, Status.LOANED, Reason.RENEW_RESPONSE, yes=True, due=RENEWED),
        answer(number, 5, Status.OVERDUE, due=RENEWED),
        answer(number, 6, Status.RECALLED, due=RECALLED),
        answer(number, 7, Status.LOAN_COMPLETED),
    ]


def recalled_at_once(number: str) -> list[Letter]:
    """A recall that names no day, and words beside it."""
    return [
        answer(number, 3, Status.LOANED, FIRST, due=DUE),
        answer(number, 4, Status.LOANED, Reason.RENEW_RESPONSE, yes=True, due=RENEWED),
        answer(number, 5, Status.RECALLED),
        answer(number, 6, Status.RECALLED, Reason.NOTIFICATION, note="It is needed for a course."),
        answer(number, 7, Status.RECALLED, Reason.RENEW_RESPONSE, yes=False),
    ]


def recalled_twice(number: str) -> list[Letter]:
    """The second time for an earlier day, the third time for a later one, which says nothing new."""
    return [
        answer(number, 3, Status.LOANED, FIRST, due=DUE),
        answer(number, 4, Status.RECALLED, due=RECALLED),
        answer(number, 5, Status.RECALLED, due=RECALLED - timedelta(days=5)),
        answer(number, 6, Status.RECALLED, due=RECALLED + timedelta(days=3)),
    ]


def on_terms(number: str) -> list[Letter]:
    return [
        answer(number, 1, Status.EXPECT_TO_SUPPLY, FIRST),
        answer(number, 2, Status.WILL_SUPPLY, conditions=("LibraryUseOnly",), cost="12.50"),
        answer(number, 3, Status.LOANED, due=DUE),
        answer(number, 4, Status.OVERDUE, due=DUE),
        answer(number, 5, Status.LOANED, Reason.RENEW_RESPONSE, yes=True, due=RENEWED),
    ]


def not_to_be_stopped(number: str) -> list[Letter]:
    return [
        answer(number, 1, Status.WILL_SUPPLY, FIRST, conditions=("NoReproduction",)),
        answer(number, 2, Status.CANCELLED, Reason.CANCEL_RESPONSE, yes=False),
        answer(number, 3, Status.LOANED, due=DUE),
        answer(number, 4, Status.LOANED, Reason.STATUS_REQUEST_RESPONSE, due=DUE),
        answer(number, 5, Status.LOANED, due=RENEWED),
    ]


def stopped(number: str) -> list[Letter]:
    return [
        answer(number, 1, Status.EXPECT_TO_SUPPLY, FIRST),
        answer(number, 2, Status.WILL_SUPPLY),
        answer(number, 3, Status.WILL_SUPPLY, Reason.CANCEL_RESPONSE, yes=True),
        answer(number, 4, None, Reason.NOTIFICATION, note="As you wished."),
    ]


def refused(number: str) -> list[Letter]:
    return [
        answer(number, 1, Status.EXPECT_TO_SUPPLY, FIRST),
        answer(number, 2, Status.WILL_SUPPLY, conditions=("SignatureRequired",)),
        answer(number, 3, Status.UNFILLED, reason_unfilled="NotOnShelf"),
        answer(number, 4, Status.UNFILLED, Reason.NOTIFICATION, note="Somebody took it."),
    ]


def put_off(number: str) -> list[Letter]:
    return [
        answer(number, 1, Status.EXPECT_TO_SUPPLY, FIRST),
        answer(number, 2, Status.WILL_SUPPLY),
        answer(number, 3, Status.RETRY_POSSIBLE, reason_retry="OnLoan", conditions=("LibraryUseOnly",)),
    ]


def paid_for(number: str) -> list[Letter]:
    return [
        answer(number, 2, Status.WILL_SUPPLY, FIRST),
        answer(number, 3, Status.LOANED, due=DUE, conditions=("NoReproduction",), cost="8"),
        answer(number, 4, Status.OVERDUE, due=DUE),
        answer(number, 5, Status.COMPLETED_WITHOUT_RETURN),
    ]


Start = Callable[[Pair], BorrowingRequest]
Said = Callable[[str], list[Letter]]


@pytest.mark.parametrize(
    ("start", "said"),
    [
        pytest.param(*(asked, full_loan), marks=SLOW),
        (returned, full_loan),
        pytest.param(*(asked, wanted_back), marks=SLOW),
        (on_loan, wanted_back),
        pytest.param(*(returned, wanted_back), marks=SLOW),
        pytest.param(*(on_loan, recalled_at_once), marks=SLOW),
        pytest.param(*(asked, recalled_at_once), marks=SLOW),
        (asked, recalled_twice),
        pytest.param(*(on_loan, recalled_twice), marks=SLOW),
        pytest.param(*(asked, on_terms), marks=SLOW),
        pytest.param(*(cancelling, not_to_be_stopped), marks=SLOW),
        (cancelling, stopped),
        pytest.param(*(asked, stopped), marks=SLOW),
        (asked, refused),
        (asked, put_off),
        (asked, paid_for),
    ],
)
def test_what_a_lender_says_ends_alike_in_every_order(pair: Pair, start: Start, said: Said) -> None:
    request = start(pair)
    letters = said(f"{request.number}-1")
    orders = Orders(pair, pair.south.library.pk, borrowing(request.pk))
    orders.walk(letters)
    assert len(orders.ends) == 2 ** len(letters) - 1


def new(pair: Pair) -> LendingRequest:
    """It came in."""
    return pair.lent(pair.ask())


def conditional(pair: Pair) -> LendingRequest:
    """Conditions wait for an answer."""
    lent = new(pair)
    terms = answers.Terms(["NoReproduction"], Decimal(5), "USD")
    answers.conditional(request_id=lent.pk, terms=terms, actor=pair.lender, at=pair.at)
    return lent


def fetching(pair: Pair) -> LendingRequest:
    """Somebody is at the shelf."""
    lent = new(pair)
    stacks.pull(request_id=lent.pk, copies=[Copy(call_number="QL 568")], actor=pair.lender, at=pair.at)
    return lent


def shipped(pair: Pair) -> LendingRequest:
    """Out on loan."""
    lent = fetching(pair)
    loans.ship(request_id=lent.pk, due=DUE, actor=pair.lender, at=pair.at)
    return lent


def reading(number: str) -> list[Letter]:
    return [
        wish(number, 1, Action.RECEIVED),
        wish(number, 2, Action.RENEW, "Three more weeks, please."),
        wish(number, 3, Action.NOTIFICATION, "The spine was torn when it came."),
        wish(number, 4, Action.SHIPPED_RETURN),
        wish(number, 5, Action.STATUS_REQUEST),
    ]


def losing(number: str) -> list[Letter]:
    return [
        wish(number, 1, Action.NOTIFICATION, with_word(Word.NOT_ARRIVED, "Where is it?")),
        wish(number, 2, Action.RECEIVED),
        wish(number, 3, Action.RENEW),
        wish(number, 4, Action.LOST),
        wish(number, 5, Action.SHIPPED_RETURN, "It was behind the shelf."),
    ]


def missing(number: str) -> list[Letter]:
    """It was noted as received by mistake."""
    return [
        wish(number, 1, Action.RECEIVED),
        wish(number, 2, Action.NOTIFICATION, with_word(Word.NOT_ARRIVED, "That was another book.")),
        wish(number, 3, Action.STATUS_REQUEST),
    ]


def too_late(number: str) -> list[Letter]:
    return [
        wish(number, 1, Action.CANCEL),
        wish(number, 2, Action.RECEIVED),
        wish(number, 3, Action.SHIPPED_RETURN),
        wish(number, 4, Action.LOST),
    ]


def stopping(number: str) -> list[Letter]:
    return [
        wish(number, 1, Action.STATUS_REQUEST),
        wish(number, 2, Action.NOTIFICATION, "Is it there?"),
        wish(number, 3, Action.CANCEL),
        wish(number, 4, Action.CANCEL),
    ]


def agreeing(number: str) -> list[Letter]:
    return [
        wish(number, 1, Action.NOTIFICATION, "We have to ask the reader."),
        wish(number, 2, Action.NOTIFICATION, with_word(Word.AGREE, "We agree.")),
        wish(number, 3, Action.CANCEL, "The reader has found it elsewhere."),
    ]


def having(number: str) -> list[Letter]:
    """It is there although it was never noted as sent."""
    return [
        wish(number, 1, Action.NOTIFICATION, with_word(Word.AGREE, "We agree.")),
        wish(number, 2, Action.RECEIVED, "It came without a letter."),
        wish(number, 3, Action.CANCEL),
    ]


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (shipped, reading),
        (shipped, missing),
        pytest.param(*(shipped, losing), marks=SLOW),
        pytest.param(*(shipped, too_late), marks=SLOW),
        pytest.param(*(fetching, stopping), marks=SLOW),
        (new, stopping),
        pytest.param(*(conditional, stopping), marks=SLOW),
        (conditional, agreeing),
        (conditional, having),
    ],
)
def test_what_a_borrower_says_ends_alike_in_every_order(
    pair: Pair, start: Callable[[Pair], LendingRequest], said: Said
) -> None:
    lent = start(pair)
    letters = said(lent.borrower_number)
    orders = Orders(pair, pair.north.library.pk, lending(lent.pk))
    orders.walk(letters)
    assert len(orders.ends) == 2 ** len(letters) - 1
