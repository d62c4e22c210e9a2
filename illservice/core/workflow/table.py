"""The shape of a workflow table: states, rows, guards (design §3).

A table is data in code. It draws the buttons, fills the API's `allowed`, renders the help page and the diagram,
and is the only thing that decides what may follow what.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from illservice.core.actors import Actor, ActorKind

if TYPE_CHECKING:
    from illservice.core.workflow.act import Act

Words = Any
"""Text for people: a plain or lazily translated string."""


@dataclass(frozen=True, slots=True)
class State:
    """One place where an item can be. `milestone` names the column that keeps when it came here."""

    code: str
    label: Words
    wording: str
    next_actor: str
    partner_word: str = ""
    milestone: str = ""
    first_time_only: bool = False
    final: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition over facts, with the kind word said when it does not hold."""

    name: str
    holds: Callable[[Any], bool]
    words: Words


@dataclass(frozen=True, slots=True)
class Way:
    """Where a row leads. The first way whose condition holds after the change is taken."""

    state: str
    when: Guard | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What follows a row, in the same transaction."""

    name: str
    words: Words
    run: Callable[["Act"], None]


@dataclass(frozen=True, slots=True)
class Row:
    """When it is · this happens · done by · it becomes · only if · and then · undone by · in plain words.

    `becomes` empty means that the state stays. `unless_staff`
    are conditions that bind everybody but staff. `by` names roles and the actor kinds patron, partner, clock, import.
    `past` is how the history says it. `keeps_version` marks what does not make somebody else's page stale (notes,
    claims, tags).
    """

    action: str
    label: Words
    when: frozenset[str]
    by: frozenset[str]
    becomes: tuple[Way, ...] = ()
    only_if: tuple[Guard, ...] = ()
    unless_staff: tuple[Guard, ...] = ()
    then: tuple[Effect, ...] = ()
    undo: bool = True
    keeps_version: bool = False
    past: Words = ""
    words: Words = ""
    button: bool = True
    primary: frozenset[str] = field(default_factory=frozenset)

    def conditions(self, actor: Actor) -> tuple[Guard, ...]:
        """What must hold for this actor. A person at the desk may grant what the rules alone would not."""
        by_rule = actor.kind not in {ActorKind.STAFF, ActorKind.TOKEN}
        return (*self.only_if, *self.unless_staff) if by_rule else self.only_if


START = ""
"""The state before the first row."""


@dataclass(frozen=True)
class Table:
    """All states and rows of one side, with look-ups. `check()` names what is wrong with it.

    `reader` is who reads the wordings of its states.
    """

    side: str
    states: tuple[State, ...]
    rows: tuple[Row, ...]
    reader: str = "patron"
    _by_code: dict[str, State] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_code.update({state.code: state for state in self.states})

    def state(self, code: str) -> State:
        """The state with this code; KeyError when there is none."""
        return self._by_code[code]

    def row(self, state: str, action: str) -> Row | None:
        """The one row for an action from a state."""
        return next((row for row in self.rows if row.action == action and state in row.when), None)

    def rows_from(self, state: str) -> Iterator[Row]:
        """Every row that starts from a state, in table order."""
        return (row for row in self.rows if state in row.when)

    def allowed(self, state: str, actor: Actor, facts: Any) -> list[Row]:
        """What this actor may do now: the rows whose right and conditions hold."""
        return [
            row
            for row in self.rows_from(state)
            if may(row, actor) and all(guard.holds(facts) for guard in row.conditions(actor))
        ]

    def labels(self) -> list[tuple[str, Words]]:
        """Codes with staff wording, for filters and forms."""
        return [(state.code, state.label) for state in self.states]

    def check(self) -> list[str]:
        """What breaks the rules of design §3: unknown states, doubled rows, dead ends, unreachable states."""
        faults = self._unknown_states() + self._doubled_rows()
        reached = {way.state for row in self.rows for way in row.becomes}
        staff_exit = {
            state
            for row in self.rows
            if row.by - {kind.value for kind in ActorKind}
            for state in row.when
            if any(way.state != state for way in row.becomes)
        }
        for state in self.states:
            if state.code not in reached:
                faults.append(f"{state.code} is never reached")
            if state.code not in staff_exit:
                faults.append(f"{state.code} has no way out for staff")
        return faults

    def _unknown_states(self) -> list[str]:
        known = {state.code for state in self.states} | {START}
        named = {(row.action, code) for row in self.rows for code in row.when}
        named |= {(row.action, way.state) for row in self.rows for way in row.becomes}
        return [f"{action} names unknown state {code}" for action, code in sorted(named) if code not in known]

    def _doubled_rows(self) -> list[str]:
        seen: set[tuple[str, str]] = set()
        faults = []
        for row in self.rows:
            for code in row.when:
                if (code, row.action) in seen:
                    faults.append(f"{row.action} stands twice from {code}")
                seen.add((code, row.action))
        return faults


def may(row: Row, actor: Actor) -> bool:
    """Whether the actor has the right: people and tokens by their roles, everyone else by what they are."""
    if actor.kind in {ActorKind.STAFF, ActorKind.TOKEN}:
        return bool(actor.roles & row.by)
    return actor.kind.value in row.by
