"""Hands mails to the mail server over one connection that each process keeps open.

Opening a connection for every mail costs two thirds of the time. A connection that rested is asked whether it still
lives before it is used; one that died in our hands is opened anew once. What failed is said without any address.
"""

import os
import re
import smtplib
import threading
import time
from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext_noop

from illservice.core.outbox import PermanentFailure, TemporaryFailure
from illservice.notices.channels.base import while_waiting
from illservice.notices.channels.dialogue import hand_over
from illservice.notices.channels.writing import write

RESTED = 5.0  # seconds after which a kept connection is asked before it is used

UNREACHABLE = gettext_noop("the mail server cannot be reached")
NOT_NOW = gettext_noop("the mail server does not take it now")
REFUSED = gettext_noop("the mail server refused it")
BAD_ADDRESS = gettext_noop("the e-mail address cannot be used")

_CLOSING_CODE = 421


class _Kept(threading.local):
    connection: BaseEmailBackend | None = None
    made_for: tuple[object, ...] = ()
    last_used: float = 0.0


_kept = _Kept()


def send(message: EmailMultiAlternatives) -> None:
    """Send one mail now. TemporaryFailure when it may be taken later, PermanentFailure when it never will be."""
    connection, reused = _open()
    try:
        _hand_over(connection, message)
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPSenderRefused) as error:
        if not reused or getattr(error, "smtp_code", _CLOSING_CODE) != _CLOSING_CODE:
            raise _translated(error) from None
        close()
        _send_anew(message)
    except (OSError, ValueError) as error:
        raise _translated(error) from None
    _kept.last_used = time.monotonic()


def _send_anew(message: EmailMultiAlternatives) -> None:
    connection, _reused = _open()
    try:
        _hand_over(connection, message)
    except (OSError, ValueError) as error:
        raise _translated(error) from None


@lru_cache(maxsize=256)
def _address_of(sender: str) -> str:
    return parseaddr(sender)[1]


_PLAIN = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9.-]+", re.ASCII
)  # RFC 5321 §4.1.2: nothing to be quoted


def _hand_over(connection: BaseEmailBackend, message: EmailMultiAlternatives) -> None:
    """Written by us when it is a plain mail for SMTP, else by Django."""
    (reader,), sender = message.to, _address_of(message.from_email)
    plain = _PLAIN.fullmatch(reader) and _PLAIN.fullmatch(sender)
    if plain and isinstance(connection, EmailBackend) and connection.connection:
        written = write(message)
        if written is not None:
            hand_over(connection.connection, sender, reader, written, meanwhile=while_waiting)
            return
    connection.send_messages([message])


def close() -> None:
    """Let the connection go, whatever state it is in."""
    connection, _kept.connection = _kept.connection, None
    if connection is not None and _kept.made_for[:1] == (os.getpid(),):
        try:
            connection.close()
        except OSError:  # smtplib's errors are OSErrors; the connection was broken already
            return


def _open() -> tuple[BaseEmailBackend, bool]:
    made_for = (
        os.getpid(),
        settings.EMAIL_BACKEND,
        settings.EMAIL_HOST,
        settings.EMAIL_PORT,
        settings.EMAIL_HOST_USER,
        settings.EMAIL_USE_SSL,
        settings.EMAIL_USE_TLS,
    )
    if _kept.connection is not None and _kept.made_for == made_for and _alive(_kept.connection):
        return _kept.connection, True
    close()
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        code = getattr(error, "smtp_code", None)
        # Whatever the server says before it has seen a mail is about us, not about the mail.
        raise TemporaryFailure(f"{UNREACHABLE} ({code})" if code else UNREACHABLE) from None
    _kept.connection, _kept.made_for = connection, made_for
    return connection, False


def _alive(connection: BaseEmailBackend) -> bool:
    session = getattr(connection, "connection", None)
    if session is None or time.monotonic() - _kept.last_used < RESTED:
        return True
    try:
        return bool(session.noop()[0] == 250)
    except OSError:
        return False


def _translated(error: Exception) -> Exception:
    """The failure in words that hold no address: the server's own text often repeats it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
        return _by_code(codes[0] if codes else 550)
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_code(error.smtp_code)
    if isinstance(error, smtplib.SMTPNotSupportedError | ValueError):
        return PermanentFailure(BAD_ADDRESS)
    close()
    return TemporaryFailure(UNREACHABLE)


def _by_code(code: int) -> Exception:
    if code == _CLOSING_CODE:
        close()
    if 500 <= code < 600:
        return PermanentFailure(f"{REFUSED} ({code})")
    return TemporaryFailure(f"{NOT_NOW} ({code})")
