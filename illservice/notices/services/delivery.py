"""The outbox's side: a row becomes a mail. Runs outside any transaction."""

import hashlib
from datetime import datetime
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from illservice.accounts.models import User
from illservice.core.errors import NotFound
from illservice.core.models import OutboxRow
from illservice.core.outbox import PermanentFailure
from illservice.directory.models import Library
from illservice.notices.kinds import Letter, Texts, kind_of
from illservice.notices.kinds.sandbox import TextProblem
from illservice.notices.services import mailer
from illservice.notices.services.rendering import Rendered, example_letter, preview, render_for_sending

UNKNOWN_KIND = gettext_noop("nobody knows this kind of notice")
BROKEN_TEXT = gettext_noop("the text of this notice cannot be used")
NO_ADDRESS_OF_YOURS = gettext_noop("your account has no e-mail address")


def deliver_notice(row: OutboxRow, at: datetime) -> str:
    """Send what a row says, if it is still true. Returns the Message-ID, the same for every attempt of a row."""
    try:
        kind = kind_of(str(row.payload.get("notice", "")))
    except NotFound:
        raise PermanentFailure(UNKNOWN_KIND) from None
    letter = kind.build(row.payload, at)
    if not letter.recipient.address:
        raise PermanentFailure(letter.recipient.problem)
    try:
        rendered = render_for_sending(kind, letter)
    except TextProblem:
        raise PermanentFailure(BROKEN_TEXT) from None
    return _send(rendered, letter, address=letter.recipient.address, key=row.key)


def deliver_test(row: OutboxRow, at: datetime) -> str:
    """Send a text that is being written to the one who writes it, filled in from a real request."""
    payload = row.payload
    kind = kind_of(str(payload["notice"]))
    library = Library.objects.get(pk=row.library or 0)
    language, number = str(payload["language"]), str(payload["number"])
    address = User.objects.filter(pk=int(payload["user"])).values_list("email", flat=True).first()
    if not address:
        raise PermanentFailure(NO_ADDRESS_OF_YOURS)
    texts = Texts(*(str(payload[part]) for part in ("subject", "body_text", "body_html")))
    try:
        rendered = preview(kind, texts, library=library, language=language, number=number, at=at)
    except (TextProblem, NotFound):
        raise PermanentFailure(BROKEN_TEXT) from None
    with override(language):
        subject = _("[Test] %(subject)s") % {"subject": rendered.subject}
    rendered = Rendered(subject, rendered.text, rendered.html)
    return _send(rendered, example_letter(kind, library), address=address, key=row.key)


def message_id(key: str) -> str:
    """The Message-ID of a row: known before sending, so that a mail sent twice carries it twice (RFC 5322 §3.6.4)."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    host = urlsplit(settings.ILL_BASE_URL).hostname or "localhost"
    return f"<{digest}@{host}>"


def _send(rendered: Rendered, letter: Letter, *, address: str, key: str) -> str:
    if not _usable(address):
        raise PermanentFailure(mailer.BAD_ADDRESS)
    headers = {
        "Message-ID": message_id(key),
        "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's absence note answers it
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if letter.number:
        headers["X-Library-Request"] = letter.number
    message = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=_sender(letter.library_name),
        to=[address],
        reply_to=[letter.reply_to] if _usable(letter.reply_to) else None,
        headers=headers,
    )
    message.attach_alternative(rendered.html, "text/html")
    mailer.send(message)
    return headers["Message-ID"]


def _sender(library_name: str) -> str:
    """The deployment's own address under the library's name."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or settings.DEFAULT_FROM_EMAIL
    return formataddr((" ".join(library_name.split()), address))


def _usable(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True
