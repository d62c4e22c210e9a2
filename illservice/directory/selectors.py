"""How the other packages find libraries, branches, partners and reasons."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from illservice.accounts.models import Membership, User
from illservice.core.errors import NotFound
from illservice.directory.calendars import OpenDays
from illservice.directory.models import Branch, ClosedDay, Library, Partnership, Reason, Symbol


@dataclass(frozen=True, slots=True)
class Limit:
    """One role that somebody holds in a library, and one of the branches it is limited to, if any."""

    library: Library
    role: str
    branch_id: int | None


def memberships_of(user: User) -> list[Limit]:
    """What somebody is at which active tenant: one row per role and branch, by library. One statement."""
    found = Membership.objects.filter(user=user, library__is_tenant=True, library__is_active=True)
    rows = found.select_related("library").annotate(limit=F("branches"))
    return [Limit(row.library, row.role, row.limit) for row in rows.order_by("library__name", "pk")]


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


def tenants() -> QuerySet[Library]:
    """The libraries that work in this deployment."""
    return Library.objects.filter(is_tenant=True, is_active=True)


def open_days(library: Library) -> OpenDays:
    """The library's calendar for the rules of `calendars`."""
    weekdays = frozenset(int(digit) for digit in library.closed_weekdays if digit in "1234567")
    dates = ClosedDay.objects.filter(library=library).values_list("date", flat=True)
    return OpenDays(weekdays, frozenset(dates))


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
