"""A document comes, and goes again when it was the wrong one."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput
from illservice.core.fitting import refuse_unfit
from illservice.documents.kinds import CheckResult, DocumentKind, Origin
from illservice.documents.models import Document
from illservice.documents.services.base import UNLINKED, check_actor, locked, user_of
from illservice.documents.services.links import end_all
from illservice.documents.services.storage import StoredFile, Upload, delete_stored, store_upload

REMOVED_FOR = timedelta(hours=1)
_KEY_BYTES = 24


def attach_file(
    *,
    library_id: int,
    subject: str,
    upload: Upload | StoredFile,
    actor: Actor,
    at: datetime,
    origin: str = Origin.STAFF,
    trusted: bool = False,
) -> Document:
    """Keep a file for a request; it is checked by content and size, and nobody but staff sees it until its release.

    A caller with a transaction of its own hands over what `store_upload` made before it began. InvalidInput (field
    `file`) for a file that is empty, too large, not whole, or neither PDF nor TIFF, JPEG or PNG.
    """
    check_actor(actor, library_id)
    stored = upload if isinstance(upload, StoredFile) else store_upload(upload)
    try:
        return _attach(
            library_id,
            subject,
            actor,
            at,
            kind=DocumentKind.FILE,
            origin=origin,
            trusted=trusted,
            name=stored.name,
            media_type=stored.media_type.value,
            size=stored.size,
            sha256=stored.sha256,
            pages=stored.pages,
            storage_key=stored.storage_key,
            check_result=stored.result,
        )
    except BaseException:
        delete_stored(stored.storage_key)
        raise


def attach_link(
    *,
    library_id: int,
    subject: str,
    url: str,
    actor: Actor,
    at: datetime,
    origin: str = Origin.STAFF,
    trusted: bool = False,
) -> Document:
    """Keep the address of a copy that lies elsewhere. InvalidInput (field `url`) unless it is one of the web."""
    check_actor(actor, library_id)
    return _attach(
        library_id,
        subject,
        actor,
        at,
        kind=DocumentKind.LINK,
        origin=origin,
        trusted=trusted,
        url=_web_address(url),
        check_result=CheckResult.LINK,
    )


def remove(*, document_id: int, actor: Actor, at: datetime) -> Document:
    """Take away what was attached by mistake, whether released or not. Its links end, the file is deleted soon."""
    with transaction.atomic():
        document = locked(document_id, actor)
        end_all(document, at)
        document.removed_at = at
        document.delete_after = at + REMOVED_FOR
        document.save(update_fields=["removed_at", "delete_after"])
        return document


def _attach(library_id: int, subject: str, actor: Actor, at: datetime, **values: Any) -> Document:
    document = Document(
        library_id=library_id,
        subject=subject,
        key=secrets.token_urlsafe(_KEY_BYTES),
        attached_at=at,
        attached_by=user_of(actor),
        checked_at=at,
        delete_after=at + UNLINKED,
        **values,
    )
    refuse_unfit(document)
    with transaction.atomic():
        document.save(force_insert=True)
    return document


def _web_address(url: str) -> str:
    """An address that a browser opens and nothing else does: http or https, a host, no password in it."""
    url = url.strip()
    try:
        URLValidator(schemes=["http", "https"])(url)
        parts = urlsplit(url)
    except (ValidationError, ValueError):
        parts = None
    if parts is None or parts.username is not None or len(url) > 1000:
        raise InvalidInput({"url": _("This is not a web address. It begins with https:// or http://.")})
    return url
