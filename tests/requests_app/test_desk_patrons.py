"""Patrons as the desk sees them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from illservice.accounts.roles import Role
from patrons.models import Patron
from requests_app.models import BorrowingRequest
from requests_app.services.closing import cancel
from tests.world import World, ask_for, book, later, new_loan

PATRONS = "/desk/north/patrons/"
ADA = f"{PATRONS}north-ada-001/"


@pytest.fixture
def clerk(world: World, client: Client) -> Client:
    client.force_login(world.north.people[Role.BORROWING])
    return client


def page_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_patron_is_found_by_name_mail_and_card(world: World, clerk: Client) -> None:
    for words in ("ada", "ADA northfield", "ada@north.example"):
        page = page_of(clerk, f"{PATRONS}?q={words}")
        assert ADA in page
        assert "north-ben-001" not in page
    assert clerk.get(PATRONS, {"q": "north-ada-001"})["Location"] == ADA
    assert "Nobody found" in page_of(clerk, f"{PATRONS}?q=southfield")
    assert "Nobody found" not in page_of(clerk, PATRONS)


def test_the_page_shows_open_and_past_requests(world: World, clerk: Client) -> None:
    running = ask_for(world.north, new_loan(citation=book("Still running")))
    over = ask_for(world.north, new_loan(citation=book("Long over")))
    cancel(request_id=over.pk, actor=world.north.actor(Role.HEAD), at=later(hours=1))
    ask_for(world.north, new_loan(citation=book("Of Ben")), patron="ben")
    page = page_of(clerk, ADA)
    assert page.index(running.number) < page.index("Past requests") < page.index(over.number)
    assert "Of Ben" not in page
    assert "ada@north.example" in page


def test_past_requests_come_in_pages_without_gaps(world: World, clerk: Client) -> None:
    for count in range(25):
        request = ask_for(world.north, new_loan(citation=book(f"Title {count}"), again_because="x"))
        BorrowingRequest.objects.filter(pk=request.pk).update(closed_at=later(days=1))
    page = page_of(clerk, ADA)
    older = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    both = page + page_of(clerk, older)
    assert [f">Title {count}<" in both for count in range(25)] == [True] * 25


def test_a_student_sees_name_and_card_only(world: World, client: Client) -> None:
    Patron.objects.filter(barcode="north-ada-001").update(
        is_blocked=True, block_reason="Owes a book", phone="555-0100", note="Prefers mornings"
    )
    client.force_login(world.north.people[Role.STUDENT])
    page = page_of(client, ADA)
    assert "north-ada-001" in page
    for secret in ("ada@north.example", "555-0100", "Prefers mornings", "Owes a book", "Clear the account"):
        assert secret not in page
    assert "ada@north.example" not in page_of(client, f"{PATRONS}?q=ada")
    assert client.post(ADA, {"do": "unblock"}).status_code == 403
    assert Patron.objects.get(barcode="north-ada-001").is_blocked


def test_nobody_sees_patrons_of_another_library(world: World, clerk: Client, client: Client) -> None:
    assert clerk.get(f"{PATRONS}south-ada-001/").status_code == 404
    assert clerk.get("/desk/south/patrons/south-ada-001/").status_code == 404
    for role in (Role.COPYRIGHT, Role.LENDING):
        client.force_login(world.north.people[role])
        assert client.get(ADA).status_code == 403


def test_branch_staff_see_of_a_patron_what_is_theirs(world: World, client: Client) -> None:
    mine = ask_for(world.north, new_loan(pickup_branch_id=world.north.branch.pk))
    other = ask_for(world.north, new_loan(citation=book("At the main desk")))
    client.force_login(world.north.people[Role.BRANCH])
    page = page_of(client, ADA)
    assert mine.number in page
    assert other.number not in page


def test_the_desk_clears_blocks_and_unblocks(world: World, clerk: Client) -> None:
    Patron.objects.filter(barcode="north-ada-001").update(cleared_at=None)
    assert "nobody has checked this account yet" in page_of(clerk, ADA)
    clerk.post(ADA, {"do": "clear"})
    clerk.post(ADA, {"do": "block", "reason": ""})
    ada = Patron.objects.get(barcode="north-ada-001")
    assert (ada.cleared_at is not None, ada.is_blocked) == (True, False)
    assert "Say why" in page_of(clerk, ADA)
    clerk.post(ADA, {"do": "block", "reason": "Owes a book"})
    assert "Owes a book" in page_of(clerk, ADA)
    clerk.post(ADA, {"do": "unblock"})
    assert not Patron.objects.get(barcode="north-ada-001").is_blocked


def test_the_page_costs_the_same_statements_for_one_and_for_many(world: World, clerk: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            page_of(clerk, ADA)
        return len(seen)

    for count in range(2):
        request = ask_for(world.north, new_loan(citation=book(f"Title {count}")))
        if count:
            BorrowingRequest.objects.filter(pk=request.pk).update(closed_at=later(days=1))
    few = cost()
    for count in range(2, 12):
        request = ask_for(world.north, new_loan(citation=book(f"Title {count}")))
        if count % 2:
            BorrowingRequest.objects.filter(pk=request.pk).update(closed_at=later(days=1))
    assert cost() == few <= 13
