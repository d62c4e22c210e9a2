"""A lender that we moved on from: whether its item will still come, as a second copy."""

from collections.abc import Callable

import pytest

from illservice.accounts.roles import Role
from illservice.directory.models import ReasonPurpose
from illservice.protocols.iso18626.messages import Reason, Status
from lending.models import LendingRequest
from lending.services import answers, loans
from lending.services import items as stacks
from requests_app.models import BorrowingRequest
from requests_app.services import items, lenders
from requests_app.services.items import Arrival
from tests.exchange.letters import answer
from tests.exchange.orders import Orders, borrowing
from tests.exchange.pair import Pair, borrowed, failed_messages, reason
from tests.exchange.test_both_sides import SHELF
from tests.world import House


def left(pair: Pair) -> tuple[BorrowingRequest, LendingRequest]:
    """It is being fetched there when the desk moves on; the lender is asked to cancel, and Eastfield to lend."""
    request = pair.ask(pair.south, pair.east)
    lent = pair.lent(request)
    stacks.pull(request_id=lent.pk, copies=[SHELF], actor=pair.lender, at=pair.at)
    pair.post()
    lenders.move_on(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    return borrowed(request), lent


def refuse(*, request_id: int, pair: Pair, house: House | None = None) -> None:
    why = reason(ReasonPurpose.NOT_SUPPLIED, "NotOnShelf")
    actor = (house or pair.south).actor(Role.LENDING)
    answers.refuse(request_id=request_id, reason=why, actor=actor, at=pair.at)


def cancel(*, request_id: int, pair: Pair) -> None:
    answers.cancel_yes(request_id=request_id, actor=pair.lender, at=pair.at)


def open_marks(request: BorrowingRequest) -> list[str]:
    marks = request.marks.filter(cleared_at__isnull=True).exclude(kind="all_tried")
    return sorted(marks.values_list("kind", flat=True))


def test_a_lender_that_cannot_cancel_announces_a_second_copy_until_it_says_no(pair: Pair) -> None:
    request, lent = left(pair)
    assert open_marks(request) == []
    answers.cancel_no(request_id=lent.pk, actor=pair.lender, at=pair.at)
    pair.post()
    assert (borrowed(request).state, borrowed(request).attention) == ("asked", True)
    assert open_marks(request) == ["late_coming"]
    refuse(request_id=lent.pk, pair=pair)
    pair.post()
    assert (borrowed(request).state, borrowed(request).attention, open_marks(request)) == ("asked", False, [])
    assert request.tries.get(ordinal=1).status == "silent"
    assert failed_messages() == []


def test_a_lender_that_could_not_cancel_before_we_left_it_is_not_forgotten(pair: Pair) -> None:
    request = pair.ask(pair.south, pair.east)
    lent = pair.lent(request)
    stacks.pull(request_id=lent.pk, copies=[SHELF], actor=pair.lender, at=pair.at)
    pair.post()
    for step in (lenders.ask_cancel, lenders.move_on):
        step(request_id=request.pk, actor=pair.desk, at=pair.at)
        pair.post()
        answers.cancel_no(request_id=lent.pk, actor=pair.lender, at=pair.at)
        pair.post()
    assert (borrowed(request).state, borrowed(request).attention) == ("cancelled", True)
    assert "late_coming" in open_marks(request)


@pytest.mark.parametrize("others", [True, False])
def test_its_item_that_comes_is_not_waited_for_any_more(pair: Pair, others: bool) -> None:
    request, lent = left(pair)
    loans.ship(request_id=lent.pk, actor=pair.lender, at=pair.at)
    pair.post()
    assert open_marks(request) == ["late_coming"]
    if not others:
        refuse(request_id=pair.lent(request, pair.east).pk, pair=pair, house=pair.east)
        pair.post()
    items.receive(request_id=request.pk, arrival=Arrival(), actor=pair.desk, at=pair.at)
    assert borrowed(request).state == "at_desk"
    assert request.tries.get(status="received").partner_id == (pair.east if others else pair.south).library.pk
    assert ("late_coming" in open_marks(request)) == others


def both_left(pair: Pair) -> tuple[BorrowingRequest, LendingRequest, LendingRequest]:
    """The desk has moved on from two lenders that both fetch it."""
    request, first = left(pair)
    second = pair.lent(request, pair.east)
    stacks.pull(request_id=second.pk, copies=[SHELF], actor=pair.east.actor(Role.LENDING), at=pair.at)
    pair.post()
    lenders.move_on(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    return borrowed(request), first, second


def test_of_two_lenders_that_we_left_one_gives_up(pair: Pair) -> None:
    """The other one said nothing of sending it: nothing comes any more."""
    request, first, _second = both_left(pair)
    answers.cancel_no(request_id=first.pk, actor=pair.lender, at=pair.at)
    pair.post()
    assert open_marks(request) == ["late_coming"]
    refuse(request_id=first.pk, pair=pair)
    pair.post()
    assert open_marks(request) == []


def test_of_two_lenders_that_do_not_cancel_one_gives_up(pair: Pair) -> None:
    request, first, second = both_left(pair)
    answers.cancel_no(request_id=first.pk, actor=pair.lender, at=pair.at)
    answers.cancel_no(request_id=second.pk, actor=pair.east.actor(Role.LENDING), at=pair.at)
    pair.post()
    refuse(request_id=first.pk, pair=pair)
    pair.post()
    assert open_marks(request) == ["late_coming"]
    refuse(request_id=second.pk, pair=pair, house=pair.east)
    pair.post()
    assert open_marks(request) == []


def test_of_two_second_copies_that_were_sent_the_other_is_waited_for(pair: Pair) -> None:
    request, first, second = both_left(pair)
    loans.ship(request_id=first.pk, actor=pair.lender, at=pair.at)
    loans.ship(request_id=second.pk, actor=pair.east.actor(Role.LENDING), at=pair.at)
    pair.post()
    for place, others in ((1, ["late_coming", "second_copy"]), (2, ["second_copy"])):
        one = request.tries.get(ordinal=place)
        items.receive_second(
            request_id=request.pk, try_id=one.pk, arrival=Arrival(), actor=pair.desk, at=pair.at
        )
        assert open_marks(request) == others


@pytest.mark.parametrize("say", [refuse, cancel])
def test_a_lender_that_sends_nothing_is_no_news(pair: Pair, say: Callable[..., None]) -> None:
    request, lent = left(pair)
    say(request_id=lent.pk, pair=pair)
    pair.post()
    assert (borrowed(request).state, open_marks(request)) == ("asked", [])
    assert failed_messages() == []


def test_its_words_end_alike_in_every_order(pair: Pair) -> None:
    request = pair.ask(pair.south, pair.east)
    lenders.move_on(request_id=request.pk, actor=pair.desk, at=pair.at)
    number = f"{request.number}-1"
    letters = [
        answer(number, 1, Status.WILL_SUPPLY, Reason.REQUEST_RESPONSE),
        answer(number, 2, Status.WILL_SUPPLY, Reason.CANCEL_RESPONSE, yes=False),
        answer(number, 3, Status.UNFILLED, reason_unfilled="NotOnShelf"),
        answer(number, 4, Status.UNFILLED, Reason.CANCEL_RESPONSE, yes=False),
    ]
    orders = Orders(pair, pair.south.library.pk, borrowing(request.pk))
    orders.walk(letters)
    assert len(orders.ends) == 2 ** len(letters) - 1
