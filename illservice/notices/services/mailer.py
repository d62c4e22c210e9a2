"""Hands mails to the mail server over one connection that each process keeps open.

Opening a connection for every mail costs two thirds of the time. A connection that rested is asked whether it still
lives before it is used; one that died in our hands is opened anew once. What failed is said without any address.
"""

import os
import smtplib
import threading
import time

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext_noop

from illservice.core.outbox import PermanentFailure, TemporaryFailure

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


def send(message: EmailMessage) -> None:
    """Send one mail now. TemporaryFailure when it may be taken later, PermanentFailure when it never will be."""
    connection, reused = _open()
    try:
        connection.send_messages([message])
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPSenderRefused) as error:
        if not reused or getattr(error, "smtp_code", _CLOSING_CODE) != _CLOSING_CODE:
            raise _translated(error) from None
        close()
        _send_anew(message)
    except (OSError, ValueError) as error:
        raise _translated(error) from None
    _kept.last_used = time.monotonic()


def _send_anew(message: EmailMessage) -> None:
    connection, _reused = _open()
    try:
        connection.send_messages([message])
    except (OSError, ValueError) as error:
        raise _translated(error) from None


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
