"""One HTTP call to the gateway that a library named, and to nothing in our own network.

Private, local and reserved addresses are refused, and so is http without TLS, unless the operator allows them
(ILL_WEBHOOK_PRIVATE). Nothing is followed.
"""

from urllib.parse import urlsplit

from django.conf import settings

from illservice.core.addresses import Address, is_public, is_within
from illservice.core.reaching import Forbidden, open_way

CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0


class Unreachable(Exception):
    """Nobody answered as HTTP should."""


def call(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST once and return the status of the answer, whose body nobody reads. Raises Forbidden or Unreachable."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or parts.username:
        raise Forbidden

    def may_be_called(address: Address) -> bool:
        allowed = is_within(address, settings.ILL_WEBHOOK_PRIVATE)
        return allowed or (parts.scheme == "https" and is_public(address))

    try:
        with (
            open_way(url, may_be_called=may_be_called) as way,
            way.post(
                url,
                data=body,
                headers=headers,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as answer,
        ):
            return answer.status_code
    except OSError as error:
        raise Unreachable from error
