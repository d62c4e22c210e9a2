"""What is held about people in documents."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from illservice.core.retention import (
    Case,
    Held,
    Line,
    Occasion,
    Person,
    numbers_of,
    register,
    register_harmless,
)
from illservice.documents.models import Document
from illservice.documents.services import wipe


def _wipe(case: Case, at: datetime) -> None:
    wipe(library_id=case.library_id, subject=case.number, at=at)


def _documents(person: Person) -> Iterator[list[Line]]:
    found = Document.objects.filter(library_id=person.library_id, subject__in=numbers_of(person))
    for document in found.filter(purged_at__isnull=True, removed_at__isnull=True).order_by("id"):
        yield [
            Line("number", _("request"), document.subject),
            Line("name", _("name of the file"), document.name),
            Line("media_type", _("type"), document.media_type),
            Line("size", _("bytes"), document.size),
            Line("attached_at", _("attached"), document.attached_at),
            Line("delete_after", _("is deleted after"), document.delete_after),
        ]


def register_retention() -> None:
    """Make it known. Called once, when the app is ready."""
    register(
        Held(
            code="documents",
            label=_("Copies for you"),
            why=_("So that you can open what was scanned for you."),
            until=_(
                "Until the link to it ends (usually 30 days or 10 views), at the latest with the request."
            ),
            fields={"ill_documents.Document": "name url storage_key"},
            on={Occasion.PERSON: _wipe, Occasion.CITATION: _wipe},
            told=_documents,
            position=45,
        )
    )
    register_harmless(
        "ill_documents.Document",
        "subject key media_type sha256 attached_by released_by",
        "numbers and types; what staff did",
    )
    register_harmless("ill_documents.DocumentLink", "seed digest", "random, and digests of what is random")
    register_harmless("ill_documents.DocumentLink", "conditions", "codes of what the law asks")
