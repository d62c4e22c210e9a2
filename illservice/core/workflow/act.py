"""One thing that happens: find the row, collect what changes, write state, event, timers and outbox together.

Used by services inside their transaction:

    act = Act(table, request, action="shelve", actor=actor, at=at)   # right and place are checked here
    act.set(request, shelf_code="K47")                               # remembered, so that undo can restore it
    act.topics["message"] = message                                  # what an effect is about, by its name
    act.facts["answer"] = False                                      # what its message says and no column keeps
    act.move()                                                       # conditions, state, effects, event
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, models

from illservice.core import outbox
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import NotPermitted, Refused, StaleVersion, WrongState
from illservice.core.fitting import refuse_unfit
from illservice.core.models import Subject
from illservice.core.outbox import Parcel
from illservice.core.statements import column, delete, insert, update
from illservice.core.workflow.reading import read_beside
from illservice.core.workflow.table import Row, Table, may

ModelT = TypeVar("ModelT", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Machine:
    """A table with what it needs of its side: facts, derived columns, the event model, timers.

    `facts(subject)` says what guards ask, from the rows of `beside`, which are read once per act in one statement;
    `derive(subject, facts, at)` returns queue, wording, next_actor, act_by and attention; `tidy(act)` brings what
    stands beside the subject in line with its new state; `free_text` names columns whose values must not stand in
    events; `timer_states` says by kind in which states a timer may run.
    """

    table: Table
    event_model: Any
    facts: Callable[[Any], Any]
    derive: Callable[[Any, Any, datetime], dict[str, Any]]
    tidy: Callable[["Act"], None]
    beside: tuple[str, ...] = ()
    free_text: frozenset[str] = frozenset()
    timer_states: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Act:
    """See the module's words. `expected_version` is the version that a person saw; None skips the check."""

    def __init__(
        self,
        machine: Machine,
        subject: Any,
        *,
        action: str,
        actor: Actor,
        at: datetime,
        expected_version: int | None = None,
        cause: str = "",
    ) -> None:
        self.machine = machine
        self.subject = subject
        self.action = action
        self.actor = actor
        self.at = at
        self.cause = cause or actor.cause
        self.id = uuid.uuid4()
        self.topics: dict[str, models.Model] = {}
        self.facts: dict[str, Any] = {}
        self._before: dict[tuple[str, int], dict[str, Any]] = {}
        self._created: list[tuple[str, int]] = []
        self._removed: list[dict[str, Any]] = []
        self._subject_before: dict[str, Any] = {}
        self._told: dict[str, Any] = {}
        self._parcels = 0
        if expected_version is not None and subject.version != expected_version:
            raise StaleVersion(seen=expected_version, current=subject.version)
        self.row = self._find_row()

    def _find_row(self) -> Row:
        table, state = self.machine.table, self.subject.state
        row = table.row(state, self.action)
        read_beside(self.subject, self.machine.beside)
        facts = self.machine.facts(self.subject)
        if row is None:
            possible = table.allowed(state, self.actor, facts)
            raise WrongState(
                table.state(state).label if state else "",
                state=state,
                action=self.action,
                allowed=[each.action for each in possible],
            )
        if not may(row, self.actor):
            raise NotPermitted(action=self.action)
        for guard in row.conditions(self.actor):
            if not guard.holds(facts):
                raise Refused(guard.words, code=guard.name, action=self.action)
        return row

    def set(self, obj: models.Model, **values: Any) -> None:
        """Change named fields. The subject is saved once by `move`; everything else at once."""
        for name, value in values.items():
            self._remember(obj, _attname(obj, name))
            setattr(obj, name, value)
        refuse_unfit(obj, values)
        if obj is not self.subject:
            if not update(obj, values):
                raise DatabaseError(f"{obj._meta.label} {obj.pk} is not there any more")
            self._forget(obj)

    def _remember(self, obj: models.Model, attname: str) -> None:
        if obj is self.subject:
            self._subject_before.setdefault(attname, getattr(obj, attname))
            return
        if _key(obj) in self._created:
            return
        self._before.setdefault(_key(obj), {}).setdefault(attname, getattr(obj, attname))

    def add(self, obj: ModelT) -> ModelT:
        """Save a new row that undo removes again."""
        refuse_unfit(obj)
        insert(obj)
        self._created.append(_key(obj))
        self._join(obj)
        return obj

    def adopt(self, obj: ModelT) -> ModelT:
        """A row that another service made within this act: undo removes it again."""
        self._created.append(_key(obj))
        self._forget(obj)
        return obj

    def keep(self, obj: models.Model, *names: str) -> None:
        """Remember columns that another service is about to change within this act: undo restores them."""
        for name in names:
            self._remember(obj, _attname(obj, name))

    def remove(self, obj: models.Model) -> None:
        """Delete a row that undo brings back as it was."""
        values = {field.attname: getattr(obj, field.attname) for field in obj._meta.concrete_fields}
        self._removed.append({"model": obj._meta.label, "values": _plain(type(obj), values)})
        key = obj.pk
        delete(obj)
        for _name, rows in self._fetched(obj):
            rows._result_cache = [row for row in rows if row is not obj and row.pk != key]

    def _fetched(self, obj: models.Model) -> list[tuple[str, Any]]:
        """What was fetched beside the subject of the kind of `obj`."""
        cache: dict[str, Any] = getattr(self.subject, "_prefetched_objects_cache", {})
        return [(name, rows) for name, rows in cache.items() if rows.model is type(obj)]

    def tell(self, name: str, key: str, before: Any, after: Any) -> None:
        """Let the event say what became of a row beside the subject: values before and after, never words."""
        known = self._told.setdefault(name, {}).setdefault(key, [before, after])
        known[1] = after

    def _forget(self, obj: models.Model) -> None:
        """What was fetched beside the subject is fetched again once it changed, unless `obj` is a part of it."""
        for name, rows in self._fetched(obj):
            if not (obj.pk and any(row is obj for row in rows)):
                del self.subject._prefetched_objects_cache[name]

    def _join(self, obj: models.Model) -> None:
        """A new row stands last among those that were fetched, where they stand in the order of their keys."""
        for name, rows in self._fetched(obj):
            relation = self.subject._meta.get_field(name)
            own = relation.one_to_many and getattr(obj, relation.field.attname) == self.subject.pk
            if own and list(obj._meta.ordering or ()) in _BY_AGE:
                rows._result_cache = [*rows, obj]
            else:
                del self.subject._prefetched_objects_cache[name]

    def enqueue(self, parcel: Parcel) -> None:
        """Send something out: held for the undo window when staff caused it and it can be undone."""
        held = self.actor.waits_for_undo and self.row.undo
        wait = timedelta(seconds=settings.ILL_UNDO_SECONDS if held else 0)
        outbox.enqueue(parcel, at=self.at, not_before=self.at + wait, act=self.id)
        self._parcels += 1

    @property
    def next_version(self) -> int:
        """The version that the subject has after this act; part of the keys of what it sends."""
        return int(self.subject.version) + 1

    def move(self) -> None:
        """Take the row: choose the way, write the state, run the effects, write the event."""
        subject = self.subject
        seen_version, from_state = subject.version, subject.state
        facts = self.machine.facts(subject)
        target = self._target(facts)
        self.set(subject, state=target)
        self._milestone(from_state, target)
        for effect in self.row.then:
            effect.run(self)
        self.machine.tidy(self)
        self.set(subject, **self.machine.derive(subject, self.machine.facts(subject), self.at))
        self._write(seen_version, from_state)

    def _target(self, facts: Any) -> str:
        if not self.row.becomes:
            return str(self.subject.state)
        for way in self.row.becomes:
            if way.when is None or way.when.holds(facts):
                return way.state
        last = self.row.becomes[-1].when
        raise Refused(last.words if last else "", code=last.name if last else "", action=self.action)

    def _milestone(self, from_state: str, target: str) -> None:
        """Keep when the subject came here; closing and reopening set and clear `closed_at`."""
        state = self.machine.table.state(target)
        if target != from_state and state.milestone:
            known = getattr(self.subject, state.milestone)
            if known is None or not state.first_time_only:
                self.set(self.subject, **{state.milestone: self.at})
        if state.final != (self.subject.closed_at is not None):
            self.set(self.subject, closed_at=self.at if state.final else None)

    def _write(self, seen_version: int, from_state: str) -> None:
        subject = self.subject
        changed = {
            name: before for name, before in self._subject_before.items() if before != getattr(subject, name)
        }
        version = seen_version if self.row.keeps_version else seen_version + 1
        # What a partner said has been said: nobody here can take it back.
        if self.row.undo and self.actor.kind != ActorKind.PARTNER:
            subject.undo = self._kept(version, changed)
        elif not self.row.keeps_version:
            subject.undo = None
        subject.version = version
        self._save_subject(seen_version, changed)
        event = self.machine.event_model(
            request=subject,
            act=self.id,
            version=version,
            action=self.action,
            from_state=from_state,
            to_state=subject.state,
            happened_at=self.at,
            recorded_at=self.at,
            actor_kind=self.actor.kind.value,
            actor_id=self.actor.id,
            cause=self.cause,
            changed=self._public(changed) | self._told,
        )
        insert(event)

    def _save_subject(self, seen_version: int, changed: dict[str, Any]) -> None:
        subject: Subject = self.subject
        if not update(subject, {*changed, "version", "undo"}, version=seen_version):
            raise StaleVersion(seen=seen_version, current=-1)

    def _kept(self, version: int, changed: dict[str, Any]) -> dict[str, Any]:
        """What undo needs: values before, rows created, the version it is good for."""
        return {
            "act": str(self.id),
            "action": self.action,
            "version": version,
            "at": self.at,
            "sends": self._parcels > 0,
            "subject": _plain(type(self.subject), changed),
            "rows": [
                {"model": label, "pk": pk, "values": _plain(_model(label), values)}
                for (label, pk), values in self._before.items()
            ],
            "created": [{"model": label, "pk": pk} for label, pk in self._created],
            "removed": self._removed,
        }

    def _public(self, changed: dict[str, Any]) -> dict[str, Any]:
        """Before and after by column; of free text only that it changed."""
        model = type(self.subject)
        after = _plain(model, {name: getattr(self.subject, name) for name in changed})
        before = _plain(model, changed)
        hidden = self.machine.free_text
        return {name: None if name in hidden else [before[name], after[name]] for name in sorted(changed)}


_BY_AGE: tuple[list[Any], ...] = ([], ["id"])
"""Orders in which a new row is the last one."""


def _key(obj: models.Model) -> tuple[str, int]:
    return obj._meta.label, int(obj.pk)


def _attname(obj: models.Model, name: str) -> str:
    """The column of a field: `library` and `library_id` are the same one."""
    return column(type(obj), name).attname


def _model(label: str) -> type[models.Model]:
    return apps.get_model(label)


def _plain(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON can keep them; `undo.restore_value` reads them back."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {
        name: value if isinstance(fields[name], models.JSONField) else _text(value)
        for name, value in values.items()
    }


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) else str(value)
