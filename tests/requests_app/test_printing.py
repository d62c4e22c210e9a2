"""Printing at the borrowing desk: what stands on paper, who may, what it costs, and that it changes nothing."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from illservice.accounts.roles import Role
from illservice.core.printing import MOST
from illservice.directory.models import Partnership
from requests_app.models import BorrowingRequest
from requests_app.services import items, lenders, review
from tests.illservice.core.printing.reading import barcodes, pages
from tests.requests_app.desk_walks import clerk
from tests.requests_app.standing import (
    again,
    asked,
    at_desk,
    everything,
    on_loan,
    on_shelf,
    returned,
)
from tests.world import World, ask_for, book, later, new_loan

DOOR = "/desk/north/print/"
PATRON = ("Ada", "north-ada-001")
MOST_STATEMENTS = 8


@pytest.fixture
def desk(world: World) -> Client:
    """The borrowing desk of Northfield, which knows where things go back to."""
    world.north.library.address = "Northfield Library\n12 Main Street\nNorthfield MN 55057"
    world.north.library.save()
    world.eastlake.address = "1200 Lakeshore Drive\nEastlake OH 44095"
    world.eastlake.save()
    return clerk(world.north)


def ours(world: World, title: str = "Moss", **values: Any) -> BorrowingRequest:
    """To be pulled from our own shelves."""
    request = ask_for(world.north, new_loan(citation=book(title, **values)))
    review.supply_here(request_id=request.pk, actor=world.north.actor(), at=later(hours=1))
    return again(request)


def get(client: Client, kind: str, *requests: BorrowingRequest, **more: Any) -> Any:
    return client.get(DOOR, {"kind": kind, "number": [each.number for each in requests]} | more)


def printed(client: Client, kind: str, *requests: BorrowingRequest, sheet: str, **more: Any) -> bytes:
    response = get(client, kind, *requests, sheet=sheet, **more)
    assert response["Content-Type"] == "application/pdf", response.content.decode()
    return bytes(response.content)


def test_the_slip_of_the_hold_shelf_shows_the_code_and_no_patron(
    world: World, desk: Client, tmp_path: Path
) -> None:
    request = on_shelf(world)
    pdf = printed(desk, "hold_slip", request, sheet="a6")
    (text,) = pages(pdf)
    for each in (request.shelf_code, request.number, request.title, "Main Library", "March 13, 2026"):
        assert each in text
    assert not [each for each in PATRON if each in text]
    assert barcodes(pdf, tmp_path) == [request.number]


def test_the_band_shows_date_conditions_lender_and_our_address_and_no_patron(
    world: World, desk: Client
) -> None:
    request = on_loan(world)
    BorrowingRequest.objects.filter(pk=request.pk).update(conditions=["NoReproduction", "Strange"])
    (text,) = pages(printed(desk, "band", request, sheet="a4-3"))
    due = request.patron_due
    assert due is not None
    for each in (
        f"{due:%B} {due.day}, {due.year}",
        request.number,
        "No copies to be made",
        "Strange",
        "Eastlake University",
        "12 Main Street",
    ):
        assert each in text
    assert text.count("Northfield Library") == 1
    assert not [each for each in PATRON if each in text]


def test_a_band_without_a_date_says_when(world: World, desk: Client) -> None:
    request = at_desk(world, due=None)
    assert "when we ask for it" in pages(printed(desk, "band", request, sheet="letter-3"))[0]


def test_the_label_goes_to_the_address_that_the_lender_gave_last(world: World, desk: Client) -> None:
    request = returned(world)
    lender = request.tries.get(ordinal=1)
    lender.system_number = "214578963"
    lender.save()

    def text() -> str:
        return pages(printed(desk, "return_label", request, sheet="l7160", start=1))[0]

    assert "1200 Lakeshore Drive" in text()
    Partnership.objects.filter(partner=world.eastlake).update(return_address="Dock 4\nEastlake OH")
    assert ("Dock 4" in text(), "1200 Lakeshore Drive" in text()) == (True, False)
    lender.return_address = "Annex, Gate 9"
    lender.save()
    found = text()
    for each in ("Annex, Gate 9", "Eastlake University", "214578963", request.number, "12 Main Street"):
        assert each in found
    assert "Dock 4" not in found


def test_a_second_copy_has_a_label_to_its_own_lender(world: World, desk: Client) -> None:
    Partnership.objects.filter(partner=world.westport).update(return_address="Harbour Road 1")
    request, actor = asked(world), world.north.actor()
    lenders.move_on(request_id=request.pk, actor=actor, at=later(days=1))
    items.receive(
        request_id=request.pk,
        arrival=items.Arrival(lender_due=date(2026, 4, 20)),
        actor=actor,
        at=later(days=2),
    )
    items.receive_second(
        request_id=request.pk,
        try_id=request.tries.get(ordinal=1).pk,
        arrival=items.Arrival(),
        actor=actor,
        at=later(days=3),
    )
    (text,) = pages(printed(desk, "return_label", request, sheet="l7160"))
    assert "Harbour Road 1" in text
    assert "1200 Lakeshore Drive" in text


def test_a_pull_slip_says_what_to_look_for(world: World, desk: Client) -> None:
    request = ours(world, "Moss & Lichen <b>", edition="2nd", publisher="Hill Press")
    review.rush(request_id=request.pk, on=True, actor=world.north.actor(), at=later(hours=2))
    (text,) = pages(printed(desk, "pull_slip", request, sheet="a4-2"))
    for each in ("Moss & Lichen <b>", "Hale, Miriam", "2nd, Hill Press, 1998", "Call number", "Rush"):
        assert each in text
    assert not [each for each in PATRON if each in text]


def test_many_are_one_document_in_the_order_of_use(world: World, desk: Client) -> None:
    requests = [ours(world, title) for title in ("Zebras", "Ants", "Moss")]
    text = " ".join(pages(printed(desk, "pull_slip", *requests, requests[0], sheet="a4-2")))
    found = [text.index(title) for title in ("Ants", "Moss", "Zebras")]
    assert found == sorted(found)
    assert text.count("Zebras") == 1


def test_the_paper_speaks_the_language_of_the_library(world: World, desk: Client) -> None:
    world.north.library.language = "de"
    world.north.library.save()
    pdf = printed(desk, "band", on_loan(world), sheet="a4-3")
    assert PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Lang"] == "de"  # type: ignore[index]
    assert "April 2026" in pages(pdf)[0]
    assert "April 15, 2026" not in pages(pdf)[0]


def test_printing_changes_nothing_at_all(world: World, desk: Client) -> None:
    requests = {
        "pull_slip": ours(world),
        "band": on_loan(world),
        "hold_slip": on_shelf(world),
        "return_label": returned(world),
    }
    before = {kind: everything(request) for kind, request in requests.items()}
    for kind, request in requests.items():
        assert get(desk, kind, request, choose="1").status_code == 200
        family = {"band": "a4-3", "return_label": "l7160"}.get(kind, "a4-4")
        printed(desk, kind, request, sheet=family)
        sent = {"kind": kind, "number": request.number, "sheet": family}
        assert desk.post(DOOR, sent)["Content-Type"] == "application/pdf"
    assert {kind: everything(request) for kind, request in requests.items()} == before


def test_the_sheet_is_asked_once_and_remembered(world: World, desk: Client) -> None:
    request = on_shelf(world)
    page = get(desk, "hold_slip", request)
    assert "A4, four on a page" in page.content.decode()
    printed(desk, "hold_slip", request, sheet="a6")
    assert get(desk, "hold_slip", request)["Content-Type"] == "application/pdf"
    asked_again = get(desk, "hold_slip", request, choose="1").content.decode()
    assert '<option value="a6" selected>' in asked_again
    assert "Open the PDF" in get(desk, "band", request).content.decode()


def test_a_sheet_of_labels_goes_on_where_it_was_left(world: World, desk: Client) -> None:
    request = returned(world)
    printed(desk, "return_label", request, sheet="l7160", start=20)
    assert 'name="start" value="21"' in get(desk, "return_label", request).content.decode()
    printed(desk, "return_label", request, sheet="l7160", start=21)
    assert 'name="start" value="1"' in get(desk, "return_label", request).content.decode()


def test_a_sheet_or_place_that_there_is_not_is_said(world: World, desk: Client) -> None:
    request = returned(world)
    page = get(desk, "return_label", request, sheet="l7160", start=22).content.decode()
    assert "This sheet has 21 labels." in page
    for wrong in ({"sheet": "a4-4"}, {"sheet": "l7160", "start": 0}, {"sheet": "l7160", "start": "x"}):
        response = get(desk, "return_label", request, **wrong)
        assert response["Content-Type"].startswith("text/html")
        assert "There is a problem" in response.content.decode()


def test_what_has_no_such_paper_is_left_out_before_the_eyes(world: World, desk: Client) -> None:
    here, away = on_shelf(world), asked(world)
    page = get(desk, "hold_slip", here, away, sheet="a6").content.decode()
    assert f"{away.number}: it has no place on the hold shelf" in page
    assert f'name="number" value="{here.number}"' in page
    assert f'name="number" value="{away.number}"' not in page
    nothing = get(desk, "band", away, sheet="a4-3").content.decode()
    assert "Open the PDF" not in nothing


def test_a_label_needs_an_address(world: World, desk: Client) -> None:
    world.eastlake.address = ""
    world.eastlake.save()
    request = returned(world)
    page = get(desk, "return_label", request, sheet="l7160").content.decode()
    assert "no address is known of Eastlake University" in page


def test_a_foreign_number_or_kind_is_not_there(world: World, desk: Client) -> None:
    mine, foreign = on_shelf(world), ask_for(world.south)
    for sent in (
        {"kind": "hold_slip", "number": [mine.number, foreign.number]},
        {"kind": "hold_slip", "number": "B0000000"},
        {"kind": "hold_slip", "number": "nonsense"},
        {"kind": "diploma", "number": mine.number},
    ):
        assert desk.get(DOOR, sent | {"sheet": "a6"}).status_code == 404
    stranger = clerk(world.south)
    assert stranger.get(DOOR, {"kind": "hold_slip", "number": mine.number}).status_code == 404
    assert (
        clerk(world.south).get("/desk/south/print/", {"kind": "band", "number": mine.number}).status_code
        == 404
    )


def test_somebody_of_one_branch_prints_what_is_there(world: World) -> None:
    request = on_shelf(world)
    branch = clerk(world.north, Role.BRANCH)
    assert get(branch, "hold_slip", request, sheet="a6").status_code == 404
    BorrowingRequest.objects.filter(pk=request.pk).update(pickup_branch=world.north.branch)
    assert get(branch, "hold_slip", request, sheet="a6")["Content-Type"] == "application/pdf"


def test_too_many_at_once_are_refused_with_a_word(world: World, desk: Client) -> None:
    numbers = [f"B{number:07d}" for number in range(MOST + 1)]
    response = desk.post(DOOR, {"kind": "band", "number": numbers})
    assert response.status_code == 400
    assert f"more than {MOST}" in response.content.decode()


def test_nothing_chosen_leads_back_with_a_word(world: World, desk: Client) -> None:
    for sent in ({}, {"print": ""}, {"print": "band"}, {"kind": "", "number": "B1"}):
        response = desk.post(DOOR, sent | {"back": "/desk/north/?queue=at_desk"}, follow=True)
        assert response.redirect_chain == [("/desk/north/?queue=at_desk", 302)]
        assert "Choose requests in the list" in response.content.decode()


def test_the_file_has_a_plain_name_and_is_shown_not_kept(world: World, desk: Client) -> None:
    request = on_shelf(world)
    response = get(desk, "hold_slip", request, sheet="a6")
    name = f"hold-slip-north-{request.number.lower()}.pdf"
    assert response["Content-Disposition"] == f'inline; filename="{name}"'
    assert "no-store" in response["Cache-Control"]


def test_the_list_offers_what_its_rows_can_have_and_the_page_too(world: World, desk: Client) -> None:
    shelf, away = on_shelf(world), asked(world)
    page = desk.get("/desk/north/?queue=on_shelf").content.decode()
    assert '<option value="hold_slip">' in page
    assert '<option value="return_label">' not in page
    assert 'name="print"' not in desk.get("/desk/north/?queue=asked").content.decode()
    printed(desk, "hold_slip", shelf, sheet="a6")
    response = desk.post(DOOR, {"print": "hold_slip", "chosen": [shelf.number], "do": ""})
    assert '<option value="a6" selected>' in response.content.decode()
    one = desk.get(f"/desk/north/requests/{shelf.number}/").content.decode()
    for kind in ("hold_slip", "band", "return_label"):
        assert f"{DOOR}?kind={kind}&amp;number={shelf.number}" in one
    assert DOOR not in desk.get(f"/desk/north/requests/{away.number}/").content.decode()


@pytest.mark.parametrize("kind", ["hold_slip", "band", "return_label"])
def test_many_cost_the_same_few_statements(world: World, desk: Client, kind: str) -> None:
    sheet = {"band": "a4-3", "return_label": "l7160"}.get(kind, "a4-4")

    def statements(*requests: BorrowingRequest) -> int:
        with CaptureQueriesContext(connection) as seen:
            printed(desk, kind, *requests, sheet=sheet)
        return len(seen)

    one = on_shelf(world)
    few = statements(one)
    assert statements(one, *(on_shelf(world) for _ in range(4))) == few <= MOST_STATEMENTS
