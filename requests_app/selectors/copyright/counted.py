"""What counts against a limit, read from the records of one legal entity."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from requests_app.copyright import Settings
from requests_app.copyright.counting import Cleared, Fate, is_one_book
from requests_app.models import CopyrightRecord
from requests_app.models.copyright import Way

FEW_NAMES = 8
"""Names of one book with its ISBNs."""


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

    A book is asked for with its ISBN and without it, so that its first name may be another one: `is_of` tells.
    """
    named = Q(work_key__in=set(keys) - {""})
    if any(each.startswith("work:") for each in keys):
        named |= Q(work_key__gte="isbn:978", work_key__lt="isbn:98") & _bears_one_of(keys)
    in_year = Q(asked_on__year=on.year) | Q(filled_on__year=on.year) | Q(filled_on__isnull=True)
    rows = (
        CopyrightRecord.objects.annotate(names=Cast("keys", TextField()))
        .filter(in_year, named, library__in=library_ids, counts=True)
        .exclude(fate=Fate.RELEASED)
        .exclude(request=without or 0)
        .select_related("request")
        .only(
            "library", "work_key", "keys", "asked_on", "filled_on", "copies", "fate", "way", "request__number"
        )
        .order_by("asked_on", "pk")
    )
    return [each for row in rows if (each := _one(row, on, settings)).adds]


def _bears_one_of(keys: Collection[str]) -> Q:
    """Books that may bear one of these names, found in the database while they are few: for the names of a whole page
    it is quicker to read all books of the year.
    """
    if len(keys) > FEW_NAMES:
        return Q()
    is_escaped = connection.vendor != "postgresql"  # jsonb keeps letters as they are
    found = Q()
    for each in keys:
        found |= Q(names__contains=json.dumps(each, ensure_ascii=is_escaped))
    return found


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
