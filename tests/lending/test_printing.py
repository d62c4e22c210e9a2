"""Printing at the lending desk: what stands on paper, who may, what it costs, and that it changes nothing."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from illservice.accounts.roles import Role
from illservice.citations.copyright import COPY_LEGEND
from illservice.directory.models import Partnership
from lending.models import DeliveryWay, LendingRequest
from lending.services import items, loans, words
from tests.illservice.core.printing.reading import barcodes, pages
from tests.lending.printing import (
    DOOR,
    SHEETS,
    at,
    desk_of_north,
    everything,
    get,
    one_page,
    printed,
    signed_in,
)
from tests.lending.verbs import again, copied, desk, found, lend, new_copy, pulled, shipped
from tests.world import NOON, World, book


@pytest.fixture
def clerk(world: World) -> Client:
    """The lending desk of Northfield, which knows where Eastlake is."""
    return desk_of_north(world)


# --- Pull slips ------------------------------------------------------------------------------


def test_a_pull_slip_says_what_to_look_for_and_for_whom(world: World, clerk: Client, tmp_path: Path) -> None:
    citation = book("Moss & Lichen <b>", edition="2nd", publisher="Hill Press")
    request = lend(
        world,
        citation=citation,
        borrower_number="EL-77",
        note="With the map, please",
        need_by=date(2026, 4, 1),
    )
    words.rush(request_id=request.pk, on=True, actor=desk(world), at=NOON)
    pulled(world, request, copies=[at(world, "QL 568 .A6", "main", barcode="N-1001", shelf="Stacks")])
    pdf = printed(clerk, "pull_slip", request, sheet="a4-2")
    (text,) = pages(pdf)
    for each in (
        "Moss & Lichen <b>",
        "Hale, Miriam",
        "QL 568 .A6",
        "Main Library · Stacks",
        "N-1001",
        "Rush",
    ):
        assert each in text
    for each in (
        "Eastlake University, their number EL-77",
        "With the map, please",
        "April 1, 2026",
        "2nd, Hill Press",
    ):
        assert each in text
    assert barcodes(pdf, tmp_path) == [request.number]


def test_a_slip_for_a_scan_names_the_pages(world: World, clerk: Client) -> None:
    request = pulled(world, lend(world, new_copy()))
    text = one_page(clerk, "pull_slip", request)
    assert "Fetch and copy" in text
    assert request.pages in text


def test_copies_of_a_volume_share_a_slip_and_volumes_have_their_own(world: World, clerk: Client) -> None:
    copies = [
        at(world, "QL 1", "main", volume="v. 1", barcode="N-1"),
        at(world, "QL 1 c.2", "hill", volume="v. 1", barcode="N-2"),
        at(world, "QL 2", "main", volume="v. 2", barcode="N-3"),
    ]
    request = pulled(world, copies=copies)
    (text,) = pages(printed(clerk, "pull_slip", request))
    assert text.count("Fetch for another library") == 2
    assert "QL 1 c.2 · Hill Branch · N-2" in text
    assert text.count("one of 2 to fetch") == 2
    first = request.items.get(barcode="N-1")
    items.item_found(request_id=request.pk, item_id=first.pk, actor=desk(world), at=NOON)
    text = one_page(clerk, "pull_slip", request)
    assert (text.count("Fetch for another library"), "N-3" in text, "N-2" in text) == (1, True, False)


def test_many_are_one_document_in_walking_order(world: World, clerk: Client) -> None:
    shelves = [("QL 568", "main"), ("QL 77", "main"), ("", "main"), ("ZA 1", "hill"), ("AA 1", "")]
    requests = [
        pulled(world, copies=[at(world, number, branch, barcode=f"N-{index}")])
        for index, (number, branch) in enumerate(shelves)
    ]
    text = " ".join(pages(printed(clerk, "pull_slip", *requests, requests[0])))
    assert sorted(range(5), key=lambda index: text.index(f"N-{index}")) == [3, 1, 0, 2, 4]
    assert text.count("N-0") == 1


# --- What leaves -----------------------------------------------------------------------------


def test_the_label_goes_to_the_address_said_this_time_else_to_the_one_we_know(
    world: World, clerk: Client, tmp_path: Path
) -> None:
    request = found(world, borrower_number="EL-77")

    def text() -> str:
        return one_page(clerk, "shipping_label", request, start=3)

    for each in ("Eastlake University", "1200 Lakeshore Drive", "12 Main Street", request.number, "EL-77"):
        assert each in text()
    Partnership.objects.filter(partner=world.eastlake).update(return_address="Dock 4\nEastlake OH")
    assert ("Dock 4" in text(), "1200 Lakeshore Drive" in text()) == (True, False)
    LendingRequest.objects.filter(pk=request.pk).update(ship_to="Law Library\nCourt Street 3")
    said = text()
    assert "Court Street 3" in said
    assert "Eastlake University" in said
    assert "Dock 4" not in said
    assert barcodes(printed(clerk, "shipping_label", request), tmp_path) == [request.number]


def test_a_reader_is_named_on_the_label_of_what_goes_there_and_nowhere_else(
    world: World, clerk: Client
) -> None:
    reader = "Reader of Eastlake\n9 Garden Path\nEastlake OH"
    request = found(world, ship_to=reader, sent_to_patron=True)
    label = one_page(clerk, "shipping_label", request)
    assert "Reader of Eastlake" in label
    assert "Eastlake University" not in label
    page = get(signed_in(world, Role.COPYRIGHT), "shipping_label", request, sheet="l7165").content.decode()
    assert "your work needs no names" in page
    assert "Reader of Eastlake" not in page
    loans.ship(request_id=request.pk, actor=desk(world), at=NOON)
    others = [pulled(world, ship_to=reader, sent_to_patron=True), again(request)]
    texts = [one_page(clerk, "pull_slip", others[0])]
    texts += [one_page(clerk, kind, others[1]) for kind in ("band", "packing_slip")]
    assert not [text for text in texts if "Reader of Eastlake" in text or "Garden Path" in text]


def test_a_label_without_an_address_is_not_printed(world: World, clerk: Client) -> None:
    world.eastlake.address = ""
    world.eastlake.save()
    plain, straight = found(world), found(world, sent_to_patron=True)
    page = get(clerk, "shipping_label", plain, straight, sheet="l7165").content.decode()
    assert f"{plain.number}: no address is known of Eastlake University" in page
    assert f"{straight.number}: it goes straight to the reader, whose address is not known" in page
    assert "Open the PDF" not in page


def test_the_band_shows_date_conditions_number_and_our_address(
    world: World, clerk: Client, tmp_path: Path
) -> None:
    request = found(world, borrower_number="EL-77")
    loans.ship(
        request_id=request.pk,
        due=date(2026, 4, 15),
        conditions=["LibraryUseOnly", "Strange"],
        actor=desk(world),
        at=NOON,
    )
    pdf = printed(clerk, "band", request)
    (text,) = pages(pdf)
    for each in (
        "April 15, 2026",
        "Use in the library only",
        "Strange",
        "12 Main Street",
        "EL-77",
        request.number,
    ):
        assert each in text
    assert text.count("Northfield Library") == 1
    assert barcodes(pdf, tmp_path) == [request.number]


def test_each_volume_has_a_band(world: World, clerk: Client) -> None:
    request = pulled(world, copies=[at(world, "QL 1", volume="v. 1"), at(world, "QL 2", volume="v. 2")])
    for item in request.items.all():
        items.item_found(request_id=request.pk, item_id=item.pk, actor=desk(world), at=NOON)
    loans.ship(request_id=request.pk, actor=desk(world), at=NOON)
    text = one_page(clerk, "band", request)
    assert [text.count("Please return by"), "v. 1" in text, "v. 2" in text] == [2, True, True]


def test_the_sheet_in_the_parcel_says_when_and_where_it_goes_back(
    world: World, clerk: Client, tmp_path: Path
) -> None:
    request = found(world, borrower_number="EL-77")
    loans.ship(
        request_id=request.pk,
        due=date(2026, 4, 15),
        conditions=["NoReproduction"],
        actor=desk(world),
        at=NOON,
    )
    pdf = printed(clerk, "packing_slip", request, sheet="a4-2")
    (text,) = pages(pdf)
    for each in ("April 15, 2026", "No copies to be made", "12 Main Street", "EL-77", "ill@north.example"):
        assert each in text
    assert "Copyright" not in text
    assert barcodes(pdf, tmp_path) == [request.number]


def test_a_paper_copy_carries_the_notice_of_108_a_3_and_no_date(world: World, clerk: Client) -> None:
    text = one_page(clerk, "packing_slip", copied(world))
    assert " ".join(COPY_LEGEND.split()) in " ".join(text.split())
    assert "Copyright statement of the request: CCG" in text
    assert "return" not in text.lower()


def test_what_has_no_such_paper_is_left_out_before_the_eyes(world: World, clerk: Client) -> None:
    new, here = lend(world), found(world)
    by_link = found(world, lend(world, new_copy(delivery=DeliveryWay.LINK)))
    for kind, request, why in (
        ("pull_slip", here, "nothing of it is to be fetched"),
        ("band", here, "it has no due date"),
        ("band", by_link, "a copy needs no band"),
        ("packing_slip", by_link, "the copy goes as a link"),
        ("packing_slip", here, "it has no due date"),
        ("shipping_label", new, "it is not being fetched and has not just left"),
    ):
        page = get(clerk, kind, request, sheet=SHEETS.get(kind, "a4-4")).content.decode()
        assert f"{request.number}: {why}" in page
        assert "Open the PDF" not in page


def test_a_foreign_number_or_kind_is_not_there(world: World, clerk: Client) -> None:
    mine = pulled(world)
    stranger = Client()
    stranger.force_login(world.south.people[Role.LENDING])
    for client, door, sent in (
        (clerk, DOOR, {"kind": "pull_slip", "number": [mine.number, "L0000000"]}),
        (clerk, DOOR, {"kind": "hold_slip", "number": mine.number}),
        (stranger, DOOR, {"kind": "pull_slip", "number": mine.number}),
        (stranger, "/lend/south/print/", {"kind": "pull_slip", "number": mine.number}),
    ):
        assert client.get(door, sent | {"sheet": "a6"}).status_code == 404


def test_printing_changes_nothing_at_all(world: World, clerk: Client) -> None:
    on_loan = shipped(world)
    standing = {"pull_slip": pulled(world), "shipping_label": found(world)}
    standing |= {"band": on_loan, "packing_slip": on_loan}
    before = {kind: everything(request) for kind, request in standing.items()}
    for kind, request in standing.items():
        assert get(clerk, kind, request, choose="1").status_code == 200
        printed(clerk, kind, request)
        sent = {"kind": kind, "number": request.number, "sheet": SHEETS.get(kind, "a4-4")}
        assert clerk.post(DOOR, sent)["Content-Type"] == "application/pdf"
    assert clerk.get(DOOR, {"kind": "pull_slip", "left": "1", "sheet": "a6"}).status_code == 200
    assert {kind: everything(request) for kind, request in standing.items()} == before
