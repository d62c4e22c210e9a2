"""The way to a partner's address, which somebody typed in: it must not become a way into our own network.

Where the operator does not allow every address (ILL_EXCHANGE_PRIVATE), the name is resolved once, every address that it
has is looked at, and the connection goes to one of exactly those: a name that points elsewhere a moment later leads
nowhere.
"""

from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter

from illservice.core.addresses import is_public, is_within, resolve


class Forbidden(Exception):
    """This address is never called."""


def open_way(url: str) -> requests.Session:
    """A session that reaches this address and no other. Forbidden for what is not public and not allowed; OSError when
    the name is unknown."""
    session = requests.Session()
    allowed = settings.ILL_EXCHANGE_PRIVATE
    if any(network.prefixlen == 0 for network in allowed):
        return session
    parts = urlsplit(url)
    addresses = resolve(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    if not all(is_public(each) or is_within(each, allowed) for each in addresses):
        raise Forbidden
    session.trust_env = False  # a proxy would look the name up again
    session.mount(f"{parts.scheme}://", _Fixed(str(addresses[0]), parts.hostname or ""))
    session.headers["Host"] = parts.netloc
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
