"""The texts that a library wrote itself, in place of the shipped ones."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.directory.models import Library


class NoticeText(models.Model):
    """One kind in one language at one library. Going back to the shipped text keeps the row, so that `version`
    tells what a person saw even after that."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="notice_texts")
    kind = models.CharField(_("notice"), max_length=40)
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(_("subject"), max_length=200)
    body_text = models.TextField(_("text"))
    body_html = models.TextField(_("HTML"))
    in_use = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(_("changed"))
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["library", "kind", "language"], name="notice_text_once"),
        ]
        verbose_name = _("notice text")
        verbose_name_plural = _("notice texts")

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"
