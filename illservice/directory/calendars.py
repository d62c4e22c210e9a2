"""Open days. Pure rules over a calendar that is passed in; dates are dates in the library's own zone."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_LONGEST_CLOSURE = 366


@dataclass(frozen=True, slots=True)
class OpenDays:
    """When a library is open: closed ISO weekdays (1 Monday to 7 Sunday) and single closed dates."""

    closed_weekdays: frozenset[int] = frozenset()
    closed_dates: frozenset[date] = field(default_factory=frozenset)

    def is_open(self, day: date) -> bool:
        """Whether the library is open on this date."""
        return day.isoweekday() not in self.closed_weekdays and day not in self.closed_dates

    def roll_back(self, day: date) -> date:
        """The last open day on or before `day`; `day` itself when a whole year is closed."""
        return self._seek(day, -1)

    def roll_forward(self, day: date) -> date:
        """The first open day on or after `day`; `day` itself when a whole year is closed."""
        return self._seek(day, 1)

    def add_open_days(self, day: date, days: int) -> date:
        """`days` open days after `day`."""
        for _ in range(days):
            day = self.roll_forward(day + timedelta(days=1))
        return day

    def _seek(self, day: date, step: int) -> date:
        for distance in range(_LONGEST_CLOSURE):
            candidate = day + timedelta(days=step * distance)
            if self.is_open(candidate):
                return candidate
        return day


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


def end_of_day(day: date, zone: str) -> datetime:
    """The last second of a date in a zone, as a moment in UTC."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


def morning(day: date, zone: str) -> datetime:
    """Eight o'clock of a date in a zone, when the day's notices go out, as a moment in UTC.

    In UTC, because an hour that the clock shows twice never equals itself across zones (PEP 495).
    """
    return datetime.combine(day, time(8, 0), ZoneInfo(zone)).astimezone(UTC)
