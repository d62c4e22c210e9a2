"""A message leaves signed in, valid and confirmed; a partner that does not answer is tried later and less often."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from django.test import RequestFactory
from lxml import etree

from illservice.core import outbox
from illservice.core.models import OutboxRow
from illservice.exchange.models import Connection, Exchanged
from illservice.exchange.services.credentials import hide
from illservice.exchange.views.wire import _credentials
from illservice.protocols.iso18626.codec import read, write
from illservice.protocols.iso18626.confirm import confirmation
from illservice.protocols.iso18626.messages import (
    Edition,
    ErrorData,
    ErrorType,
    Request,
    RequestingMessage,
    SupplyingMessage,
)
from requests_app.models import BorrowingRequest
from requests_app.services import lenders
from tests.exchange.pair import Pair, connect, make_pair
from tests.illservice.exchange import said
from tests.illservice.exchange.conftest import ADDRESS
from tests.illservice.protocols.iso18626.letters import schemas
from tests.requests_app.standing import marks
from tests.world import NOON, World, ask_for, book, later, new_loan

TITLES = ("Bees", "Whales of the North", "Copper Mining", "Gothic Vaults", "Tidal Power")


@pytest.fixture
def net() -> Iterator[responses.RequestsMock]:
    """The partner's system."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as net:
        yield net


def confirms(net: responses.RequestsMock, *errors: ErrorData, status: int = 200) -> None:
    """From now on it confirms what it gets."""

    def answer(sent: Any) -> tuple[int, dict[str, str], bytes]:
        message = read(sent.body).message
        assert isinstance(message, Request | RequestingMessage | SupplyingMessage)
        return status, {}, write(confirmation(message, NOON, *errors), Edition.V1_2)

    net.reset()
    net.add_callback(responses.POST, ADDRESS, callback=answer)


def fails(net: responses.RequestsMock, **how: Any) -> None:
    """From now on it does this instead."""
    net.reset()
    net.post(ADDRESS, **how)


def ask(world: World, title: str = TITLES[0]) -> BorrowingRequest:
    """Eastlake is asked; the message waits for the undo window."""
    request = ask_for(world.north, new_loan(citation=book(title)))
    actor = world.north.actor()
    lenders.plan_lenders(request_id=request.pk, partner_ids=[world.eastlake.pk], actor=actor, at=NOON)
    lenders.ask(request_id=request.pk, actor=actor, at=NOON)
    return request


def row_of(request: BorrowingRequest) -> OutboxRow:
    """Its message."""
    return OutboxRow.objects.get(kind="iso18626", subject=request.number)


def deliver(request: BorrowingRequest, at: datetime | None = None) -> OutboxRow:
    """Try once, as soon as it may leave."""
    row = row_of(request)
    outbox.deliver(row.pk, at=at or row.not_before)
    row.refresh_from_db()
    return row


def test_a_message_is_signed_in_confirmed_and_kept(
    world: World, eastlake: Connection, net: responses.RequestsMock
) -> None:
    Connection.objects.update(username="north", password=hide("open sesame"), partner_agency="ISIL:XX-EAST")
    confirms(net)
    row = deliver(ask(world))
    assert (row.state, row.result) == ("done", "OK")
    sent = net.calls[0].request
    assert sent.headers["Authorization"] == requests.auth._basic_auth_str("north", "open sesame")
    assert sent.headers["Content-Type"] == 'application/xml; charset="utf-8"'
    kept = Exchanged.objects.get()
    assert (kept.outward, kept.answer_status, "XX-EAST" in kept.body, "Ada" in kept.body) == (
        True,
        "OK",
        True,
        False,
    )
    assert kept.conversation.number == row.subject
    eastlake.refresh_from_db()
    assert eastlake.last_heard_at is not None


def test_credentials_may_hold_any_letter_and_are_read_so_by_our_own_door(
    world: World, eastlake: Connection, net: responses.RequestsMock
) -> None:
    Connection.objects.update(username="süd", password=hide("offen € sesam"))
    confirms(net)
    assert deliver(ask(world)).state == "done"
    heard = RequestFactory().post("/iso18626", headers=dict(net.calls[0].request.headers))
    assert _credentials(heard) == ("süd", "offen € sesam")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"body": "I am a web page"}, "something else than a confirmation"),
        ({"body": ""}, "something else than a confirmation"),
        ({"body": b"x" * 200_000}, "too long"),
        ({"status": 500}, "answered 500"),
        ({"status": 302, "headers": {"Location": "https://elsewhere.example/"}}, "answered 302"),
        ({"body": requests.Timeout()}, "Timeout"),
        ({"body": requests.ConnectionError()}, "ConnectionError"),
    ],
)
def test_what_may_pass_is_tried_again_later(
    world: World, eastlake: Connection, net: responses.RequestsMock, how: dict[str, Any], words: str
) -> None:
    fails(net, **how)
    request = ask(world)
    row = deliver(request)
    assert (row.state, words in row.last_error, row.attempts) == ("waiting", True, 1)
    assert Exchanged.objects.get().answer_status == ""
    first = row.not_before
    second = deliver(request).not_before
    assert second - first > timedelta(minutes=1)
    confirms(net)
    assert deliver(request).state == "done"
    assert Exchanged.objects.count() == 1


@pytest.mark.parametrize("status", [400, 401, 403, 405, 413, 415])
def test_a_plain_refusal_is_shown_at_once(
    world: World, eastlake: Connection, net: responses.RequestsMock, status: int
) -> None:
    fails(net, status=status)
    row = deliver(ask(world))
    assert (row.state, row.last_error) == ("failed", f"the partner's system answered {status}")


def test_an_error_in_the_confirmation_is_the_end_of_the_message(
    world: World, eastlake: Connection, net: responses.RequestsMock
) -> None:
    confirms(net, ErrorData(ErrorType.BADLY_FORMED, "no title"), status=400)
    row = deliver(ask(world))
    assert (row.state, row.last_error) == ("failed", "BadlyFormedMessage: no title")
    assert Exchanged.objects.get().error == row.last_error


def test_the_circuit_opens_within_five_tries_marks_what_waits_and_closes_again(
    world: World, eastlake: Connection, net: responses.RequestsMock
) -> None:
    fails(net, status=503)
    first, second = ask(world), ask(world, TITLES[1])
    for _try in range(5):
        deliver(first)
    eastlake.refresh_from_db()
    assert eastlake.silent_since is not None
    assert "peer_silent" in marks(first)

    called = len(net.calls)
    row = deliver(second, at=eastlake.open_until - timedelta(seconds=1) if eastlake.open_until else None)
    assert (len(net.calls), row.state, row.attempts, row.not_before) == (
        called,
        "waiting",
        0,
        eastlake.open_until,
    )
    assert "peer_silent" in marks(second)

    confirms(net)
    for request in (first, second):
        assert deliver(request).state == "done"
        assert "peer_silent" not in marks(request)
    heard = Connection.objects.get()
    assert (heard.failures, heard.open_until, heard.silent_since) == (0, None, None)


def test_a_partner_that_writes_to_us_is_there_again(
    world: World, eastlake: Connection, net: responses.RequestsMock
) -> None:
    fails(net, status=503)
    request = ask(world)
    for _time in range(5):
        row = deliver(request)
    OutboxRow.objects.update(not_before=later(days=900))
    said.post(said.request())
    heard = Connection.objects.get()
    row.refresh_from_db()
    assert (heard.silent_since, heard.open_until) == (None, None)
    assert heard.last_heard_at == row.not_before


def test_without_a_connection_or_an_address_it_fails_with_words(world: World, eastlake: Connection) -> None:
    eastlake.address = ""
    eastlake.save()
    assert deliver(ask(world)).last_error == "the partner has no address for messages"
    eastlake.delete()
    assert "no connection" in deliver(ask(world, TITLES[1])).last_error


@pytest.mark.parametrize("edition", list(Edition))
def test_everything_that_is_sent_is_valid(world: World, edition: Edition, shared: Path) -> None:
    pair: Pair = make_pair(world)
    Connection.objects.update(edition=str(edition))
    for copy in (False, True):
        request = pair.ask(copy=copy)
        lenders.ask_cancel(request_id=request.pk, actor=pair.desk, at=pair.at)
        pair.post()
    schema = schemas(shared)[edition]
    bodies = [text for row in Exchanged.objects.all() for text in (row.body, row.answer)]
    wrong = [str(schema.error_log) for text in bodies if not schema.validate(etree.fromstring(text.encode()))]
    assert (wrong, len(bodies) >= 12) == ([], True)


def test_loopback_needs_the_other_side(world: World) -> None:
    connect(world.north.library, world.south.library)
    request = ask_for(world.north)
    actor = world.north.actor()
    lenders.plan_lenders(request_id=request.pk, partner_ids=[world.south.library.pk], actor=actor, at=NOON)
    lenders.ask(request_id=request.pk, actor=actor, at=NOON)
    row = deliver(request)
    assert (row.state, row.last_error) == ("failed", "UnrecognisedDataValue: sender is not known here")
