"""One round of the sweeper: every clock once, then the outbox. Celery calls it every 15 seconds, `./ill tick` by hand.

Rounds may overlap, in one process or in many: what is due is claimed row by row. A moment `at` says as of when the work
is done; how the clocks stand is kept by the real time, which the door reads (`read_clock`).
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from illservice.core import outbox
from illservice.core.models import ClockRun, Heartbeat, OutboxState
from illservice.core.timers import Clock, Tally, clocks

logger = logging.getLogger(__name__)

AS_OF = "clocks as of"
"""Up to which moment the clocks ran: it only ever moves on."""

ReadClock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Report:
    """What one clock did in a round; `error` names what broke it off."""

    clock: Clock
    tallies: dict[str, Tally] = field(default_factory=dict)
    error: str = ""


def last_moment() -> datetime | None:
    """As of when the clocks ran last."""
    return Heartbeat.objects.filter(name=AS_OF).values_list("at", flat=True).first()


def move_on_to(at: datetime) -> bool:
    """Note that the clocks run as of `at`. False when they already ran as of a later moment, which stays."""
    if Heartbeat.objects.filter(name=AS_OF, at__lte=at).update(at=at):
        return True
    Heartbeat.objects.bulk_create([Heartbeat(name=AS_OF, at=at)], ignore_conflicts=True)
    return Heartbeat.objects.filter(name=AS_OF, at__lte=at).exists()


def run_clocks(at: datetime, *, read_clock: ReadClock, seconds: float | None = None) -> Iterator[Report]:
    """Run every clock as of `at`, each until nothing is due, or until all have had `seconds` together.

    One that breaks off stops no other: its error is kept and logged.
    """
    began = time.monotonic()
    known = {run.name: run for run in ClockRun.objects.all()}
    for clock in clocks().values():
        run = _start(clock, known.get(clock.name), at, read_clock())
        yield _run(clock, run, read_clock, None if seconds is None else began + seconds)


def _start(clock: Clock, run: ClockRun | None, at: datetime, started: datetime) -> ClockRun:
    """Note that it runs: should this process be killed, it is late from here on."""
    if run is None:
        run = ClockRun(name=clock.name, started_at=started, as_of=at, late_at=started + clock.within)
        ClockRun.objects.bulk_create([run], ignore_conflicts=True)
    else:
        run.started_at, run.as_of = started, at
        run.save(update_fields=["started_at", "as_of"])
    return run


def _run(clock: Clock, run: ClockRun, read_clock: ReadClock, until: float | None) -> Report:
    report = Report(clock)
    try:
        while True:
            batch = clock.tallies(run.as_of)
            for part, tally in batch.items():
                report.tallies.setdefault(part, Tally()).add(tally)
            if not any(tally.more for tally in batch.values()):
                break
            if until is not None and time.monotonic() > until:
                break
    except Exception as error:
        logger.exception("clock %s failed", clock.name)
        _keep(run, report, error=type(error).__name__)
        return Report(clock, report.tallies, type(error).__name__)
    finished = read_clock()
    _keep(run, report, finished_at=finished, late_at=finished + clock.within, error="")
    return report


def _keep(run: ClockRun, report: Report, **values: object) -> None:
    for name, value in values.items():
        setattr(run, name, value)
    names = [*values, "parts"]
    run.parts = {part: tally.as_json() for part, tally in report.tallies.items()}
    worked = {part: tally.done for part, tally in report.tallies.items() if tally.done}
    if worked:
        # A runner beside this one that found nothing to do must not forget what was done here.
        at = run.as_of.isoformat()
        run.worked |= {part: {"at": at, "done": done} for part, done in worked.items()}
        names.append("worked")
    run.save(update_fields=names)


@dataclass(slots=True)
class Delivered:
    """What became of the rows of the outbox in one round, by their new state."""

    states: dict[str, int] = field(default_factory=dict)

    def count(self, state: OutboxState) -> None:
        """One more row is in this state now."""
        self.states[state.value] = self.states.get(state.value, 0) + 1

    @property
    def tried(self) -> int:
        """How many rows were taken up."""
        return sum(self.states.values())

    def as_json(self) -> dict[str, int]:
        """How many were sent, given up, no longer true, and put off to a later time."""
        names = {"sent": OutboxState.DONE, "failed": OutboxState.FAILED, "put_off": OutboxState.WAITING}
        names["no_longer_true"] = OutboxState.SUPERSEDED
        return {name: self.states.get(state.value, 0) for name, state in names.items()}


def deliver_due(at: datetime, *, read_clock: ReadClock) -> Delivered:
    """Empty the outbox as of `at`: rows of a stream in order, and what the deliveries themselves cause, until nothing
    is due. What others are delivering is theirs."""
    delivered = Delivered()
    token = outbox.read_clock.set(read_clock)
    try:
        _empty(at, delivered)
    finally:
        outbox.read_clock.reset(token)
    return delivered


def _empty(at: datetime, delivered: Delivered) -> None:
    while row_ids := outbox.due_rows(at=at):
        if not outbox.deliver_batch(row_ids, at=at, count=delivered.count):
            break
