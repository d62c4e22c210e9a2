"""What a list of requests can be narrowed by. All of it stands in the address, so that a view can be saved."""

from datetime import timedelta
from typing import Any

import django_filters  # type: ignore[import-untyped]
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from illservice.citations.kinds import Kind, Material
from illservice.core import clock
from requests_app.models import BorrowingMark, BorrowingRequest, LenderTry
from requests_app.selectors import FilterChoices
from requests_app.workflow.states import MarkKind

Found = QuerySet[BorrowingRequest]

_NEED_BY = (("past", _("passed")), ("3", _("in 3 days")), ("7", _("in a week")), ("30", _("in 30 days")))


def _day(label: Any, lookup: str) -> django_filters.DateFilter:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return django_filters.DateFilter("submitted_at", lookup, label=label, widget=widget)


def _choice(label: Any, choices: Any, **kwargs: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label=_("any"), **kwargs)


class RequestFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """Filters of the staff lists. Branches and lenders are those of the library: pass `choices` and its `zone`."""

    kind = _choice(_("Wanted as"), [(each.value, each.label) for each in (Kind.LOAN, Kind.COPY)])
    material = _choice(_("What it is"), Material.choices)
    branch = _choice(_("Pick-up"), (), field_name="pickup_branch_id")
    lender = _choice(_("Lender"), (), method="of_lender")
    mark = _choice(_("Mark"), MarkKind.choices, method="with_mark")
    need_by = _choice(_("Needed"), _NEED_BY, method="needed")
    since = _day(_("Submitted from"), "date__gte")
    until = _day(_("Submitted to"), "date__lte")
    rush = django_filters.BooleanFilter(
        label=_("Rush only"), method="only_rush", widget=forms.CheckboxInput(attrs={"value": "1"})
    )

    class Meta:
        model = BorrowingRequest
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, choices: FilterChoices, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.filters["branch"].extra["choices"] = choices.branches
        self.filters["lender"].extra["choices"] = choices.lenders

    def of_lender(self, found: Found, _name: str, value: str) -> Found:
        """Requests for which this lender was or is to be asked."""
        return found.filter(pk__in=LenderTry.objects.filter(partner_id=int(value)).values("request_id"))

    def with_mark(self, found: Found, _name: str, value: str) -> Found:
        """Requests with this mark open."""
        marked = BorrowingMark.objects.filter(kind=value, cleared_at__isnull=True)
        return found.filter(pk__in=marked.values("request_id"))

    def needed(self, found: Found, _name: str, value: str) -> Found:
        """Requests needed before today, or within some days."""
        today = clock.local_date(clock.now(), self.zone)
        if value == "past":
            return found.filter(need_by__lt=today)
        return found.filter(need_by__gte=today, need_by__lte=today + timedelta(days=int(value)))

    def only_rush(self, found: Found, _name: str, value: bool) -> Found:
        """Rush requests only; without the tick all."""
        return found.filter(rush=True) if value else found

    @property
    def active(self) -> int:
        """How many filters narrow the list."""
        cleaned = self.form.cleaned_data if self.form.errors is not None else {}
        return sum(1 for value in cleaned.values() if value not in (None, "", False))
