"""A mail as bytes, written plainly: most of the time that a mail costs is spent on headers that need no folding.

What is unusual about a mail (a character, a length, an attachment) is left to Django, which does all of it.
"""

import secrets
from email.header import Header
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from django.core.mail import EmailMultiAlternatives

_SHORT = 76  # RFC 5322 §2.1.1 recommends 78 with the line's end
_LONGEST = 998
CALENDAR = "text/calendar; method=PUBLISH"


def write(message: EmailMultiAlternatives) -> bytes | None:
    """The bytes that SMTP carries, or None when Django shall write them. Sender and reader must be plain addresses."""
    headers = _headers(message)
    body = _body(message)
    if headers is None or body is None:
        return None
    return b"\r\n".join([*headers, b"MIME-Version: 1.0", body])


def _headers(message: EmailMultiAlternatives) -> list[bytes] | None:
    found = {
        "Subject": str(message.subject),
        "From": message.from_email,
        "To": ", ".join(message.to),
        "Date": formatdate(),
        **({"Reply-To": ", ".join(message.reply_to)} if message.reply_to else {}),
        **message.extra_headers,
    }
    lines = []
    for name, value in found.items():
        if not value.isprintable() or (name != "Subject" and not value.isascii()):
            return None
        line = f"{name}: {value}"
        if name == "Subject" and not (value.isascii() and len(line) <= _SHORT):
            line = f"{name}: {Header(value, 'utf-8', header_name=name).encode(linesep=chr(13) + chr(10))}"
        elif len(line) > _LONGEST:
            return None
        lines.append(line.encode("ascii"))
    return lines


def _body(message: EmailMultiAlternatives) -> bytes | None:
    parts = [_text(str(message.body), "text/plain")]
    parts += [_text(str(content), str(kind)) for content, kind in message.alternatives]
    body = _multipart("alternative", parts)
    if message.attachments:
        files = [_file(each) for each in message.attachments]
        body = _multipart("mixed", [body, *files])
    return body


_TEXTS = frozenset({"text/plain", "text/html"})


def _text(content: str, kind: str) -> bytes | None:
    lines = _lines(content)
    if lines is None or kind not in _TEXTS:
        return None
    return _head(kind, "7bit" if content.isascii() else "8bit") + lines


def _lines(content: str) -> bytes | None:
    """The content with the line ends of mail; None when no line may stand like that."""
    try:
        lines = content.encode("utf-8").replace(b"\r\n", b"\n").split(b"\n")
    except UnicodeEncodeError:
        return None
    whole = b"\r\n".join(lines)
    too_long = max(map(len, lines)) > _LONGEST
    return None if too_long or whole.count(b"\r") >= len(lines) else whole


@lru_cache(maxsize=16)
def _head(kind: str, encoding: str, name: str = "") -> bytes:
    file = f'\r\nContent-Disposition: attachment; filename="{name}"' if name else ""
    head = f'Content-Type: {kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}{file}\r\n\r\n'
    return head.encode("ascii")


def _file(attachment: Any) -> bytes | None:
    name, content, kind = attachment
    if kind != CALENDAR or not isinstance(content, str) or not str(name).isascii():
        return None
    lines = _lines(content)
    return None if lines is None else _head(kind, "8bit", str(name)) + lines


def _multipart(kind: str, parts: list[bytes | None]) -> bytes | None:
    whole = [part for part in parts if part is not None]
    if len(whole) != len(parts):
        return None
    boundary = f"=_{secrets.token_hex(16)}".encode()  # nobody who writes a title can know it
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind.encode(), boundary)
    return head + b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in whole) + b"--%s--\r\n" % boundary
