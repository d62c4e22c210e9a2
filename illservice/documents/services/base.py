"""What every verb begins with, and when a file may go."""

from datetime import datetime, timedelta

from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import NotFound, NotPermitted
from illservice.documents.models import Document

GRACE = timedelta(hours=12)
"""How long a file outlives its last link, so that the desk can still make a new one."""

UNLINKED = timedelta(days=30)
"""How long a file lies that no link leads to: waiting to be released, or withdrawn."""

OFFICE = frozenset({ActorKind.STAFF, ActorKind.TOKEN})


def check_actor(actor: Actor, library_id: int) -> None:
    """People and programs act in their own library; patrons bring and release nothing. Roles are the sides' affair."""
    if actor.kind is ActorKind.PATRON:
        raise NotPermitted()
    if actor.kind in OFFICE and actor.library_id != library_id:
        raise NotFound(library=library_id)


def user_of(actor: Actor) -> int | None:
    """The account that acts, if a person of the staff does."""
    return actor.id if actor.kind is ActorKind.STAFF else None


def locked(document_id: int, actor: Actor) -> Document:
    """The document, locked until the transaction ends; NotFound when it was removed or deleted."""
    document = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None or not document.is_there:
        raise NotFound(document=document_id)
    check_actor(actor, document.library_id)
    return document


def plan_deletion(document: Document, at: datetime) -> None:
    """Set when the file goes: after its last link, be it by its time or by its views, or some time after nobody could
    reach it any more for another reason.
    """
    links = list(document.links.filter(ended_at__isnull=True, expires_at__gt=at))
    living = [link.expires_at for link in links if link.lives(at)]
    if living:
        document.delete_after = max(living) + GRACE
    else:
        document.delete_after = at + (GRACE if links else UNLINKED)
    document.save(update_fields=["delete_after"])
