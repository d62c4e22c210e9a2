"""Heads and administrators connect partners' systems, test them, try again, and give credentials."""

from typing import Any

import pytest
import requests
import responses
from django.test import Client

from illservice.accounts.models import Membership
from illservice.accounts.roles import Role
from illservice.core import outbox
from illservice.core.models import AuditEntry, OutboxRow
from illservice.directory.models import Partnership, PartnerSystem
from illservice.exchange.models import Connection
from illservice.exchange.services.credentials import admits, reveal
from illservice.protocols.iso18626.codec import write
from illservice.protocols.iso18626.messages import Edition
from lending.models import LendingRequest
from tests.illservice.exchange import said
from tests.illservice.exchange.conftest import ADDRESS
from tests.world import NOON, World, later

PAGE = "/exchange/north/partners/"


@pytest.fixture
def browser(client: Client, world: World) -> Client:
    """Northfield's administrator."""
    client.force_login(world.north.people[Role.ADMINISTRATOR])
    return client


def typed(**values: Any) -> dict[str, Any]:
    """The form as the administrator fills it in."""
    defaults = {"transport": "http", "address": ADDRESS, "edition": "2021-2", "is_active": "on"}
    return defaults | values


def test_a_partner_is_connected_and_its_password_is_never_shown(browser: Client, world: World) -> None:
    page = f"{PAGE}eastlake/"
    assert browser.get(page).status_code == 200

    said = typed(
        username="north", password="open sesame", quirks=["no_expect"], asked_by_it="on", own_agency="xx-n"
    )
    answer = browser.post(page, said)

    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    one = Connection.objects.get(partnership__partner=world.eastlake)
    assert (one.address, one.edition, one.quirks, one.own_agency) == (
        ADDRESS,
        "2021-2",
        ["no_expect"],
        "ISIL:xx-n",
    )
    assert one.partnership.system == PartnerSystem.ISO18626
    assert reveal(one.password) == "open sesame"
    assert "sesame" not in one.password + browser.get(page).content.decode()
    written = {
        (entry.model, *entry.changed) for entry in AuditEntry.objects.filter(library=world.north.library.pk)
    }
    assert ("ill_directory.Partnership", "system") in written
    assert any("password" in entry for entry in written)
    browser.post(page, typed(username="north"))
    assert reveal(Connection.objects.get().password) == "open sesame"
    browser.post(page, typed(username="north", forget="on"))
    assert Connection.objects.get().password == ""


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"address": "ftp://ill.example"}, "Give the address"),
        ({"address": "http://[::1"}, "Give the address"),
        ({"address": "https://me:secret@ill.example/"}, "in their own fields"),
        ({"username": "a:b"}, "no colon"),
        ({"transport": "loopback"}, "not one of the available choices"),
        ({"quirks": ["purple"]}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_saved(
    browser: Client, world: World, values: dict[str, Any], words: str
) -> None:
    answer = browser.post(f"{PAGE}eastlake/", typed(**values))
    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    assert not Connection.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_list_says_how_each_stands_and_offers_the_others(
    browser: Client, world: World, eastlake: Connection
) -> None:
    Connection.objects.update(failures=5, silent_since=NOON)
    waiting(world, 1)
    page = browser.get(PAGE).content.decode()
    assert "does not answer" in page
    assert '<td class="end">1</td>' in page
    assert f'href="{PAGE}westport/"' in page
    assert f'href="{PAGE}westport/"' not in browser.get(f"{PAGE}?q=nowhere").content.decode()


def waiting(world: World, number: int, *, error: str = "does not answer") -> OutboxRow:
    """A message for Eastlake that was put off."""
    outbox.enqueue(
        outbox.Parcel(
            kind="iso18626",
            key=f"k{number}",
            stream=f"s{number}",
            payload={"side": "borrowing", "partner": world.eastlake.pk, "word": "renew"},
            subject="B0000017",
            library=world.north.library.pk,
        ),
        at=NOON,
    )
    OutboxRow.objects.filter(key=f"k{number}").update(not_before=later(days=900), last_error=error)
    return OutboxRow.objects.get(key=f"k{number}")


def test_try_again_now_closes_the_circuit_and_wakes_only_what_was_put_off(
    browser: Client, world: World, eastlake: Connection
) -> None:
    Connection.objects.update(failures=5, silent_since=NOON, open_until=later(days=900))
    put_off, in_undo = waiting(world, 1), waiting(world, 2, error="")
    answer = browser.post(f"{PAGE}eastlake/try/", follow=True)
    assert "1 message is tried again now." in answer.content.decode()
    for row in (put_off, in_undo):
        row.refresh_from_db()
    assert put_off.not_before < in_undo.not_before == later(days=900)
    eastlake.refresh_from_db()
    assert (eastlake.open_until, eastlake.silent_since) == (None, NOON)


@pytest.mark.parametrize(
    ("status", "words"),
    [(405, "takes messages answers there"), (302, "HTTP status 302"), (None, "Nobody answers")],
)
def test_the_test_sends_nothing_and_says_what_it_saw(
    browser: Client, eastlake: Connection, status: int | None, words: str
) -> None:
    with responses.RequestsMock() as net:
        if status is not None:
            net.get(ADDRESS, status=status)
        else:
            net.get(ADDRESS, body=requests.ConnectionError())
        assert words in browser.post(f"{PAGE}eastlake/test/").content.decode()
    eastlake.refresh_from_db()
    assert (eastlake.failures, eastlake.last_heard_at) == (0, None)


def test_credentials_for_the_partner_are_shown_once_and_can_be_taken_back(
    browser: Client, eastlake: Connection
) -> None:
    answer = browser.post(f"{PAGE}eastlake/credentials/", {"partner_username": "eastlake"})
    password = answer.content.decode().split("<code>")[2].partition("</code>")[0]
    eastlake.refresh_from_db()
    assert admits(eastlake, "eastlake", password)
    assert not admits(eastlake, "eastlake", "")
    assert "no-store" in answer.headers["Cache-Control"]
    assert password not in browser.get(f"{PAGE}eastlake/").content.decode()
    refused = browser.post(f"{PAGE}eastlake/credentials/", {"partner_username": "a:b"})
    assert "without a colon" in refused.content.decode()
    eastlake.refresh_from_db()
    assert admits(eastlake, "eastlake", password)
    browser.post(f"{PAGE}eastlake/credentials/", {"do": "take"})
    eastlake.refresh_from_db()
    assert admits(eastlake, "", "")


def test_inside_this_service_the_other_side_is_made_only_by_who_administers_both(
    browser: Client, world: World
) -> None:
    north, south = world.north, world.south
    Partnership.objects.create(library=north.library, partner=south.library)
    page = f"{PAGE}south/"
    assert "must connect the other side" in browser.get(page).content.decode()
    loopback = typed(transport="loopback", address="", mirror="on")
    browser.post(page, loopback)
    assert list(Connection.objects.values_list("partnership__library", flat=True)) == [north.library.pk]
    assert "no active connection with us" in browser.post(f"{page}test/").content.decode()

    Membership.objects.create(
        user=north.people[Role.ADMINISTRATOR], library=south.library, role=Role.ADMINISTRATOR
    )
    assert 'name="mirror"' in browser.get(page).content.decode()
    browser.post(page, loopback)
    assert Connection.objects.filter(partnership__library=south.library, transport="loopback").exists()
    assert "connected with us, too" in browser.post(f"{page}test/").content.decode()


def test_others_see_nothing_and_change_nothing(client: Client, world: World, eastlake: Connection) -> None:
    for who, status in ((world.north.people[Role.BORROWING], 403), (world.south.people[Role.HEAD], 404)):
        client.force_login(who)
        assert client.get(f"{PAGE}eastlake/").status_code == status
        for step in ("", "test/", "try/", "credentials/"):
            assert client.post(f"{PAGE}eastlake/{step}", typed(partner_username="x")).status_code == status
    before = Connection.objects.get()
    assert (before.edition, before.partner_username) == ("1.2", "")


def test_requests_that_were_refused_are_shown_until_they_come_right(
    browser: Client, world: World, eastlake: Connection
) -> None:
    """One could not be understood, one has nothing that could be looked for: neither reached a desk."""
    unread = write(said.request("E-7"), Edition.V1_2).replace(b"Loan<", b"Lend<")
    for message in (unread, unread, write(said.request("E-8", title=""), Edition.V1_2)):
        assert said.errors(said.confirmed(said.posted(message).content)) == ["UnrecognisedDataValue"]
    page = browser.get(f"{PAGE}eastlake/").content.decode()
    assert page.count("their number E-7") == page.count("their number E-8") == 1
    assert said.errors(said.confirmed(said.posted(write(said.request("E-7"), Edition.V1_2)).content)) == []
    page = browser.get(f"{PAGE}eastlake/").content.decode()
    assert ("E-7" in page, "E-8" in page) == (False, True)
    assert LendingRequest.objects.get().borrower_number == "E-7"


def test_a_password_that_travels_unencrypted_is_named(browser: Client, eastlake: Connection) -> None:
    words = "password goes to this address unencrypted"
    eastlake.username = "north"
    eastlake.save()
    assert words not in browser.get(f"{PAGE}eastlake/").content.decode()
    eastlake.address = "http://ill.eastlake.example/iso18626"
    eastlake.save()
    assert words in browser.get(f"{PAGE}eastlake/").content.decode()
