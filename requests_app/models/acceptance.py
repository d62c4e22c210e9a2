"""What was declared of copyright when a copy was asked for, and the words as they were then."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.directory.models import Library
from requests_app.models.request import BorrowingRequest


class How(models.TextChoices):
    """In which way it was declared."""

    WEB = "web", _("by the patron on the web")
    PAPER = "paper", _("on paper, signed")
    PHONE = "phone", _("in person or by telephone")
    API = "api", _("by a program")


class CopyrightText(models.Model):
    """The words of a warning or declaration as they stood on the form. Never changed, never deleted.

    `digest` is the SHA-256 of the text, so that other words under the same version are kept beside it.
    """

    version = models.CharField(_("version"), max_length=40)
    jurisdiction = models.CharField(_("country of law (ISO 3166)"), max_length=2, blank=True, default="")
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("text"))
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["version", "jurisdiction", "language", "digest"], name="copyright_text_once"
            ),
        ]
        ordering: ClassVar[list[str]] = ["version", "id"]

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"


class CopyrightAcceptance(models.Model):
    """That the text was accepted for a request, when and how. Says nothing of the person; it stays with the request."""

    request = models.OneToOneField(BorrowingRequest, on_delete=models.CASCADE, related_name="acceptance")
    text = models.ForeignKey(CopyrightText, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(_("declared"), max_length=10, choices=How)
    at = models.DateTimeField(_("declared at"))

    def __str__(self) -> str:
        return f"{self.text} {self.at:%Y-%m-%d %H:%M}"


class SignedDeclaration(models.Model):
    """A declaration that the law wants in writing. It lives apart from the request and outlives the person's link.

    The law of the United Kingdom and of Australia lets a library copy only on a signed declaration, so name and item
    are kept until `keep_until`, whatever becomes of the request; then the row is deleted. `acceptance` is cut when the
    request is unlinked from its person.
    """

    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    acceptance = models.OneToOneField(
        CopyrightAcceptance, on_delete=models.SET_NULL, null=True, blank=True, related_name="signed"
    )
    text = models.ForeignKey(CopyrightText, on_delete=models.PROTECT, related_name="+")
    signature = models.CharField(_("signature"), max_length=200)
    signed_on = models.DateField(_("signed on"))
    material = models.TextField(_("what was asked for"))
    keep_until = models.DateField(_("kept until"))

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["keep_until"], name="signed_keep_until"),
        ]

    def __str__(self) -> str:
        return f"{self.text} {self.signed_on:%Y-%m-%d}"
