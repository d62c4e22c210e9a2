"""The words in which documents are spoken of."""

from http import HTTPStatus

from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.core.errors import IllError

MOST_DAYS, MOST_VIEWS = 365, 1000
"""What a link can be given at most; 0 views means any number."""


class DocumentKind(models.TextChoices):
    """A file that we keep, or the address of a copy that somebody else keeps."""

    FILE = "file", _("file")
    LINK = "link", _("link")


class Origin(models.TextChoices):
    """Who brought it."""

    STAFF = "staff", _("our staff")
    PARTNER = "partner", _("the other library")


class Audience(models.TextChoices):
    """For whom a link opens: our patron, who signs in, or whoever was sent the unguessable address."""

    PATRON = "patron", _("our patron")
    BORROWER = "borrower", _("the borrowing library")


class Stage(models.TextChoices):
    """How far a document has come. It follows from its dates and is stored nowhere."""

    ATTACHED = "attached", _("attached, not released")
    RELEASED = "released", _("released")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("link has ended")
    REMOVED = "removed", _("removed")
    PURGED = "purged", _("deleted")


class Gone(IllError):
    """The link was good once. `code` says why it is not any more: expired, used, withdrawn or deleted (410)."""

    status = HTTPStatus.GONE
    code = "gone"
