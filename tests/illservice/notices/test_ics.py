"""Calendar files: what RFC 5545 asks of a line, and nothing that somebody else could read a title from."""

import re
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from illservice.notices.kinds import DueDate, ics
from illservice.notices.models import NoticeRules
from illservice.notices.services import calendar_file
from tests.world import NOON

DUE = DueDate(
    "B1@ill.example", 7, date(2026, 3, 16), "The Secret Diary", "https://ill.example/my/requests/B1"
)


def unfolded(content: bytes) -> list[str]:
    """The content lines as a calendar reads them (§3.1)."""
    return content.decode().replace("\r\n ", "").split("\r\n")


def plain(value: str) -> str:
    """A text value as it was meant (§3.3.11)."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def file_of(due: DueDate = DUE, rules: NoticeRules | None = None, language: str = "en") -> bytes:
    rules = rules or NoticeRules()
    return calendar_file([due], library_name="North; Field, Library", language=language, rules=rules, at=NOON)


def test_a_due_date_is_an_all_day_event_that_a_renewal_moves() -> None:
    lines = unfolded(file_of())
    assert lines[:4] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//illservice//EN", "METHOD:PUBLISH"]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    for line in (
        "UID:B1@ill.example",
        "SEQUENCE:7",
        "DTSTART;VALUE=DATE:20260316",
        "DTEND;VALUE=DATE:20260317",
    ):
        assert line in lines
    assert "DTSTAMP:20260302T120000Z" in lines
    later = unfolded(file_of(DueDate("B1@ill.example", 8, date(2026, 4, 13))))
    assert "UID:B1@ill.example" in later
    assert "SEQUENCE:8" in later
    assert "DTSTART;VALUE=DATE:20260413" in later


def test_the_title_stands_there_only_if_the_library_wants_it() -> None:
    assert b"Secret" not in file_of()
    assert b"An item you requested" in file_of()
    assert b"The Secret Diary" in file_of(rules=NoticeRules(title_in_calendar=True))
    summary = "SUMMARY:Bring back: An item you requested (North\\; Field\\, Library)"
    assert summary in unfolded(file_of())


@settings(deadline=None)
@given(
    summary=st.text(max_size=300),
    description=st.text(max_size=300),
    url=st.text(max_size=300),
    uid=st.text(min_size=1, max_size=80),
    sequence=st.integers(0, 10**6),
    day=st.dates(date(1, 1, 1), date(9999, 12, 30)),
)
def test_whatever_stands_in_it_every_line_is_short_and_reads_back(
    summary: str, description: str, url: str, uid: str, sequence: int, day: date
) -> None:
    event = ics.event(
        uid=uid,
        sequence=sequence,
        day=day,
        summary=summary,
        description=description,
        url=url,
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    content = ics.calendar([event])
    assert content.endswith(b"END:VCALENDAR\r\n")
    for line in content[:-2].split(b"\r\n"):
        assert len(line) <= 75
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line)
        line.decode()  # no character is cut in two
    lines = unfolded(content)
    assert sum(line.startswith("BEGIN:VEVENT") for line in lines) == 1
    found = next(line for line in lines if line.startswith("SUMMARY:")).removeprefix("SUMMARY:")
    kept = "".join(c for c in summary.replace("\r\n", "\n") if c in "\n\t" or (c >= " " and c != "\x7f"))
    assert plain(found) == kept.encode("utf-8", "replace").decode()
