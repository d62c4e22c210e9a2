"""What happened to a request, in words: for its page and for the conflict page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from illservice.core import money
from illservice.core.actors import ActorKind
from illservice.core.workflow import Table

DERIVED = frozenset(
    {
        "state", "queue", "wording", "next_actor", "act_by", "attention", "closed_at", "search_text",
        "fingerprint", "year", "outcome", "raw", "kind_supplied", "cost_currency", "conditions", "reason_id",
        "submitted_at", "promised_at", "shipped_at",
    }
)  # fmt: skip
"""Columns of both sides whose change is said by the action itself, or is nobody's business."""


@dataclass(frozen=True)
class History:
    """How one side tells what happened.

    `unsaid` are its own columns that need no words, `others` says who acted when it was no member of the staff.
    """

    table: Table
    model: type[models.Model]
    unsaid: frozenset[str]
    others: Mapping[ActorKind, Any]

    def entries(self, events: Iterable[Any], *, persons: bool) -> list[dict[str, Any]]:
        """One entry for each event, in order; what was undone is marked as such. `persons`: may names be shown?"""
        listed = list(events)
        undone = {event.reverses for event in listed if event.reverses}
        labels = {event.act: self.words(event.action) for event in listed}
        return [
            {
                "at": event.happened_at,
                "title": self._title(event, labels),
                "text": self._text(event),
                "who": self.who(event, persons=persons),
                "undone": event.act in undone,
                "code": event.action,
            }
            for event in listed
        ]

    def words(self, action: str) -> str:
        """An action in the staff's words, as something that happened."""
        return str(next((row.past for row in self.table.rows if row.action == action), action))

    def who(self, event: Any, *, persons: bool) -> str:
        """Who did it, by name where the reader may know names."""
        kind = ActorKind(event.actor_kind)
        name = str(getattr(event, "actor_name", "") or "")
        if kind == ActorKind.STAFF:
            return name or _("somebody at the desk")
        if kind == ActorKind.PATRON and persons and name:
            return name
        return str(self.others[kind])

    def _title(self, event: Any, labels: dict[Any, str]) -> str:
        if event.reverses:
            return _("Taken back: %(what)s") % {"what": labels.get(event.reverses, _("the step before"))}
        return self.words(event.action)

    def _text(self, event: Any) -> str:
        parts = []
        if event.to_state != event.from_state:
            parts.append(f"→ {self.table.state(event.to_state).label}")
        unsaid = DERIVED | self.unsaid
        parts += [self._change(name, values) for name, values in event.changed.items() if name not in unsaid]
        return " · ".join(part for part in parts if part)

    def _change(self, column: str, values: Any) -> str:
        if column == money.CHANGED:
            return " · ".join(money.words_of_change(*pair) for pair in values.values())
        field = next((each for each in self.model._meta.concrete_fields if each.attname == column), None)
        label = str(field.verbose_name) if field else column  # one that is gone since is called as it was
        if type(field) is models.DateField and isinstance(values, list):
            before, after = (_day(field, value) for value in values)
            return f"{label}: {before} → {after}" if before else f"{label}: {after}"
        return label


def _day(field: "models.DateField[Any, Any]", value: Any) -> str:
    return date_format(field.to_python(str(value)), "DATE_FORMAT") if value else ""
