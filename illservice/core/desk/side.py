"""What the pages of one desk have of their own: the table, the doors of its actions, how its requests are found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from illservice.core.actors import Actor
from illservice.core.desk.forms import ActionDoor, ActionForm
from illservice.core.desk.history import History
from illservice.core.desk.links import Addresses
from illservice.core.errors import NotPermitted, Refused, WrongState
from illservice.core.workflow import Row, Table, may


class Find(Protocol):
    """One request by its number, with what its actions and their forms ask about; NotFound for anybody else's."""

    def __call__(self, library: Any, actor: Actor, number: str, /) -> Any: ...


@dataclass(frozen=True)
class Side:
    """One desk, for the pages on which something is done with one request.

    `kept_undo(library, actor, number)` is what a request keeps of its last act, `undo_last` the service that takes it
    back; `buttons` what of the table is shown where; `own_pages` are actions whose form is a page of its own.
    """

    table: Table
    doors: Mapping[str, ActionDoor]
    facts: Callable[[Any], Any]
    links: Addresses
    prefix: str
    find: Find
    event_model: Any
    kept_undo: Callable[[Any, Actor, str], dict[str, Any] | None]
    undo_last: Callable[..., None]
    title: Callable[[Any], str]
    history: History
    sees_persons: Callable[[Actor], bool]
    edit_form: type[ActionForm]
    buttons: "ButtonPlan"

    def row_of(self, one: Any, action: str, actor: Actor) -> Row:
        """The row that this person may take now, or the reason why not, as a service would say it."""
        row = self.table.row(one.state, action)
        if row is None:
            raise WrongState(self.table.state(one.state).label, state=one.state, action=action)
        if not may(row, actor):
            raise NotPermitted(action=action)
        facts = self.facts(one)
        for guard in row.conditions(actor):
            if not guard.holds(facts):
                raise Refused(guard.words, code=guard.name, action=action)
        return row

    def allowed(self, one: Any, actor: Actor) -> list[Row]:
        """What the table allows now and has a button or a form on the page."""
        rows = self.table.allowed(one.state, actor, self.facts(one))
        return [row for row in rows if self.buttons.shows(row) and row.action in self.doors]


@dataclass(frozen=True)
class ButtonPlan:
    """Where the buttons stand.

    `panels`: the answers to each question, beside it. `prominent`: what is done often from each state, beside the
    next step that `usual(request, actor, rows)` names. `groups`: headings with their actions, for all the rest.
    `label(request, row)` says a row more closely; `own_pages` are asked on a page of their own; `by_hand` are rows
    that happen without staff as a rule, but may be noted by them.
    """

    panels: Mapping[str, tuple[str, ...]]
    prominent: Mapping[str, tuple[str, ...]]
    groups: tuple[tuple[Any, frozenset[str]], ...]
    usual: Callable[[Any, Actor, Mapping[str, Row]], str]
    label: Callable[[Any, Row], Any]
    quiet_while: frozenset[str] = frozenset()
    own_pages: frozenset[str] = frozenset()
    by_hand: frozenset[str] = frozenset()

    def shows(self, row: Row) -> bool:
        """Whether staff are offered the row on the request's page."""
        return row.button or row.action in self.by_hand
