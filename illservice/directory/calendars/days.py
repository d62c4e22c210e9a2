"""Open days. Pure rules over a calendar that is passed in; dates are dates in the library's own zone."""

from dataclasses import dataclass, field
from datetime import date, timedelta

LONGEST_CLOSURE = 366
"""Days after which nobody looks for an open day any more."""


@dataclass(frozen=True, slots=True)
class OpenDays:
    """When a library is open: closed ISO weekdays (1 Monday to 7 Sunday), single closed dates, closed spans.

    A span is closed from its first to its last day, both included; `date.max` is a last day that nobody knows yet.
    Dates lie between the years 1 and 9998, which forms and services see to.
    """

    closed_weekdays: frozenset[int] = frozenset()
    closed_dates: frozenset[date] = field(default_factory=frozenset)
    closed_spans: tuple[tuple[date, date], ...] = ()

    def is_open(self, day: date) -> bool:
        """Whether the library is open on this date."""
        return (
            day.isoweekday() not in self.closed_weekdays
            and day not in self.closed_dates
            and not any(first <= day <= last for first, last in self.closed_spans)
        )

    def roll_back(self, day: date) -> date:
        """The last open day on or before `day`; `day` itself when a whole year is closed."""
        return self._seek(day, -1)

    def roll_forward(self, day: date) -> date:
        """The first open day on or after `day`; `day` itself when a whole year is closed."""
        return self._seek(day, 1)

    def add_open_days(self, day: date, days: int) -> date:
        """The last of `days` open days after `day`; `day` itself for 0. Where a year is closed, its days count."""
        for _ in range(days):
            day = self.roll_forward(day + timedelta(days=1))
        return day

    def add_open_days_capped(self, day: date, days: int, cap_days: int | None) -> date:
        """`days` open days after `day`, but no later than `cap_days` calendar days after it; None is no cap.

        The cap holds whether that day is open or not: whoever waits for an answer waits no longer.
        """
        last = self.add_open_days(day, days)
        return last if cap_days is None else min(last, day + timedelta(days=cap_days))

    def open_days_between(self, start: date, end: date) -> int:
        """How many open days come after `start`, up to and including `end`; 0 when `end` is not after `start`.

        The counterpart of `add_open_days`: between a day and the day n open days later there are n.
        """
        return sum(self.is_open(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def _seek(self, day: date, step: int) -> date:
        for distance in range(LONGEST_CLOSURE):
            candidate = day + timedelta(days=step * distance)
            if self.is_open(candidate):
                return candidate
        return day


@dataclass(frozen=True, slots=True)
class Away:
    """A vacation in force: the first open day after it (None while nobody knows), and words for those who ask."""

    back: date | None = None
    patron_words: str = ""
    partner_words: str = ""


def patron_due_date(lender_due: date | None, *, buffer_days: int, days: OpenDays, today: date) -> date | None:
    """The patron's date: `buffer_days` before the lender's, rolled back to an open day, never past the lender's.

    A date that would lie in the past is the next open day, and at worst today.
    """
    if lender_due is None:
        return None
    wished = days.roll_back(lender_due - timedelta(days=buffer_days))
    if wished < today:
        wished = days.roll_forward(today)
    return min(wished, max(lender_due, today))
