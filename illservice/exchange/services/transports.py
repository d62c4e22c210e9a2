"""How bytes reach a partner and its confirmation comes back. HTTP and loopback end in the same function there."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.auth import HTTPBasicAuth

from illservice.core.addresses import Address, is_public, is_within
from illservice.core.outbox import PermanentFailure, TemporaryFailure
from illservice.core.reaching import Forbidden, open_way
from illservice.exchange.kinds import Transport
from illservice.exchange.models import Connection
from illservice.exchange.selectors import connection_between
from illservice.exchange.services.credentials import reveal
from illservice.exchange.services.receiving import receive

CONNECT_SECONDS, READ_SECONDS = 5, 20
_REFUSED = frozenset({400, 401, 403, 405, 410, 413, 415})
_TAKEN = frozenset({200, 201})


FORBIDDEN = "forbidden"
"""The word of `Seen` for an address that is never called."""


class Unreachable(TemporaryFailure):
    """The partner's system did not answer as it should: counts for the circuit."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    body: bytes


def carry(connection: Connection, body: bytes, at: datetime) -> Reply:
    """Bring the message there. Raises Unreachable for what may pass, PermanentFailure for a plain refusal."""
    if connection.transport == Transport.LOOPBACK:
        answer = receive(body, at=at, sender_id=connection.partnership.library_id)
        if answer.status != 200:
            raise PermanentFailure(f"refused with {answer.status}")
        return Reply(answer.body)
    return _post(connection, body)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at the partner's address showed: an HTTP status (0: no answer), and the kind of error if one."""

    status: int
    error: str = ""


def look(connection: Connection) -> Seen:
    """Ask the partner's address whether anybody is there. Sends no message, so nothing begins and nobody signs in.

    A system that takes messages answers 405 to GET; any answer shows that the way is open. Over the loopback 200
    means that the other side has its connection with us.
    """
    partnership = connection.partnership
    if connection.transport == Transport.LOOPBACK:
        there = connection_between(partnership.partner_id, partnership.library_id)
        return Seen(200 if there else 404)
    if not _has_address(connection):
        return Seen(0, "no address")
    try:
        with (
            _way(connection.address) as way,
            way.get(
                connection.address,
                timeout=(CONNECT_SECONDS, CONNECT_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            return Seen(response.status_code)
    except Forbidden:
        return Seen(0, FORBIDDEN)
    except OSError as error:
        return Seen(0, type(error).__name__)


def _way(address: str) -> requests.Session:
    """Any way where the operator allows every address (ILL_EXCHANGE_PRIVATE), even through a proxy of the network."""
    allowed = settings.ILL_EXCHANGE_PRIVATE
    if any(network.prefixlen == 0 for network in allowed):
        return requests.Session()

    def may_be_called(each: Address) -> bool:
        return is_public(each) or is_within(each, allowed)

    return open_way(address, may_be_called=may_be_called)


def _has_address(connection: Connection) -> bool:
    return urlsplit(connection.address).scheme in {"http", "https"}


def _post(connection: Connection, body: bytes) -> Reply:
    if not _has_address(connection):
        raise PermanentFailure("the partner has no address for messages")
    auth = _signed_in(connection) if connection.username else None
    try:
        with (
            _way(connection.address) as way,
            way.post(
                connection.address,
                data=body,
                headers={"Content-Type": 'application/xml; charset="utf-8"', "Accept": "application/xml"},
                auth=auth,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            status, answer = response.status_code, _bounded(response)
    except Forbidden:
        raise PermanentFailure("the partner's address lies in our own network") from None
    except OSError as error:
        raise Unreachable(type(error).__name__) from error
    # Koha answers 201, and 400 with a confirmation that says why: both are read (iso18626.md, quirks).
    if status in _TAKEN or (status == 400 and b"onfirmation" in answer):
        return Reply(answer)
    if status in _REFUSED:
        raise PermanentFailure(f"the partner's system answered {status}")
    raise Unreachable(f"the partner's system answered {status}")


def _signed_in(connection: Connection) -> HTTPBasicAuth:
    """In UTF-8, as our own door reads it: the Latin-1 that would be sent otherwise knows not every letter."""
    return HTTPBasicAuth(connection.username.encode(), reveal(connection.password).encode())


def _bounded(response: requests.Response) -> bytes:
    """The answer, no more of it than a message may have."""
    limit = settings.ILL_ISO18626_MAX_BYTES
    read = b""
    for chunk in response.iter_content(16 * 1024):
        read += chunk
        if len(read) > limit:
            raise Unreachable("the answer is too long")
    return read
