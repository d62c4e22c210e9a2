"""Copies for patrons and borrowers, and the links by which they are opened."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from illservice.directory.models import Library
from illservice.documents.kinds import Audience, CheckResult, DocumentKind, Origin, Stage


class Document(models.Model):
    """One copy of a request: a file of ours, or the address of a copy elsewhere.

    Where it stands follows from its dates (`stage`). `key` is its name in addresses, `storage_key` that of the file on
    disk; both are random, and the name that the sender gave it is only ever shown. When the file is deleted, name
    and address go too.
    """

    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="documents")
    subject = models.CharField(_("request number"), max_length=20)
    key = models.CharField(max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=DocumentKind)
    origin = models.CharField(_("brought by"), max_length=10, choices=Origin, default=Origin.STAFF)
    trusted = models.BooleanField(_("from a trusted sender"), default=False)
    name = models.CharField(_("name"), max_length=150, blank=True, default="")
    media_type = models.CharField(_("type"), max_length=40, blank=True, default="")
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    pages = models.PositiveIntegerField(_("pages"), null=True)
    storage_key = models.CharField(max_length=64, blank=True, default="")
    url = models.URLField(_("address"), max_length=1000, blank=True, default="")
    attached_at = models.DateTimeField(_("attached"))
    attached_by = models.PositiveBigIntegerField(null=True)
    checked_at = models.DateTimeField(_("checked"), null=True)
    check_result = models.CharField(_("result of the check"), max_length=10, choices=CheckResult)
    released_at = models.DateTimeField(_("released"), null=True)
    released_by = models.PositiveBigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    removed_at = models.DateTimeField(_("removed"), null=True)
    delete_after = models.DateTimeField()
    purged_at = models.DateTimeField(_("deleted"), null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["storage_key"], name="document_file_once", condition=~Q(storage_key="")
            ),
            models.CheckConstraint(
                condition=Q(purged_at__isnull=False)
                | Q(kind="file", storage_key__gt="", url="")
                | Q(kind="link", storage_key="", url__gt=""),
                name="document_file_or_link",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["library", "subject", "id"], name="document_subject"),
            models.Index(fields=["delete_after"], name="document_due", condition=Q(purged_at__isnull=True)),
        ]
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject}"

    @property
    def is_there(self) -> bool:
        """Neither removed nor deleted."""
        return self.removed_at is None and self.purged_at is None

    @property
    def is_released(self) -> bool:
        """Released and still so."""
        return self.is_there and self.released_at is not None and self.withdrawn_at is None

    def stage(self, at: datetime) -> Stage:
        """Where it stands. "Expired" needs `links` (prefetch them for lists): there were some, none lives."""
        if self.purged_at is not None:
            return Stage.PURGED
        if self.removed_at is not None:
            return Stage.REMOVED
        if self.withdrawn_at is not None:
            return Stage.WITHDRAWN
        if self.released_at is None:
            return Stage.ATTACHED
        links = list(self.links.all())
        return Stage.EXPIRED if links and not any(link.lives(at) for link in links) else Stage.RELEASED


class DocumentLink(models.Model):
    """A way to open a released document until a time, a number of times.

    A link for a borrower is opened by a token of which only a SHA-256 is kept (services.links says how it is made); a
    link for a patron has none, because its address asks who is signed in. Every view is counted here, and the
    database itself refuses one too many. `conditions` are what the law ties the copy to (codes of
    `citations.copyright.Condition`): they stand on the page that opens it, and may end it sooner.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="links")
    audience = models.CharField(_("for"), max_length=10, choices=Audience)
    seed = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64, null=True, unique=True)
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("ends"))
    ended_at = models.DateTimeField(_("ended early"), null=True)
    conditions = models.JSONField(default=list, blank=True)
    views_allowed = models.PositiveSmallIntegerField(_("views allowed (0: any number)"), default=0)
    views = models.PositiveIntegerField(_("views"), default=0)
    first_opened_at = models.DateTimeField(_("first opened"), null=True)
    last_opened_at = models.DateTimeField(_("last opened"), null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(views_allowed=0) | Q(views__lte=F("views_allowed")), name="document_link_views"
            ),
            models.CheckConstraint(
                condition=Q(audience="patron", digest__isnull=True)
                | Q(audience="borrower", digest__isnull=False),
                name="document_link_token",
            ),
        ]
        verbose_name = _("link to a document")
        verbose_name_plural = _("links to documents")

    def __str__(self) -> str:
        return f"{self.audience} link until {self.expires_at:%Y-%m-%d}"

    @property
    def views_left(self) -> int | None:
        """How many more times it opens; None for any number."""
        return max(0, self.views_allowed - self.views) if self.views_allowed else None

    def lives(self, at: datetime) -> bool:
        """Whether it opens at this moment."""
        return self.ended_at is None and self.expires_at > at and self.views_left != 0
