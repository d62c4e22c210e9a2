"""Copyright of copies: what was decided on each, the counter that is locked, royalties, and a library's rules.

Nothing here names a person: the records are kept when a request was unlinked from its own (CONTU guideline 4).
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import Statement
from illservice.directory.models import Library
from requests_app.models.request import BorrowingRequest

PACKED_RECORD = (
    "asked_on", "copies", "counts", "fate", "outcome", "rule", "statement", "count", "limit", "words", "details", "way",
    "ground", "reason", "wait_until", "decided_at", "conditions",
)  # fmt: skip
"""Columns that a request's page needs of its record."""

LONGEST_WORK = 320
"""Characters of the key of a work: a title as it is compared, and what kind of key it is."""


class CopyrightRules(models.Model):
    """What a library has settled for itself (standards §1.5). A library without a row does it by the defaults."""

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="copyright_rules")
    contu_enabled = models.BooleanField(_("copies are counted against a limit"), default=True)
    contu_limit = models.PositiveSmallIntegerField(_("copies of one journal or work in a year"), default=5)
    contu_window_mode = models.CharField(_("what is recent"), max_length=12, default="rolling")
    contu_count_year_basis = models.CharField(
        _("the year in which a copy counts"), max_length=12, default="request_date"
    )
    contu_reserve_pending = models.BooleanField(_("open requests hold their place"), default=True)
    contu_count_royalty_paid = models.BooleanField(_("copies with a royalty count, too"), default=False)
    chapter_rule_enabled = models.BooleanField(_("chapters are counted by their book"), default=True)
    chapter_statement = models.CharField(
        _("what is stated for a chapter"), max_length=30, choices=Statement, default=Statement.CCL
    )
    newspaper_is_periodical = models.BooleanField(_("newspapers are counted as journals"), default=True)
    aggregator_embargo_counts_as_subscription = models.BooleanField(
        _("what a package holds back counts as subscribed"), default=False
    )
    clear_by_law = models.BooleanField(_("what the rules clear goes on by itself"), default=True)

    class Meta:
        verbose_name = _("rules of copyright")
        verbose_name_plural = _("rules of copyright")

    def __str__(self) -> str:
        return str(self.library)


class CopyrightCounter(models.Model):
    """The row that whoever counts must lock: one legal entity, one work, one calendar year.

    It holds no number: the records do, and a number that is kept twice differs some day. `holder` is the entity
    (`E7`), or the library where it has none (`L7`); `work` a digest, so that no title stands here.
    """

    holder = models.CharField(max_length=24)
    work = models.CharField(max_length=64)
    year = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["holder", "work", "year"], name="copyright_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.work[:8]} {self.year}"


class Fate(models.TextChoices):
    """What became of the copy, as far as the count asks; the values of `copyright.counting.Fate`."""

    OPEN = "open", _("open")
    FILLED = "filled", _("filled")
    RELEASED = "released", _("given back")


class Way(models.TextChoices):
    """How a decision was made: by the rules alone, which way out staff took, or in the system before this one."""

    RULES = "", _("by the rules")
    CLEARED = "cleared", _("cleared by staff")
    ROYALTY = "royalty", _("royalty to be paid")
    SUPPLIER = "supplier", _("from a document supplier")
    BUY = "buy", _("bought")
    IMPORTED = "imported", _("taken over from another system")


class CopyrightRecord(models.Model):
    """What was decided on one copy request. A decided one is never worked out again (standards §1.5).

    `decided_at` is empty while it waits for a person. `counts`: its copies stand against the limit, reserved while
    `fate` is open. `asked_on` is the day that the window and the year count from: that of the request, or the first of
    the year that it waits for. `keys` are the names of the work that are counted together with `work_key`. `words` and
    `details` are the rule's sentence, in the language of the code, to be translated for whoever reads it.
    """

    request = models.ForeignKey(BorrowingRequest, on_delete=models.PROTECT, related_name="copyrights")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="copyright_records")
    work_key = models.CharField(max_length=LONGEST_WORK, blank=True, default="")
    keys = models.JSONField(default=list, blank=True)
    asked_on = models.DateField()
    copies = models.PositiveSmallIntegerField(_("copies"), default=1)
    counts = models.BooleanField(default=False)
    fate = models.CharField(max_length=10, choices=Fate, default=Fate.OPEN)
    filled_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=12)
    rule = models.CharField(_("rule"), max_length=4)
    statement = models.CharField(_("statement"), max_length=30, choices=Statement, blank=True, default="")
    count = models.PositiveSmallIntegerField(null=True, blank=True)
    limit = models.PositiveSmallIntegerField(null=True, blank=True)
    mode = models.CharField(max_length=12, blank=True, default="")
    jurisdiction = models.CharField(max_length=2, blank=True, default="")
    flags = models.JSONField(default=list, blank=True)
    conditions = models.JSONField(default=list, blank=True)
    words = models.CharField(max_length=300, blank=True, default="")
    details = models.JSONField(default=dict, blank=True)
    way = models.CharField(_("decided"), max_length=10, choices=Way, blank=True, default=Way.RULES)
    ground = models.CharField(max_length=12, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    wait_until = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("copyright record")
        verbose_name_plural = _("copyright records")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request"], name="copyright_record_once"),
            models.CheckConstraint(
                condition=Q(counts=False) | Q(decided_at__isnull=False), name="copyright_counts_decided"
            ),
            models.CheckConstraint(condition=Q(copies__gte=1), name="copyright_copies"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["work_key", "library", "asked_on"],
                name="copyright_counted",
                condition=Q(counts=True),
            ),
            models.Index(
                fields=["library", "id"],
                name="copyright_waiting",
                condition=Q(decided_at__isnull=True, fate="open"),
            ),
            models.Index(fields=["library", "asked_on"], name="copyright_by_year"),
        ]
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.rule}"

    @property
    def is_decided(self) -> bool:
        """Whether a decision stands that must not be rewritten."""
        return self.decided_at is not None and self.fate != Fate.RELEASED


class RoyaltyState(models.TextChoices):
    """How far the paying has come."""

    UNPAID = "unpaid", _("to be paid")
    BATCHED = "batched", _("in a batch")
    PAID = "paid", _("paid")
    ELSEWHERE = "elsewhere", _("paid elsewhere")
    WAIVED = "waived", _("waived")


class RoyaltyBatch(models.Model):
    """Royalties of one currency that are paid together."""

    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="royalty_batches")
    made_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    paid_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("batch of royalties")
        verbose_name_plural = _("batches of royalties")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return str(self.pk)


class Royalty(models.Model):
    """The fee for one copy. It becomes payable when the copy came; what was not filled is owed to nobody."""

    record = models.OneToOneField(CopyrightRecord, on_delete=models.PROTECT, related_name="royalty")
    base_fee = models.DecimalField(_("fee for the article"), max_digits=9, decimal_places=2, null=True)
    page_fee = models.DecimalField(_("fee for each page"), max_digits=9, decimal_places=2, null=True)
    pages = models.PositiveSmallIntegerField(_("pages"))
    fee = models.DecimalField(_("fee in all"), max_digits=9, decimal_places=2)
    currency = models.CharField(max_length=3)
    rightsholder = models.CharField(_("publisher or rightsholder"), max_length=200, blank=True, default="")
    title_number = models.CharField(_("number of the title there"), max_length=40, blank=True, default="")
    status = models.CharField(_("state"), max_length=10, choices=RoyaltyState, default=RoyaltyState.UNPAID)
    batch = models.ForeignKey(
        RoyaltyBatch, on_delete=models.SET_NULL, null=True, blank=True, related_name="royalties"
    )
    paid_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("royalty")
        verbose_name_plural = _("royalties")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(fee__gt=0), name="royalty_is_something"),
            models.CheckConstraint(
                condition=~Q(status="batched") | Q(batch__isnull=False), name="royalty_batched_in_batch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fee} {self.currency}"
