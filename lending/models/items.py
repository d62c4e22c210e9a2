"""What is fetched for a lending request: each volume or copy with its place (issue: several volumes, locations)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from illservice.directory.models import Branch
from lending.models.request import LendingRequest


class ItemPlace(models.TextChoices):
    """Where the search for one item stands."""

    TO_PULL = "to_pull", _("to fetch")
    FOUND = "found", _("found")
    NOT_FOUND = "not_found", _("not found")
    SENT = "sent", _("sent")
    BACK = "back", _("back")
    KEPT = "kept", _("not needed")


class LendingItem(models.Model):
    """One item to fetch. Items with the same `volume` are copies of the same thing: one of them is enough.

    Items are looked for in the order of their `position`: the next copy when the last was not found.
    """

    request = models.ForeignKey(LendingRequest, on_delete=models.CASCADE, related_name="items")
    volume = models.CharField(_("volume or part"), max_length=100, blank=True, default="")
    location = models.ForeignKey(
        Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="lending_items"
    )
    shelf = models.CharField(_("collection or shelf"), max_length=100, blank=True, default="")
    call_number = models.CharField(_("call number"), max_length=100, blank=True, default="")
    barcode = models.CharField(_("item barcode"), max_length=60, blank=True, default="")
    pieces = models.PositiveSmallIntegerField(_("pieces"), default=1)
    position = models.PositiveSmallIntegerField(default=0)
    place = models.CharField(
        _("state of the search"), max_length=10, choices=ItemPlace, default=ItemPlace.TO_PULL
    )
    printed_at = models.DateTimeField(_("slip printed"), null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("item to lend")
        verbose_name_plural = _("items to lend")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["barcode"], name="lending_item_barcode", condition=~Q(barcode="")),
            models.Index(
                fields=["call_number"], name="lending_item_call_number", condition=~Q(call_number="")
            ),
            models.Index(
                fields=["location", "call_number", "id"],
                name="lending_item_to_pull",
                condition=Q(place="to_pull"),
            ),
        ]
        ordering: ClassVar[list[str]] = ["position", "id"]

    def __str__(self) -> str:
        return self.volume or self.call_number or self.barcode or str(self.pk)
