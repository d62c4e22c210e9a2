"""What we write of a mail reads as what Django writes of it; anything unusual is left to Django."""

import email
import email.policy
from email.message import EmailMessage

import pytest
from django.core.mail import EmailMultiAlternatives
from hypothesis import given, settings
from hypothesis import strategies as st

from illservice.notices.channels.writing import CALENDAR, write

PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)
LINES = st.lists(PLAIN, max_size=8).map("\n".join)


def mail(subject: str, text: str, html: str, *, calendar: str = "", **headers: str) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject,
        text,
        "Northfield <ill@north.example>",
        ["ada@north.example"],
        reply_to=["desk@north.example"],
        headers={"Message-ID": "<1@ill.example>", **headers},
    )
    message.attach_alternative(html, "text/html")
    if calendar:
        message.attach("due-date.ics", calendar, CALENDAR)
    return message


def read(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def said(message: EmailMessage) -> list[tuple[str, str]]:
    """Every part: its kind and its words."""
    return [
        (part.get_content_type(), str(part.get_content()).replace("\r\n", "\n").rstrip("\n"))
        for part in message.walk()
        if not part.is_multipart()
    ]


@settings(deadline=None)
@given(subject=PLAIN, text=LINES.filter(bool), html=LINES, calendar=LINES)
def test_it_reads_as_what_django_writes(subject: str, text: str, html: str, calendar: str) -> None:
    message = mail(" ".join(subject.split()), text, html, calendar=calendar)
    written = write(message)
    if written is None:
        return
    ours, djangos = read(written), read(message.message().as_bytes())
    for name in ("From", "To", "Reply-To", "Message-ID", "MIME-Version"):
        assert ours[name] == djangos[name]
    assert " ".join(str(ours["Subject"]).split()) == " ".join(str(djangos["Subject"]).split())
    assert said(ours) == said(djangos)
    assert all(len(line) <= 998 for line in written.split(b"\r\n"))


def test_the_usual_mail_is_ours_to_write() -> None:
    written = write(mail("Rückgabe „bald“", "Grüße\n" * 50, "<p>Grüße</p>", calendar="BEGIN:VCALENDAR\r\n"))
    assert written is not None
    whole = read(written)
    assert whole.get_content_type() == "multipart/mixed"
    kinds = [part.get_content_type() for part in whole.walk()]
    assert kinds[1:] == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert whole["Subject"] == "Rückgabe „bald“"


@pytest.mark.parametrize(
    "message",
    [
        mail("a", "x" * 1000, "h"),
        mail("a", "t", "h", **{"X-Other": "a\r\nBcc: x@example.org"}),
        mail("a\r\nBcc: x@example.org", "t", "h"),
        mail("a", "t", "h", **{"X-Other": "ü"}),
        mail("a", "a\rb", "h"),
    ],
)
def test_the_unusual_is_left_to_django(message: EmailMultiAlternatives) -> None:
    assert write(message) is None
