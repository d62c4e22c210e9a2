"""What a list of lending requests can be narrowed by. All of it stands in the address, so that a view can be saved."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from illservice.citations.kinds import Kind, Material
from illservice.core.desk.filters import DAYS, ListFilter, choice, tick
from illservice.core.desk.money import MoneyFilter
from lending.models import Channel, ItemPlace, LendingCharge, LendingItem, LendingMark, LendingRequest
from lending.selectors.lists import FilterChoices
from lending.workflow.states import MarkKind

Found = QuerySet[LendingRequest]

_SLIPS = (("no", _("not printed")), ("yes", _("printed")))


class LendingFilter(ListFilter):
    """Filters of the lending desk's lists. Locations and borrowers are those of the library."""

    kind = choice(_("Wanted as"), [(each.value, each.label) for each in (Kind.LOAN, Kind.COPY)])
    material = choice(_("What it is"), Material.choices)
    borrower = choice(_("Borrower"), (), field_name="borrower_id")
    location = choice(_("Location"), (), method="at_location")
    channel = choice(_("Came by"), Channel.choices)
    mark = choice(_("Mark"), MarkKind.choices, method="with_mark")
    due = choice(_("Due back"), DAYS, method="within")
    need_by = choice(_("Needed"), DAYS, method="within")
    slips = choice(_("Slip"), _SLIPS, method="with_slip")
    rush = tick(_("Rush only"), method="only_rush")

    class Meta:
        model = LendingRequest
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, choices: FilterChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["location"].extra["choices"] = choices.branches
        self.filters["borrower"].extra["choices"] = choices.borrowers

    def at_location(self, found: Found, _name: str, value: str) -> Found:
        """Requests for items that stand there."""
        items = LendingItem.objects.filter(location_id=int(value))
        return found.filter(pk__in=items.values("request_id"))

    def with_mark(self, found: Found, _name: str, value: str) -> Found:
        """Requests with this mark open."""
        marked = LendingMark.objects.filter(kind=value, cleared_at__isnull=True)
        return found.filter(pk__in=marked.values("request_id"))

    def with_slip(self, found: Found, _name: str, value: str) -> Found:
        """Requests with items to fetch whose slip is, or is not yet, on paper."""
        items = LendingItem.objects.filter(place=ItemPlace.TO_PULL, printed_at__isnull=value == "no")
        return found.filter(pk__in=items.values("request_id"))


class ChargeFilter(MoneyFilter):
    """Filters of what is owed at the lending desk."""

    class Meta:
        model = LendingCharge
        fields: tuple[str, ...] = ()
