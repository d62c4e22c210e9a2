"""A request flows from a patron to another library's shelf and back, every status right on both sides."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from illservice.core.errors import InvalidInput, Refused, WrongState
from illservice.directory.models import ReasonPurpose
from illservice.documents.selectors import documents_of
from illservice.documents.services import attach_link, token_of
from illservice.exchange.models import Connection, Exchanged
from illservice.protocols.iso18626.messages import Edition, Status
from lending.services import answers, loans
from lending.services import items as stacks
from lending.services.items import Copy
from requests_app.services import closing, items, lender_news, lenders
from requests_app.services import loans as borrowing_loans
from requests_app.services.items import Arrival
from tests.exchange.letters import answer, deliver
from tests.exchange.pair import Pair, borrowed, failed_messages, reason

SHELF = Copy(call_number="QL 568")
DUE = date(2026, 4, 20)


def ship(pair: Pair, lending_id: int, due: date = DUE) -> None:
    """The lender fetches it and sends it."""
    stacks.pull(request_id=lending_id, copies=[SHELF], actor=pair.lender, at=pair.at)
    pair.post()
    loans.ship(request_id=lending_id, due=due, actor=pair.lender, at=pair.at)
    pair.post()


def receive(pair: Pair, request_id: int) -> None:
    """It arrives, waits on the shelf and is handed over."""
    items.receive(request_id=request_id, arrival=Arrival(), actor=pair.desk, at=pair.at)
    pair.post()
    items.shelve(request_id=request_id, actor=pair.desk, at=pair.at)
    items.hand_over(request_id=request_id, actor=pair.desk, at=pair.at)
    pair.post()


def test_a_loan_with_renewal_and_recall_goes_there_and_back(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    assert (request.state, lent.state, lent.title) == ("asked", "new", request.title)
    assert "Ada" not in str(lent.raw) + lent.ship_to + lent.borrower_note
    ship(pair, lent.pk)
    assert borrowed(request).state == "on_the_way"
    assert borrowed(request).lender_due == DUE
    receive(pair, request.pk)
    lent.refresh_from_db()
    assert lent.borrower_received_at is not None
    borrowing_loans.ask_renewal(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    lent.refresh_from_db()
    assert (lent.queue, lent.next_actor) == ("renewal", "desk")
    loans.renew(request_id=lent.pk, due=DUE + timedelta(days=20), actor=pair.lender, at=pair.at)
    pair.post()
    assert borrowed(request).lender_due == DUE + timedelta(days=20)
    assert not borrowed(request).questions.filter(answered_at__isnull=True).exists()
    loans.recall(request_id=lent.pk, back_by=date(2026, 3, 20), actor=pair.lender, at=pair.at)
    pair.post()
    request = borrowed(request)
    assert request.marks.filter(kind="recalled", cleared_at__isnull=True).exists()
    assert request.patron_due is not None
    assert request.patron_due <= date(2026, 3, 20)
    items.take_back(request_id=request.pk, actor=pair.desk, at=pair.at)
    items.send_back(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    lent.refresh_from_db()
    assert lent.state == "coming_back"
    loans.check_in(request_id=lent.pk, actor=pair.lender, at=pair.at)
    pair.post()
    lent.refresh_from_db()
    assert (borrowed(request).state, lent.state) == ("completed", "completed")
    assert failed_messages() == []


def test_conditions_are_named_accepted_and_bind(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    terms = answers.Terms(["LibraryUseOnly"], Decimal("12.50"), "USD", "Please keep it flat.")
    answers.conditional(request_id=lent.pk, terms=terms, actor=pair.lender, at=pair.at)
    pair.post()
    request = borrowed(request)
    assert (request.queue, request.next_actor) == ("conditional", "desk")
    question = request.questions.get(kind="conditional")
    assert question.terms["conditions"] == ["LibraryUseOnly"]
    assert question.terms["cost"] == "12.50"
    lenders.accept_conditions(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    lent.refresh_from_db()
    assert lent.conditions == ["LibraryUseOnly"]
    assert not lent.questions.filter(answered_at__isnull=True).exists()
    ship(pair, lent.pk)
    assert borrowed(request).conditions == ["LibraryUseOnly"]
    assert borrowed(request).state == "on_the_way"
    assert failed_messages() == []


def test_refused_conditions_end_the_try_and_the_next_library_is_asked(pair: Pair) -> None:
    request = pair.ask(pair.south, pair.east)
    lent = pair.lent(request)
    answers.conditional(
        request_id=lent.pk, terms=answers.Terms(cost=Decimal(90)), actor=pair.lender, at=pair.at
    )
    pair.post()
    lenders.refuse_conditions(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    lent.refresh_from_db()
    assert lent.state == "cancelled"
    assert pair.lent(request, pair.east).state == "new"
    assert borrowed(request).state == "asked"
    assert failed_messages() == []


def test_an_unfilled_request_goes_to_the_next_library(pair: Pair) -> None:
    request = pair.ask(pair.south, pair.east)
    lent = pair.lent(request)
    why = reason(ReasonPurpose.NOT_SUPPLIED, "NotOnShelf")
    answers.refuse(request_id=lent.pk, reason=why, actor=pair.lender, at=pair.at)
    pair.post()
    request = borrowed(request)
    first, second = request.tries.order_by("ordinal")
    assert (first.status, first.reason and first.reason.iso_code) == ("unfilled", "NotOnShelf")
    assert (second.status, second.open) == ("asked", True)
    assert pair.lent(request, pair.east).state == "new"
    assert failed_messages() == []


def test_ask_again_later_is_an_offer_that_becomes_a_retry(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    why = reason(ReasonPurpose.RETRY, "OnLoan")
    answers.retry_later(
        request_id=lent.pk, reason=why, retry_after=date(2026, 3, 30), actor=pair.lender, at=pair.at
    )
    pair.post()
    request = borrowed(request)
    assert (request.state, request.queue) == ("ready", "retry")
    assert request.questions.get(kind="retry").terms["after"] == "2026-03-30"
    lender_news.accept_retry(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    again = pair.south.library.lending_requests.exclude(pk=lent.pk).get()
    assert again.previous_id == lent.pk
    assert (again.state, borrowed(request).state) == ("new", "asked")
    assert failed_messages() == []


def test_a_cancellation_is_accepted_before_the_pull(pair: Pair) -> None:
    request = pair.ask()
    lenders.ask_cancel(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    assert (borrowed(request).state, pair.lent(request).state) == ("cancelled", "cancelled")
    assert failed_messages() == []


def test_a_refused_cancellation_leaves_the_item_where_it_is_with_its_conditions(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    answers.conditional(
        request_id=lent.pk, terms=answers.Terms(["NoReproduction"]), actor=pair.lender, at=pair.at
    )
    pair.post()
    lenders.accept_conditions(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    stacks.pull(request_id=lent.pk, copies=[SHELF], actor=pair.lender, at=pair.at)
    pair.post()
    lenders.ask_cancel(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    lent.refresh_from_db()
    assert lent.queue == "cancel"
    answers.cancel_no(request_id=lent.pk, actor=pair.lender, at=pair.at)
    pair.post()
    request = borrowed(request)
    assert (request.state, request.conditions) == ("promised", ["NoReproduction"])
    assert request.marks.filter(kind="not_wanted", cleared_at__isnull=True).exists()
    loans.ship(request_id=lent.pk, due=DUE, actor=pair.lender, at=pair.at)
    pair.post()
    assert borrowed(request).state == "on_the_way"
    assert borrowed(request).conditions == ["NoReproduction"]
    assert failed_messages() == []


def test_moving_on_cancels_and_a_crossing_parcel_is_a_second_copy(pair: Pair) -> None:
    request = pair.ask(pair.south, pair.east)
    lent = pair.lent(request)
    loans.ship(request_id=lent.pk, due=DUE, actor=pair.lender, at=pair.at)
    lenders.move_on(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    request = borrowed(request)
    assert request.state == "asked"
    assert request.marks.filter(kind="late_coming", cleared_at__isnull=True).exists()
    late = request.tries.get(ordinal=1)
    items.receive_second(
        request_id=request.pk, try_id=late.pk, arrival=Arrival(), actor=pair.desk, at=pair.at
    )
    items.return_second(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    loans.check_in(request_id=lent.pk, actor=pair.lender, at=pair.at)
    pair.post()
    assert borrowed(request).state == "asked"
    assert borrowed(request).tries.get(ordinal=1).status == "done"
    assert failed_messages() == []


def test_who_was_asked_by_message_is_never_cut_off_by_a_number_of_another_system(pair: Pair) -> None:
    request = pair.ask()
    note: dict[str, Any] = {
        "request_id": request.pk,
        "system_number": "123",
        "actor": pair.desk,
        "at": pair.at,
    }
    with pytest.raises(InvalidInput) as caught:
        lenders.record_number(system="oclc", **note)
    assert (list(caught.value.data["fields"]), request.tries.get().system_number) == (["system"], "")
    lenders.record_number(system="", **note)
    assert (request.tries.get().system, request.tries.get().system_number) == ("iso18626", "123")
    lenders.move_on(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    assert pair.lent(request).state == "cancelled"


def test_a_lost_item_is_settled_on_both_sides(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    ship(pair, lent.pk)
    receive(pair, request.pk)
    borrowing_loans.lost(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    lent.refresh_from_db()
    assert (borrowed(request).state, lent.state) == ("settling", "settling")
    loans.settle(request_id=lent.pk, cost=Decimal(40), actor=pair.lender, at=pair.at)
    pair.post()
    assert borrowed(request).state == "completed"
    assert failed_messages() == []


def test_a_lender_that_speaks_2021_can_ask_to_keep_it_for_now(pair: Pair) -> None:
    Connection.objects.update(edition=Edition.V2021_2)
    request = pair.ask()
    lent = pair.lent(request)
    ship(pair, lent.pk)
    receive(pair, request.pk)
    loans.hold_return(request_id=lent.pk, actor=pair.lender, at=pair.at)
    pair.post()
    items.take_back(request_id=request.pk, actor=pair.desk, at=pair.at)
    with pytest.raises(Refused, match="asked to keep it"):
        items.send_back(request_id=request.pk, actor=pair.desk, at=pair.at)
    loans.release_return(request_id=lent.pk, actor=pair.lender, at=pair.at)
    pair.post()
    items.send_on(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    lent.refresh_from_db()
    assert (borrowed(request).state, lent.state) == ("returned", "on_loan")
    assert lent.marks.filter(kind="forwarded", cleared_at__isnull=True).exists()
    assert failed_messages() == []


def test_a_second_recall_for_an_earlier_day_holds_when_it_arrives(pair: Pair) -> None:
    request = pair.ask()
    ship(pair, pair.lent(request).pk)
    number = f"{request.number}-1"
    for hour, day in ((30, date(2026, 4, 2)), (31, date(2026, 3, 25))):
        letter = answer(number, hour, Status.RECALLED, due=day)
        deliver(letter, pair.south.library.pk, pair.pass_time(hours=1))
    assert borrowed(request).marks.get(kind="recalled").until == date(2026, 3, 25)
    arrival = Arrival(lender_due=DUE)
    items.receive(request_id=request.pk, arrival=arrival, actor=pair.desk, at=pair.at)
    assert borrowed(request).lender_due == date(2026, 3, 25)


@pytest.mark.parametrize("edition", list(Edition))
def test_the_borrower_can_say_that_it_cannot_go_back_yet(pair: Pair, edition: Edition) -> None:
    Connection.objects.update(edition=edition)
    request = pair.ask()
    lent = pair.lent(request)
    with pytest.raises(WrongState):
        lender_news.hold_return(request_id=request.pk, actor=pair.desk, at=pair.at)
    ship(pair, lent.pk)
    receive(pair, request.pk)
    lender_news.hold_return(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    lent.refresh_from_db()
    assert (borrowed(request).state, lent.state) == ("on_loan", "on_loan")
    assert lent.marks.filter(kind="held_there", cleared_at__isnull=True).exists()
    items.take_back(request_id=request.pk, actor=pair.desk, at=pair.at)
    items.send_back(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.post()
    assert not lent.marks.filter(kind="held_there", cleared_at__isnull=True).exists()
    assert failed_messages() == []


def test_a_lender_that_takes_no_messages_is_not_told_by_one(pair: Pair) -> None:
    request = pair.ask()
    ship(pair, pair.lent(request).pk)
    receive(pair, request.pk)
    request.tries.update(system="mail")
    with pytest.raises(Refused, match="no messages"):
        lender_news.hold_return(request_id=request.pk, actor=pair.desk, at=pair.at)


def test_a_patron_who_cancels_too_late_hears_no_and_gets_it_counted(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    loans.ship(request_id=lent.pk, due=DUE, actor=pair.lender, at=pair.at)
    closing.cancel_as_far_as_possible(request_id=request.pk, actor=pair.north.patron_actor(), at=pair.at)
    pair.post()
    request = borrowed(request)
    assert request.state == "on_the_way"
    assert request.marks.filter(kind="not_wanted", cleared_at__isnull=True).exists()
    assert failed_messages() == []


def test_the_link_to_a_copy_is_sent_and_not_kept(pair: Pair) -> None:
    request = pair.ask(copy=True)
    lent = pair.lent(request)
    scan = attach_link(
        library_id=pair.south.library.pk,
        subject=lent.number,
        url="https://scans.example.org/1.pdf",
        actor=pair.lender,
        at=pair.at,
    )
    loans.send_copy(request_id=lent.pk, document_id=scan.pk, actor=pair.lender, at=pair.at)
    pair.post()
    sent = Exchanged.objects.get(outward=True, word__contains="CopyCompleted")
    token = token_of(scan.links.get())
    assert token not in sent.body + str(sent.facts)
    came = documents_of(request.number, pair.north.library.pk).get()
    assert token in came.url
    assert borrowed(request).state == "at_desk"


def test_a_message_that_was_given_up_is_shown_once_on_its_own_desk(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    Connection.objects.all().delete()
    lenders.remind_lender(request_id=request.pk, actor=pair.desk, at=pair.at)
    loans.ship(request_id=lent.pk, due=DUE, actor=pair.lender, at=pair.at)
    pair.post()
    for each in (borrowed(request), lent):
        assert each.marks.filter(kind="mail_failed", cleared_at__isnull=True).count() == 1
        assert each.events.filter(action="flag").count() == 1
