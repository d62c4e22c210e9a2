"""People who ask, and the categories that say what they may."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.citations.normalise import search_text
from illservice.directory.models import Branch, Library

SEARCHED = frozenset({"name", "barcode", "email"})


class PatronCategory(models.Model):
    """A kind of patron with its limits. `materials` lists what it may not ask for."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="patron_categories")
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=100)
    open_request_limit = models.PositiveSmallIntegerField(
        _("open requests at once"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    may_loan = models.BooleanField(_("may ask for loans"), default=True)
    may_copy = models.BooleanField(_("may ask for copies"), default=True)
    refused_materials = models.JSONField(
        _("materials this category may not ask for"),
        default=list,
        blank=True,
        help_text=_('A list of material codes, for example ["score", "recording"].'),
    )
    refusal_text = models.CharField(
        _("words when something is not allowed"), max_length=300, blank=True, default=""
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["library", "code"], name="patron_category_once"),
        ]
        ordering: ClassVar[list[str]] = ["name"]
        verbose_name = _("patron category")
        verbose_name_plural = _("patron categories")

    def __str__(self) -> str:
        return self.name


class ContactChannel(models.TextChoices):
    """How a patron wants to hear from the library."""

    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("telephone")
    LETTER = "letter", _("letter")


class Patron(models.Model):
    """One person at one library, with or without a sign-in. `cleared_at` empty: new, the desk looks first."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="patrons")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="patrons"
    )
    category = models.ForeignKey(PatronCategory, on_delete=models.PROTECT, related_name="patrons")
    home_branch = models.ForeignKey(
        Branch, on_delete=models.SET_NULL, null=True, blank=True, related_name="patrons"
    )
    barcode = models.CharField(_("library card number"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=50, blank=True, default="")
    address = models.TextField(_("postal address"), blank=True, default="")
    department = models.CharField(_("department"), max_length=150, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    contact = models.CharField(
        _("prefers"), max_length=10, choices=ContactChannel, default=ContactChannel.EMAIL
    )
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    is_blocked = models.BooleanField(_("blocked"), default=False)
    block_reason = models.CharField(_("why blocked"), max_length=200, blank=True, default="")
    cleared_at = models.DateTimeField(_("cleared"), null=True, blank=True)
    note = models.TextField(_("note for staff"), blank=True, default="")
    search_text = models.TextField(editable=False, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["library", "barcode"], name="patron_barcode_once"),
            models.UniqueConstraint(
                fields=["library", "user"], name="patron_user_once", condition=models.Q(user__isnull=False)
            ),
        ]
        ordering: ClassVar[list[str]] = ["name"]
        verbose_name = _("patron")
        verbose_name_plural = _("patrons")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Keep `search_text` in step with what it is made of, whoever saves."""
        names = None if update_fields is None else set(update_fields)
        if names is None or names & SEARCHED:
            self.search_text = search_text(self.name, self.barcode, self.email)
            names = None if names is None else names | {"search_text"}
        super().save(*args, update_fields=names, **kwargs)
