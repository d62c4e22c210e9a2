"""An item that is at the borrower although its lender never noted that it was sent: no end may hide it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from illservice.core.errors import Refused
from illservice.directory.models import ReasonPurpose
from illservice.protocols.iso18626.messages import Reason, Status
from lending.models import LendingRequest
from lending.services import answers, loans, words
from lending.services.clocks import run_due_timers
from requests_app.models import BorrowingRequest
from requests_app.services import items, lenders
from requests_app.services.items import Arrival
from tests.exchange.letters import answer
from tests.exchange.orders import Orders, borrowing
from tests.exchange.pair import Pair, borrowed, reason

TERMS = answers.Terms(["LibraryUseOnly"], Decimal("7.50"), "USD")


def open_marks(request: BorrowingRequest | LendingRequest) -> list[str]:
    """The kinds of the marks that stand on a request."""
    return sorted(request.marks.filter(cleared_at__isnull=True).values_list("kind", flat=True))


def name_terms(pair: Pair, lent: LendingRequest) -> None:
    answers.conditional(request_id=lent.pk, terms=TERMS, actor=pair.lender, at=pair.at)


def receive(pair: Pair, request: BorrowingRequest) -> None:
    items.receive(request_id=request.pk, arrival=Arrival(), actor=pair.desk, at=pair.at)


def say_no(pair: Pair, lent: LendingRequest) -> None:
    why = reason(ReasonPurpose.NOT_SUPPLIED, "NotOnShelf")
    answers.refuse(request_id=lent.pk, reason=why, actor=pair.lender, at=pair.at)


def say_later(pair: Pair, lent: LendingRequest) -> None:
    why = reason(ReasonPurpose.RETRY, "OnLoan")
    answers.retry_later(request_id=lent.pk, reason=why, actor=pair.lender, at=pair.at)


def test_conditions_do_not_run_out_on_an_item_that_is_there(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    name_terms(pair, lent)
    pair.post()
    receive(pair, request)
    pair.post()
    pair.at += timedelta(days=60)
    run_due_timers(pair.at)
    lent.refresh_from_db()
    assert (lent.state, lent.attention) == ("new", True)
    assert "arrived_unsent" in open_marks(lent)
    assert (lent.conditions, lent.cost) == (["LibraryUseOnly"], Decimal("7.50"))
    assert lent.questions.get().answer == "yes"
    loans.ship(request_id=lent.pk, actor=pair.lender, at=pair.at)
    pair.post()
    lent.refresh_from_db()
    assert (lent.state, open_marks(lent)) == ("on_loan", [])
    request = borrowed(request)
    assert (request.state, request.conditions, request.cost) == ("at_desk", lent.conditions, lent.cost)
    assert request.tries.get().lender_due == lent.due


def test_conditions_that_cross_the_receipt_bind_on_both_sides(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    receive(pair, request)
    name_terms(pair, lent)
    pair.post()
    lent.refresh_from_db()
    request = borrowed(request)
    assert (request.conditions, request.cost) == (["LibraryUseOnly"], Decimal("7.50"))
    assert (lent.conditions, lent.cost) == (request.conditions, request.cost)
    assert (request.state, request.questions.count()) == ("at_desk", 0)


def test_words_about_an_item_that_is_here_end_alike_in_every_order(pair: Pair) -> None:
    request = pair.ask()
    receive(pair, request)
    number = f"{request.number}-1"
    letters = [
        answer(number, 1, Status.WILL_SUPPLY, Reason.REQUEST_RESPONSE),
        answer(number, 2, Status.WILL_SUPPLY, conditions=("LibraryUseOnly",), cost="12.50"),
        answer(number, 3, Status.LOANED, due=date(2026, 4, 20)),
    ]
    orders = Orders(pair, pair.south.library.pk, borrowing(request.pk))
    orders.walk(letters)
    assert len(orders.ends) == 2 ** len(letters) - 1


def test_conditions_run_out_while_nothing_has_arrived(pair: Pair) -> None:
    lent = pair.lent(pair.ask())
    name_terms(pair, lent)
    pair.at += timedelta(days=60)
    run_due_timers(pair.at)
    lent.refresh_from_db()
    assert (lent.state, lent.conditions, lent.cost) == ("cancelled", [], None)
    assert lent.questions.get().answer == "no"


def test_what_has_arrived_is_not_put_under_conditions_any_more(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    receive(pair, request)
    pair.post()
    with pytest.raises(Refused, match="has it already"):
        name_terms(pair, lent)
    assert (pair.post(), lent.questions.count()) == (0, 0)
    words.clear_mark(request_id=lent.pk, kind="arrived_unsent", actor=pair.lender, at=pair.at)
    name_terms(pair, lent)
    assert lent.questions.filter(answered_at__isnull=True).count() == 1


@pytest.mark.parametrize("receipt_first", [True, False])
@pytest.mark.parametrize("say", [say_no, say_later])
def test_no_answer_hides_what_has_arrived(pair: Pair, say: Any, receipt_first: bool) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    if receipt_first:
        receive(pair, request)
        pair.post()
        say(pair, lent)
    else:
        say(pair, lent)
        receive(pair, request)
    pair.post()
    lent.refresh_from_db()
    assert (lent.state, lent.attention, open_marks(lent)) == ("not_supplied", True, ["arrived_unsent"])
    assert borrowed(request).state == "at_desk"
    assert "odd_news" in open_marks(request)
    words.reopen(request_id=lent.pk, why="It is there", actor=pair.lender, at=pair.at)
    loans.ship(request_id=lent.pk, actor=pair.lender, at=pair.at)
    assert open_marks(lent) == []


def test_a_receipt_after_the_answer_stands_before_the_lenders_staff_only(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    say_no(pair, lent)
    pair.post()
    receive(pair, request)
    pair.post()
    lent.refresh_from_db()
    assert (lent.state, lent.attention, open_marks(lent)) == ("not_supplied", True, ["arrived_unsent"])
    assert "odd_news" not in open_marks(request)


def test_a_cancellation_that_crosses_the_parcel_is_seen_on_both_desks(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    lenders.ask_cancel(request_id=request.pk, actor=pair.desk, at=pair.at)
    receive(pair, request)
    pair.post()
    lent.refresh_from_db()
    assert (lent.state, lent.attention, open_marks(lent)) == ("cancelled", True, ["arrived_unsent"])
    assert open_marks(request) == ["not_wanted", "odd_news"]


def test_a_lender_that_we_left_may_say_no_without_a_mark(pair: Pair) -> None:
    request = pair.ask(pair.south, pair.east)
    lent = pair.lent(request)
    lenders.move_on(request_id=request.pk, actor=pair.desk, at=pair.at)
    say_no(pair, lent)
    pair.post()
    assert (borrowed(request).state, open_marks(request)) == ("asked", [])
