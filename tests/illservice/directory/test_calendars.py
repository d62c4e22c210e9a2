"""Open days, moments of a library's zone, and the patron's date that follows from the lender's."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from illservice.core.clock import local_date
from illservice.directory.calendars import (
    OpenDays,
    end_of_day,
    morning,
    patron_due_date,
    start_of_day,
)

LEAP_DAY = date(2028, 2, 29)
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31)) | st.just(LEAP_DAY)
WEEKDAYS = st.frozensets(st.integers(1, 7), max_size=6)
SPANS = st.lists(
    st.builds(lambda first, days: (first, first + timedelta(days=days)), DAYS, st.integers(0, 40)), max_size=3
).map(tuple)
CALENDARS = st.builds(OpenDays, WEEKDAYS, st.frozensets(DAYS, max_size=20), SPANS)
ZONES = (
    "America/Chicago",  # an hour more and an hour less
    "America/St_Johns",  # half an hour beside its neighbours
    "Asia/Kathmandu",  # three quarters of an hour
    "Australia/Lord_Howe",  # half an hour more and less
    "Asia/Beirut",  # changes at midnight
    "America/Havana",  # midnight comes twice
    "Pacific/Chatham",  # three quarters, and changes
    "Pacific/Apia",  # skipped 30 December 2011
    "Pacific/Kiritimati",  # the first to have a day
    "UTC",
)
SKIPPED = date(2011, 12, 30)
ZONE_DAYS = st.dates(date(2008, 1, 1), date(2035, 12, 31)) | st.sampled_from(
    [SKIPPED, LEAP_DAY, date(2026, 3, 8), date(2026, 10, 24), date(2026, 10, 25), date(2026, 11, 1)]
)


@given(CALENDARS, DAYS)
def test_rolling_ends_on_the_nearest_open_day_and_open_days_stay(days: OpenDays, day: date) -> None:
    back, forward = days.roll_back(day), days.roll_forward(day)
    assert back <= day <= forward
    assert days.is_open(back)
    assert days.is_open(forward)
    between = [back + timedelta(days=n) for n in range(1, (forward - back).days)]
    assert not any(days.is_open(each) for each in between)
    assert (back == day) == days.is_open(day) == (forward == day)


@given(CALENDARS, DAYS, DAYS)
def test_a_later_day_never_rolls_to_an_earlier_one(days: OpenDays, one: date, other: date) -> None:
    early, late = min(one, other), max(one, other)
    assert days.roll_back(early) <= days.roll_back(late)
    assert days.roll_forward(early) <= days.roll_forward(late)
    assert days.add_open_days(early, 3) <= days.add_open_days(late, 3)
    assert days.add_open_days_capped(early, 3, 9) <= days.add_open_days_capped(late, 3, 9)


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


def test_the_patrons_date_rolls_back_before_a_vacation_and_the_granted_one_beyond_it() -> None:
    away = OpenDays(frozenset({6, 7}), closed_spans=((date(2026, 8, 3), date(2026, 8, 16)),))
    today, lender_due = date(2026, 7, 6), date(2026, 8, 12)
    assert patron_due_date(lender_due, buffer_days=4, days=away, today=today) == date(2026, 7, 31)
    assert away.roll_forward(lender_due) == date(2026, 8, 17)


def test_a_vacation_without_an_end_is_closed_for_good() -> None:
    away = OpenDays(closed_spans=((date(2026, 8, 3), date.max),))
    assert away.roll_back(date(2026, 9, 1)) == date(2026, 8, 2)
    assert not away.is_open(date(2200, 1, 1))
    assert away.roll_forward(date(2026, 9, 1)) == date(2026, 9, 1)


@given(CALENDARS, DAYS, st.integers(0, 15))
def test_open_days_are_counted_one_by_one(days: OpenDays, day: date, count: int) -> None:
    last = days.add_open_days(day, count)
    passed = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert sum(days.is_open(each) for each in passed) == count == days.open_days_between(day, last)
    assert days.open_days_between(last, day) == 0


@given(CALENDARS, DAYS, DAYS, DAYS)
def test_what_lies_between_adds_up(days: OpenDays, one: date, two: date, three: date) -> None:
    first, middle, last = sorted([one, two, three])
    whole = days.open_days_between(first, last)
    assert whole == days.open_days_between(first, middle) + days.open_days_between(middle, last)
    assert 0 <= whole <= (last - first).days


@given(CALENDARS, DAYS, st.integers(0, 15), st.integers(0, 30))
def test_a_cap_in_calendar_days_holds_and_never_adds(days: OpenDays, day: date, count: int, cap: int) -> None:
    free, capped = days.add_open_days(day, count), days.add_open_days_capped(day, count, cap)
    assert day <= capped == min(free, day + timedelta(days=cap))
    assert days.add_open_days_capped(day, count, None) == free


def test_five_working_days_over_the_holidays_end_after_twenty_calendar_days_at_most() -> None:
    closed = OpenDays(frozenset({6, 7}), closed_spans=((date(2026, 12, 21), date(2027, 1, 10)),))
    asked = date(2026, 12, 17)
    assert closed.add_open_days(asked, 5) == date(2027, 1, 14)
    assert closed.add_open_days_capped(asked, 5, 20) == date(2027, 1, 6)
    assert closed.add_open_days_capped(asked, 1, 20) == date(2026, 12, 18)


def test_the_leap_day_is_a_day_like_any_other() -> None:
    days = OpenDays(frozenset({6, 7}))
    assert days.add_open_days(date(2028, 2, 28), 1) == LEAP_DAY
    assert days.open_days_between(date(2028, 2, 28), date(2028, 3, 1)) == 2
    closed = OpenDays(closed_dates=frozenset({LEAP_DAY}))
    assert (closed.roll_back(LEAP_DAY), closed.roll_forward(LEAP_DAY)) == (
        date(2028, 2, 28),
        date(2028, 3, 1),
    )


def test_a_house_that_never_opens_does_not_hang() -> None:
    never = OpenDays(frozenset(range(1, 8)))
    assert never.roll_back(date(2026, 3, 2)) == date(2026, 3, 2) == never.roll_forward(date(2026, 3, 2))
    assert never.add_open_days(date(2026, 3, 2), 3) == date(2026, 3, 5)
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


@given(st.sampled_from(ZONES), ZONE_DAYS)
def test_a_day_holds_its_moments_and_ends_a_second_before_the_next(zone: str, day: date) -> None:
    start, end = start_of_day(day, zone), end_of_day(day, zone)
    assert start.tzinfo is end.tzinfo is morning(day, zone).tzinfo is UTC
    assert start_of_day(day + timedelta(days=1), zone) - end == timedelta(seconds=1)
    assume((zone, day) != ("Pacific/Apia", SKIPPED))
    assert start < morning(day, zone) < end
    assert {local_date(moment, zone) for moment in (start, morning(day, zone), end)} == {day}
    assert local_date(start - timedelta(seconds=1), zone) < day < local_date(end + timedelta(seconds=1), zone)


def test_a_date_that_a_zone_skipped_ends_with_the_day_before() -> None:
    zone = "Pacific/Apia"
    skip = datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert start_of_day(SKIPPED, zone) == skip == start_of_day(date(2011, 12, 31), zone)
    assert end_of_day(SKIPPED, zone) == end_of_day(date(2011, 12, 29), zone) == skip - timedelta(seconds=1)
    assert local_date(morning(SKIPPED, zone), zone) == date(2011, 12, 31)


def test_an_hour_that_comes_twice_ends_the_second_time() -> None:
    moment = end_of_day(date(2026, 10, 24), "Asia/Beirut")
    assert moment == moment.astimezone(UTC)
    assert moment.tzinfo is UTC
    assert moment == datetime(2026, 10, 24, 21, 59, 59, tzinfo=UTC)
