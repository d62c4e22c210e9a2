"""What is said to a mail server about one mail for one reader (RFC 5321 §3.3), as `smtplib.SMTP.sendmail` says it.

To a server that allows it (RFC 2920) all that comes before the mail is said at once: two waits instead of four. The
server needs the longest for its last answer; until it comes, something else can be done.
"""

import smtplib
from collections.abc import Callable, Iterator, Sequence

_CLOSING = 421
Answer = tuple[int, bytes]


def hand_over(
    session: smtplib.SMTP, sender: str, reader: str, content: bytes, *, meanwhile: Callable[[], None]
) -> None:
    """Send one mail, its lines ended by CRLF. Both addresses must be plain ones. Raises what `sendmail` raises."""
    session.ehlo_or_helo_if_needed()
    try:
        _envelope(session, sender, reader, content)
        session.send(content.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")  # §4.5.2
        meanwhile()
        code, words = session.getreply()
        if code != 250:
            raise smtplib.SMTPDataError(code, words)
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        _leave(session, getattr(error, "smtp_code", 0))
        raise


def _envelope(session: smtplib.SMTP, sender: str, reader: str, content: bytes) -> None:
    commands = [f"MAIL FROM:<{sender}>{_options(session, content)}", f"RCPT TO:<{reader}>", "DATA"]
    at_once = session.has_extn("pipelining")
    answers = (_said_at_once if at_once else _said_in_turn)(session, commands)
    problem: Exception | None = None
    code, words = next(answers)
    if code != 250:
        problem = smtplib.SMTPSenderRefused(code, words, sender)
    elif (answer := next(answers))[0] not in {250, 251}:
        problem = smtplib.SMTPRecipientsRefused({reader: answer})
    elif (answer := next(answers))[0] != 354:
        problem = smtplib.SMTPDataError(*answer)
    if problem is not None:
        if at_once and code != _CLOSING and any(code == 354 for code, _words in answers):
            session.docmd(
                "."
            )  # it waits for a mail all the same: an empty one goes to nobody (RFC 2920 §3.1)
        raise problem


def _said_in_turn(session: smtplib.SMTP, commands: Sequence[str]) -> Iterator[Answer]:
    for command in commands:
        yield session.docmd(command)


def _said_at_once(session: smtplib.SMTP, commands: Sequence[str]) -> Iterator[Answer]:
    session.send("".join(f"{command}\r\n" for command in commands))
    for _command in commands:
        yield session.getreply()


def _options(session: smtplib.SMTP, content: bytes) -> str:
    """What a server that understands it is told beforehand (RFC 1870, RFC 6152)."""
    size = f" SIZE={len(content)}" if session.has_extn("size") else ""
    eight = " BODY=8BITMIME" if session.has_extn("8bitmime") and not content.isascii() else ""
    return size + eight


def _leave(session: smtplib.SMTP, code: int) -> None:
    """Nothing of a refused mail may stick to the next one."""
    if code == _CLOSING:
        session.close()
        return
    try:
        session.rset()
    except smtplib.SMTPServerDisconnected:
        return
