"""What a library decides about its notices: its own texts in place of the shipped ones, and its rules."""

from datetime import time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.directory.models import Library

MAIL = "mail"
"""The channel that is not a message to a telephone."""
QUIET_FROM, QUIET_UNTIL = time(20, 0), time(8, 0)


class NoticeRules(models.Model):
    """When reminders leave, what a notice may name, and how else people can be told. A library without a row has the
    defaults (`selectors.rules_of`). The gateway's secret is sealed (`core.sealing`)."""

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="notice_rules")
    quiet_from = models.TimeField(_("no reminders from"), default=QUIET_FROM)
    quiet_until = models.TimeField(_("until"), default=QUIET_UNTIL)
    open_days_only = models.BooleanField(_("reminders on open days only"), default=True)
    bundle = models.BooleanField(_("several reminders of a day in one mail"), default=True)
    title_in_text = models.BooleanField(_("notices to patrons name the title"), default=True)
    title_in_messages = models.BooleanField(_("messages to telephones name the title"), default=False)
    title_in_calendar = models.BooleanField(_("calendar files name the title"), default=False)
    webhook_url = models.URLField(_("address of the gateway"), max_length=300, blank=True, default="")
    webhook_label = models.CharField(_("what patrons call it"), max_length=60, blank=True, default="")
    webhook_secret = models.CharField(max_length=600, blank=True, default="", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("rules for notices")
        verbose_name_plural = _("rules for notices")

    def __str__(self) -> str:
        return str(self.library)

    def names_title(self, channel: str) -> bool:
        """Whether what leaves by this channel to a patron names the title: a message lights up on a screen."""
        return self.title_in_text and (channel == MAIL or self.title_in_messages)


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
