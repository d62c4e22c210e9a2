"""How doors and the two sides find documents and links."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.urls import Resolver404, resolve

from illservice.core.actors import Actor
from illservice.core.errors import NotFound
from illservice.documents.kinds import Audience, owner_of
from illservice.documents.models import Document, DocumentLink


def documents_of(subject: str, library_id: int) -> QuerySet[Document]:
    """What a request of a library has, the oldest first, deleted ones too, with links; what was removed is left out."""
    found = Document.objects.filter(library_id=library_id, subject=subject, removed_at__isnull=True)
    return found.order_by("id").prefetch_related("links")


def files_of(subject: str, library_id: int, at: datetime) -> QuerySet[Document]:
    """The same for a page of staff, in one statement: each with `links_made`, `opened` and `lives_until` instead.

    `opened` counts the views of all its links, `lives_until` is the end of the last one that opens at this moment.
    """
    found = Document.objects.filter(library_id=library_id, subject=subject, removed_at__isnull=True)
    return found.order_by("id").annotate(
        links_made=Count("links"),
        opened=Sum("links__views", default=0),
        lives_until=Max("links__expires_at", filter=_living(at, "links__")),
    )


def file_named(key: str, subject: str, library_id: int) -> Document:
    """One file of a request by its key; NotFound for those of other requests and for what was taken away."""
    found = Document.objects.filter(
        library_id=library_id, subject=subject, key=key, removed_at__isnull=True, purged_at__isnull=True
    )
    document = found.first()
    if document is None:
        raise NotFound(document=key)
    return document


def dead_addresses(addresses: Iterable[str], at: datetime) -> frozenset[str]:
    """Those of these addresses that lead to a copy of ours and do not open for the patron at this moment.

    Of addresses elsewhere nothing is known. One statement, none when no address is ours.
    """
    ours = {each: _key_in(each) for each in addresses}
    keys = {key for key in ours.values() if key}
    if not keys:
        return frozenset()
    links = DocumentLink.objects.filter(
        _living(at), audience=Audience.PATRON, document__key__in=keys, document__removed_at__isnull=True
    )
    alive = set(links.values_list("document__key", flat=True))
    return frozenset(address for address, key in ours.items() if key and key not in alive)


def _key_in(address: str) -> str:
    """The key of the document to which a patron's address leads; nothing for an address elsewhere."""
    if not address.startswith(f"{settings.ILL_BASE_URL}/"):
        return ""
    try:
        match = resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return ""
    return str(match.kwargs["key"]) if match.view_name == "documents:patron" else ""


def _living(at: datetime, path: str = "") -> Q:
    """Links that open at this moment, seen from a row to which `path` leads; as DocumentLink.lives says it."""
    views_left = Q(**{f"{path}views_allowed": 0}) | Q(**{f"{path}views__lt": F(f"{path}views_allowed")})
    return Q(**{f"{path}ended_at__isnull": True, f"{path}expires_at__gt": at}) & views_left


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
    found = DocumentLink.objects.select_related("document__library__entity")
    return found.filter(document__removed_at__isnull=True)
