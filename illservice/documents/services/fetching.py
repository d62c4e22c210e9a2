"""Somebody opens a document: counted through a link, not counted for staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import FIVE_DAYS, Condition
from illservice.core.clock import local_date
from illservice.directory.calendars import end_of_day
from illservice.directory.selectors import open_days
from illservice.documents.kinds import DocumentKind, Gone
from illservice.documents.models import Document, DocumentLink
from illservice.documents.services.base import plan_deletion
from illservice.documents.services.storage import open_stored


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was opened: the file, ready to be read, or for the address of a copy elsewhere None."""

    document: Document
    stream: BinaryIO | None


def fetch(*, link: DocumentLink, at: datetime) -> Fetched:
    """Open a document through a link, which counts as a view. Gone when the link or the file is over.

    Views never exceed the limit however many ask at once: one UPDATE counts and asks in the same step, over columns
    of the link's row alone, so that PostgreSQL asks again after it waited for somebody else's count.
    """
    refuse_dead(link, at)
    fetched = look(link.document)
    counted = (
        DocumentLink.objects.filter(pk=link.pk, ended_at__isnull=True, expires_at__gt=at)
        .filter(Q(views_allowed=0) | Q(views__lt=F("views_allowed")))
        .update(
            views=F("views") + 1,
            expires_at=Case(
                When(first_opened_at__isnull=True, then=Value(min(link.expires_at, _ends_at(link, at)))),
                default=F("expires_at"),
            ),
            first_opened_at=Coalesce(F("first_opened_at"), at),
            last_opened_at=at,
        )
    )
    if not counted:
        if fetched.stream is not None:
            fetched.stream.close()
        link.refresh_from_db(fields=["views", "ended_at", "expires_at"])
        refuse_dead(link, at)
        raise Gone(_("This link cannot be opened any more."))
    ends_sooner = link.first_opened_at is None and Condition.FIVE_DAYS in link.conditions
    if ends_sooner or (link.views_allowed and link.views + 1 >= link.views_allowed):
        _plan_anew(link.document_id, at)
    return fetched


def _ends_at(link: DocumentLink, at: datetime) -> datetime:
    """When a link ends that is first opened at this moment."""
    if Condition.FIVE_DAYS not in link.conditions:
        return link.expires_at
    library = link.document.library
    last = open_days(library).add_open_days(local_date(at, library.timezone), FIVE_DAYS)
    return end_of_day(last, library.timezone)


def _plan_anew(document_id: int, at: datetime) -> None:
    """The link ends sooner, or its last view may have been used: then the file is not kept for the rest of its time."""
    with transaction.atomic():
        document = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
        if document is not None and document.is_there:
            plan_deletion(document, at)


def look(document: Document) -> Fetched:
    """Open a document without counting, for staff. Gone when its file is not there."""
    if document.kind == DocumentKind.LINK and document.url:
        return Fetched(document, None)
    stream = open_stored(document.storage_key)
    if stream is None:
        raise Gone(_("The file was deleted."), code="deleted")
    return Fetched(document, stream)


def refuse_dead(link: DocumentLink, at: datetime) -> None:
    """Gone, with the reason, when a link does not open at this moment."""
    if link.expires_at <= at:
        raise Gone(_("The time for this copy is over."), code="expired")
    if link.document.purged_at is not None:
        raise Gone(_("The file was deleted."), code="deleted")
    if link.ended_at is not None:
        raise Gone(_("The library called this copy back."), code="withdrawn")
    if link.views_left == 0:
        raise Gone(_("This copy was opened as often as the library allows."), code="used")
