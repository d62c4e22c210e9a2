"""The clock that deletes what is over."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from django.db import transaction

from illservice.core import health
from illservice.core.timers import ELSEWHERE, FAILED, Tally
from illservice.documents.models import Document
from illservice.documents.services.links import end_all
from illservice.documents.services.storage import PART, delete_stored, stored_files

logger = logging.getLogger(__name__)

AT_ONCE = 200
AGAIN_AFTER = timedelta(hours=1)
STRAY_AFTER = timedelta(days=1)
STRAYS_EVERY_SECONDS = 3600.0
_STRAYS = "document strays"


def purge(at: datetime) -> Tally:
    """Delete the files whose time is over, with their names and addresses, and count the documents.

    The row stays and says that there was one. A file that could not be deleted is tried again an hour later. Once
    an hour files without a row go too: what an interrupted upload or a transaction that was rolled back left behind.
    """
    due = Document.objects.filter(purged_at__isnull=True, delete_after__lte=at).order_by("delete_after")
    found = list(due.values_list("pk", flat=True)[:AT_ONCE])
    tally = Tally(looked_at=len(found), due=len(found), more=len(found) == AT_ONCE)
    for document_id in found:
        passed_over = _purge(document_id, at)
        if passed_over:
            tally.skip(passed_over)
        else:
            tally.done += 1
    age = health.age_in_seconds(_STRAYS, at=at)
    if age is None or age >= STRAYS_EVERY_SECONDS:
        health.beat(_STRAYS, at=at)
        _delete_strays(at)
    return tally


def wipe(*, library_id: int, subject: str, at: datetime) -> int:
    """Take everything of one request away at once: names, addresses and links now, files with the next run of the
    clock (a transaction that fails must not have deleted any). Returns how many documents that were.
    """
    with transaction.atomic():
        found = Document.objects.select_for_update(of=("self",)).filter(
            library_id=library_id, subject=subject, purged_at__isnull=True
        )
        documents = list(found)
        for document in documents:
            end_all(document, at)
            document.name, document.delete_after = "", min(document.delete_after, at)
            document.removed_at = document.removed_at or at
            if not document.storage_key:
                document.url, document.purged_at = "", at
            document.save(update_fields=["name", "delete_after", "removed_at", "url", "purged_at"])
        return len(documents)


def purge_expired(at: datetime) -> int:
    """One batch; returns how many documents that were."""
    return purge(at).done


def _purge(document_id: int, at: datetime) -> str:
    """Delete one. Returns why it was passed over, or nothing."""
    with transaction.atomic():
        found = Document.objects.select_for_update(of=("self",)).filter(
            pk=document_id, purged_at__isnull=True, delete_after__lte=at
        )
        document = found.first()
        if document is None:
            return ELSEWHERE
        try:
            if document.storage_key:
                delete_stored(document.storage_key)
        except OSError:
            logger.exception("the file of document %d could not be deleted", document_id)
            document.delete_after = at + AGAIN_AFTER
            document.save(update_fields=["delete_after"])
            return FAILED
        end_all(document, at)
        document.purged_at, document.storage_key, document.url, document.name = at, "", "", ""
        document.save(update_fields=["purged_at", "storage_key", "url", "name"])
        return ""


def _delete_strays(at: datetime) -> None:
    files = _old_files(at)
    while some := list(islice(files, AT_ONCE)):
        keys = {path.name.removesuffix(PART) for path in some}
        known = set(Document.objects.filter(storage_key__in=keys).values_list("storage_key", flat=True))
        for path in some:
            if path.name not in known:
                path.unlink(missing_ok=True)


def _old_files(at: datetime) -> Iterator[Path]:
    """Files that were not touched for a day: younger ones may still be on their way into the database."""
    for path in stored_files():
        try:
            changed = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
        except FileNotFoundError:
            continue
        if changed <= at - STRAY_AFTER:
            yield path
