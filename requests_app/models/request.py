"""BorrowingRequest: what a patron asked for and how far it has come (design §4)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from illservice.citations.kinds import Material
from illservice.citations.models import CitationFields
from illservice.core.models import Subject
from illservice.directory.models import Branch, Library, Reason
from illservice.policies.models import PolicyVersion
from patrons.models import Patron


class Wanted(models.TextChoices):
    """What the patron would take."""

    LOAN = "loan", _("borrow it")
    COPY = "copy", _("a copy")
    EITHER = "either", _("either")


class Delivery(models.TextChoices):
    """How it shall reach the patron."""

    BRANCH = "branch", _("pick up at a branch")
    OFFICE = "office", _("to my office")
    HOME = "home", _("to my home")
    ELECTRONIC = "electronic", _("electronically")


class Outcome(models.TextChoices):
    """How it ended; empty while it is open."""

    OPEN = "", _("open")
    FILLED = "filled", _("filled")
    UNFILLED = "unfilled", _("unfilled")
    CANCELLED = "cancelled", _("cancelled")


class FillSource(models.TextChoices):
    """Where a filled request was filled from."""

    NONE = "", "–"
    LENDER = "lender", _("another library")
    OWN = "own", _("our own shelves")
    ONLINE = "online", _("free online")
    BOUGHT = "bought", _("bought")
    SUPPLIER = "supplier", _("a document supplier")


class BorrowingRequest(Subject, CitationFields):
    """One request of one patron. `asked` keeps the citation as it came; the columns keep it as corrected.

    Kinds: `wanted` by the patron, `kind` as the desk handles it, `kind_supplied` by the lender. The snapshot of
    category, department and branch survives the unlinking of the person. `policy` decided it; without one the service's
    defaults hold.
    """

    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="borrowing_requests")
    patron = models.ForeignKey(Patron, on_delete=models.PROTECT, null=True, related_name="requests")
    patron_category = models.CharField(max_length=30, blank=True, default="")
    policy = models.ForeignKey(
        PolicyVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("loan policy"),
    )
    patron_department = models.CharField(max_length=150, blank=True, default="")

    material = models.CharField(_("what it is"), max_length=20, choices=Material)
    wanted = models.CharField(_("wanted as"), max_length=10, choices=Wanted)
    kind = models.CharField(_("handled as"), max_length=10, choices=Wanted)
    kind_supplied = models.CharField(_("supplied as"), max_length=10, choices=Wanted, blank=True, default="")
    need_by = models.DateField(_("needed by"), null=True, blank=True)
    any_edition = models.BooleanField(_("any edition will do"), default=False)
    any_language = models.BooleanField(_("any language will do"), default=False)
    volume_wanted = models.CharField(_("volume wanted"), max_length=100, blank=True, default="")
    delivery = models.CharField(_("delivery"), max_length=12, choices=Delivery, default=Delivery.BRANCH)
    pickup_branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="pickup_requests"
    )
    delivery_address = models.TextField(_("delivery address"), blank=True, default="")
    max_cost = models.DecimalField(
        _("most you would pay"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    cited_in = models.CharField(_("where you found it"), max_length=300, blank=True, default="")
    patron_note = models.TextField(_("note from the patron"), blank=True, default="")

    asked = models.JSONField(default=dict, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    search_text = models.TextField(blank=True, default="")
    person_text = models.TextField(blank=True, default="")
    source = models.CharField(max_length=20, default="web")
    source_key = models.CharField(max_length=80, null=True, blank=True)
    raw = models.JSONField(default=dict, blank=True)
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="copies")

    submitted_at = models.DateTimeField(_("submitted"))
    cleared_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)

    lender_due = models.DateField(_("due back for the lender"), null=True, blank=True)
    patron_due = models.DateField(_("due date for the patron"), null=True, blank=True)
    conditions = models.JSONField(_("conditions of the lender"), default=list, blank=True)
    location = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, related_name="items_here")
    shelf_code = models.CharField(_("hold shelf code"), max_length=10, blank=True, default="")
    copy_link = models.URLField(_("link to the copy"), max_length=1000, blank=True, default="")
    copy_link_until = models.DateField(_("link works until"), null=True, blank=True)

    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    fill_source = models.CharField(max_length=10, choices=FillSource, blank=True, default="")
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cost = models.DecimalField(_("cost"), max_digits=9, decimal_places=2, null=True, blank=True)
    cost_currency = models.CharField(max_length=3, blank=True, default="")

    class Meta:
        verbose_name = _("borrowing request")
        verbose_name_plural = _("borrowing requests")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["library", "source_key"], name="borrowing_source_once"),
            models.UniqueConstraint(
                fields=["location", "shelf_code"],
                name="borrowing_shelf_code_once",
                condition=~Q(shelf_code=""),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["library", "queue", "-rush", "act_by", "id"],
                name="borrowing_open_queue",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["library", "-rush", "act_by", "id"],
                name="borrowing_open_all",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["library", "submitted_at", "id"],
                name="borrowing_open_submitted",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["library", "-rush", "act_by", "id"],
                name="borrowing_attention",
                condition=Q(attention=True),
            ),
            models.Index(fields=["library", "-submitted_at", "-id"], name="borrowing_by_submission"),
            models.Index(fields=["library", "-closed_at", "-id"], name="borrowing_closed"),
            models.Index(fields=["patron", "-submitted_at", "-id"], name="borrowing_patron"),
            models.Index(fields=["library", "fingerprint"], name="borrowing_fingerprint"),
        ]
