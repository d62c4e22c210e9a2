"""History is append-only. The one exception: a person is taken out of it, and the row says that this was done."""

from typing import Any

from illservice.core.actors import ActorKind

BLACK = "█"
"""What stands where words about a person stood."""


def blacken(event_model: Any, case_id: int) -> None:
    """Take the person out of a request's events: who acted becomes nobody, what happened and when stays.

    Acts of staff keep their names: they are the office's own record of its work.
    """
    events = event_model._default_manager.filter(request_id=case_id, actor_kind=ActorKind.PATRON)
    events.exclude(actor_id=None).update(actor_id=None, blackened=True)
