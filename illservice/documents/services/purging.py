"""The clock that deletes what is over."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from django.db import transaction

from illservice.core import health
from illservice.documents.models import Document
from illservice.documents.services.links import end_all
from illservice.documents.services.storage import PART, delete_stored, stored_files

logger = logging.getLogger(__name__)

AT_ONCE = 200
STRAY_AFTER = timedelta(days=1)
STRAYS_EVERY_SECONDS = 3600.0
_STRAYS = "document strays"


def purge_expired(at: datetime) -> int:
    """Delete the files whose time is over, with their names and addresses; returns how many documents that were.

    The row stays and says that there was one. A file that could not be deleted is tried again at the next run. Once
    an hour files without a row go too: what an interrupted upload or a transaction that was rolled back left behind.
    """
    due = Document.objects.filter(purged_at__isnull=True, delete_after__lte=at).order_by("delete_after")
    done = sum(_purge(document_id, at) for document_id in due.values_list("pk", flat=True)[:AT_ONCE])
    age = health.age_in_seconds(_STRAYS, at=at)
    if age is None or age >= STRAYS_EVERY_SECONDS:
        health.beat(_STRAYS, at=at)
        _delete_strays(at)
    return done


def _purge(document_id: int, at: datetime) -> bool:
    with transaction.atomic():
        found = Document.objects.select_for_update(of=("self",)).filter(
            pk=document_id, purged_at__isnull=True, delete_after__lte=at
        )
        document = found.first()
        if document is None:
            return False
        try:
            if document.storage_key:
                delete_stored(document.storage_key)
        except OSError:
            logger.exception("the file of document %d could not be deleted", document_id)
            return False
        end_all(document, at)
        document.purged_at, document.storage_key, document.url, document.name = at, "", "", ""
        document.save(update_fields=["purged_at", "storage_key", "url", "name"])
        return True


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
