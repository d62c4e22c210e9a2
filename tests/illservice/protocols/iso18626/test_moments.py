"""Dates and times in every spelling that occurs, and days that stay the same day everywhere."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from illservice.protocols.iso18626.moments import calendar_date, due_moment, format_moment, parse_moment

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ZONES = [
    ZoneInfo(name)
    for name in ("Pacific/Kiritimati", "Europe/Berlin", "America/Los_Angeles", "Pacific/Pago_Pago")
]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-04T12:00:00Z", NOON),
        ("2026-05-04T12:00:00z", NOON),
        ("2026-05-04T12:00:00+0000", NOON),
        ("2026-05-04T12:00:00+00:00", NOON),
        ("2026-05-04T14:00:00+02:00", NOON),
        ("2026-05-04T07:00:00-0500", NOON),
        ("2026-05-04T14:00:00+02", NOON),
        ("2026-05-04T12:00:00", NOON),
        ("2026-05-04 12:00:00", NOON),
        ("2026-05-04T12:00", NOON),
        ("20260504T120000Z", NOON),
        (" 2026-05-04T12:00:00Z\n", NOON),
        ("2026-05-04T12:00:00.25Z", NOON + timedelta(milliseconds=250)),
        ("2026-05-04T12:00:00.1234567890Z", NOON + timedelta(microseconds=123456)),
        ("2026-05-04", datetime(2026, 5, 4, 23, 59, 59, tzinfo=UTC)),
        ("2026-05-04Z", datetime(2026, 5, 4, 23, 59, 59, tzinfo=UTC)),
        ("2026-05-04T24:00:00Z", datetime(2026, 5, 4, 23, 59, 59, tzinfo=UTC)),
        ("2026-05-04T12:00:60Z", NOON + timedelta(seconds=59)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_every_spelling_is_read(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "2026", "2026-13-01", "2026-02-30T12:00:00Z", "2026-05-04T25:00:00Z", "2026-05-04T24:00:01Z",
        "2026-05-04T12:00:61Z", "2026-05-04T12:00:00+99:00", "0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-02:00",
        "-2026-05-04T12:00:00Z", "0000-01-01", "2026-05-04T12:00:00Z Z", "٢٠٢٦-05-04",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_none(text: str) -> None:
    assert parse_moment(text) is None


@given(st.dates())
def test_a_day_that_is_sent_is_the_same_day_everywhere(day: date) -> None:
    sent = parse_moment(format_moment(due_moment(day)))
    assert sent is not None
    assert {calendar_date(sent, zone) for zone in ZONES} == {day}


def test_a_day_of_another_offset_keeps_its_date_and_its_instant() -> None:
    moment = parse_moment("2026-06-01T23:59:59-08:00")
    assert moment == datetime(2026, 6, 2, 7, 59, 59, tzinfo=UTC)
    assert {calendar_date(moment, zone) for zone in ZONES} == {date(2026, 6, 1)}
    assert format_moment(moment) == "2026-06-02T07:59:59Z"


def test_any_other_moment_is_on_the_day_of_the_library() -> None:
    moment = parse_moment("2026-06-02T06:59:59Z")
    assert moment is not None
    assert calendar_date(moment, ZoneInfo("America/Los_Angeles")) == date(2026, 6, 1)
    assert calendar_date(moment, ZoneInfo("Europe/Berlin")) == date(2026, 6, 2)
    first = datetime(1, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert calendar_date(first, ZoneInfo("America/Los_Angeles")) == date(1, 1, 1)


def test_only_a_moment_with_an_offset_is_written() -> None:
    assert format_moment(NOON.astimezone(timezone(timedelta(hours=2)))) == "2026-05-04T12:00:00Z"
    with pytest.raises(ValueError, match="without an offset"):
        format_moment(NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="before the year 1"):
        format_moment(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2))))
