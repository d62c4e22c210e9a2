"""The days that follow from the terms of a policy."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from illservice.directory.calendars import OpenDays
from illservice.policies.calendars import answer_by, granted_due, ladder, lost_on, reminders, renewed_due
from illservice.policies.terms import OverdueStep, Side, Terms

WEEK = OpenDays(frozenset({6, 7}))
MONDAY, DUE = date(2026, 3, 2), date(2026, 4, 20)


def test_an_answer_is_due_after_open_days_and_never_after_the_cap() -> None:
    four = replace(Terms(), answer_working_days=4, answer_cap_days=10)
    assert answer_by(four, MONDAY, WEEK) == date(2026, 3, 6)
    feast = OpenDays(frozenset({6, 7}), frozenset({date(2026, 3, 3), date(2026, 3, 4)}))
    assert answer_by(four, MONDAY, feast) == date(2026, 3, 10)
    assert answer_by(replace(four, answer_working_days=30), MONDAY, WEEK) == date(2026, 3, 12)


@given(
    working=st.integers(1, 60),
    cap=st.integers(1, 60),
    weekdays=st.frozensets(st.integers(1, 7)),
    asked_on=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)
def test_an_answer_is_due_between_tomorrow_and_the_cap(
    working: int, cap: int, weekdays: frozenset[int], asked_on: date
) -> None:
    terms = replace(Terms(), answer_working_days=working, answer_cap_days=cap)
    assert 1 <= (answer_by(terms, asked_on, OpenDays(weekdays)) - asked_on).days <= cap


def test_what_we_grant_falls_on_an_open_day_and_a_renewal_never_shortens() -> None:
    terms = replace(Terms(), loan_days=5, renewal_days=5)
    assert granted_due(terms, MONDAY, WEEK) == date(2026, 3, 9)
    assert renewed_due(terms, None, MONDAY, WEEK) == date(2026, 3, 9)
    assert renewed_due(terms, DUE, MONDAY, WEEK) == DUE


def test_the_ladder_counts_from_the_due_date_and_what_is_added_to_it() -> None:
    steps = (OverdueStep(30, block=True, bill=True), OverdueStep(1), OverdueStep(14))
    terms = replace(Terms(), overdue=steps, grace_days=2, shipping_days_back=7, lost_days=45)
    ours = [(rung.ordinal, rung.on.isoformat()) for rung in ladder(terms, Side.BORROWING, DUE)]
    assert ours == [(1, "2026-04-23"), (2, "2026-05-06"), (3, "2026-05-22")]
    theirs = [rung.on.isoformat() for rung in ladder(terms, Side.LENDING, DUE)]
    assert theirs == ["2026-04-30", "2026-05-13", "2026-05-29"]
    assert lost_on(terms, Side.BORROWING, DUE) == date(2026, 6, 6)
    assert lost_on(terms, Side.LENDING, DUE) == date(2026, 6, 13)
    assert lost_on(Terms(), Side.LENDING, DUE) is None


def test_several_reminders_go_out_the_first_one_first() -> None:
    days = reminders(replace(Terms(), due_soon_days=(1, 7, 3)), DUE)
    assert [day.isoformat() for day in days] == ["2026-04-13", "2026-04-17", "2026-04-19"]
