"""What a lender's system says, when the desk takes back, asks, or begins again."""

from decimal import Decimal

import pytest

from illservice.core import outbox
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import InvalidInput, Refused
from illservice.core.models import OutboxRow
from illservice.directory.models import ReasonPurpose
from illservice.exchange.models import Exchanged
from lending.models import LendingRequest
from lending.services import answers, loans, words
from lending.services import items as stacks
from requests_app.models import LenderMessage
from requests_app.services import lender_news
from tests.exchange.pair import Pair, borrowed, reason
from tests.exchange.test_both_sides import DUE, SHELF, receive, ship
from tests.requests_app.standing import marks


def said_by_lender() -> list[tuple[str, str]]:
    """Reason and status of all that the lender said, in order."""
    sent = Exchanged.objects.filter(outward=True, kind="supplyingAgencyMessage").order_by("id")
    return [(facts["reason"], facts["status"]) for facts in sent.values_list("facts", flat=True)]


def test_what_was_taken_back_is_not_said_to_a_library_that_asked_meanwhile(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    stacks.pull(request_id=lent.pk, copies=[SHELF], actor=pair.lender, at=pair.at)
    pair.post()
    loans.ship(request_id=lent.pk, due=DUE, actor=pair.lender, at=pair.at)
    lent.refresh_from_db()
    assert lent.undo
    answers.asked_status(request_id=lent.pk, actor=_borrower(pair), at=pair.at)
    words.undo_last(request_id=lent.pk, act=str(lent.undo["act"]), actor=pair.lender, at=pair.at)
    pair.post()
    assert said_by_lender() == [("RequestResponse", "WillSupply"), ("StatusRequestResponse", "WillSupply")]
    assert (borrowed(request).state, borrowed(request).lender_due) == ("promised", None)


@pytest.mark.parametrize("taken_back", [True, False])
def test_who_asked_before_hears_nothing_that_may_still_be_taken_back(pair: Pair, taken_back: bool) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    answers.asked_status(request_id=lent.pk, actor=_borrower(pair), at=pair.at)
    loans.ship(request_id=lent.pk, due=DUE, actor=pair.lender, at=pair.at)
    lent.refresh_from_db()
    assert lent.undo
    outbox.deliver(OutboxRow.objects.get(payload__word="status").pk, at=pair.at)
    assert said_by_lender() == []
    if taken_back:
        words.undo_last(request_id=lent.pk, act=str(lent.undo["act"]), actor=pair.lender, at=pair.at)
    pair.post()
    status = ("StatusRequestResponse", "RequestReceived" if taken_back else "Loaned")
    assert said_by_lender() == ([] if taken_back else [("RequestResponse", "Loaned")]) + [status]
    assert borrowed(request).state == ("asked" if taken_back else "on_the_way")


def _borrower(pair: Pair) -> Actor:
    return Actor(ActorKind.PARTNER, id=pair.north.library.pk, library_id=pair.south.library.pk)


def test_a_question_is_no_answer_the_first_one_is_still_called_so(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    words.ask_borrower(request_id=lent.pk, text="Which edition?", actor=pair.lender, at=pair.at)
    pair.post()
    lender_news.message_lender(request_id=request.pk, text="Any.", actor=pair.desk, at=pair.at)
    pair.post()
    stacks.pull(request_id=lent.pk, copies=[SHELF], actor=pair.lender, at=pair.at)
    pair.post()
    assert [reason for reason, _status in said_by_lender()] == ["Notification", "RequestResponse"]
    assert borrowed(request).state == "promised"


def test_words_alone_are_no_conditions_for_a_system(pair: Pair) -> None:
    lent = pair.lent(pair.ask())
    with pytest.raises(InvalidInput):
        answers.conditional(
            request_id=lent.pk, terms=answers.Terms(note="Flat, please"), actor=pair.lender, at=pair.at
        )
    assert (pair.post(), lent.questions.count()) == (0, 0)


def test_what_a_loss_costs_is_read_by_the_borrowers_desk(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    ship(pair, lent.pk)
    receive(pair, request.pk)
    loans.lost(request_id=lent.pk, cost=Decimal(40), currency="USD", actor=pair.lender, at=pair.at)
    pair.post()
    assert "40 USD" in LenderMessage.objects.get(from_lender=True).text
    assert borrowed(request).attention


def test_a_loan_that_came_back_has_no_better_copy(pair: Pair) -> None:
    lent = pair.lent(pair.ask())
    ship(pair, lent.pk)
    loans.check_in(request_id=lent.pk, actor=pair.lender, at=pair.at)
    with pytest.raises(Refused):
        loans.ask_resend(request_id=lent.pk, actor=_borrower(pair), at=pair.at)
    assert LendingRequest.objects.get(pk=lent.pk).state == "completed"


def test_what_begins_again_can_be_fetched_again(pair: Pair) -> None:
    lent = pair.lent(pair.ask())
    stacks.pull(request_id=lent.pk, copies=[SHELF], actor=pair.lender, at=pair.at)
    item = lent.items.get()
    stacks.item_found(request_id=lent.pk, item_id=item.pk, actor=pair.lender, at=pair.at)
    no = reason(ReasonPurpose.NOT_SUPPLIED, "PolicyProblem")
    answers.refuse(request_id=lent.pk, reason=no, actor=pair.lender, at=pair.at)
    words.reopen(request_id=lent.pk, why="A mistake", actor=pair.lender, at=pair.at)
    stacks.pull(request_id=lent.pk, actor=pair.lender, at=pair.at)
    lent.refresh_from_db()
    assert (lent.state, lent.items.get().place) == ("to_pull", "to_pull")


def test_what_may_be_asked_again_on_other_terms_is_said_so_again_without_a_day(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    why = reason(ReasonPurpose.RETRY, "OnLoan")
    answers.retry_later(request_id=lent.pk, reason=why, actor=pair.lender, at=pair.at)
    pair.post()
    answers.asked_status(request_id=lent.pk, actor=_borrower(pair), at=pair.at)
    pair.post()
    assert said_by_lender() == [
        ("RequestResponse", "RetryPossible"),
        ("StatusRequestResponse", "RetryPossible"),
    ]
    assert "odd_news" not in marks(request)
    no = reason(ReasonPurpose.NOT_SUPPLIED, "PolicyProblem")
    words.reopen(request_id=lent.pk, why="We looked again", actor=pair.lender, at=pair.at)
    answers.refuse(request_id=lent.pk, reason=no, actor=pair.lender, at=pair.at)
    answers.asked_status(request_id=lent.pk, actor=_borrower(pair), at=pair.at)
    pair.post()
    assert said_by_lender()[-1] == ("StatusRequestResponse", "Unfilled")
