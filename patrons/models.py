"""People who ask, the categories that say what they may, and the rules by which they are forgotten."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.citations.normalise import search_text
from illservice.directory.models import Branch, Library

LONGEST_DAYS = 365
SHORTEST_DAYS = 1
LEAST_YEARS, MOST_YEARS = 3, 30
SEARCHED = frozenset({"name", "barcode", "email"})


class PatronCategory(models.Model):
    """A kind of patron with its limits. How long and how much is a matter of loan policies."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="patron_categories")
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=100)
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
    MESSAGE = "message", _("message to a telephone")


class History(models.TextChoices):
    """What a patron wishes for past requests, where the library lets patrons choose."""

    LIBRARY = "", _("as the library does it")
    KEEP = "keep", _("keep them in my list")
    FORGET = "forget", _("unlink them from me as soon as they are over")


class Patron(models.Model):
    """One person at one library, with or without a sign-in. `cleared_at` empty: new, the desk looks first.

    `erased_at` says that this was a person once: the row stays for what points at it and holds nothing of them.
    """

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
    blocked_until = models.DateField(
        _("blocked until"), null=True, blank=True, help_text=_("The last day. Empty: until somebody ends it.")
    )
    cleared_at = models.DateTimeField(_("cleared"), null=True, blank=True)
    note = models.TextField(_("note for staff"), blank=True, default="")
    history = models.CharField(
        _("past requests"), max_length=10, choices=History, blank=True, default=History.LIBRARY
    )
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    search_text = models.TextField(editable=False, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["library", "barcode"], name="patron_barcode_once"),
            models.UniqueConstraint(
                fields=["library", "user"], name="patron_user_once", condition=models.Q(user__isnull=False)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["blocked_until"],
                name="patron_block_ends",
                condition=models.Q(is_blocked=True, blocked_until__isnull=False),
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


class PrivacyRules(models.Model):
    """How long one library keeps requests linked to people, and the words of what was asked for.

    Days count from the closing of a request. A library without a row does it by the defaults. The year basis is the
    year of the request in the library's own zone; the words go after 31 December of that year + `citation_years`
    (CONTU guideline 4 asks for three).
    """

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="privacy_rules")
    anonymise_days = models.PositiveSmallIntegerField(
        _("days until a closed request is unlinked from its person"),
        null=True,
        blank=True,
        default=90,
        help_text=_("Between 1 and 365. Empty: never by itself."),
    )
    anonymise_days_charged = models.PositiveSmallIntegerField(
        _("days when something was charged"),
        null=True,
        blank=True,
        default=180,
        help_text=_("Between 1 and 365. Empty: never by itself."),
    )
    patrons_choose = models.BooleanField(_("patrons may choose for their own requests"), default=True)
    kept_categories = models.JSONField(
        _("categories of patrons whose requests stay linked"), default=list, blank=True
    )
    imports_too = models.BooleanField(
        _("requests taken over from another system are unlinked and erased, too"), default=False
    )
    citation_years = models.PositiveSmallIntegerField(
        _("full years that the words of what was asked for are kept"), default=LEAST_YEARS
    )

    class Meta:
        verbose_name = _("privacy rules")
        verbose_name_plural = _("privacy rules")

    def __str__(self) -> str:
        return str(self.library)

    def days(self, *, charged: bool, history: str, category: str) -> int | None:
        """Days from the closing of a request until it is unlinked from its person; None when only by hand."""
        if category in self.kept_categories or (self.patrons_choose and history == History.KEEP):
            return None
        if self.patrons_choose and history == History.FORGET:
            return SHORTEST_DAYS
        return self.anonymise_days_charged if charged else self.anonymise_days


class AskedBy(models.TextChoices):
    """Who wanted a person erased."""

    PATRON = "patron", _("the person")
    STAFF = "staff", _("the person, at the desk")


class Erasure(models.Model):
    """That somebody asked to be erased and what came of it: never who it was.

    `kept_because` are the codes of what stood in the way of the rest.
    """

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="erasures")
    at = models.DateTimeField(_("asked"))
    asked_by = models.CharField(_("asked by"), max_length=10, choices=AskedBy)
    unlinked = models.PositiveIntegerField(_("requests unlinked"), default=0)
    complete = models.BooleanField(_("erased completely"), default=False)
    kept_because = models.JSONField(_("what stood in the way"), default=list)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["library", "-at"], name="erasure_library"),
        ]
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class PatronBlock(models.Model):
    """New requests of a patron wait while the item of a request is long overdue; it goes when the item is back.

    One row for each item, so that the last one that comes back ends the blocking. `number` is the request's.
    """

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="blocks")
    number = models.CharField(max_length=20, unique=True)
    since = models.DateTimeField(_("since"))

    class Meta:
        ordering: ClassVar[list[str]] = ["since", "id"]
        verbose_name = _("block while something is overdue")
        verbose_name_plural = _("blocks while something is overdue")

    def __str__(self) -> str:
        return self.number


OFF = "off"
"""What a patron chooses for reminders instead of a channel."""


class NoticeChoice(models.Model):
    """How a patron wants to be told of things, where it differs from `Patron.contact`. Channels by their code; empty:
    like everything else. `address` is where messages go that are no mails, a telephone number mostly."""

    patron = models.OneToOneField(Patron, on_delete=models.CASCADE, related_name="notice_choice")
    reminders = models.CharField(_("reminders"), max_length=20, blank=True, default="")
    news = models.CharField(_("news about requests"), max_length=20, blank=True, default="")
    address = models.CharField(_("number for messages"), max_length=80, blank=True, default="")

    class Meta:
        verbose_name = _("choice of notices")
        verbose_name_plural = _("choices of notices")

    def __str__(self) -> str:
        return str(self.patron)


class Proxy(models.Model):
    """Somebody whom a patron sends: to pick up, to be told, or both. `account` when it is a patron here, too."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="proxies")
    account = models.ForeignKey(
        Patron, on_delete=models.CASCADE, null=True, blank=True, related_name="proxy_for"
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True, default="")
    may_collect = models.BooleanField(_("may pick up"), default=True)
    gets_notices = models.BooleanField(_("is told, too"), default=False)
    gets_reminders = models.BooleanField(_("gets reminders"), default=True)
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        verbose_name = _("proxy")
        verbose_name_plural = _("proxies")

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where notices go: the account's own address, as it is now, for a patron of this library."""
        return self.account.email if self.account is not None else self.email
