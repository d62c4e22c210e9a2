"""When reminders may leave."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from illservice.directory.calendars import OpenDays
from illservice.notices.kinds.hours import Hours, next_moment

START = datetime(2025, 1, 1, tzinfo=UTC)
CHICAGO = "America/Chicago"
NIGHT = Hours(time(20), time(8))
WEEK = OpenDays(frozenset({6, 7}), frozenset({date(2026, 3, 9)}))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(CHICAGO))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (at(2, 8), at(2, 8)),
        (at(2, 19, 59), at(2, 19, 59)),
        (at(2, 20), at(3, 8)),
        (at(3, 7, 59), at(3, 8)),
        (at(6, 21), at(10, 8)),  # Friday night; Saturday and Sunday are closed, and so is this Monday
        (at(7, 12), at(10, 8)),
    ],
)
def test_the_night_and_closed_days_are_waited_for(asked: datetime, expected: datetime) -> None:
    assert next_moment(asked, zone=CHICAGO, hours=NIGHT, days=WEEK) == expected


def test_a_rest_at_noon_and_no_rest_at_all() -> None:
    noon = Hours(time(12), time(14))
    assert next_moment(at(2, 13), zone=CHICAGO, hours=noon, days=None) == at(2, 14)
    never = Hours(time(8), time(8))
    assert next_moment(at(7, 3), zone=CHICAGO, hours=never, days=None) == at(7, 3)
    assert next_moment(at(7, 3), zone=CHICAGO, hours=never, days=WEEK) == at(10, 0)


def test_a_library_that_is_closed_for_ever_reminds_all_the_same() -> None:
    shut = OpenDays(frozenset(range(1, 8)))
    assert next_moment(at(2, 22), zone=CHICAGO, hours=NIGHT, days=shut) == at(3, 8)


@settings(deadline=None)
@given(
    asked=st.integers(0, 60 * 24 * 1000).map(lambda minutes: START + timedelta(minutes=minutes)),
    zone=st.sampled_from([CHICAGO, "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    quiet_from=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    quiet_until=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    closed=st.frozensets(st.integers(1, 7), max_size=6),
)
def test_what_comes_out_is_allowed_never_earlier_and_stays(
    asked: datetime, zone: str, quiet_from: time, quiet_until: time, closed: frozenset[int]
) -> None:
    hours, days = Hours(quiet_from, quiet_until), OpenDays(closed)
    found = next_moment(asked, zone=zone, hours=hours, days=days)
    local = found.astimezone(ZoneInfo(zone))
    assert asked <= found < asked + timedelta(days=10)
    assert not hours.is_quiet(local.time())
    assert days.is_open(local.date())
    assert next_moment(found, zone=zone, hours=hours, days=days) == found
