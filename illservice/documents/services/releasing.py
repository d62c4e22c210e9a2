"""A document is let out, or called back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.errors import Refused
from illservice.documents.kinds import DocumentKind
from illservice.documents.models import Document
from illservice.documents.services.base import OFFICE, locked, plan_deletion, user_of
from illservice.documents.services.checking import UNUSABLE, needs_look
from illservice.documents.services.links import end_all
from illservice.documents.services.storage import path_of


def release(*, document_id: int, actor: Actor, at: datetime) -> Document:
    """Let links be made to it; what was withdrawn can be released again. Releasing twice is releasing once.

    Refused (`unusable`) when the file is damaged or gone, and (`needs_look`) when no person releases what a person
    should look at first.
    """
    with transaction.atomic():
        document = locked(document_id, actor)
        if document.is_released:
            return document
        if document.check_result in UNUSABLE or not _is_on_disk(document):
            raise Refused(_("The file is damaged or gone. Attach it again."), code="unusable")
        if actor.kind not in OFFICE and needs_look(document):
            raise Refused(_("Somebody of the staff must look at it first."), code="needs_look")
        document.released_at, document.released_by, document.withdrawn_at = at, user_of(actor), None
        document.save(update_fields=["released_at", "released_by", "withdrawn_at"])
        plan_deletion(document, at)
        return document


def withdraw(*, document_id: int, actor: Actor, at: datetime) -> Document:
    """Call a released document back: its links end at once. Staff still see it, and may release it again."""
    with transaction.atomic():
        document = locked(document_id, actor)
        if not document.is_released:
            return document
        end_all(document, at)
        document.withdrawn_at = at
        document.save(update_fields=["withdrawn_at"])
        plan_deletion(document, at)
        return document


def _is_on_disk(document: Document) -> bool:
    """A quick look, as the transaction waits for it: the file is there and has its size."""
    if document.kind == DocumentKind.LINK:
        return True
    try:
        return path_of(document.storage_key).stat().st_size == document.size
    except FileNotFoundError:
        return False
