"""What a list of requests can be narrowed by. All of it stands in the address, so that a view can be saved."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from illservice.citations.kinds import Kind, Material
from illservice.core.desk.filters import DAYS, ListFilter, choice, day, exact_text, tick
from illservice.core.desk.money import MoneyFilter
from illservice.core.money import Payer
from requests_app.models import BorrowingCharge, BorrowingMark, BorrowingRequest, LenderTry
from requests_app.selectors import FilterChoices
from requests_app.workflow.states import MarkKind

Found = QuerySet[BorrowingRequest]


class RequestFilter(ListFilter):
    """Filters of the staff lists. Branches and lenders are those of the library: pass `choices` and its `zone`."""

    kind = choice(_("Wanted as"), [(each.value, each.label) for each in (Kind.LOAN, Kind.COPY)])
    material = choice(_("What it is"), Material.choices)
    branch = choice(_("Pick-up"), (), field_name="pickup_branch_id")
    lender = choice(_("Lender"), (), method="of_lender")
    mark = choice(_("Mark"), MarkKind.choices, method="with_mark")
    need_by = choice(_("Needed"), DAYS, method="within")
    since = day(_("Submitted from"), "submitted_at", "date__gte")
    until = day(_("Submitted to"), "submitted_at", "date__lte")
    rush = tick(_("Rush only"), method="only_rush")

    class Meta:
        model = BorrowingRequest
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, choices: FilterChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["branch"].extra["choices"] = choices.branches
        self.filters["lender"].extra["choices"] = choices.lenders

    def of_lender(self, found: Found, _name: str, value: str) -> Found:
        """Requests for which this lender was or is to be asked."""
        return found.filter(pk__in=LenderTry.objects.filter(partner_id=int(value)).values("request_id"))

    def with_mark(self, found: Found, _name: str, value: str) -> Found:
        """Requests with this mark open."""
        marked = BorrowingMark.objects.filter(kind=value, cleared_at__isnull=True)
        return found.filter(pk__in=marked.values("request_id"))


class ChargeFilter(MoneyFilter):
    """Filters of what is owed at the borrowing desk: also who pays, and one patron by the card."""

    payer = choice(
        _("Who pays"), [(each.value, each.label) for each in (Payer.US, Payer.PATRON, Payer.NOBODY)]
    )
    patron = exact_text(_("Library card"), "request__patron__barcode")

    class Meta:
        model = BorrowingCharge
        fields: tuple[str, ...] = ()
