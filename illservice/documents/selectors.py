"""How doors and the two sides find documents and links."""

import hashlib
from datetime import datetime

from django.db.models import QuerySet

from illservice.core.actors import Actor
from illservice.core.errors import NotFound
from illservice.documents.kinds import Audience, owner_of
from illservice.documents.models import Document, DocumentLink


def documents_of(subject: str, library_id: int) -> QuerySet[Document]:
    """What a request of a library has, the oldest first, deleted ones too, with links; what was removed is left out."""
    found = Document.objects.filter(library_id=library_id, subject=subject, removed_at__isnull=True)
    return found.order_by("id").prefetch_related("links")


def released(subject: str, library_id: int) -> QuerySet[Document]:
    """What of it is released now, the newest first: the one to show when a better scan was sent."""
    found = documents_of(subject, library_id).filter(released_at__isnull=False, withdrawn_at__isnull=True)
    return found.filter(purged_at__isnull=True).order_by("-released_at", "-id")


def visible_to_staff(library_id: int, actor: Actor, key: str) -> Document:
    """One document, for staff of its library who may see its request, before release too; otherwise NotFound."""
    found = Document.objects.select_related("library").filter(
        library_id=library_id, key=key, removed_at__isnull=True, purged_at__isnull=True
    )
    document = found.first()
    if document is None or actor.library_id != library_id:
        raise NotFound(document=key)
    if not owner_of(document.subject).staff_may_see(document.subject, library_id, actor):
        raise NotFound(document=key)
    return document


def patron_link(key: str, *, user_id: int) -> DocumentLink:
    """The link by which a patron opens the document with this key: the last one made for patrons, dead or alive.

    NotFound when there was never one, and for everybody but the patron whom the request is for.
    """
    link = _links().filter(document__key=key, audience=Audience.PATRON).order_by("-id").first()
    if link is None:
        raise NotFound(document=key)
    document = link.document
    if not owner_of(document.subject).patron_may_open(document.subject, document.library_id, user_id):
        raise NotFound(document=key)
    return link


def borrower_link(token: str) -> DocumentLink:
    """The link of a token, dead or alive. It is looked up by its digest, so no answer's time tells a part of it."""
    link = _links().filter(digest=digest_of(token)).first()
    if link is None:
        raise NotFound()
    return link


def link_in_force(document: Document, audience: Audience, at: datetime) -> DocumentLink | None:
    """The newest link that opens a document at this moment, for the pages of staff and patrons."""
    links = document.links.filter(audience=audience).order_by("-id")
    return next((link for link in links if link.lives(at)), None)


def digest_of(token: str) -> str:
    """What is kept of a token. A plain SHA-256 will do: 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _links() -> QuerySet[DocumentLink]:
    found = DocumentLink.objects.select_related("document__library")
    return found.filter(document__removed_at__isnull=True)
