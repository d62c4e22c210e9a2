"""Scans and links on a borrowing request: attached, let out to the patron, called back, replaced by better ones."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.core.actors import Actor, ActorKind
from illservice.core.models import OutboxRow
from illservice.documents.kinds import Origin
from illservice.documents.models import Document, DocumentLink
from illservice.documents.services import attach_link
from requests_app.models import BorrowingRequest
from requests_app.services import lender_news, lenders
from requests_app.services.closing import undo_last
from requests_app.services.lender_news import SentCopy
from tests.illservice.documents.conftest import PDF, scan
from tests.requests_app.desk_walks import again, another, asked, clerk, page, press
from tests.world import World, ask_for, make_world, new_copy

STATEMENTS = 12
URL = "https://copies.eastlake.example/7"


@pytest.fixture
def house(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.ILL_DOCUMENT_FOLDER = tmp_path / "documents"
    return make_world()


def copy_asked(world: World) -> BorrowingRequest:
    """A copy for which Eastlake was asked."""
    request, at, desk = ask_for(world.north, new_copy()), clock.now(), world.north.actor()
    lenders.plan_lenders(request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=at)
    lenders.ask(request_id=request.pk, actor=desk, at=at)
    return again(request)


def files_url(request: BorrowingRequest, slug: str = "north") -> str:
    return page(request, slug) + "files/"


def file_url(request: BorrowingRequest, document: Document, what: str, slug: str = "north") -> str:
    return f"{files_url(request, slug)}{document.key}/{what}/"


def attach(client: Client, request: BorrowingRequest, upload: Any = None, url: str = "") -> Any:
    return client.post(files_url(request), {"url": url} | ({"file": upload} if upload else {}))


def attached(client: Client, request: BorrowingRequest, name: str = "scan.pdf") -> Document:
    assert attach(client, request, scan(name=name)).status_code == 302
    return Document.objects.latest("id")


def deliver(client: Client, request: BorrowingRequest, document: Document, **data: Any) -> Any:
    version = again(request).version
    return client.post(file_url(request, document, "deliver"), {"version": version} | data)


def patron(world: World, name: str = "ada") -> Client:
    client = Client()
    user = world.north.patrons[name].user
    assert user is not None
    client.force_login(user)
    return client


def mine(world: World, request: BorrowingRequest) -> str:
    return str(patron(world).get(reverse("patron:request", args=[request.number])).content.decode())


def test_a_scan_is_attached_looked_at_and_reaches_the_patron(house: World) -> None:
    request, client = copy_asked(house), clerk(house.north)
    document = attached(client, request)
    html = client.get(page(request)).content.decode()
    assert "Let the patron have it" in html
    assert f"/desk/north/documents/{document.key}/?look=1" in html
    assert patron(house).get(f"/documents/{document.key}/").status_code == 404  # nobody outside sees it yet
    answer = deliver(client, request, document)
    assert (answer.status_code, answer["Location"]) == (302, page(request))
    done = again(request)
    assert (done.state, done.outcome, done.fill_source) == ("copy_delivered", "filled", "lender")
    assert done.copy_link.endswith(f"/documents/{document.key}/")
    assert OutboxRow.objects.filter(subject=request.number, payload__notice="copy_ready").count() == 1
    reader = patron(house)
    assert reader.get(f"/documents/{document.key}/").status_code == 200
    opened: Any = reader.post(f"/documents/{document.key}/", {"accepted": "on"})
    assert b"".join(opened.streaming_content) == PDF
    html = client.get(page(request)).content.decode()
    assert "opened 1 time" in html
    assert "link ends" in html


def test_undo_takes_release_and_link_back_and_gives_the_older_link_its_life_again(house: World) -> None:
    request, client = copy_asked(house), clerk(house.north)
    document = attached(client, request)
    deliver(client, request, document)
    deliver(client, request, document)
    first, second = DocumentLink.objects.order_by("id")
    assert (first.ended_at is None, second.ended_at is None) == (False, True)
    actor, at = house.north.actor(), clock.now()
    kept = again(request).undo
    assert kept is not None
    undo_last(request_id=request.pk, act=kept["act"], actor=actor, at=at)
    assert DocumentLink.objects.get().ended_at is None
    document.refresh_from_db()
    assert document.is_released
    assert again(request).state == "copy_delivered"


def test_undoing_the_only_delivery_hides_the_copy_again(house: World) -> None:
    request, client = copy_asked(house), clerk(house.north)
    document = attached(client, request)
    deliver(client, request, document)
    kept = again(request).undo
    assert kept is not None
    undo_last(request_id=request.pk, act=kept["act"], actor=house.north.actor(), at=clock.now())
    document.refresh_from_db()
    assert (again(request).state, again(request).copy_link, document.is_released) == ("asked", "", False)
    assert not DocumentLink.objects.exists()
    assert patron(house).get(f"/documents/{document.key}/").status_code == 404


def test_a_better_copy_goes_to_the_patron_on_the_same_request(house: World) -> None:
    request, client = copy_asked(house), clerk(house.north)
    first = attached(client, request)
    deliver(client, request, first)
    asks = reverse("patron:do", args=[request.number, "ask_resend"])
    assert patron(house).post(asks, {"version": again(request).version}).status_code == 302
    assert "better copy asked for" in client.get(page(request)).content.decode()
    second = attached(client, request, "better.pdf")
    assert deliver(client, request, second).status_code == 302
    done = again(request)
    assert done.copy_link.endswith(f"/documents/{second.key}/")
    assert not done.marks.filter(kind="resend", cleared_at__isnull=True).exists()
    assert BorrowingRequest.objects.count() == 1
    html = mine(house, request)
    assert second.key in html
    assert first.key not in html


def test_what_the_lender_sent_waits_for_a_look(house: World) -> None:
    request, client = copy_asked(house), clerk(house.north)
    lender = Actor(ActorKind.PARTNER, id=house.eastlake.pk, library_id=house.north.library.pk)
    lender_news.lender_copy(request_id=request.pk, copy=SentCopy(is_here=True), actor=lender, at=clock.now())
    document = attach_link(
        library_id=house.north.library.pk,
        subject=request.number,
        url=URL,
        actor=lender,
        at=clock.now(),
        origin=Origin.PARTNER,
    )
    html = client.get(page(request)).content.decode()
    for words in ("look at it", "Look at it before you let it out.", "from the other library", URL):
        assert words in html, words
    assert again(request).state == "at_desk"
    assert deliver(client, request, document).status_code == 302
    done = again(request)
    assert done.state == "copy_delivered"
    assert not done.marks.filter(kind="new_copy", cleared_at__isnull=True).exists()


def test_our_own_scan_goes_the_same_way(house: World) -> None:
    request, client = ask_for(house.north, new_copy()), clerk(house.north)
    assert "Attach a scan" not in client.get(page(request)).content.decode()
    press(client, request, "supply_here")
    assert deliver(client, request, attached(client, request)).status_code == 302
    assert (again(request).state, again(request).fill_source) == ("copy_delivered", "own")


def test_the_patron_sees_the_link_only_while_it_lives(house: World) -> None:
    request, client = copy_asked(house), clerk(house.north)
    document = attached(client, request)
    deliver(client, request, document)
    assert f"/documents/{document.key}/" in mine(house, request)
    assert "Ask for a better copy" in mine(house, request)
    assert f"/documents/{document.key}/" in patron(house).get("/my/").content.decode()
    assert client.post(file_url(request, document, "withdraw")).status_code == 302
    html = mine(house, request)
    assert f"/documents/{document.key}/" not in html
    assert "The link to your copy has ended." in html
    assert f"/documents/{document.key}/" not in patron(house).get("/my/").content.decode()
    assert patron(house).get(f"/documents/{document.key}/").status_code == 410
    assert deliver(client, request, document).status_code == 302
    assert f"/documents/{document.key}/" in mine(house, request)


def test_what_was_attached_by_mistake_goes_and_comes_no_more(house: World) -> None:
    request, client = copy_asked(house), clerk(house.north)
    document = attached(client, request)
    assert client.post(file_url(request, document, "remove")).status_code == 302
    assert document.key not in client.get(page(request)).content.decode()
    assert deliver(client, request, document).status_code == 404
    assert again(request).state == "asked"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.pdf", b"", "empty"),
        ("page.pdf", b"<html><script>alert(1)</script>", "PDF"),
        ("half.pdf", b"%PDF-1.4\n" + b"x" * 300, "end"),
    ],
)
def test_a_file_of_another_kind_is_refused_and_nothing_is_kept(
    house: World, name: str, content: bytes, words: str
) -> None:
    request, client = copy_asked(house), clerk(house.north)
    answer = attach(client, request, SimpleUploadedFile(name, content))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Document.objects.exists()


def test_a_file_that_is_too_large_is_refused_with_the_limit(house: World, settings: Settings) -> None:
    settings.ILL_DOCUMENT_MAX_MB = 1
    request, client = copy_asked(house), clerk(house.north)
    answer = attach(client, request, SimpleUploadedFile("big.pdf", PDF + b"0" * 1_100_000))
    assert answer.status_code == 422
    assert "at most 1 MB" in answer.content.decode()
    assert not Document.objects.exists()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x.example/1", "https://", ""])
def test_an_address_that_is_none_is_refused(house: World, url: str) -> None:
    request, client = copy_asked(house), clerk(house.north)
    assert attach(client, request, url=url).status_code == 422
    assert attach(client, request, scan(), url=URL).status_code == 422  # one of the two
    assert not Document.objects.exists()


def test_files_are_the_work_of_those_who_receive_and_only_of_their_library(house: World) -> None:
    request, client = copy_asked(house), clerk(house.north)
    document = attached(client, request)
    other = asked(house)
    for who, code in ((clerk(house.north, Role.COPYRIGHT), 403), (clerk(house.south), 404)):
        assert who.get(files_url(request)).status_code == code
        assert attach(who, request, scan()).status_code == code
        for what in ("deliver", "withdraw", "remove"):
            assert who.post(file_url(request, document, what), {"version": "1"}).status_code == code, what
    assert clerk(house.south).post(file_url(request, document, "remove", "south")).status_code == 404
    assert client.post(file_url(other, document, "remove")).status_code == 404  # of another request
    assert client.post(file_url(request, document, "burn")).status_code == 404
    assert client.get(file_url(request, document, "remove")).status_code == 405
    assert Document.objects.get().is_there
    assert again(request).state == "asked"


def test_who_comes_late_learns_it_and_a_second_click_does_nothing(house: World) -> None:
    request, client = copy_asked(house), clerk(house.north)
    document, seen = attached(client, request), again(request).version
    assert deliver(client, request, document, version=seen).status_code == 302
    assert deliver(client, request, document, version=seen).status_code == 302  # the same person, at once
    assert deliver(clerk(house.north, Role.HEAD), request, document, version=seen).status_code == 409
    assert DocumentLink.objects.count() == 1


def test_nothing_is_attached_to_what_has_ended(house: World) -> None:
    request, client = copy_asked(house), clerk(house.north)
    document = attached(client, request)
    deliver(client, request, document)
    press(client, request, "finish_copy")
    assert again(request).state == "completed"
    assert attach(client, request, scan()).status_code == 409
    assert Document.objects.count() == 1
    assert client.post(file_url(request, document, "withdraw")).status_code == 302
    document.refresh_from_db()
    assert not document.is_released


def test_files_cost_the_page_one_statement_however_many(house: World) -> None:
    quiet, busy, client = asked(house), copy_asked(house), clerk(house.north)
    for number in range(3):
        deliver(client, busy, attached(client, busy, f"{number}.pdf"))
    costs = []
    for request in (quiet, busy):
        client.get(page(request))
        with CaptureQueriesContext(connection) as statements:
            html = client.get(page(request)).content.decode()
        costs.append(len(statements))
    assert len(re.findall(r"Call back", html)) == 3
    assert costs[0] == costs[1] <= STATEMENTS


def test_a_loan_shows_no_files_before_a_lender_was_asked(house: World) -> None:
    assert 'id="files"' not in clerk(house.north).get(page(another(house))).content.decode()
