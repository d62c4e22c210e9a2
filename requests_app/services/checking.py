"""Who may settle which hold, and the one that settles a person's account as well."""

from datetime import datetime

from django.db import transaction

from illservice.accounts.roles import Role
from illservice.core.actors import Actor
from illservice.core.errors import NotFound
from patrons.services.patrons import clear_patron
from requests_app.models import BorrowingRequest
from requests_app.services.review import clear_hold
from requests_app.workflow.rights import COPYRIGHT_DESK
from requests_app.workflow.states import HoldKind

_ANSWER_FOR_PATRONS = frozenset({Role.BORROWING, Role.HEAD, Role.ADMINISTRATOR})


def may_clear(kind: str, actor: Actor) -> bool:
    """Whether the actor may settle a hold of this kind, given that the table lets holds be settled."""
    return kind != HoldKind.COPYRIGHT or bool(actor.roles & COPYRIGHT_DESK)


def may_accept(actor: Actor) -> bool:
    """Whether the actor answers for patrons' accounts."""
    return bool(actor.roles & _ANSWER_FOR_PATRONS)


def accept_patron(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The desk has looked at a new patron: the account is cleared, and the hold of this request with it.

    Locks the patron before the request, as everybody does (design §2).
    """
    with transaction.atomic():
        found = BorrowingRequest.objects.filter(pk=request_id, library_id=actor.library_id or 0)
        patron_id = found.values_list("patron_id", flat=True).first()
        if patron_id is None:
            raise NotFound(request=request_id)
        clear_patron(patron_id=patron_id, actor=actor, at=at)
        clear_hold(
            request_id=request_id, kind=HoldKind.PATRON, reason="checked", actor=actor, at=at, version=version
        )
