"""How programs narrow a list of requests."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django_filters  # type: ignore[import-untyped]
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.directory.models import Library
from requests_app.models import BorrowingRequest, Wanted
from requests_app.selectors import search, sees_persons
from requests_app.workflow import TABLE
from requests_app.workflow.states import HoldKind, QuestionKind

Found = QuerySet[BorrowingRequest]

QUEUES = [*TABLE.labels(), *HoldKind.choices, *QuestionKind.choices]


class ListFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """Filters of GET /api/v1/requests/. Days are days in the library's own zone."""

    state = django_filters.MultipleChoiceFilter(
        choices=TABLE.labels(), help_text=_("a state; may be given several times")
    )
    queue = django_filters.ChoiceFilter(choices=QUEUES, help_text=_("the queue in which it stands"))
    kind = django_filters.ChoiceFilter(choices=Wanted.choices, help_text=_("loan or copy, as handled"))
    open = django_filters.BooleanFilter(
        field_name="closed_at", lookup_expr="isnull", help_text=_("true: still open; false: closed")
    )
    attention = django_filters.BooleanFilter(help_text=_("something asks for attention"))
    rush = django_filters.BooleanFilter(help_text=_("rush requests"))
    submitted_from = django_filters.DateFilter(method="from_day", help_text=_("first day, like 2026-03-01"))
    submitted_to = django_filters.DateFilter(method="to_day", help_text=_("last day, like 2026-03-31"))
    q = django_filters.CharFilter(
        method="by_words", help_text=_("our number, the other system's number, a barcode, or words")
    )

    class Meta:
        model = BorrowingRequest
        fields: tuple[str, ...] = ()

    def __init__(
        self, *args: Any, library: Library | None = None, actor: Actor | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._zone = ZoneInfo(library.timezone if library else "UTC")
        self._persons = actor is not None and sees_persons(actor)

    def from_day(self, found: Found, _name: str, day: date) -> Found:
        """From the first minute of the day."""
        return found.filter(submitted_at__gte=self._midnight(day))

    def to_day(self, found: Found, _name: str, day: date) -> Found:
        """To the last minute of the day."""
        if day == date.max:
            return found
        return found.filter(submitted_at__lt=self._midnight(day + timedelta(days=1)))

    def by_words(self, found: Found, _name: str, words: str) -> Found:
        """As the search of the desk understands it."""
        return search(found, words, persons=self._persons)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)


def nothing() -> Found:
    """No requests: what a description of the API needs instead of somebody's."""
    return BorrowingRequest.objects.none()
