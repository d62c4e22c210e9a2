"""Open days, and the patron's date that follows from the lender's."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from illservice.directory.calendars import OpenDays, end_of_day, morning, patron_due_date

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
WEEKDAYS = st.frozensets(st.integers(1, 7), max_size=6)
CALENDARS = st.builds(OpenDays, WEEKDAYS, st.frozensets(DAYS, max_size=20))


@given(CALENDARS, DAYS)
def test_rolling_ends_on_the_nearest_open_day_and_open_days_stay(days: OpenDays, day: date) -> None:
    back, forward = days.roll_back(day), days.roll_forward(day)
    assert back <= day <= forward
    assert days.is_open(back)
    assert days.is_open(forward)
    between = [back + timedelta(days=n) for n in range(1, (forward - back).days)]
    assert not any(days.is_open(each) for each in between)
    assert (back == day) == days.is_open(day) == (forward == day)


@given(CALENDARS, DAYS, st.integers(0, 60), st.integers(-400, 400))
def test_the_patrons_date_lies_between_today_and_the_lenders(
    days: OpenDays, today: date, buffer_days: int, ahead: int
) -> None:
    lender_due = today + timedelta(days=ahead)
    due = patron_due_date(lender_due, buffer_days=buffer_days, days=days, today=today)
    assert due is not None
    assert today <= due <= max(lender_due, today)
    if days.roll_forward(today) <= lender_due:
        assert days.is_open(due)
    if lender_due - timedelta(days=buffer_days) >= today and due > today:
        assert due <= lender_due - timedelta(days=buffer_days) or due == min(
            days.roll_forward(today), lender_due
        )


def test_no_date_of_the_lender_is_no_date_of_the_patron() -> None:
    assert patron_due_date(None, buffer_days=4, days=OpenDays(), today=date(2026, 3, 2)) is None


@given(CALENDARS, DAYS, st.integers(0, 15))
def test_open_days_are_counted_one_by_one(days: OpenDays, day: date, count: int) -> None:
    last = days.add_open_days(day, count)
    passed = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert sum(days.is_open(each) for each in passed) == count


def test_a_house_that_never_opens_does_not_hang() -> None:
    never = OpenDays(frozenset(range(1, 8)))
    assert never.roll_back(date(2026, 3, 2)) == date(2026, 3, 2) == never.roll_forward(date(2026, 3, 2))
    due = patron_due_date(date(2026, 3, 20), buffer_days=4, days=never, today=date(2026, 3, 2))
    assert due == date(2026, 3, 16)


@pytest.mark.parametrize(
    ("day", "end", "start"),
    [
        (date(2026, 3, 7), "2026-03-08T05:59:59+00:00", "2026-03-07T14:00:00+00:00"),
        (date(2026, 3, 8), "2026-03-09T04:59:59+00:00", "2026-03-08T13:00:00+00:00"),
        (date(2026, 11, 1), "2026-11-02T05:59:59+00:00", "2026-11-01T14:00:00+00:00"),
    ],
)
def test_days_of_the_changing_clock_end_and_begin_by_the_wall(day: date, end: str, start: str) -> None:
    assert end_of_day(day, "America/Chicago") == datetime.fromisoformat(end)
    assert morning(day, "America/Chicago") == datetime.fromisoformat(start)


def test_an_hour_that_comes_twice_equals_itself_when_it_was_kept_in_utc() -> None:
    moment = end_of_day(date(2026, 10, 24), "Asia/Beirut")
    assert moment == moment.astimezone(UTC)
    assert moment.tzinfo is UTC
