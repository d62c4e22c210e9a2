"""The way to an address that somebody typed in: it must not become a way into our own network.

The name is resolved once, every address that it has is looked at, and the connection goes to one of exactly those: a
name that points elsewhere a moment later leads nowhere.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from illservice.core.addresses import Address, resolve


class Forbidden(Exception):
    """This address is never called."""


def open_way(url: str, *, may_be_called: Callable[[Address], bool]) -> requests.Session:
    """A session that reaches this address of http or https and no other.

    Raises Forbidden when one of the addresses that its name has may not be called, or when there is no host or port
    in it; OSError when the name is unknown.
    """
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Forbidden from None
    if not host:
        raise Forbidden
    addresses = resolve(host, port)
    if not all(may_be_called(each) for each in addresses):
        raise Forbidden
    session = requests.Session()
    session.trust_env = False  # a proxy would look the name up again
    session.mount(f"{parts.scheme}://", _Fixed(str(addresses[0]), host))
    session.headers["Host"] = parts.netloc.rpartition("@")[2]
    return session


class _Fixed(HTTPAdapter):
    """Connects to one address, and expects the certificate of the name."""

    def __init__(self, address: str, host: str) -> None:
        self.address, self.host = address, host
        super().__init__()

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """Where to, and what is checked there."""
        place, checks = super().build_connection_pool_key_attributes(request, verify, cert)
        place["host"] = self.address
        if place["scheme"] == "https":
            return place, {**checks, "server_hostname": self.host, "assert_hostname": self.host}
        return place, checks
