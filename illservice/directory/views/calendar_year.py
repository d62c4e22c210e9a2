"""A year of a library's calendar as the page shows it: month by month, what is closed beside the usual days."""

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from illservice.directory.models import ClosedDay, ClosedSource, Library, Vacation
from illservice.directory.selectors import closed_days_between, open_days, vacations_between


@dataclass(frozen=True, slots=True)
class Entry:
    """One closure, holiday or vacation. `kind` is its name in the page, `buttons` what can be done with it."""

    when: str
    name: str
    status: dict[str, str]
    more: tuple[str, ...]
    buttons: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month: its name, how many days the library is open in it, what begins in it."""

    name: Any
    open_days: int
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Year:
    """A year: its number, its months, how many days the library is open in it."""

    number: int
    months: list[Month]
    open_days: int


def year_of(library: Library, number: int) -> Year:
    """The year of a library. Four statements."""
    first, last = date(number, 1, 1), date(number, 12, 31)
    entries: dict[int, list[Entry]] = defaultdict(list)
    rows: list[tuple[date, Entry]] = [
        *((max(row.date, first), _closed(row)) for row in closed_days_between(library, first, last)),
        *((max(row.first_day, first), _vacation(row)) for row in vacations_between(library, first, last)),
    ]
    for day, entry in sorted(rows, key=lambda pair: pair[0]):
        entries[day.month].append(entry)
    days = open_days(library)
    months = []
    for month in range(1, 13):
        start, end = date(number, month, 1), date(number, month, monthrange(number, month)[1])
        count = days.open_days_between(start - timedelta(days=1), end)
        months.append(Month(MONTHS[month], count, entries[month]))
    return Year(number, months, sum(month.open_days for month in months))


def span_words(first: date, last: date | None) -> str:
    """A span of days in words; without a last day it goes on."""
    start = date_format(first, "DATE_FORMAT")
    if last is None:
        return _("from %(first)s on") % {"first": start}
    if last == first:
        return start
    return _("%(first)s to %(last)s") % {"first": start, "last": date_format(last, "DATE_FORMAT")}


def _closed(row: ClosedDay) -> Entry:
    one_day = f"{date_format(row.date, 'l')}, {date_format(row.date, 'DATE_FORMAT')}"
    when = one_day if row.last == row.date else span_words(row.date, row.last)
    if row.source == ClosedSource.HOLIDAY:
        return Entry(when, row.name, _holiday_status(row), (), (_switch(row),))
    fields = {"day": row.date.isoformat()}
    status = {"text": _("closure"), "tone": "warn"}
    return Entry(when, row.name or _("Closed"), status, (), (_remove(fields),))


def _holiday_status(row: ClosedDay) -> dict[str, str]:
    if row.counts:
        return {"text": _("holiday, closed"), "tone": "info"}
    return {"text": _("holiday, open"), "tone": "neutral"}


def _switch(row: ClosedDay) -> dict[str, Any]:
    label = _("We are open") if row.counts else _("We are closed")
    return {
        "page": "holiday",
        "label": label,
        "fields": {"day": row.date.isoformat(), "closed": "no" if row.counts else "yes"},
    }


def _remove(fields: dict[str, str]) -> dict[str, Any]:
    return {"page": "remove", "label": _("Remove"), "fields": fields}


def _vacation(row: Vacation) -> Entry:
    words = (
        (row.stops_borrowing and row.stops_lending, _("No borrowing and no lending")),
        (row.stops_borrowing, _("No borrowing")),
        (row.stops_lending, _("No lending")),
    )
    name = next(text for holds, text in words if holds)
    more = [
        text % {"words": said}
        for text, said in (
            (_("To patrons: %(words)s"), row.patron_words),
            (_("To partners: %(words)s"), row.partner_words),
        )
        if said
    ]
    if row.made_by is not None:
        more.append(_("Made by %(name)s") % {"name": row.made_by})
    status = {"text": _("vacation"), "tone": "warn"}
    return Entry(
        span_words(row.first_day, row.last_day),
        name,
        status,
        tuple(more),
        (_remove({"vacation": str(row.pk)}),),
    )
