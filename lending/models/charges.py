"""What a borrowing library owes us for a request."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from illservice.core.money import ChargeColumns
from illservice.directory.models import Library
from illservice.policies.models import PolicyVersion
from lending.models.request import LendingRequest


class LendingCharge(ChargeColumns):
    """One sum. `partner` is the library that pays us; `policy` the version of the loan policy that set the fee."""

    request = models.ForeignKey(LendingRequest, on_delete=models.PROTECT, related_name="charges")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="lending_charges")
    partner = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")

    policy = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta(ChargeColumns.Meta):
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *ChargeColumns.Meta.constraints,
            models.UniqueConstraint(
                fields=["request", "payer"],
                name="lendingcharge_one_supply",
                condition=Q(kind="supply", settled=""),
            ),
            models.CheckConstraint(condition=Q(payer__in=["partner", "nobody"]), name="lendingcharge_payer"),
        ]
