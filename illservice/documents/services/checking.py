"""Whether a document is what it was, and whether somebody should look at it first."""

import hashlib
from datetime import datetime

from django.db import transaction

from illservice.core.errors import NotFound
from illservice.documents.kinds import CheckResult, DocumentKind, MediaType, Origin, examine, sniff
from illservice.documents.kinds.media import HEAD
from illservice.documents.models import Document
from illservice.documents.services.storage import open_stored, path_of

UNUSABLE = frozenset({CheckResult.BROKEN, CheckResult.CHANGED, CheckResult.MISSING})
"""Results that nobody can overrule by looking."""

_ODD = frozenset({CheckResult.LOCKED, CheckResult.ACTIVE})
_PIECE = 1024 * 1024


def check(*, document_id: int, at: datetime) -> str:
    """Look at the content again, note the result with its time, and return it (a `CheckResult`).

    A file must be there, have its size, type and SHA-256 of when it was attached, and be whole. A PDF with a password
    or with programs inside is noted as such. What lies behind the address of a link is not looked at.
    """
    document = Document.objects.filter(
        pk=document_id, removed_at__isnull=True, purged_at__isnull=True
    ).first()
    if document is None:
        raise NotFound(document=document_id)
    result = _look_through(document)
    with transaction.atomic():
        Document.objects.filter(pk=document_id).update(checked_at=at, check_result=result)
    return result


def needs_look(document: Document, *, trusted: bool | None = None) -> bool:
    """Whether a person should look before it is released.

    Not what our own staff attached, nor what a trusted sender sent (`trusted` overrides what was noted when it came),
    unless the check found something odd.
    """
    if document.check_result in UNUSABLE | _ODD:
        return True
    sender_is_trusted = document.trusted if trusted is None else trusted
    return document.origin != Origin.STAFF and not sender_is_trusted


def _look_through(document: Document) -> CheckResult:
    if document.kind == DocumentKind.LINK:
        return CheckResult.LINK
    stream = open_stored(document.storage_key)
    if stream is None:
        return CheckResult.MISSING
    with stream:
        head = stream.read(HEAD)
        digest, size = hashlib.sha256(head), len(head)
        while piece := stream.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    found = (sniff(head), size, digest.hexdigest())
    if found != (document.media_type, document.size, document.sha256):
        return CheckResult.CHANGED
    return examine(path_of(document.storage_key), MediaType(document.media_type)).result
