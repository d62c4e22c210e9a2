"""LendingRequest: what another library asks of us and how far it has come (design §4)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from illservice.citations.kinds import Kind, Material
from illservice.citations.models import CitationFields
from illservice.core.models import Subject
from illservice.directory.models import Library, PartnerSystem, Reason
from illservice.policies.models import PolicyVersion


class Channel(models.TextChoices):
    """How the borrower asked, and so how it is answered."""

    ISO18626 = "iso18626", "ISO 18626"
    WEB = "web", _("our web form")
    DESK = "desk", _("typed in at the desk")
    IMPORT = "import", _("taken over from another system")


class DeliveryWay(models.TextChoices):
    """How a copy shall reach the borrower."""

    LINK = "link", _("a link")
    MAIL = "mail", _("by post")


class Outcome(models.TextChoices):
    """How it ended; empty while it is open."""

    OPEN = "", _("open")
    FILLED = "filled", _("filled")
    UNFILLED = "unfilled", _("not supplied")
    CANCELLED = "cancelled", _("cancelled")


class LendingRequest(Subject, CitationFields):
    """One request of one borrower. `borrower_number` is the borrower's own number of it, as it stands on the wire.

    Kinds: `wanted` by the borrower, `kind` as the desk handles it, `kind_supplied` in the end. Of the borrower's
    patron nothing is kept but, when the item goes straight there, the address to ship to. `policy` decided it; without
    one the service's defaults hold.
    """

    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="lending_requests")
    borrower = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="asked_of_others")
    channel = models.CharField(_("came by"), max_length=10, choices=Channel)
    system = models.CharField(_("asked in"), max_length=10, choices=PartnerSystem, blank=True, default="")
    borrower_number = models.CharField(_("borrower's number"), max_length=80, blank=True, default="")
    policy = models.ForeignKey(
        PolicyVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("loan policy"),
    )
    previous = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="next_ones")
    borrower_symbol = models.CharField(_("borrower's symbol"), max_length=60, blank=True, default="")

    material = models.CharField(_("what it is"), max_length=20, choices=Material)
    wanted = models.CharField(_("wanted as"), max_length=10, choices=Kind)
    kind = models.CharField(_("handled as"), max_length=10, choices=Kind)
    kind_supplied = models.CharField(_("supplied as"), max_length=10, choices=Kind, blank=True, default="")
    need_by = models.DateField(_("needed by"), null=True, blank=True)
    any_edition = models.BooleanField(_("any edition will do"), default=False)
    volume_wanted = models.CharField(_("volume wanted"), max_length=100, blank=True, default="")
    service_level = models.CharField(_("service level"), max_length=40, blank=True, default="")
    max_cost = models.DecimalField(
        _("most the borrower pays"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    max_cost_currency = models.CharField(max_length=3, blank=True, default="")
    copyright_statement = models.CharField(_("copyright statement"), max_length=60, blank=True, default="")
    delivery = models.CharField(_("delivery"), max_length=10, choices=DeliveryWay, default=DeliveryWay.MAIL)
    ship_to = models.TextField(_("ship to"), max_length=2000, blank=True, default="")
    sent_to_patron = models.BooleanField(_("goes straight to the reader"), default=False)
    electronic_address = models.CharField(_("copies to"), max_length=500, blank=True, default="")
    borrower_note = models.TextField(_("note from the borrower"), max_length=5000, blank=True, default="")

    fingerprint = models.CharField(max_length=64, blank=True, default="")
    search_text = models.TextField(blank=True, default="")
    raw = models.JSONField(default=dict, blank=True)
    source_key = models.CharField(max_length=80, null=True, blank=True)

    submitted_at = models.DateTimeField(_("came in"))
    answered_at = models.DateTimeField(_("first answer"), null=True)
    promised_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(_("sent"), null=True)
    borrower_received_at = models.DateTimeField(_("arrived at the borrower"), null=True)
    borrower_returned_at = models.DateTimeField(_("sent back by the borrower"), null=True)
    checked_in_at = models.DateTimeField(_("checked in"), null=True)

    due = models.DateField(_("due back"), null=True, blank=True)
    renewals = models.PositiveSmallIntegerField(_("renewals"), default=0)
    conditions = models.JSONField(_("conditions"), default=list, blank=True)
    cost = models.DecimalField(_("charge"), max_digits=9, decimal_places=2, null=True, blank=True)
    cost_currency = models.CharField(max_length=3, blank=True, default="")

    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    retry_after = models.DateField(_("ask again after"), null=True, blank=True)

    class Meta:
        verbose_name = _("lending request")
        verbose_name_plural = _("lending requests")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["library", "borrower", "borrower_number"],
                name="lending_wire_once",
                condition=Q(channel="iso18626"),
            ),
            models.UniqueConstraint(fields=["library", "source_key"], name="lending_source_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["library", "queue", "-rush", "act_by", "id"],
                name="lending_open_queue",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["library", "-rush", "act_by", "id"],
                name="lending_open_all",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["library", "submitted_at", "id"],
                name="lending_open_submitted",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["library", "-rush", "act_by", "id"],
                name="lending_attention",
                condition=Q(attention=True),
            ),
            models.Index(fields=["library", "-submitted_at", "-id"], name="lending_by_submission"),
            models.Index(fields=["library", "-closed_at", "-id"], name="lending_closed"),
            models.Index(fields=["borrower", "library", "-submitted_at", "-id"], name="lending_borrower"),
            models.Index(
                fields=["borrower_number"], name="lending_their_number", condition=~Q(borrower_number="")
            ),
        ]
