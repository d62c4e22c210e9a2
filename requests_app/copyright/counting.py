"""What counts against the limit (CONTU 1(a) and 1(b), standards §1.5): the rule, as a function over what happened."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from requests_app.copyright.facts import Settings, YearBasis


class Fate(StrEnum):
    """What became of a cleared request: it goes on, came as a copy, or makes no copy any more."""

    OPEN = "open"
    FILLED = "filled"
    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """One request cleared as counting (D8, D11), as far as the count needs it.

    RELEASED are cancelled, unfilled and expired ones, and those filled as a loan (S3, S4, S14). A copy that was
    received stays FILLED when the patron cancels afterwards (S21). `is_resupply`: the same copy once more, because the
    first scan was unreadable (S22). Asking again for an unfilled one is the same request.
    """

    work_key: str
    requested: date
    filled: date | None = None
    copies: int = 1
    fate: Fate = Fate.OPEN
    royalty_paid: bool = False
    is_resupply: bool = False

    def year(self, settings: Settings, on: date) -> int:
        """The calendar year in which it counts (S10, S11); by the day of filling, an open one moves on with time."""
        if settings.contu_count_year_basis == YearBasis.REQUEST_DATE:
            return self.requested.year
        return (self.filled or on).year

    def adds(self, settings: Settings) -> int:
        """How many copies of it count: filled ones, and open ones where they are reserved (S2, S9)."""
        if self.is_resupply or self.fate is Fate.RELEASED:
            return 0
        if self.fate is Fate.OPEN and not settings.contu_reserve_pending:
            return 0
        if self.royalty_paid and not settings.contu_count_royalty_paid:
            return 0
        return self.copies


def count(known: Iterable[Cleared], *, work_key: str, on: date, settings: Settings) -> int:
    """The copies from one title family or work that count in the calendar year of a day."""
    return sum(
        each.adds(settings)
        for each in known
        if each.work_key == work_key and each.year(settings, on) == on.year
    )


def is_one_book(one: Collection[str], other: Collection[str]) -> bool:
    """Whether the names of two works that are no periodicals, `isbn:…` and `work:…` for the title, are of one work.

    A shared ISBN says yes. A shared title does where one of them has no ISBN: different ISBNs are never one work
    because their titles are alike (as with ISSNs, standards §1.5).
    """
    shared = set(one) & set(other)
    if any(name.startswith("isbn:") for name in shared):
        return True
    both_numbered = all(any(name.startswith("isbn:") for name in names) for names in (one, other))
    return not both_numbered and any(name.startswith("work:") for name in shared)
