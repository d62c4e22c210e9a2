"""Filters that the lists of both desks have (django-filter). All of them stand in the address."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import django_filters  # type: ignore[import-untyped]
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from illservice.core import clock

Found = QuerySet[Any]

DAYS = (("past", _("passed")), ("3", _("in 3 days")), ("7", _("in a week")), ("30", _("in 30 days")))
"""Spans for a date: over, or within some days from today."""


def day(label: Any, column: str, lookup: str) -> django_filters.DateFilter:
    """From or to a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return django_filters.DateFilter(column, lookup, label=label, widget=widget)


def choice(label: Any, choices: Iterable[tuple[str, Any]], **kwargs: Any) -> django_filters.ChoiceFilter:
    """One of several, or any."""
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label=_("any"), **kwargs)


def tick(label: Any, **kwargs: Any) -> django_filters.BooleanFilter:
    """Only those; without the tick all."""
    return django_filters.BooleanFilter(
        label=label, widget=forms.CheckboxInput(attrs={"value": "1"}), **kwargs
    )


def exact_text(label: Any, column: str) -> django_filters.CharFilter:
    """Exactly this text, as scanned or typed."""
    return django_filters.CharFilter(column, "exact", label=label, strip=True, max_length=100)


class ListFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """What the filters of both desks can: dates in the library's own `zone`, rush, and how many narrow the list."""

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def within(self, found: Found, column: str, value: str) -> Found:
        """Requests whose date is over, or comes within some days."""
        today = clock.local_date(clock.now(), self.zone)
        if value == "past":
            return found.filter(**{f"{column}__lt": today})
        return found.filter(**{f"{column}__gte": today, f"{column}__lte": today + timedelta(days=int(value))})

    def only_rush(self, found: Found, _name: str, value: bool) -> Found:
        """Rush requests only; without the tick all."""
        return found.filter(rush=True) if value else found

    @property
    def active(self) -> int:
        """How many filters narrow the list."""
        cleaned = self.form.cleaned_data if self.form.errors is not None else {}
        return sum(1 for value in cleaned.values() if value not in (None, "", False))
