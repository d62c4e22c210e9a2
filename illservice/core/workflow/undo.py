"""Undo: a new event that restores the values kept in the last one (design §2)."""

import uuid
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from illservice.core import outbox
from illservice.core.actors import Actor
from illservice.core.errors import NotPermitted, Refused, StaleVersion
from illservice.core.workflow.act import Machine
from illservice.core.workflow.table import may


def undo(machine: Machine, subject: Any, *, act: str, actor: Actor, at: datetime) -> None:
    """Take back the last act of a subject. Needs the caller's transaction and lock.

    Refused when the subject moved on since, when a message of the act has left, or when the actor could not have
    done it. The event it writes names the one it reverses; messages held back are cancelled.
    """
    kept = subject.undo
    if not kept or kept["act"] != act or kept["version"] != subject.version:
        raise _moved_on()
    row = next((each for each in machine.table.rows if each.action == kept["action"]), None)
    if row is None or not may(row, actor):
        raise NotPermitted(action="undo")
    if not outbox.cancel_act(uuid.UUID(act), at=at):
        raise Refused(_("This can no longer be undone: the message has left."), code="message_left")
    from_state, seen = subject.state, subject.version
    values = {name: restore_value(type(subject), name, value) for name, value in kept["subject"].items()}
    try:
        with transaction.atomic():
            _restore_rows(kept)
    except IntegrityError as collision:
        # A clock or the patron put the same mark or timer there meanwhile: the database says no, so do we.
        raise _moved_on() from collision
    values |= {"version": seen + 1, "undo": None}
    for name, value in values.items():
        setattr(subject, name, value)
    _stop_timers(machine, subject)
    # What came meanwhile without raising the version (a patron's message) keeps its mark.
    values["attention"] = machine.derive(subject, machine.facts(subject), at)["attention"]
    if type(subject)._default_manager.filter(pk=subject.pk, version=seen).update(**values) != 1:
        raise StaleVersion(seen=seen, current=-1)
    machine.event_model._default_manager.create(
        request=subject,
        version=subject.version,
        action="undo",
        from_state=from_state,
        to_state=subject.state,
        happened_at=at,
        recorded_at=at,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        reverses=uuid.UUID(act),
    )


def _stop_timers(machine: Machine, subject: Any) -> None:
    """A clock may have started one meanwhile that the state of before does not know."""
    if not machine.timer_states:
        return
    running = [kind for kind, states in machine.timer_states.items() if subject.state in states]
    subject.timers.filter(finished_at__isnull=True).exclude(kind__in=running).delete()


def _moved_on() -> Refused:
    return Refused(_("This can no longer be undone: the request has moved on."), code="moved_on")


def _restore_rows(kept: dict[str, Any]) -> None:
    """Backwards, as the rows were written: what is open now must close before what was open can be open again."""
    for created in reversed(kept["created"]):
        apps.get_model(created["model"])._default_manager.filter(pk=created["pk"]).delete()
    for removed in reversed(kept["removed"]):
        model = apps.get_model(removed["model"])
        model(**{name: restore_value(model, name, value) for name, value in removed["values"].items()}).save(
            force_insert=True
        )
    for row in reversed(kept["rows"]):
        model = apps.get_model(row["model"])
        values = {name: restore_value(model, name, value) for name, value in row["values"].items()}
        model._default_manager.filter(pk=row["pk"]).update(**values)


def restore_value(model: type[models.Model], name: str, value: Any) -> Any:
    """A value as the column had it, from the JSON that kept it."""
    field = next(each for each in model._meta.concrete_fields if each.attname == name)
    return value if value is None or isinstance(field, models.JSONField) else field.to_python(value)
