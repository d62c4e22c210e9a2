"""Who changed master data, and which columns of it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models

from illservice.core.actors import Actor
from illservice.core.models import AuditEntry


def entry(
    obj: models.Model,
    *,
    action: str,
    actor: Actor,
    at: datetime,
    changed: Iterable[str] = (),
    library_id: int | None = None,
) -> AuditEntry:
    """An entry not yet written, for those who write many at once."""
    return AuditEntry(
        at=at,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        library=library_id if library_id is not None else getattr(obj, "library_id", None),
        model=obj._meta.label,
        object_pk=str(obj.pk),
        action=action,
        changed=sorted(changed),
    )


def audit(
    obj: models.Model,
    *,
    action: str,
    actor: Actor,
    at: datetime,
    changed: Iterable[str] = (),
    library_id: int | None = None,
) -> None:
    """Write, in the caller's transaction, that somebody did something to a row of master data."""
    entry(obj, action=action, actor=actor, at=at, changed=changed, library_id=library_id).save(
        force_insert=True
    )
