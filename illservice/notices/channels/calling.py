"""One HTTP call to an address that somebody typed in, without becoming a way into our own network.

The name is resolved once, every address that it has is looked at, and the call goes to one of exactly those: a name
that points elsewhere a moment later leads nowhere. Private, local and reserved addresses are refused, and so is http
without TLS, unless the operator allows them (ILL_WEBHOOK_PRIVATE). Nothing is followed.
"""

from urllib.parse import urlsplit

import certifi
import urllib3
from django.conf import settings

from illservice.core.addresses import Address, is_public, is_within, resolve

CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0


class Forbidden(Exception):
    """This address is never called."""


class Unreachable(Exception):
    """Nobody answered as HTTP should."""


def call(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST once and return the status of the answer, whose body nobody reads. Raises Forbidden or Unreachable."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host or parts.username:
        raise Forbidden
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Forbidden from None
    try:
        addresses = resolve(host, port)
    except OSError as error:
        raise Unreachable from error
    if not all(_may_be_called(each, parts.scheme) for each in addresses):
        raise Forbidden
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    pool = _pool(parts.scheme, str(addresses[0]), port, host)
    try:
        answer = pool.urlopen(
            "POST",
            path,
            body=body,
            headers={"Host": parts.netloc, **headers},
            redirect=False,
            retries=False,
            preload_content=False,
        )
        answer.close()
        return answer.status
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise Unreachable from error
    finally:
        pool.close()


def _may_be_called(address: Address, scheme: str) -> bool:
    return is_within(address, settings.ILL_WEBHOOK_PRIVATE) or (scheme == "https" and is_public(address))


def _pool(scheme: str, address: str, port: int, host: str) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    if scheme == "http":
        return urllib3.HTTPConnectionPool(address, port, timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        address,
        port,
        timeout=timeout,
        server_hostname=host,
        assert_hostname=host,
        cert_reqs="CERT_REQUIRED",
        ca_certs=certifi.where(),
    )
