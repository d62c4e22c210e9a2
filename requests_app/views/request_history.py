"""What happened to a request, in words: for its page and for the conflict page."""

from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from illservice.core.actors import ActorKind
from requests_app.models import BorrowingEvent, BorrowingRequest
from requests_app.workflow import TABLE

_LABELS = {row.action: row.past for row in TABLE.rows}
_DATES = frozenset({"lender_due", "patron_due", "need_by"})
_UNSAID = frozenset(
    {
        *(
            "state",
            "queue",
            "wording",
            "next_actor",
            "act_by",
            "attention",
            "closed_at",
            "search_text",
            "person_text",
        ),
        *(
            "fingerprint",
            "year",
            "outcome",
            "location_id",
            "kind_supplied",
            "fill_source",
            "cost_currency",
            "raw",
        ),
        *(
            "submitted_at",
            "cleared_at",
            "sent_at",
            "promised_at",
            "shipped_at",
            "received_at",
            "delivered_at",
        ),
        *("returned_at", "shelf_code", "conditions", "reason_id"),
    }
)
"""Columns whose change is said by the action itself, or is nobody's business."""


def history(events: Iterable[BorrowingEvent], *, persons: bool) -> list[dict[str, Any]]:
    """One entry for each event, in order; what was undone is marked as such. `persons`: may names be shown?"""
    listed = list(events)
    undone = {event.reverses for event in listed if event.reverses}
    labels = {event.act: action_words(event.action) for event in listed}
    return [
        {
            "at": event.happened_at,
            "title": _title(event, labels),
            "text": _text(event),
            "who": who(event, persons=persons),
            "undone": event.act in undone,
            "code": event.action,
        }
        for event in listed
    ]


def action_words(action: str) -> str:
    """An action in the staff's words."""
    return str(_LABELS.get(action, action))


def _title(event: BorrowingEvent, labels: dict[Any, str]) -> str:
    if event.reverses:
        return _("Taken back: %(what)s") % {"what": labels.get(event.reverses, _("the step before"))}
    return action_words(event.action)


def _text(event: BorrowingEvent) -> str:
    parts = []
    if event.to_state != event.from_state:
        parts.append(f"→ {TABLE.state(event.to_state).label}")
    parts += [_change(name, values) for name, values in event.changed.items() if name not in _UNSAID]
    return " · ".join(part for part in parts if part)


def _change(column: str, values: Any) -> str:
    label = _column(column)
    if column in _DATES and isinstance(values, list):
        before, after = (_day(value) for value in values)
        return f"{label}: {before} → {after}" if before else f"{label}: {after}"
    return label


def _column(column: str) -> str:
    """What a column is called; one that is gone since is called as it was."""
    found = (
        field.verbose_name for field in BorrowingRequest._meta.concrete_fields if field.attname == column
    )
    return str(next(found, column))


def _day(value: Any) -> str:
    if not value:
        return ""
    field = BorrowingRequest._meta.get_field("need_by")
    return date_format(field.to_python(str(value)), "DATE_FORMAT")


def who(event: BorrowingEvent, *, persons: bool) -> str:
    """Who did it, by name where the reader may know names."""
    kind = ActorKind(event.actor_kind)
    name = str(getattr(event, "actor_name", "") or "")
    if kind == ActorKind.STAFF:
        return name or _("somebody at the desk")
    if kind == ActorKind.PATRON:
        return name if persons and name else _("the patron")
    words = {
        ActorKind.TOKEN: _("another program"),
        ActorKind.PARTNER: _("the lender"),
        ActorKind.CLOCK: _("by itself, when its time came"),
        ActorKind.IMPORT: _("taken over from another system"),
    }
    return words[kind]
