"""A signed call of an address that the library names: the door for gateways of text messages and the like.

The body is JSON. Who takes it can see that it comes from here and is not older than it says: `ILL-Signature` is
`sha256=` and the hex HMAC-SHA256, under the library's secret, of `ILL-Timestamp`, a full stop and the body. The same
notice always has the same `Idempotency-Key`. Answers: 2xx taken; 4xx never (408, 425 and 429: later); all else later.
"""

import hashlib
import hmac
import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from illservice.core.outbox import PermanentFailure, TemporaryFailure
from illservice.core.reaching import Forbidden
from illservice.core.sealing import InvalidToken, unseal
from illservice.notices.channels.base import Posting, Rendered
from illservice.notices.channels.calling import Unreachable, call
from illservice.notices.kinds import Letter
from illservice.notices.models import NoticeRules

WEBHOOK = "webhook"
PURPOSE = "notices"
_LATER = frozenset({408, 425, 429})
_MOST_WORDS = 20_000

NOT_SET_UP = gettext_noop("the library has no gateway for messages")
SECRET_LOST = gettext_noop("the gateway's secret cannot be read any more: make a new one")
FORBIDDEN = gettext_noop("the gateway's address may not be called")
UNREACHABLE = gettext_noop("the gateway cannot be reached")
NOT_NOW = gettext_noop("the gateway does not take it now")
REFUSED = gettext_noop("the gateway refused it")


class WebhookChannel:
    """Whatever stands behind the library's address."""

    code = WEBHOOK

    def label(self, rules: NoticeRules) -> Any:
        """What the library calls it, since only it knows what becomes of a call."""
        return rules.webhook_label or _("text message")

    def is_offered(self, rules: NoticeRules) -> bool:
        """When there is an address and a secret."""
        return bool(rules.webhook_url and rules.webhook_secret)

    def deliver(self, letter: Letter, rendered: Rendered, posting: Posting) -> str:
        """Call the address once. Returns the answer's status."""
        if not self.is_offered(posting.rules):
            raise PermanentFailure(NOT_SET_UP)
        try:
            secret = unseal(PURPOSE, posting.rules.webhook_secret)
        except InvalidToken:
            raise PermanentFailure(SECRET_LOST) from None
        body = _body(letter, rendered, posting)
        try:
            status = call(posting.rules.webhook_url, body, headers_for(body, secret, posting))
        except Forbidden:
            raise PermanentFailure(FORBIDDEN) from None
        except Unreachable:
            raise TemporaryFailure(UNREACHABLE) from None
        if 200 <= status < 300:
            return f"{WEBHOOK} {status}"
        if 400 <= status < 500 and status not in _LATER:
            raise PermanentFailure(f"{REFUSED} ({status})")
        raise TemporaryFailure(f"{NOT_NOW} ({status})")


def _body(letter: Letter, rendered: Rendered, posting: Posting) -> bytes:
    words = {
        "kind": posting.kind,
        "to": letter.recipient.address,
        "subject": rendered.subject,
        "text": rendered.text[:_MOST_WORDS],
        "request": letter.number,
        "language": letter.language,
        "library": letter.library_name,
        "key": posting.key,
    }
    return json.dumps(words, ensure_ascii=False).encode()


def headers_for(body: bytes, secret: str, posting: Posting) -> dict[str, str]:
    """What stands above the body: when it was signed, and by whom."""
    timestamp = str(int(posting.at.timestamp()))
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "illservice",
        "Idempotency-Key": posting.key,
        "ILL-Timestamp": timestamp,
        "ILL-Signature": f"sha256={signed}",
    }
