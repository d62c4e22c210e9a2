"""Libraries, how they are named, where their branches are, and what one knows of another."""

import datetime
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class LegalEntity(models.Model):
    """The body that the law knows. Copyright is counted by entity, branches and libraries together."""

    name = models.CharField(_("name"), max_length=200)
    jurisdiction = models.CharField(_("country of law (ISO 3166)"), max_length=2, default="US")

    class Meta:
        verbose_name = _("legal entity")
        verbose_name_plural = _("legal entities")

    def __str__(self) -> str:
        return self.name


class Library(models.Model):
    """A tenant of this deployment, a partner, or both (design §4)."""

    entity = models.ForeignKey(
        LegalEntity, on_delete=models.PROTECT, related_name="libraries", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name in addresses"), max_length=40, unique=True)
    is_tenant = models.BooleanField(_("works here"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    timezone = models.CharField(_("time zone (IANA)"), max_length=50, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    currency = models.CharField(_("currency (ISO 4217)"), max_length=3, default="USD")
    email = models.EmailField(_("e-mail of the desk"), blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=50, blank=True, default="")
    address = models.TextField(_("postal address"), blank=True, default="")
    website = models.URLField(_("website"), blank=True, default="")
    closed_weekdays = models.CharField(
        _("closed weekdays"),
        max_length=7,
        blank=True,
        default="67",
        help_text=_("Digits 1 (Monday) to 7 (Sunday)."),
    )
    patron_payment = models.TextField(
        _("how patrons pay"),
        blank=True,
        default="",
        help_text=_("Patrons read it beside what they owe: where, when, by which means."),
    )
    partner_payment = models.TextField(
        _("how other libraries pay"),
        blank=True,
        default="",
        help_text=_("Stands on bills to other libraries: account, reference, vouchers."),
    )
    digest_hour = models.PositiveSmallIntegerField(
        _("hour of the daily mail to staff"),
        null=True,
        blank=True,
        default=7,
        validators=[MaxValueValidator(23)],
        help_text=_("In the library’s own time, 0 to 23. Empty: no such mail."),
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        verbose_name = _("library")
        verbose_name_plural = _("libraries")

    def __str__(self) -> str:
        return self.name


class SymbolScheme(models.TextChoices):
    """Who gives the symbol."""

    ISIL = "isil", "ISIL"
    OCLC = "oclc", "OCLC"
    LOCAL = "local", _("local")


class Symbol(models.Model):
    """A name by which systems and people know a library. The case of an ISIL's local part counts (ISO 15511)."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="symbols")
    scheme = models.CharField(_("scheme"), max_length=10, choices=SymbolScheme, default=SymbolScheme.LOCAL)
    value = models.CharField(_("symbol"), max_length=40)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scheme", "value"], name="symbol_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(Upper("value"), name="symbol_in_any_case")]
        verbose_name = _("symbol")
        verbose_name_plural = _("symbols")

    def __str__(self) -> str:
        return self.value


class Branch(models.Model):
    """A place of a library where items are handed out."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="branches")
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(
        _("e-mail"),
        blank=True,
        default="",
        help_text=_("For the daily mail about what waits at this branch."),
    )
    address = models.TextField(_("address"), blank=True, default="")
    opening_hours = models.CharField(_("opening hours"), max_length=200, blank=True, default="")
    is_main = models.BooleanField(_("the ILL desk is here"), default=False)
    is_pickup = models.BooleanField(_("patrons can pick up here"), default=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["library", "code"], name="branch_code_once"),
            models.UniqueConstraint(fields=["library"], name="branch_one_main", condition=Q(is_main=True)),
        ]
        ordering: ClassVar[list[str]] = ["name"]
        verbose_name = _("branch")
        verbose_name_plural = _("branches")

    def __str__(self) -> str:
        return self.name


class Calendar(models.Model):
    """Where a library's public holidays come from. A library without a row enters its closed days by hand."""

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="calendar")
    country = models.CharField(_("country (ISO 3166)"), max_length=2, blank=True, default="")
    region = models.CharField(_("region"), max_length=40, blank=True, default="")
    holidays_until = models.PositiveSmallIntegerField(
        _("holidays entered up to the year"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")

    def __str__(self) -> str:
        return f"{self.country} {self.region}".strip()


class ClosedSource(models.TextChoices):
    """Where a closed day comes from."""

    CLOSURE = "closure", _("closure")
    HOLIDAY = "holiday", _("public holiday")


class ClosedDay(models.Model):
    """A day, or a span of days, on which a library is closed beside its closed weekdays.

    A public holiday on which the library is open keeps its row with `counts` off, so that it stays off when the
    holidays are entered anew.
    """

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="closed_days")
    source = models.CharField(
        _("comes from"), max_length=10, choices=ClosedSource, default=ClosedSource.CLOSURE
    )
    date = models.DateField(_("date"))
    until = models.DateField(_("last day"), null=True, blank=True, help_text=_("Empty: one day only."))
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    counts = models.BooleanField(_("closed on it"), default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["library", "source", "date"], name="closed_day_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("date")), name="closed_day_in_order"
            ),
        ]
        ordering: ClassVar[list[str]] = ["date"]
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")

    def __str__(self) -> str:
        return f"{self.date} {self.name}".strip()

    @property
    def last(self) -> datetime.date:
        """The last day of it."""
        return self.until or self.date


class Vacation(models.Model):
    """A time in which a library does not borrow, does not lend, or neither. Its days count as closed days for
    what it stops.

    An empty `last_day` says that nobody knows its end yet. The words are what patrons and partners read meanwhile.
    """

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="vacations")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)
    stops_borrowing = models.BooleanField(_("no borrowing"), default=True)
    stops_lending = models.BooleanField(_("no lending"), default=True)
    patron_words = models.CharField(_("words for patrons"), max_length=500, blank=True, default="")
    partner_words = models.CharField(_("words for partners"), max_length=500, blank=True, default="")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=models.F("first_day")),
                name="vacation_in_order",
            ),
            models.CheckConstraint(
                condition=Q(stops_borrowing=True) | Q(stops_lending=True), name="vacation_stops_something"
            ),
        ]
        ordering: ClassVar[list[str]] = ["first_day"]
        verbose_name = _("vacation")
        verbose_name_plural = _("vacations")

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day or ''}".strip()


class PartnerSystem(models.TextChoices):
    """How a partner is asked."""

    MAIL = "mail", _("e-mail")
    OCLC = "oclc", "OCLC"
    RAPIDILL = "rapidill", "RapidILL"
    DOCLINE = "docline", "DOCLINE"
    PHONE = "phone", _("telephone")
    ISO18626 = "iso18626", "ISO 18626"
    OTHER = "other", _("another system")


class Agreement(models.Model):
    """A group of partners with which a library deals on the same terms: a consortium, a courier area, a reciprocity."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="agreements")
    code = models.SlugField(_("short name"), max_length=40)
    name = models.CharField(_("name"), max_length=150)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["library", "code"], name="agreement_code_once"),
        ]
        ordering: ClassVar[list[str]] = ["name"]
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")

    def __str__(self) -> str:
        return self.name


class BorrowerStanding(models.TextChoices):
    """Whether we lend to a partner."""

    OPEN = "open", _("we lend to it")
    SUSPENDED = "suspended", _("not for the time being")
    BLOCKED = "blocked", _("we do not lend to it")


class Suspended(models.TextChoices):
    """Why a partner is suspended; empty: somebody said so."""

    BY_HAND = "", _("somebody said so")
    OVERDUE = "overdue", _("something is long overdue")


class Partnership(models.Model):
    """What one library knows of another: how to ask, what it costs, where to send things back."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="partnerships")
    partner = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="known_by")
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="partnerships",
        verbose_name=_("agreement"),
    )
    system = models.CharField(_("asked by"), max_length=10, choices=PartnerSystem, default=PartnerSystem.MAIL)
    email = models.EmailField(_("e-mail for requests"), blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=50, blank=True, default="")
    return_address = models.TextField(_("return address"), blank=True, default="")
    cost_note = models.CharField(_("cost"), max_length=200, blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    standing = models.CharField(
        _("as a borrower"), max_length=10, choices=BorrowerStanding, default=BorrowerStanding.OPEN
    )
    suspended_until = models.DateField(_("suspended until"), null=True, blank=True)
    suspended_for = models.CharField(
        _("suspended because"), max_length=10, choices=Suspended, blank=True, default="", editable=False
    )
    suspended_since = models.DateField(_("suspended since"), null=True, blank=True, editable=False)
    trusted_scans = models.BooleanField(
        _("scans go out unseen"),
        default=False,
        help_text=_("What this library sends as a copy reaches the patron without a look at the desk."),
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["library", "partner"], name="partnership_once"),
            models.CheckConstraint(condition=~Q(library=models.F("partner")), name="partnership_of_two"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["suspended_until"],
                name="partnership_suspension_ends",
                condition=Q(standing="suspended", suspended_until__isnull=False),
            ),
        ]
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return str(self.partner)


class ReasonPurpose(models.TextChoices):
    """Where a reason is offered."""

    CANCEL = "cancel", _("request cancelled")
    UNFILLED = "unfilled", _("request closed unfilled")
    LENDER_NO = "lender_no", _("lender says no")
    REOPEN = "reopen", _("request reopened")
    REJECT = "reject", _("asked for what we do not do")
    NOT_SUPPLIED = "not_supplied", _("we cannot lend it")
    RETRY = "retry", _("we can lend it later or otherwise")


class Reason(models.Model):
    """A reason with its words for staff and for patrons, and its ISO 18626 code where there is one."""

    library = models.ForeignKey(
        Library, on_delete=models.CASCADE, related_name="reasons", null=True, blank=True
    )
    purpose = models.CharField(_("used for"), max_length=14, choices=ReasonPurpose)
    code = models.SlugField(_("code"), max_length=40)
    staff_text = models.CharField(_("words for staff"), max_length=200)
    patron_text = models.CharField(_("words for the patron"), max_length=300, blank=True, default="")
    iso_code = models.CharField(_("ISO 18626 code"), max_length=40, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["library", "purpose", "code"], name="reason_code_once"),
        ]
        ordering: ClassVar[list[str]] = ["purpose", "position", "code"]
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")

    def __str__(self) -> str:
        return self.staff_text

    @property
    def for_staff(self) -> str:
        """The words for staff; those that come with the service in the reader's language."""
        return self._shipped(self.staff_text)

    @property
    def for_patron(self) -> str:
        """The words for the patron, likewise; "" where there are none."""
        return self._shipped(self.patron_text)

    def _shipped(self, words: str) -> str:
        """What a library wrote stands as it was written; an empty text has no translation."""
        return gettext(words) if words and self.library_id is None else words
