"""The lending desk's bench: found, packed, checked in; one scan, one answer."""

from typing import Any

import pytest
from django.test import Client

from illservice.accounts.roles import Role
from lending.models import LendingEvent, LendingRequest
from lending.services.items import Copy
from tests.lending.verbs import again, checked_in, coming_back, found, lend, pulled, shipped
from tests.world import World, book

SCAN = "/lend/north/scan/"


@pytest.fixture
def clerk(world: World, client: Client) -> Client:
    client.force_login(world.north.people[Role.LENDING])
    return client


def scan(client: Client, do: str, code: str, **more: Any) -> str:
    response = client.post(SCAN, {"do": do, "code": code} | more, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def states(*requests: LendingRequest) -> list[str]:
    return [again(each).state for each in requests]


@pytest.mark.parametrize("code", ["N-1001", "{number}", "EL-7", "QL 568 .A6"])
def test_what_comes_from_the_stacks_is_found_with_any_of_its_codes(
    world: World, clerk: Client, code: str
) -> None:
    request = pulled(world, borrower_number="EL-7")
    page = scan(clerk, "item_found", code.format(number=request.number))
    assert "Found on the shelf" in page
    assert "Send it" in page
    assert states(request) == ["found"]


def test_of_several_volumes_the_barcode_says_which_one(world: World, clerk: Client) -> None:
    copies = [Copy("A 1", barcode="N-1", volume="1"), Copy("A 2", barcode="N-2", volume="2")]
    request = pulled(world, copies=copies)
    assert "Scan the barcode of the item itself." in scan(clerk, "item_found", request.number)
    assert not LendingEvent.objects.filter(request=request, action="item_found").exists()
    assert "Still to fetch: 1 · A 1 · N-1" in scan(clerk, "item_found", "N-2")
    assert states(request) == ["to_pull"]
    scan(clerk, "item_found", "N-1")
    assert states(request) == ["found"]


def test_what_is_packed_shows_where_it_goes_first_or_leaves_at_once(world: World, clerk: Client) -> None:
    world.eastlake.address = "1 Lake Road"
    world.eastlake.save()
    first, second = (found(world, copies=[Copy("A", barcode=code)]) for code in ("N-1", "N-2"))
    page = scan(clerk, "ship", "N-1")
    assert "1 Lake Road" in page
    assert states(first) == ["found"]
    sent = {"do": "ship", "number": first.number, "version": first.version, "due": "2099-01-04"}
    assert "Sent" in clerk.post(SCAN, sent, follow=True).content.decode()
    assert again(first).due.isoformat() == "2099-01-04"  # type: ignore[union-attr]  # it has left
    scan(clerk, "ship", "N-2", quick="1")
    assert states(first, second) == ["on_loan", "on_loan"]


@pytest.mark.parametrize("make", [shipped, coming_back])
def test_what_comes_home_is_checked_in_whether_or_not_the_borrower_said_so(
    world: World, clerk: Client, make: Any
) -> None:
    request = make(world)
    page = scan(clerk, "check_in", "N-1001")
    assert "Checked in" in page
    assert ">Undo<" in page
    assert states(request) == ["completed"]
    again_ = scan(clerk, "check_in", "N-1001")
    assert "Not done. Now: Completed, Eastlake University, checked in on" in again_
    assert LendingEvent.objects.filter(request=request, action="check_in").count() == 1


def test_a_barcode_that_was_out_before_means_the_loan_that_is_out_now(world: World, clerk: Client) -> None:
    old, new = checked_in(world), shipped(world)
    scan(clerk, "check_in", "N-1001")
    assert states(old, new) == ["completed", "completed"]


def test_words_that_fit_several_lead_to_a_choice_and_nonsense_to_a_line(world: World, clerk: Client) -> None:
    for number in (1, 2):
        pulled(world, lend(world, citation=book(f"Bees {number}", author=f"A{number}, B.")))
    page = scan(clerk, "item_found", "bees")
    assert "may be one of these" in page
    assert page.count('id="row-') == 2
    assert "Nothing fits" in scan(clerk, "item_found", "hornets")
    assert "Nothing fits" in scan(clerk, "item_found", "B0000000")


def test_htmx_gets_one_line_and_the_list_begins_anew(world: World, clerk: Client) -> None:
    request = pulled(world)
    answer = clerk.post(SCAN, {"do": "item_found", "code": request.number}, headers={"HX-Request": "true"})
    assert 'data-sound="ok"' in answer.content.decode()
    assert request.number in clerk.get(SCAN).content.decode()
    assert clerk.post(f"{SCAN}new/", {"do": "check_in"})["Location"] == f"{SCAN}?do=check_in"
    assert request.number not in clerk.get(SCAN).content.decode()


def test_rights_and_libraries(world: World, client: Client) -> None:
    request = found(world)
    client.force_login(world.north.people[Role.STUDENT])
    labels = [mode["label"] for mode in client.get(SCAN).context["modes"]]
    assert labels == ["Found on the shelf", "Check in"]
    scan(client, "ship", request.number, quick="1")
    client.force_login(world.north.people[Role.COPYRIGHT])
    assert client.get(SCAN).status_code == 403
    client.force_login(world.south.people[Role.LENDING])
    page = client.post("/lend/south/scan/", {"do": "ship", "code": request.number}, follow=True)
    assert "Nothing fits" in page.content.decode()
    assert states(request) == ["found"]
