"""Addresses of partners are typed in by people: none of them becomes a way into the network of the service."""

import socket
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from illservice.core.addresses import is_public
from illservice.core.outbox import PermanentFailure
from illservice.core.reaching import Forbidden, open_way
from illservice.exchange.management.iso18626.peer import Peer
from illservice.exchange.models import Connection
from illservice.exchange.services.transports import FORBIDDEN, Unreachable, carry, look
from illservice.protocols.iso18626.codec import read, write
from illservice.protocols.iso18626.messages import Edition, RequestConfirmation
from tests.illservice.exchange import said
from tests.world import NOON


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A partner's system on this machine."""
    peer = Peer()
    peer.start()
    yield peer
    peer.stop()


@pytest.fixture
def strict(settings: Any) -> Any:
    """As where people reach the service by https."""
    settings.ILL_EXCHANGE_PRIVATE = ()
    return settings


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """From now on every name has these addresses; returns who is asked for."""
    asked: list[str] = []

    def resolve(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr("illservice.core.addresses.socket.getaddrinfo", resolve)
    return asked


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:6379/", "https://localhost/iso18626", "http://10.0.0.8/", "https://192.168.1.1/"),
        *("http://169.254.169.254/latest/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/"),
    ],
)
def test_what_is_private_is_neither_called_nor_looked_at(strict: Any, eastlake: Connection, url: str) -> None:
    eastlake.address = url
    assert look(eastlake).error == FORBIDDEN
    with pytest.raises(PermanentFailure, match="own network"):
        carry(eastlake, b"<x/>", NOON)


def test_one_private_address_of_a_name_is_one_too_many(strict: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolves_to(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(Forbidden):
        open_way("https://ill.example.org/iso18626", may_be_called=is_public)
    resolves_to(monkeypatch, "93.184.216.34")
    way = open_way("https://ill.example.org/iso18626", may_be_called=is_public)
    assert way.headers["Host"] == "ill.example.org"
    assert asked == ["ill.example.org"]


def test_a_name_that_nobody_knows_is_tried_again_later(
    strict: Any, eastlake: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_args: Any, **_more: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr("illservice.core.addresses.socket.getaddrinfo", nobody)
    with pytest.raises(Unreachable):
        carry(eastlake, b"<x/>", NOON)


def test_what_the_operator_allows_is_reached_by_the_address_that_was_looked_at(
    strict: Any, eastlake: Connection, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict.ILL_EXCHANGE_PRIVATE = (ip_network("127.0.0.0/8"),)
    eastlake.address = f"http://partner.example:{peer.port}/iso18626"
    real, asked = socket.getaddrinfo, []

    def resolve(host: str, port: int, *args: Any, **more: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1" if host == "partner.example" else host, port, *args, **more)

    monkeypatch.setattr("illservice.core.addresses.socket.getaddrinfo", resolve)
    assert look(eastlake).status == 405
    assert asked.count("partner.example") == 1
    answer = carry(eastlake, write(said.request(), Edition.V1_2), NOON)
    assert isinstance(read(answer.body).message, RequestConfirmation)


def test_a_service_on_one_machine_reaches_its_neighbours(eastlake: Connection, peer: Peer) -> None:
    eastlake.address = peer.address
    assert look(eastlake).status == 405
