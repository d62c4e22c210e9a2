"""How the other packages find libraries, branches, partners and reasons."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import BooleanField, F, Q, QuerySet, Value

from illservice.accounts.models import Membership, User
from illservice.core.errors import NotFound
from illservice.core.statements import Prepared, day, number
from illservice.core.timers import any_late
from illservice.directory.calendars import Away, OpenDays
from illservice.directory.models import (
    Branch,
    Calendar,
    ClosedDay,
    Library,
    Partnership,
    Reason,
    Symbol,
    Vacation,
)


@dataclass(frozen=True, slots=True)
class Limit:
    """One role that somebody holds in a library, and one of the branches it is limited to, if any.

    `clocks_late`: something that the service does by itself is late (asked along, so that every page can say so).
    """

    library: Library
    role: str
    branch_id: int | None
    clocks_late: bool


def memberships_of(user: User, *, now: datetime) -> list[Limit]:
    """What somebody is at which active tenant: one row per role and branch, by library. One statement."""
    found = Membership.objects.filter(user=user, library__is_tenant=True, library__is_active=True)
    rows = found.select_related("library").annotate(limit=F("branches"), late=any_late(now=now))
    return [Limit(row.library, row.role, row.limit, row.late) for row in rows.order_by("library__name", "pk")]


def library_by_symbol(symbol: str) -> Library:
    """The tenant with this symbol (any scheme) or short name; NotFound when there is none or several."""
    found = set(
        Symbol.objects.filter(value__iexact=symbol, library__is_tenant=True).values_list(
            "library_id", flat=True
        )
    )
    found |= set(Library.objects.filter(slug__iexact=symbol, is_tenant=True).values_list("pk", flat=True))
    if len(found) != 1:
        raise NotFound(symbol=symbol)
    return Library.objects.get(pk=found.pop())


def partner_by_symbol(library: Library, symbol: str) -> Library:
    """The partner of a library with this symbol (any scheme) or short name; NotFound when there is none or several."""
    named = Q(partner__symbols__value__iexact=symbol) | Q(partner__slug__iexact=symbol)
    found = set(Partnership.objects.filter(named, library=library).values_list("partner_id", flat=True))
    if len(found) != 1:
        raise NotFound(symbol=symbol)
    return Library.objects.get(pk=found.pop())


def tenants() -> QuerySet[Library]:
    """The libraries that work in this deployment."""
    return Library.objects.filter(is_tenant=True, is_active=True)


_KEPT = "_open_days_kept"


@contextmanager
def calendar_kept(library: Library) -> Iterator[None]:
    """Inside the block the calendar of this very object is read once, for those who ask it for many requests."""
    vars(library)[_KEPT] = _closed_times(library)
    try:
        yield
    finally:
        del vars(library)[_KEPT]


def open_days(library: Library, side: str = "") -> OpenDays:
    """The library's calendar for the rules of `calendars`: weekdays, holidays, closures, vacations. One statement.

    `side` is borrowing or lending: a vacation closes only what it stops. Without a side, the house: closed while
    neither works.
    """
    weekdays = frozenset(int(digit) for digit in library.closed_weekdays if digit in "1234567")
    known: list[_Closed] | None = vars(library).get(_KEPT)
    closed = [each for each in (_closed_times(library) if known is None else known) if _closes(each, side)]
    spans = [(each.first, each.last or date.max) for each in closed if each.is_vacation or each.last]
    days = frozenset(each.first for each in closed if not each.is_vacation and not each.last)
    return OpenDays(weekdays, days, tuple(spans))


class _Closed(NamedTuple):
    """A closed day or span, and what it closes."""

    first: date
    last: date | None
    is_vacation: int
    borrowing: bool
    lending: bool


def _closes(each: _Closed, side: str) -> bool:
    return {"borrowing": each.borrowing, "lending": each.lending}.get(side, each.borrowing and each.lending)


def _closed_times(library: Library) -> list[_Closed]:
    return [_Closed(*row) for row in _CLOSED.rows(library=library.pk)]


_YES = Value(True, output_field=BooleanField())
_CLOSED = Prepared(
    lambda: (
        ClosedDay.objects.filter(library_id=number("library"), counts=True)
        .annotate(is_vacation=Value(0), borrowing=_YES, lending=_YES)
        .order_by()
        .values_list("date", "until", "is_vacation", "borrowing", "lending")
        .union(
            Vacation.objects.filter(library_id=number("library"))
            .annotate(is_vacation=Value(1))
            .order_by()
            .values_list("first_day", "last_day", "is_vacation", "stops_borrowing", "stops_lending"),
            all=True,
        )
        .order_by("is_vacation", "date")
    )
)


def calendar_of(library: Library) -> Calendar:
    """Where the library's holidays come from; an empty calendar, not saved, where it has chosen no place."""
    return Calendar.objects.filter(library=library).first() or Calendar(library=library)


def closed_days_between(library: Library, first: date, last: date) -> QuerySet[ClosedDay]:
    """Holidays, also those that are switched off, and closures that touch this time, by their first day."""
    touches = Q(date__range=(first, last)) | Q(date__lt=first, until__gte=first)
    return ClosedDay.objects.filter(touches, library=library).order_by("date", "source")


def vacations_between(library: Library, first: date, last: date) -> QuerySet[Vacation]:
    """Vacations that touch this time, by their first day, with who made them."""
    touches = Q(last_day__isnull=True) | Q(last_day__gte=first)
    found = Vacation.objects.filter(touches, library=library, first_day__lte=last)
    return found.select_related("made_by").order_by("first_day", "pk")


def away_from_lending(library: Library, today: date) -> Away | None:
    """The vacation of the lending desk on this day of the library's zone. One statement when there is none."""
    return _away(library, _NOT_LENDING.first(library=library.pk, today=today), "lending")


def away_from_borrowing(library: Library, today: date) -> Away | None:
    """The vacation of the borrowing desk on this day of the library's zone. One statement when there is none."""
    return _away(library, _NOT_BORROWING.first(library=library.pk, today=today), "borrowing")


def _in_force(**which: bool) -> QuerySet[Vacation]:
    """The one that ends last, when there are several at a time."""
    open_end = Q(last_day__isnull=True) | Q(last_day__gte=day("today"))
    found = Vacation.objects.filter(
        open_end, first_day__lte=day("today"), library_id=number("library"), **which
    )
    return found.order_by(F("last_day").desc(nulls_first=True))[:1]


_NOT_LENDING = Prepared(lambda: _in_force(stops_lending=True))
_NOT_BORROWING = Prepared(lambda: _in_force(stops_borrowing=True))


def _away(library: Library, vacation: Vacation | None, side: str) -> Away | None:
    if vacation is None:
        return None
    back = None
    if vacation.last_day is not None:
        days = open_days(library, side)
        back = days.roll_forward(vacation.last_day + timedelta(days=1))
    if back is not None and not days.is_open(back):
        back = None
    return Away(back, vacation.patron_words, vacation.partner_words)


def main_branch_id(library_id: int) -> int | None:
    """The branch where the ILL desk is, if the library has named it."""
    return Branch.objects.filter(library_id=library_id, is_main=True).values_list("pk", flat=True).first()


def pickup_branches(library: Library) -> QuerySet[Branch]:
    """Where patrons of the library can pick up."""
    return Branch.objects.filter(library=library, is_pickup=True, is_active=True)


def branches_of(library: Library) -> QuerySet[Branch]:
    """Every place of the library that is in use."""
    return Branch.objects.filter(library=library, is_active=True)


def partnerships_of(library: Library) -> QuerySet[Partnership]:
    """The partners that the library asks, with their names."""
    return Partnership.objects.filter(library=library).select_related("partner").order_by("partner__name")


def partnerships_named(library: Library, slugs: Collection[str]) -> QuerySet[Partnership]:
    """The active partners of a library among these short names."""
    known = [each for each in slugs if "\x00" not in each]  # PostgreSQL takes no NUL
    return partnerships_of(library).filter(is_active=True, partner__slug__in=known)


def search_partners(library: Library, words: str, *, limit: int = 30) -> list[Partnership]:
    """Active partners whose name or symbol holds every word, by name; without words the first ones."""
    found = partnerships_of(library).filter(is_active=True)
    for word in words.replace("\x00", "").split()[:6]:  # PostgreSQL takes no NUL
        symbols = Symbol.objects.filter(value__icontains=word).values("library_id")
        found = found.filter(Q(partner__name__icontains=word) | Q(partner_id__in=symbols))
    return list(found.prefetch_related("partner__symbols")[:limit])


def reasons_for(library: Library, purpose: str) -> QuerySet[Reason]:
    """The reasons a library offers for a purpose: its own and the shared ones."""
    return Reason.objects.filter(
        Q(library=library) | Q(library__isnull=True), purpose=purpose, is_active=True
    ).order_by("position", "code")
