"""What needs attention, why, and how it is settled."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from illservice.accounts.roles import Role
from illservice.core import clock, health
from illservice.core.models import OutboxRow, OutboxState
from requests_app.models import BorrowingRequest
from requests_app.services import lenders, words
from requests_app.services.closing import cancel
from tests.world import World, ask_for, book, later, new_loan

PAGE = "/desk/north/attention/"


@pytest.fixture
def clerk(world: World, client: Client) -> Client:
    client.force_login(world.north.people[Role.BORROWING])
    return client


def page_of(client: Client) -> str:
    response = client.get(PAGE)
    assert response.status_code == 200
    return str(response.content.decode())


def silent(world: World, title: str = "A Short History of Bees") -> BorrowingRequest:
    request = ask_for(world.north, new_loan(citation=book(title)))
    desk = world.north.actor(Role.BORROWING)
    partners = [world.eastlake.pk, world.westport.pk]
    lenders.plan_lenders(request_id=request.pk, partner_ids=partners, actor=desk, at=later(hours=1))
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    words.flag(request_id=request.pk, kind="lender_silent", at=later(days=5))
    return BorrowingRequest.objects.get(pk=request.pk)


def test_failed_messages_are_shown_to_those_who_may_send_them_again(world: World, clerk: Client) -> None:
    request = ask_for(world.north)
    OutboxRow.objects.filter(subject=request.number).update(state=OutboxState.FAILED)
    assert "/desk/north/mails/" in page_of(clerk)
    clerk.force_login(world.north.people[Role.STUDENT])
    assert "/desk/north/mails/" not in page_of(clerk)


def test_it_says_what_why_since_when_and_what_to_do(world: World, clerk: Client) -> None:
    request, quiet = silent(world), ask_for(world.north, new_loan(citation=book("Quiet")))
    ask_for(world.south)
    page = page_of(clerk)
    for text in (
        request.number,
        "the lender has not answered",
        "March 7, 2026",
        "Remind the lender, or move on",
    ):
        assert text in page
    assert quiet.number not in page
    assert "Move on to the next lender" in page


def test_a_closed_request_whose_patron_wrote_is_there_too(world: World, clerk: Client) -> None:
    request = ask_for(world.north)
    cancel(request_id=request.pk, actor=world.north.actor(Role.HEAD), at=later(hours=1))
    words.patron_message(
        request_id=request.pk, text="Why?", actor=world.north.patron_actor(), at=later(days=1)
    )
    assert request.number in page_of(clerk)


def test_settling_takes_the_mark_away_and_can_be_undone(world: World, clerk: Client) -> None:
    request = silent(world)
    sent = {"number": request.number, "kind": "lender_silent", "back": PAGE}
    assert clerk.post(f"{PAGE}settle/", sent)["Location"] == PAGE
    page = page_of(clerk)
    assert "Nothing needs attention" in page
    assert "data-undo" in page
    assert BorrowingRequest.objects.get(pk=request.pk).attention is False
    assert clerk.post(f"{PAGE}settle/", sent | {"kind": "nonsense"}).status_code == 404
    foreign = ask_for(world.south)
    assert clerk.post(f"{PAGE}settle/", sent | {"number": foreign.number}).status_code == 404


def test_a_right_is_needed_to_settle(world: World, client: Client) -> None:
    request = silent(world)
    client.force_login(world.north.people[Role.COPYRIGHT])
    assert "Settled" not in page_of(client)
    sent = {"number": request.number, "kind": "lender_silent"}
    assert client.post(f"{PAGE}settle/", sent).status_code == 403
    assert BorrowingRequest.objects.get(pk=request.pk).attention is True


def test_a_sweeper_that_stands_still_is_said(world: World, clerk: Client) -> None:
    assert "has never run" in page_of(clerk)
    health.beat("sweeper", at=clock.now())
    assert "sends messages and watches dates" not in page_of(clerk)
    health.beat("sweeper", at=later(days=-1))
    assert "last ran" in page_of(clerk)


def test_what_waits_for_us_too_long_is_counted(world: World, clerk: Client) -> None:
    request = ask_for(world.north)
    BorrowingRequest.objects.filter(pk=request.pk).update(act_by=later(days=-9))
    assert "1 open request waits for us longer than it should." in page_of(clerk)


def test_the_page_costs_the_same_statements_for_one_and_for_many(world: World, clerk: Client) -> None:
    silent(world)
    with CaptureQueriesContext(connection) as one:
        page_of(clerk)
    for title in ("Aa", "Bb", "Cc", "Dd"):
        silent(world, title)
    with CaptureQueriesContext(connection) as many:
        page_of(clerk)
    assert len(one) == len(many)
    assert len(many) <= 10
