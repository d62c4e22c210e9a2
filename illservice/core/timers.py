"""Clocks: who looks after what must happen by a time (design §2). The sweeper calls each one in turn.

A clock is named and says in words what it does; it counts what it looked at, and what it passed over with the reason.
How it ran last stands in `ClockRun`, by the real time, whatever moment it ran for.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Exists
from django.utils.translation import gettext_lazy as _

from illservice.core.models import ClockRun

WITHIN = timedelta(minutes=5)
"""A clock that has not run for so long is late: the sweeper comes by every 15 seconds."""

MOVED_ON, FAILED, ELSEWHERE = "moved_on", "failed", "elsewhere"

WHY: dict[str, Any] = {
    MOVED_ON: _("had moved on meanwhile"),
    FAILED: _("failed, is tried again later"),
    ELSEWHERE: _("was being done by another runner"),
}
"""Why something due was passed over, in words. Clocks add their own reasons with `register_clock`."""


@dataclass(slots=True)
class Tally:
    """What a clock did in one run: rows looked at, those that were due, done, and passed over by reason.

    `more`: there may be more that is due, so it is called again at once.
    """

    looked_at: int = 0
    due: int = 0
    done: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    more: bool = False

    def skip(self, why: str, count: int = 1) -> None:
        """Count something due that was passed over."""
        if count:
            self.skipped[why] = self.skipped.get(why, 0) + count

    def add(self, other: "Tally") -> None:
        """Add the counts of another run."""
        self.looked_at += other.looked_at
        self.due += other.due
        self.done += other.done
        for why, count in other.skipped.items():
            self.skip(why, count)
        self.more = other.more

    def as_json(self) -> dict[str, Any]:
        """The counts alone."""
        kept = asdict(self)
        del kept["more"]
        return kept


Tallies = Mapping[str, Tally]
Run = Callable[[datetime], int | Tally | Tallies]


@dataclass(frozen=True, slots=True)
class Stuck:
    """One piece of work that a clock could not do: of which request, which part, why, how often, when again."""

    number: str
    part: str
    error: str
    attempts: int
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class Clock:
    """`run` gets the moment as of which it works. `parts` names what it does, when that is more than one thing.

    `stuck(library_id)` lists the work of a library that fails again and again.
    """

    name: str
    run: Run
    label: Any
    within: timedelta = WITHIN
    parts: Mapping[str, Any] = field(default_factory=dict)
    stuck: Callable[[int], list[Stuck]] | None = None

    def tallies(self, at: datetime) -> dict[str, Tally]:
        """Run once. Every part has its tally, under its full name."""
        found = self.run(at)
        if isinstance(found, int):
            found = Tally(looked_at=found, due=found, done=found)
        if isinstance(found, Tally):
            return {self.name: found}
        return {self.full(part): found.get(part, Tally()) for part in dict.fromkeys([*self.parts, *found])}

    def full(self, part: str) -> str:
        """The name of a part among those of all clocks."""
        return f"{self.name}.{part}"

    def words(self) -> dict[str, Any]:
        """Full names with their words."""
        return {self.full(part): words for part, words in self.parts.items()} or {self.name: self.label}


_clocks: dict[str, Clock] = {}


def register_clock(
    name: str,
    run: Run,
    *,
    label: Any = "",
    within: timedelta = WITHIN,
    parts: Mapping[str, Any] | None = None,
    why: Mapping[str, Any] | None = None,
    stuck: Callable[[int], list[Stuck]] | None = None,
) -> None:
    """Name a clock. `run` returns how many it worked off, or a tally, or one for each of its `parts`."""
    _clocks[name] = Clock(name, run, label or name, within, parts or {}, stuck)
    WHY.update(why or {})


def clocks() -> dict[str, Clock]:
    """All registered clocks by name, in a stable order."""
    return dict(sorted(_clocks.items()))


class State(StrEnum):
    """How a clock stands. Late: it did not finish a run in time. Failed: its last run broke off."""

    WELL = "well"
    LATE = "late"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a clock stands by the real time; `age_seconds` since it last ran to its end, None when it never did."""

    clock: Clock
    run: ClockRun | None
    age_seconds: float | None

    @property
    def is_late(self) -> bool:
        """Whether it has not run to its end in time."""
        return self.age_seconds is None or self.age_seconds > self.clock.within.total_seconds()

    @property
    def state(self) -> State:
        """In one word; what is broken is said before what is late."""
        if self.run is not None and self.run.error:
            return State.FAILED
        return State.LATE if self.is_late else State.WELL


def standings(*, now: datetime) -> list[Standing]:
    """How every clock stands. One statement."""
    runs = {run.name: run for run in ClockRun.objects.all()}
    found = []
    for clock in clocks().values():
        run = runs.get(clock.name)
        finished = run.finished_at if run is not None else None
        found.append(Standing(clock, run, None if finished is None else (now - finished).total_seconds()))
    return found


def any_late(*, now: datetime) -> Exists:
    """Whether a clock that ran once has not run in time since, to be asked within another statement."""
    return Exists(ClockRun.objects.filter(name__in=list(_clocks), late_at__lt=now))
