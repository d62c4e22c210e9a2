"""Mail: the way that always is. A text, its HTML, and a calendar file where there is a date to keep."""

import hashlib
from email.utils import formataddr, parseaddr
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from illservice.core.outbox import PermanentFailure
from illservice.notices.channels import mailer
from illservice.notices.channels.base import MAIL, Posting, Rendered
from illservice.notices.channels.writing import CALENDAR
from illservice.notices.kinds import Letter
from illservice.notices.models import NoticeRules


class MailChannel:
    """SMTP over the connection that each process keeps open."""

    code = MAIL

    def label(self, rules: NoticeRules) -> Any:
        """What patrons and staff read."""
        return _("e-mail")

    def is_offered(self, rules: NoticeRules) -> bool:
        """Always."""
        return True

    def deliver(self, letter: Letter, rendered: Rendered, posting: Posting) -> str:
        """Send one mail. Returns its Message-ID."""
        if not usable(letter.recipient.address):
            raise PermanentFailure(mailer.BAD_ADDRESS)
        headers = _headers(letter, posting)
        message = EmailMultiAlternatives(
            subject=rendered.subject,
            body=rendered.text,
            from_email=_sender(letter.library_name),
            to=[letter.recipient.address],
            reply_to=[letter.reply_to] if usable(letter.reply_to) else None,
            headers=headers,
        )
        message.attach_alternative(rendered.html, "text/html")
        if posting.calendar:
            message.attach("due-date.ics", posting.calendar.decode(), CALENDAR)
        mailer.send(message)
        return headers["Message-ID"]


def _headers(letter: Letter, posting: Posting) -> dict[str, str]:
    headers = {
        "Message-ID": message_id(posting.key),
        "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's absence note answers it
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if letter.number:
        headers["X-Library-Request"] = letter.number
    if letter.stop_url:
        headers["List-Unsubscribe"] = f"<{letter.stop_url}>"  # RFC 2369 §3.2
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058 §3.1
    return headers


def message_id(key: str) -> str:
    """The Message-ID of a row: known before sending, so that a mail sent twice carries it twice (RFC 5322 §3.6.4)."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    host = urlsplit(settings.ILL_BASE_URL).hostname or "localhost"
    return f"<{digest}@{host}>"


@lru_cache(maxsize=256)
def _sender(library_name: str) -> str:
    """The deployment's own address under the library's name."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or settings.DEFAULT_FROM_EMAIL
    return formataddr((" ".join(library_name.split()), address))


@lru_cache(maxsize=4096)
def usable(address: str) -> bool:
    """Whether mail can be sent to this address at all."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True
