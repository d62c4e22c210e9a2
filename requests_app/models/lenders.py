"""The lenders we ask, each a try, and the items that come (design §3 rule 2)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from illservice.directory.models import Library, PartnerSystem, Reason
from requests_app.models.request import BorrowingRequest


class TryStatus(models.TextChoices):
    """How far one lender has come with us. `open` means that an answer or an item may still come."""

    PLANNED = "planned", _("planned")
    ASKED = "asked", _("asked")
    PROMISED = "promised", _("will supply")
    SHIPPED = "shipped", _("sent it")
    RECEIVED = "received", _("received here")
    RETURNED = "returned", _("sent back")
    DONE = "done", _("finished")
    UNFILLED = "unfilled", _("said no")
    CANCELLED = "cancelled", _("cancelled")
    SILENT = "silent", _("did not answer")
    RETRY = "retry", _("said: ask again")


class LenderTry(models.Model):
    """One lender asked for one request. A partner's news changes only its own try."""

    request = models.ForeignKey(BorrowingRequest, on_delete=models.CASCADE, related_name="tries")
    ordinal = models.PositiveSmallIntegerField()
    partner = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    system = models.CharField(_("asked by"), max_length=10, choices=PartnerSystem, default=PartnerSystem.MAIL)
    system_number = models.CharField(_("their number"), max_length=60, blank=True, default="")
    status = models.CharField(_("status"), max_length=10, choices=TryStatus, default=TryStatus.PLANNED)
    open = models.BooleanField(default=False)
    insisted = models.BooleanField(default=False)
    asked_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    lender_due = models.DateField(_("due back"), null=True, blank=True)
    conditions = models.JSONField(default=list, blank=True)
    return_address = models.TextField(_("return address"), blank=True, default="")
    cost = models.DecimalField(_("cost"), max_digits=9, decimal_places=2, null=True, blank=True)
    cost_currency = models.CharField(max_length=3, blank=True, default="")
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    previous = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="next_ones"
    )

    class Meta:
        verbose_name = _("lender asked")
        verbose_name_plural = _("lenders asked")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "ordinal"], name="try_ordinal_once"),
            models.UniqueConstraint(
                fields=["request"], name="try_one_open", condition=Q(open=True, insisted=False)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["system_number"], name="try_number", condition=~Q(system_number="")),
            models.Index(fields=["partner", "asked_at"], name="try_partner"),
        ]
        ordering: ClassVar[list[str]] = ["ordinal"]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.ordinal}"


class RequestItem(models.Model):
    """One piece that came: a volume, a part. `second_copy` came from a lender we had moved on from."""

    request = models.ForeignKey(BorrowingRequest, on_delete=models.CASCADE, related_name="items")
    lender_try = models.ForeignKey(LenderTry, on_delete=models.SET_NULL, null=True, related_name="items")
    barcode = models.CharField(_("lender's barcode"), max_length=60, blank=True, default="")
    call_number = models.CharField(_("call number"), max_length=100, blank=True, default="")
    label = models.CharField(_("volume or part"), max_length=100, blank=True, default="")
    pieces = models.PositiveSmallIntegerField(_("pieces"), default=1)
    condition = models.CharField(_("condition"), max_length=200, blank=True, default="")
    second_copy = models.BooleanField(default=False)
    received_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["barcode"], name="item_barcode", condition=~Q(barcode="")),
        ]
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.label or self.barcode or str(self.pk)
