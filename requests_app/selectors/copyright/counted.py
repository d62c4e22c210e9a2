"""What counts against a limit, read from the records of one legal entity."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from requests_app.copyright import Settings
from requests_app.copyright.counting import Cleared, Fate, is_one_book
from requests_app.models import CopyrightRecord
from requests_app.models.copyright import Way


@dataclass(frozen=True, slots=True)
class Counting:
    """One request that counts, with the names of its work, and how many copies it adds in the year asked for."""

    number: str
    library_id: int
    work_key: str
    names: tuple[str, ...]
    adds: int

    def is_of(self, keys: Collection[str]) -> bool:
        """Whether it is of the work with these names."""
        return self.work_key in keys or is_one_book(self.names, keys)


def counting(
    library_ids: Collection[int],
    keys: Collection[str],
    *,
    on: date,
    settings: Settings,
    without: int | None = None,
) -> list[Counting]:
    """The requests whose copies count in the year of `on`, oldest first, in one statement. `without` is a request that
    is decided just now.

    A book is asked for with its ISBN and without it: among books everything with an ISBN is read, and `is_of` tells.
    """
    named = Q(work_key__in=set(keys) - {""})
    if any(each.startswith("work:") for each in keys):
        named |= Q(work_key__gte="isbn:978", work_key__lt="isbn:98")
    in_year = Q(asked_on__year=on.year) | Q(filled_on__year=on.year) | Q(filled_on__isnull=True)
    rows = (
        CopyrightRecord.objects.filter(in_year, named, library__in=library_ids, counts=True)
        .exclude(fate=Fate.RELEASED)
        .exclude(request=without or 0)
        .select_related("request")
        .only(
            "library", "work_key", "keys", "asked_on", "filled_on", "copies", "fate", "way", "request__number"
        )
        .order_by("asked_on", "pk")
    )
    return [each for row in rows if (each := _one(row, on, settings)).adds]


def total(known: Iterable[Counting], keys: Collection[str]) -> int:
    """The copies that count for a work with these names."""
    return sum(each.adds for each in known if each.is_of(keys))


def _one(row: CopyrightRecord, on: date, settings: Settings) -> Counting:
    cleared = Cleared(
        work_key=row.work_key,
        requested=row.asked_on,
        filled=row.filled_on,
        copies=row.copies,
        fate=Fate(row.fate),
        royalty_paid=row.way == Way.ROYALTY,
    )
    in_year = cleared.year(settings, on) == on.year
    adds = cleared.adds(settings) if in_year else 0
    return Counting(row.request.number, row.library_id, row.work_key, tuple(row.keys), adds)
