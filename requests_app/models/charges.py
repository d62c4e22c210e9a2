"""What is owed for a borrowing request: by us to the lender, or by the patron to us."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from illservice.core.money import ChargeColumns
from illservice.directory.models import Library
from illservice.policies.models import PolicyVersion
from requests_app.models.lenders import LenderTry
from requests_app.models.request import BorrowingRequest


class BorrowingCharge(ChargeColumns):
    """One sum. `partner` is the library that we pay; empty for what the patron owes. The patron is the request's.

    `policy` is the version of the loan policy that set the fee.
    """

    request = models.ForeignKey(BorrowingRequest, on_delete=models.PROTECT, related_name="charges")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="borrowing_charges")
    partner = models.ForeignKey(Library, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lender_try = models.ForeignKey(
        LenderTry, on_delete=models.SET_NULL, null=True, blank=True, related_name="charges"
    )

    policy = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta(ChargeColumns.Meta):
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *ChargeColumns.Meta.constraints,
            models.UniqueConstraint(
                fields=["lender_try", "payer"],
                name="borrowingcharge_one_supply",
                condition=Q(kind="supply", settled=""),
            ),
            models.CheckConstraint(
                condition=Q(payer__in=["us", "patron", "nobody"]), name="borrowingcharge_payer"
            ),
        ]
