"""Due dates as a calendar file (RFC 5545): one all-day event each, for any calendar to read.

METHOD:PUBLISH makes them dates to keep, not invitations to answer. A renewal keeps the UID and raises the SEQUENCE, so
that a calendar moves what stands there (§3.8.7.4). Nothing in it names the patron.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

LINE_OCTETS = 75  # §3.1, without the line's end
_ESCAPES = str.maketrans(
    {chr(code): None for code in (*range(9), *range(11, 32), 127)}
    | {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
)


def escape(text: str) -> str:
    """A text value (§3.3.11), without the control characters that no line may hold."""
    return text.translate(_ESCAPES)


def fold(line: str) -> str:
    """A content line in pieces of at most 75 octets, never cutting a character in two (§3.1)."""
    if len(line) <= LINE_OCTETS and line.isascii():
        return line
    pieces, piece, size = [], "", 0
    for char in line:
        octets = len(char.encode("utf-8", "surrogatepass"))
        if size + octets > LINE_OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + char, size + octets
    return "\r\n".join([*pieces, piece])


def event(
    *, uid: str, sequence: int, day: date, summary: str, description: str, url: str, at: datetime
) -> list[str]:
    """The lines of one all-day event; `at` is when it was written down (DTSTAMP)."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escape(uid)}",
        f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{sequence}",
        f"DTSTART;VALUE=DATE:{_day(day)}",
        f"DTEND;VALUE=DATE:{_day(day + timedelta(days=1))}",
        f"SUMMARY:{escape(summary)}",
        f"DESCRIPTION:{escape(description)}",
        "TRANSP:TRANSPARENT",
        "CLASS:PRIVATE",
    ]
    if url:
        lines.append(f"URL:{_one_line(url)}")
    return [*lines, "END:VEVENT"]


def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _one_line(text: str) -> str:
    return "".join([char for char in text if char.isprintable() and not char.isspace()])


def calendar(events: Iterable[list[str]], *, product: str = "illservice") -> bytes:
    """The whole file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{escape(product)}//EN", "METHOD:PUBLISH"]
    for each in events:
        lines += each
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines).encode("utf-8", "replace")
