"""The gateway for messages: signed, tried again as it should be, and no way into our own network."""

import hashlib
import hmac
import ipaddress
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests
from pytest_django import Settings

from illservice.accounts.roles import Role
from illservice.core import outbox
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.reaching import Forbidden
from illservice.core.sealing import seal
from illservice.notices.channels import calling, channel_of, offered
from illservice.notices.channels.webhook import PURPOSE
from illservice.notices.models import NoticeRules
from illservice.notices.selectors import notices_of
from patrons.models import ContactChannel, NoticeChoice
from tests.lending.pages import clerk
from tests.requests_app.test_notice_bundles import TEN, reminders
from tests.world import NOON, World, ask_for

SECRET = "a secret of at least some length"


@dataclass
class Gateway:
    """What a gateway got; `answers` are given instead of 200, the oldest first."""

    url: str = ""
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    """A real HTTP server on this machine, which this one test may call."""
    heard = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.calls.append((self.path, dict(self.headers), body))
            self.send_response(heard.answers.pop(0) if heard.answers else 200)
            self.send_header("Location", heard.url + "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    heard.url = f"http://127.0.0.1:{server.server_port}"
    settings.ILL_WEBHOOK_PRIVATE = (ipaddress.ip_network("127.0.0.0/8"),)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def by_message(world: World, url: str) -> OutboxRow:
    """Ada wants messages; she asks for something."""
    ada = world.north.patrons["ada"]
    NoticeRules.objects.update_or_create(
        library=world.north.library,
        defaults={"webhook_url": f"{url}/hook?to=sms", "webhook_secret": seal(PURPOSE, SECRET)},
    )
    NoticeChoice.objects.update_or_create(patron=ada, defaults={"address": "+1 555 0199"})
    type(ada).objects.filter(pk=ada.pk).update(contact=ContactChannel.MESSAGE)
    number = ask_for(world.north).number
    return OutboxRow.objects.get(subject=number, payload__notice="submitted")


def test_a_message_is_signed_and_names_who_gets_it(
    world: World, gateway: Gateway, mailoutbox: list[Any]
) -> None:
    row = by_message(world, gateway.url)
    assert outbox.deliver(row.pk, at=NOON) == OutboxState.DONE
    ((path, headers, body),) = gateway.calls
    assert path == "/hook?to=sms"
    said = json.loads(body)
    assert (said["to"], said["kind"], said["request"], said["language"]) == (
        "+1 555 0199",
        "submitted",
        row.subject,
        "en",
    )
    assert row.subject in said["subject"]
    assert headers["Idempotency-Key"] == said["key"] == row.key
    signed = hmac.new(SECRET.encode(), headers["ILL-Timestamp"].encode() + b"." + body, hashlib.sha256)
    assert headers["ILL-Signature"] == f"sha256={signed.hexdigest()}"
    assert mailoutbox == []
    (told,) = notices_of(row.subject)
    assert (told.channel, told.state) == ("webhook", OutboxState.DONE)


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        ({}, False),
        ({"title_in_messages": True}, True),
        ({"title_in_messages": True, "title_in_text": False}, False),
    ],
)
def test_a_message_names_the_title_only_where_the_library_says_so(
    world: World, gateway: Gateway, rules: dict[str, bool], named: bool
) -> None:
    row = by_message(world, gateway.url)
    NoticeRules.objects.update(**rules)
    assert outbox.deliver(row.pk, at=NOON) == OutboxState.DONE
    assert ("A Short History of Bees" in json.loads(gateway.calls[0][2])["text"]) is named


@pytest.mark.parametrize("named", [False, True])
def test_several_reminders_in_one_message_keep_to_that(world: World, gateway: Gateway, named: bool) -> None:
    by_message(world, gateway.url)
    NoticeRules.objects.update(title_in_messages=named)
    rows = reminders(world, 2)
    assert outbox.deliver(rows[0].pk, at=TEN) == OutboxState.DONE
    said = json.loads(gateway.calls[0][2])
    assert (said["kind"], "Bees 1" in said["text"]) == ("reminders", named)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (204, OutboxState.DONE),
        (302, OutboxState.WAITING),
        (400, OutboxState.FAILED),
        (404, OutboxState.FAILED),
        (408, OutboxState.WAITING),
        (425, OutboxState.WAITING),
        (429, OutboxState.WAITING),
        (500, OutboxState.WAITING),
        (503, OutboxState.WAITING),
    ],
)
def test_the_answer_decides_whether_it_is_tried_again(
    world: World, gateway: Gateway, status: int, state: OutboxState
) -> None:
    row = by_message(world, gateway.url)
    gateway.answers = [status]
    assert outbox.deliver(row.pk, at=NOON) == state
    assert len(gateway.calls) == 1  # nothing is followed
    row.refresh_from_db()
    assert "0199" not in row.last_error + row.result
    assert (str(status) in row.last_error) == (state != OutboxState.DONE)


def test_a_gateway_that_is_away_is_tried_again(world: World, gateway: Gateway) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    row = by_message(world, url)
    assert outbox.deliver(row.pk, at=NOON) == OutboxState.WAITING
    row.refresh_from_db()
    assert row.last_error == "the gateway cannot be reached"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.8/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "http://93.184.216.34/",
        "https://user:password@93.184.216.34/",
        "ftp://93.184.216.34/",
        "https:///nothing",
        "https://127.0.0.1:99999/",
    ],
)
def test_what_is_private_or_unsafe_is_never_called(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    monkeypatch.setattr(requests.Session, "send", lambda *_args, **more: called.append(more))
    with pytest.raises(Forbidden):
        calling.call(url, b"{}", {})
    assert called == []


def test_a_name_is_resolved_once_and_every_address_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    addresses = ["93.184.216.34", "10.0.0.1"]
    with pytest.raises(Forbidden):
        calling.call("https://gateway.example/", b"{}", {})
    addresses = ["93.184.216.34"]
    reached: list[object] = []

    def connect(address: object, *_args: Any, **_more: Any) -> None:
        reached.append(address)
        raise OSError

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    with pytest.raises(calling.Unreachable):
        calling.call("https://gateway.example/", b"{}", {})
    assert reached == [("93.184.216.34", 443)]
    assert asked == ["gateway.example"] * 2


def test_without_gateway_or_number_it_comes_by_mail(world: World, mailoutbox: list[Any]) -> None:
    row = by_message(world, "https://gateway.example")
    NoticeRules.objects.update(webhook_url="")
    assert outbox.deliver(row.pk, at=NOON) == OutboxState.DONE
    assert [mail.to for mail in mailoutbox] == [["ada@north.example"]]
    assert set(offered(NoticeRules())) == {"mail"}
    assert channel_of("nonsense").code == "mail"


def test_a_secret_that_another_key_closed_is_said_to_staff(world: World, gateway: Gateway) -> None:
    row = by_message(world, gateway.url)
    NoticeRules.objects.update(webhook_secret=seal("something else", SECRET))
    assert outbox.deliver(row.pk, at=NOON) == OutboxState.FAILED
    assert gateway.calls == []


def test_a_test_goes_to_the_gateway_once_and_the_page_says_what_became_of_it(
    world: World, gateway: Gateway
) -> None:
    head, page = clerk(world.north, Role.HEAD), "/desk/north/notices/rules/"
    assert (
        clerk(world.north, Role.BORROWING)
        .post("/desk/north/notices/gateway/", {"to": "+1 555 0100"})
        .status_code
        == 403
    )
    head.post("/desk/north/notices/gateway/", {"to": "+1 555 0100"})
    assert not OutboxRow.objects.exists(), "there is no gateway yet"
    NoticeRules.objects.create(
        library=world.north.library, webhook_url=f"{gateway.url}/hook", webhook_secret=seal(PURPOSE, SECRET)
    )
    assert head.post("/desk/north/notices/gateway/", {"to": " "}).status_code == 422
    assert not OutboxRow.objects.exists()
    for answer, words in ((200, "the gateway took it"), (503, "does not take it now")):
        gateway.answers = [answer]
        assert head.post("/desk/north/notices/gateway/", {"to": "+1 555 0100"}).status_code == 302
        assert "on its way" in head.get(page).content.decode()
        row = OutboxRow.objects.latest("pk")
        outbox.deliver(row.pk, at=row.not_before)
        assert words in head.get(page).content.decode()
        assert "0100" not in str(OutboxRow.objects.filter(pk=row.pk).values())
    said = json.loads(gateway.calls[0][2])
    assert (said["to"], said["kind"], said["request"]) == ("+1 555 0100", "test", "")
    assert "This is a test of Northfield Library" in said["text"]
    assert len(gateway.calls) == 2, "a test is never tried again"
    assert OutboxRow.objects.latest("pk").state == OutboxState.FAILED
