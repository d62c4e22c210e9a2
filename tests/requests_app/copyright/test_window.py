"""Three ways to count five years (CONTU 1(a))."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.copyright.dates import Precision, Published, read_published
from requests_app.copyright.window import WindowMode, is_recent, years_before

T = (
    ("2026-01-02", "2021-01-01", False, False, True),
    ("2026-01-02", "2021-01-02", True, False, True),
    ("2026-01-01", "2021-01-01", True, False, True),
    ("2026-01-02", "2021-01", True, False, True),
    ("2026-01-02", "2021", True, False, True),
    ("2026-06-15", "2021-06", True, False, True),
    ("2026-06-15", "2021-05", False, False, True),
    ("2026-12-31", "2021-12-31", True, False, True),
)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))


@pytest.mark.parametrize(
    ("requested", "published", "rolling", "five", "six"), T, ids=[f"T{n}" for n in range(1, 9)]
)
def test_the_worked_examples(requested: str, published: str, rolling: bool, five: bool, six: bool) -> None:
    asked, out = date.fromisoformat(requested), read_published(published)
    assert [is_recent(out, asked, mode) for mode in WindowMode] == [rolling, five, six]


def test_the_29th_of_february_is_the_28th_five_years_before() -> None:
    assert years_before(date(2024, 2, 29), 5) == date(2019, 2, 28)
    assert years_before(date(2024, 2, 29), 4) == date(2020, 2, 29)
    leap = date(2024, 2, 29)
    assert is_recent(read_published("2019-02-28"), leap, WindowMode.ROLLING)
    assert not is_recent(read_published("2019-02-27"), leap, WindowMode.ROLLING)


@pytest.mark.parametrize("mode", WindowMode)
def test_what_is_not_out_yet_is_recent_and_what_nobody_can_read_is_undecided(mode: WindowMode) -> None:
    asked = date(2026, 3, 1)
    assert is_recent(read_published("2027"), asked, mode) is True
    assert is_recent(read_published("Epub ahead of print"), asked, mode) is True
    assert is_recent(read_published("n. d."), asked, mode) is None


def _published(first: date, days: int) -> Published:
    return Published(first, first + timedelta(days=days), Precision.MONTH)


@given(DAYS, st.integers(0, 800), DAYS)
def test_six_calendar_years_hold_whatever_the_others_hold(first: date, days: int, asked: date) -> None:
    out = _published(first, days)
    recent = {mode for mode in WindowMode if is_recent(out, asked, mode)}
    assert not recent or WindowMode.CALENDAR6 in recent


@given(DAYS, st.integers(0, 800), DAYS, st.integers(0, 4000), st.sampled_from(WindowMode))
def test_what_has_grown_old_never_becomes_recent_again(
    first: date, days: int, asked: date, later: int, mode: WindowMode
) -> None:
    out = _published(first, days)
    if not is_recent(out, asked, mode):
        assert not is_recent(out, asked + timedelta(days=later), mode)


@given(DAYS, st.integers(0, 400), st.integers(0, 400), DAYS, st.sampled_from(WindowMode))
def test_knowing_less_of_the_date_never_makes_it_old(
    first: date, days: int, more: int, asked: date, mode: WindowMode
) -> None:
    if is_recent(_published(first, days), asked, mode):
        assert is_recent(_published(first, days + more), asked, mode)


@given(st.dates(), st.integers(0, 20))
def test_years_before_any_day_is_a_day(day: date, years: int) -> None:
    assert years_before(day, years) <= day
