"""Scan and done: what arrives is received once, and everything else says where it is."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from illservice.accounts.roles import Role
from illservice.core.models import OutboxRow
from illservice.directory.models import Partnership
from requests_app.models import BorrowingRequest, LenderTry
from requests_app.services import items, lenders
from tests.world import World, ask_for, book, later, new_loan

BENCH = "/desk/north/receive/"


def again(request: BorrowingRequest) -> BorrowingRequest:
    return BorrowingRequest.objects.get(pk=request.pk)


def coming(world: World, title: str = "A Short History of Bees", **values: Any) -> BorrowingRequest:
    request = ask_for(world.north, new_loan(citation=book(title), **values))
    desk = world.north.actor(Role.BORROWING)
    partners = [world.eastlake.pk, world.westport.pk]
    lenders.plan_lenders(request_id=request.pk, partner_ids=partners, actor=desk, at=later(hours=1))
    lenders.ask(
        request_id=request.pk, actor=desk, at=later(hours=2), system="oclc", system_number=f"OC-{request.pk}"
    )
    return again(request)


def here(world: World, title: str = "A Short History of Bees", **values: Any) -> BorrowingRequest:
    request = coming(world, title, **values)
    items.receive(
        request_id=request.pk,
        arrival=items.Arrival(),
        actor=world.north.actor(Role.STUDENT),
        at=later(days=2),
    )
    return again(request)


def scan(client: Client, code: str, do: str = "receive", **more: str) -> str:
    """Scan as htmx does; the answer is one line, or the address to go to."""
    response = client.post(BENCH, {"do": do, "code": code} | more, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return str(response.headers.get("HX-Redirect") or response.content.decode())


@pytest.fixture
def clerk(world: World, client: Client) -> Client:
    client.force_login(world.north.people[Role.STUDENT])
    return client


def test_a_scan_opens_the_facts_and_one_key_receives(world: World, clerk: Client) -> None:
    request = coming(world)
    Partnership.objects.filter(partner=world.eastlake).update(return_address="Dock 3, Eastlake")
    facts = scan(clerk, f"OC-{request.pk}")
    assert facts == f"{BENCH}?do=receive&number={request.number}"
    page = clerk.get(facts).content.decode()
    for known in (
        "Dock 3, Eastlake",
        "LibraryUseOnly",
        'name="lender_due"',
        'name="pieces"',
        "Ada Northfield Library",
    ):
        assert known in page
    sent = {
        "do": "receive",
        "number": request.number,
        "version": request.version,
        "kind": "loan",
        "barcode": "39001",
        "pieces": "2",
        "pieces_expected": "3",
        "lender_due": "2030-05-01",
        "conditions": ["LibraryUseOnly"],
        "return_address": "Dock 3, Eastlake",
        "condition": "spine loose",
    }
    wrong = clerk.post(BENCH, sent | {"lender_due": "not a date"})
    assert wrong.status_code == 422
    assert "spine loose" in wrong.content.decode()
    assert again(request).state == "asked"
    response = clerk.post(BENCH, sent)
    assert response["Location"] == f"{BENCH}?do=receive"
    page = clerk.get(response["Location"]).content.decode()
    assert request.number in page
    assert "Received" in page
    assert "Put on the hold shelf: Main Library" in page
    done = again(request)
    assert (done.state, done.lender_due, done.conditions) == ("at_desk", date(2030, 5, 1), ["LibraryUseOnly"])
    item = done.items.get()
    assert (item.barcode, item.pieces, item.condition) == ("39001", 2, "spine loose")
    assert done.tries.get(status="received").return_address == "Dock 3, Eastlake"
    assert done.marks.filter(kind="pieces", cleared_at__isnull=True).exists()


def test_one_scan_receives_and_shelves_what_is_picked_up_here(world: World, clerk: Client) -> None:
    request, elsewhere = coming(world), coming(world, "Rivers", pickup_branch_id=world.north.branch.pk)
    line = scan(clerk, request.number, quick="1")
    done = again(request)
    assert (done.state, bool(done.shelf_code)) == ("on_shelf", True)
    assert done.shelf_code in line
    assert 'data-sound="ok"' in line
    assert OutboxRow.objects.filter(subject=request.number, payload__notice="ready").count() == 1
    line = scan(clerk, elsewhere.number, quick="1")
    assert again(elsewhere).state == "at_desk"
    assert "Send to the branch: Hill Branch" in line


def test_an_unknown_scan_and_a_second_one_are_said_and_the_list_goes_on(world: World, clerk: Client) -> None:
    request = coming(world)
    unknown = scan(clerk, "39009999")
    assert 'data-sound="bad"' in unknown
    assert "Nothing fits “39009999”" in unknown
    scan(clerk, request.number, quick="1")
    twice = scan(clerk, request.number, quick="1")
    assert 'data-sound="bad"' in twice
    assert f"Ready for the patron, at Main Library, under {again(request).shelf_code}" in twice
    page = clerk.get(BENCH).content.decode()
    assert page.count('<span class="tag tone-') == 3
    assert "<script>" not in scan(clerk, "<script>alert(1)</script>")
    assert clerk.post(BENCH, {"do": "receive", "code": " \x00 "}).status_code == 302
    clerk.post(f"{BENCH}new/", {"do": "receive"})
    assert '<span class="tag tone-' not in clerk.get(BENCH).content.decode()


def test_words_of_the_title_find_what_is_coming_and_several_are_offered(world: World, clerk: Client) -> None:
    first, second = coming(world, "Bees of the North"), coming(world, "Bees of the South")
    ask_for(world.north, new_loan(citation=book("Bees not asked for")))
    assert scan(clerk, "bees north") == f"{BENCH}?do=receive&number={first.number}"
    choice = scan(clerk, "bees of")
    assert choice == f"{BENCH}?do=receive&code=bees+of"
    page = clerk.get(choice).content.decode()
    assert f"number={first.number}" in page
    assert f"number={second.number}" in page


def test_of_two_clerks_one_receives_and_the_other_reads_that_it_is_here(world: World, clerk: Client) -> None:
    request = coming(world)
    assert clerk.get(f"{BENCH}?do=receive&number={request.number}").status_code == 200
    other = Client()
    other.force_login(world.north.people[Role.BORROWING])
    sent = {"do": "receive", "number": request.number, "version": request.version, "kind": "loan"}
    other.post(BENCH, sent)
    clerk.post(BENCH, sent)
    page = clerk.get(BENCH).content.decode()
    assert "Somebody was faster." in page
    assert "Arrived, to process, at Main Library" in page
    assert again(request).items.count() == 1


def test_a_second_copy_is_received_without_moving_the_request(world: World, clerk: Client) -> None:
    request = coming(world)
    lenders.move_on(request_id=request.pk, actor=world.north.actor(Role.BORROWING), at=later(days=6))
    page = clerk.get(f"{BENCH}?do=receive&number={request.number}").content.decode()
    assert f"?do=receive_second&amp;number={request.number}" in page
    scan(clerk, request.number, quick="1")
    line = scan(clerk, request.number, quick="1")
    assert "It is a second copy from another lender" in line
    late = LenderTry.objects.get(request=request, ordinal=1)
    sent = {
        "do": "receive_second",
        "number": request.number,
        "version": again(request).version,
        "lender": "1",
    }
    clerk.post(BENCH, sent)
    late.refresh_from_db()
    assert (late.status, again(request).state) == ("received", "on_shelf")
    assert request.items.get(second_copy=True).lender_try == late


def test_the_name_is_checked_before_an_item_is_handed_over(world: World, clerk: Client) -> None:
    request = here(world)
    code = items.shelve(request_id=request.pk, actor=world.north.actor(Role.STUDENT), at=later(days=2))
    BorrowingRequest.objects.filter(pk=request.pk).update(patron_due=date(2030, 5, 1))
    for text in (code, code.lower(), request.number, "north-ada-001"):
        assert scan(clerk, text, "hand_over") == f"{BENCH}?do=hand_over&number={request.number}"
    page = clerk.get(f"{BENCH}?do=hand_over&number={request.number}").content.decode()
    assert "Ada Northfield Library" in page
    assert "north-ada-001" in page
    sent = {"do": "hand_over", "number": request.number, "version": again(request).version}
    clerk.post(BENCH, sent)
    assert again(request).state == "on_loan"


def test_an_item_goes_all_the_way_by_scans(world: World, clerk: Client) -> None:
    request = here(world, pickup_branch_id=world.north.branch.pk)
    BorrowingRequest.objects.filter(pk=request.pk).update(patron_due=date(2030, 5, 1))
    states = []
    for do in (
        "send_to_branch",
        "receive_at_branch",
        "shelve",
        "hand_over",
        "take_back",
        "arrive_back",
        "send_back",
    ):
        answer = scan(clerk, request.number, do)
        if do == "hand_over":
            sent = {"do": do, "number": request.number, "version": again(request).version}
            assert clerk.post(BENCH, sent).status_code == 302
        else:
            assert 'data-sound="ok"' in answer
        states.append(again(request).state)
    assert states == [
        "to_branch",
        "at_desk",
        "on_shelf",
        "on_loan",
        "from_branch",
        "back_at_desk",
        "returned",
    ]


def test_several_pieces_are_counted_before_they_go_back(world: World, clerk: Client) -> None:
    request = coming(world)
    desk = world.north.actor(Role.STUDENT)
    items.receive(request_id=request.pk, arrival=items.Arrival(pieces=3), actor=desk, at=later(days=2))
    facts = scan(clerk, request.number, "send_back")
    assert facts == f"{BENCH}?do=send_back&number={request.number}"
    sent = {"do": "send_back", "number": request.number, "version": again(request).version}
    few = clerk.post(BENCH, sent | {"pieces": "2"})
    assert few.status_code == 422
    assert "Pieces are missing" in few.content.decode()
    assert clerk.post(BENCH, sent | {"pieces": "3"}).status_code == 302
    assert again(request).state == "returned"


def test_without_scripts_every_scan_is_a_page(world: World, clerk: Client) -> None:
    request = here(world)
    response = clerk.post(BENCH, {"do": "shelve", "code": request.number}, follow=True)
    assert response.redirect_chain == [(f"{BENCH}?do=shelve", 302)]
    assert "On the hold shelf under" in response.content.decode()


def test_a_branch_receives_its_own_only(world: World, client: Client) -> None:
    mine = coming(world, "Mine", pickup_branch_id=world.north.branch.pk)
    other = coming(world, "Not mine")
    client.force_login(world.north.people[Role.BRANCH])
    assert "Nothing fits" in scan(client, other.number, quick="1")
    client.get(f"{BENCH}?do=receive&number={other.number}")
    assert "not yours to see" in client.get(BENCH).content.decode()
    assert 'data-sound="ok"' in scan(client, mine.number, quick="1")
    assert again(mine).location == world.north.branch
    assert again(other).state == "asked"


def test_who_may_not_receive_is_told(world: World, client: Client) -> None:
    request = coming(world)
    for role in (Role.COPYRIGHT, Role.LENDING):
        client.force_login(world.north.people[role])
        assert client.post(BENCH, {"do": "receive", "code": request.number, "quick": "1"}).status_code == 403
    client.force_login(world.south.people[Role.HEAD])
    assert client.post(BENCH, {"do": "receive", "code": request.number}).status_code == 404
    southern = client.post("/desk/south/receive/", {"do": "receive", "code": request.number}, follow=True)
    assert "Nothing fits" in southern.content.decode()
    assert again(request).state == "asked"
