"""What the requesting entity has of a journal, and whether that makes a copy its own (CONTU 2)."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from illservice.citations.copyright import HoldingStatus, Unavailable
from requests_app.copyright.dates import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One subscription or order of one title.

    `starts` and `ends` bound the subscription, `covers_*` and the volumes what can be read through it. `embargo_months`
    holds back the newest issues (KBART P), `rolling_months` keeps only the newest (KBART R). An aggregator's package is
    no subscription to the journal beyond what it holds. None and "" mean no bound.
    """

    status: HoldingStatus = HoldingStatus.ACTIVE
    ordered_on: date | None = None
    starts: date | None = None
    ends: date | None = None
    covers_from: date | None = None
    covers_to: date | None = None
    first_volume: str = ""
    last_volume: str = ""
    embargo_months: int = 0
    rolling_months: int = 0
    is_aggregator: bool = False
    unavailable: Unavailable = Unavailable.NO

    def in_force(self, on: date) -> bool:
        """CONTU 2(a): in force on that day, or ordered before it."""
        if self.status == HoldingStatus.ORDERED:
            return self.ordered_on is not None and self.ordered_on < on
        if self.ends is not None and self.ends < on:
            return False
        if self.status == HoldingStatus.CANCELLED:
            return self.ends is not None and (self.starts is None or self.starts <= on)
        if self.starts is None or self.starts <= on:
            return True
        return self.ordered_on is not None and self.ordered_on < on

    def covers(self, published: Published, volume: str) -> bool:
        """Whether this volume or date belongs to it, all of the interval in which it may have come out.

        A volume that can be compared decides where both bounds that are known are volumes; without a readable date
        nothing is covered that has bounds by date.
        """
        by_volume = self._volume_within(volume)
        if by_volume is not None:
            return by_volume
        if self.covers_from is None and self.covers_to is None:
            return True
        if published.first is None or published.last is None:
            return False
        after = self.covers_from is None or self.covers_from <= published.first
        return after and (self.covers_to is None or published.last <= self.covers_to)

    def within_embargo(self, published: Published, on: date) -> bool:
        """Whether it may be too new, or already too old, to be read through this holding on that day."""
        if self.embargo_months and published.ahead:
            return True
        if published.first is None or published.last is None:
            return False
        if self.embargo_months and published.last > months_before(on, self.embargo_months):
            return True
        return bool(self.rolling_months) and published.first < months_before(on, self.rolling_months)

    def why_unavailable(self, on: date) -> Unavailable:
        """Why it cannot be used on that day: as staff said, or because what is ordered has not begun."""
        if self.unavailable:
            return self.unavailable
        waits = self.status == HoldingStatus.ORDERED or (self.starts is not None and self.starts > on)
        return Unavailable.NOT_YET if waits else Unavailable.NO

    def _volume_within(self, volume: str) -> bool | None:
        asked, first, last = (_number(each) for each in (volume, self.first_volume, self.last_volume))
        if asked is None or (first is None and last is None):
            return None
        if (first is not None and asked < first) or (last is not None and asked > last):
            return False
        # One bound alone proves nothing when the other one is a date.
        if (first is None and self.covers_from is not None) or (last is None and self.covers_to is not None):
            return None
        return True


def _number(text: str) -> int | None:
    found = re.fullmatch(r"\D{0,6}([0-9]{1,5})", text.strip())
    return int(found[1]) if found else None


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, the last of the month where it has no such day."""
    years, month = divmod(day.month - 1 - months, 12)
    year = max(day.year + years, 1)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
