"""A life that was lived elsewhere: state and events of an imported subject, by the same table.

Nothing is sent and no timer starts: what is imported has happened. Rows are returned unsaved, so that thousands can
be written at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from illservice.core.actors import IMPORT
from illservice.core.errors import WrongState
from illservice.core.workflow.act import Machine
from illservice.core.workflow.table import may


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
