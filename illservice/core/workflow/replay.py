"""A life that was lived elsewhere: state and events of an imported subject, by the same table.

Nothing is sent: what is imported has happened. Rows are returned unsaved, so that thousands can be written at once.
What is still open elsewhere begins to live here with its timers and queue (`go_on`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects

from illservice.core.actors import IMPORT
from illservice.core.errors import WrongState
from illservice.core.workflow.act import Machine
from illservice.core.workflow.table import may
from illservice.core.workflow.timing import TimerKind

DERIVED = ("queue", "wording", "next_actor", "act_by", "attention")


@dataclass(frozen=True, slots=True)
class Step:
    """One act of the imported life. `facts` are those of this step, where they differ from the life's own."""

    action: str
    at: datetime
    facts: Any = None


def replay(
    machine: Machine, subject: Any, steps: Sequence[Step], *, facts: Any, recorded_at: datetime
) -> list[Any]:
    """Walk an unsaved subject through the table and return its events, unsaved and bound to it.

    Rights and ways are those of the table; a step that no row accepts raises WrongState.
    """
    events = []
    for step in steps:
        row = machine.table.row(subject.state, step.action)
        if row is None or not may(row, IMPORT):
            raise WrongState(step.action, state=subject.state, action=step.action, allowed=[])
        from_state = subject.state
        known = facts if step.facts is None else step.facts
        target = next((w.state for w in row.becomes if w.when is None or w.when.holds(known)), from_state)
        state = machine.table.state(target)
        subject.state = target
        subject.version += 1
        if state.milestone and getattr(subject, state.milestone) is None:
            setattr(subject, state.milestone, step.at)
        subject.closed_at = step.at if state.final else None
        events.append(
            machine.event_model(
                request=subject,
                version=subject.version,
                action=step.action,
                from_state=from_state,
                to_state=target,
                happened_at=step.at,
                recorded_at=recorded_at,
                actor_kind=IMPORT.kind.value,
                cause="import",
            )
        )
    subject.wording = machine.table.state(subject.state).wording
    subject.next_actor = machine.table.state(subject.state).next_actor
    subject.queue = subject.state
    subject.act_by = subject.closed_at or steps[-1].at
    return events


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the subjects of a side. `told` names the timers that send a notice, each with the mark that
    it leaves or nothing.

    `grace(subject, at)`: the day before which the timer `spared` does not come, None where there is nothing to spare;
    it stands as `until` on the mark `spared_by`.
    """

    names: tuple[str, ...]
    timers: Any
    marks: Any
    kinds: tuple[TimerKind, ...]
    told: Mapping[str, str]
    spared: str = ""
    spared_by: str = ""
    grace: Callable[[Any, datetime], date | None] = lambda _subject, _at: None


def go_on(machine: Machine, subjects: Sequence[Any], beside: Beside, *, at: datetime) -> None:
    """Saved, imported subjects that are open begin to live here: timers start, queues follow. Nobody is written to.

    Each timer counts from when its subject came to its state. When the time of a notice has passed by `at`, it counts
    as sent by the other system: the timer is written down as finished, so that it never starts again for that date.
    """
    prefetch_related_objects(subjects, *beside.names)
    usual = [kind for kind in beside.kinds if kind.code != beside.spared]
    timers = [timer for subject in subjects for timer in _first_timers(subject, usual, beside, at)]
    beside.timers._default_manager.bulk_create(timers)
    marks = [
        beside.marks(request=timer.request, kind=beside.told[timer.kind], at=timer.due_at)
        for timer in timers
        if timer.finished_at is not None and timer.step == 0 and beside.told[timer.kind]
    ]
    beside.marks._default_manager.bulk_create(_with_grace(subjects, marks, beside, at))
    for subject in subjects:
        vars(subject)["_prefetched_objects_cache"] = {}
    prefetch_related_objects(subjects, *beside.names)
    late = [kind for kind in beside.kinds if kind.code == beside.spared]
    beside.timers._default_manager.bulk_create(
        timer for subject in subjects for timer in _first_timers(subject, late, beside, at)
    )
    for subject in subjects:
        since, subject.queue = subject.act_by, ""
        for name, value in machine.derive(subject, machine.facts(subject), since).items():
            setattr(subject, name, value)
    if subjects:
        type(subjects[0])._default_manager.bulk_update(subjects, DERIVED)


def _with_grace(subjects: Sequence[Any], marks: list[Any], beside: Beside, at: datetime) -> list[Any]:
    """The marks, each that spares with the day until which it does; one more where there is none that could."""
    known = {mark.request.pk: mark for mark in marks if mark.kind == beside.spared_by}
    for subject in subjects:
        until = beside.grace(subject, at)
        if until is None:
            continue
        if subject.pk not in known:
            marks.append(beside.marks(request=subject, kind=beside.spared_by, at=at))
            known[subject.pk] = marks[-1]
        known[subject.pk].until = until
    return marks


def _first_timers(subject: Any, kinds: Iterable[TimerKind], beside: Beside, at: datetime) -> Iterator[Any]:
    for kind in kinds:
        for step, due in kind.moments(subject, subject.act_by).items():
            over = kind.code in beside.told and due <= at
            yield beside.timers(
                request=subject, kind=kind.code, step=step, due_at=due, finished_at=at if over else None
            )
