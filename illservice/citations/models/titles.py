"""Journals, shared by all libraries here, and what each library subscribes to and may do with it.

A library is named by its key, as in the tables of `core`: this package stands below the directory, because both desks
need titles and licences. Whoever asks hands in the keys of the libraries of one legal entity (CONTU 2 speaks of the
requesting entity).
"""

from hashlib import sha256
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import HoldingStatus, IllTerms, Unavailable
from illservice.citations.normalise import normalise_title

LONGEST_KEY = 300
"""Characters of a normalised title that are compared."""


class PeriodicalSort(models.TextChoices):
    """What sort of periodical a journal is: some laws tell them apart (s. 30.2 of Canada's Act, § 60e Abs. 5 UrhG)."""

    UNKNOWN = "", _("not known")
    SCHOLARLY = "scholarly", _("scholarly or specialist journal")
    MAGAZINE = "magazine", _("magazine for the general public")
    NEWSPAPER = "newspaper", _("newspaper")


class Journal(models.Model):
    """One periodical: a group of ISSNs (print, online, linking) that are counted together.

    A title that changed and got a new ISSN is another journal, unless staff link the two.
    """

    title = models.CharField(_("title"), max_length=500)
    title_key = models.CharField(max_length=LONGEST_KEY, db_index=True, editable=False)
    publisher = models.CharField(_("publisher"), max_length=300, blank=True, default="")
    sort = models.CharField(
        _("sort of periodical"), max_length=10, blank=True, default="", choices=PeriodicalSort
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["title", "pk"]
        verbose_name = _("journal")
        verbose_name_plural = _("journals")

    def __str__(self) -> str:
        return self.title

    def set_title(self, title: str) -> None:
        """Writes the title and what it is found by. Saves nothing."""
        self.title, self.title_key = title[:500], title_key(title)


def title_key(title: str) -> str:
    """What titles are compared by."""
    return normalise_title(title)[:LONGEST_KEY]


class IssnKind(models.TextChoices):
    """Which edition an ISSN names."""

    PRINT = "print", _("print")
    ELECTRONIC = "electronic", _("online")
    UNKNOWN = "unknown", _("not known")


class JournalIssn(models.Model):
    """A valid ISSN in its normal form; it belongs to one journal. The linking ISSN is one of its own."""

    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="issns")
    value = models.CharField("ISSN", max_length=9, unique=True)
    kind = models.CharField(_("edition"), max_length=10, choices=IssnKind, default=IssnKind.UNKNOWN)
    is_linking = models.BooleanField(_("linking ISSN (ISSN-L)"), default=False)

    class Meta:
        verbose_name = "ISSN"
        verbose_name_plural = "ISSN"

    def __str__(self) -> str:
        return self.value


class TitleLink(models.Model):
    """One journal went on as another. `count_together`: staff say that the two are one for the limit."""

    earlier = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="later_links")
    later = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="earlier_links")
    changed_on = models.DateField(_("changed on"), null=True, blank=True)
    count_together = models.BooleanField(_("counted together"), default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["earlier", "later"], name="title_link_once"),
            models.CheckConstraint(condition=~Q(earlier=F("later")), name="title_link_of_two"),
        ]
        verbose_name = _("title change")
        verbose_name_plural = _("title changes")

    def __str__(self) -> str:
        return f"{self.earlier} → {self.later}"


class LicenceTerms(models.Model):
    """What a licence of a library says of interlibrary loan, for all titles that name it (17 USC 108(f)(4))."""

    library = models.PositiveBigIntegerField()
    name = models.CharField(_("name of the licence"), max_length=150)
    terms = models.CharField(_("interlibrary loan"), max_length=12, choices=IllTerms, default=IllTerms.SILENT)
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["library", "name"], name="licence_once"),
        ]
        verbose_name = _("licence")
        verbose_name_plural = _("licences")

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """A subscription or order of a library (CONTU 2(a)), one row for each range that it covers.

    `source` names the package or file it came from, `covers_key` the beginning of its range: the two and the journal
    make it the same one in the next import.
    """

    library = models.PositiveBigIntegerField()
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="subscriptions")
    source = models.CharField(_("package"), max_length=100, blank=True, default="")
    covers_key = models.CharField(max_length=40, blank=True, default="", editable=False)
    status = models.CharField(_("status"), max_length=10, choices=HoldingStatus, default=HoldingStatus.ACTIVE)
    ordered_on = models.DateField(_("ordered on"), null=True, blank=True)
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)
    covers_from = models.DateField(_("covers issues from"), null=True, blank=True)
    covers_to = models.DateField(_("covers issues until"), null=True, blank=True)
    first_volume = models.CharField(_("first volume"), max_length=20, blank=True, default="")
    last_volume = models.CharField(_("last volume"), max_length=20, blank=True, default="")
    embargo_months = models.PositiveSmallIntegerField(_("months held back"), default=0)
    rolling_months = models.PositiveSmallIntegerField(_("only the newest months"), default=0)
    is_aggregator = models.BooleanField(_("in an aggregator's package"), default=False)
    unavailable = models.CharField(
        _("not available"), max_length=10, choices=Unavailable, blank=True, default=Unavailable.NO
    )
    licence = models.ForeignKey(
        LicenceTerms, on_delete=models.SET_NULL, null=True, blank=True, related_name="subscriptions"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["library", "source", "journal", "covers_key"], name="subscription_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["journal", "library"], name="subscription_journal"),
        ]
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")

    def __str__(self) -> str:
        return f"{self.journal} ({self.source})" if self.source else str(self.journal)


HOLDING_FACTS = (
    "source", "status", "ordered_on", "starts", "ends", "covers_from", "covers_to", "first_volume", "last_volume",
    "embargo_months", "rolling_months", "is_aggregator", "unavailable", "licence_id",
)  # fmt: skip
"""What staff say of a subscription."""
LICENCE_FACTS = ("name", "terms", "starts", "ends", "note")
"""What they say of a licence."""


def seen_of(row: models.Model, names: tuple[str, ...]) -> str:
    """What somebody saw of a row, as a digest to be sent back with a change of it."""
    return sha256("|".join(str(getattr(row, name)) for name in names).encode()).hexdigest()
