"""The year's copies by journal or work: what counted, what was over the limit, what royalties came to.

Of records alone, so that the figures stay the same when requests are unlinked from their people.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Max, Q, QuerySet, Sum

from illservice.citations.models import Journal, JournalIssn, TitleLink
from illservice.citations.normalise import normalise_title
from illservice.directory.models import Library
from requests_app.copyright import Settings
from requests_app.copyright.facts import YearBasis
from requests_app.models import CopyrightRecord, Outcome
from requests_app.models.copyright import Fate, Way
from requests_app.selectors.titles import requesting_entity

CENT = Decimal("0.01")


@dataclass(slots=True)
class TitleYear:
    """One journal or work in one year. `counted` and `open_` are copies against the limit, `free` copies that counted
    nothing; `over` are requests that came beyond the limit, `royalties` the fees of copies that came, and `elsewhere`
    what document suppliers and sellers got for others, by currency: together what a subscription would have saved.
    """

    title: str
    issns: str = ""
    counted: int = 0
    open_: int = 0
    free: int = 0
    over: int = 0
    royalties: dict[str, Decimal] = field(default_factory=dict)
    elsewhere: dict[str, Decimal] = field(default_factory=dict)

    def at_limit(self, limit: int) -> bool:
        """Whether the next copy would have to wait, or one had to."""
        return bool(self.over) or self.counted + self.open_ >= limit


def years_of(library: Library, settings: Settings, *, today: date) -> list[int]:
    """The years of which there are records, newest first."""
    found = CopyrightRecord.objects.filter(library__in=requesting_entity(library))
    years = {each.year for each in found.dates("asked_on", "year")}
    if settings.contu_count_year_basis == YearBasis.FILL_DATE:
        years |= {each.year for each in found.dates("filled_on", "year")}
        years |= {today.year} if found.filter(filled_on__isnull=True, fate=Fate.OPEN).exists() else set()
    return sorted(years, reverse=True)


def year_by_title(library: Library, year: int, settings: Settings, *, today: date) -> list[TitleYear]:
    """The titles of a year for the legal entity of a library, those with most copies first. A constant number of
    statements.
    """
    found = _of_year(library, year, settings, today)
    counts = not_counted(settings)
    rows = found.values("work_key").annotate(
        counted=Sum("copies", filter=Q(counts=True, fate=Fate.FILLED) & ~counts),
        reserved=Sum("copies", filter=Q(counts=True, fate=Fate.OPEN) & ~counts),
        free=Sum("copies", filter=Q(decided_at__isnull=False, fate=Fate.FILLED) & (Q(counts=False) | counts)),
        over=Count("pk", filter=Q(rule__in=("D9", "D12"))),
        named=Max("request__title"),
    )
    lines = list(rows.order_by("work_key"))
    names = _Names({each["work_key"]: each["named"] for each in lines})
    titles: dict[str, TitleYear] = {}
    for each in lines:
        one = names.title(titles, each["work_key"])
        one.counted += each["counted"] or 0
        one.open_ += each["reserved"] or 0
        one.free += each["free"] or 0
        one.over += each["over"]
    for key, currency, fee in _royalties(found):
        _add(names.title(titles, key).royalties, currency, fee)
    for key, currency, cost in _got_elsewhere(found):
        _add(names.title(titles, key).elsewhere, currency, cost)
    return sorted(titles.values(), key=lambda each: (-(each.counted + each.open_), -each.over, each.title))


def not_counted(settings: Settings) -> Q:
    """Copies with a royalty, where the library does not count them."""
    return Q(pk__in=()) if settings.contu_count_royalty_paid else Q(way=Way.ROYALTY)


def _of_year(library: Library, year: int, settings: Settings, today: date) -> QuerySet[CopyrightRecord]:
    """The records of a year; by the day of filling, what is open moves on with time (S11)."""
    found = CopyrightRecord.objects.filter(library__in=requesting_entity(library))
    if settings.contu_count_year_basis != YearBasis.FILL_DATE:
        return found.filter(asked_on__year=year)
    came, ended = Q(filled_on__year=year), Q(fate=Fate.RELEASED, asked_on__year=year)
    not_yet = Q(filled_on__isnull=True, fate=Fate.OPEN) if year == today.year else Q(pk__in=())
    return found.filter(came | ended | not_yet)


def _royalties(found: QuerySet[CopyrightRecord]) -> list[tuple[str, str, Decimal]]:
    rows = (
        found.filter(way=Way.ROYALTY, fate=Fate.FILLED, royalty__isnull=False)
        .values("work_key", "royalty__currency")
        .annotate(fee=Sum("royalty__fee"))
        .order_by("work_key", "royalty__currency")
    )
    return [(each["work_key"], each["royalty__currency"], each["fee"]) for each in rows]


def _got_elsewhere(found: QuerySet[CopyrightRecord]) -> list[tuple[str, str, Decimal]]:
    rows = (
        found.filter(way__in=(Way.SUPPLIER, Way.BUY), request__outcome=Outcome.FILLED, request__cost__gt=0)
        .values("work_key", "request__cost_currency")
        .annotate(cost=Sum("request__cost"))
        .order_by("work_key", "request__cost_currency")
    )
    return [(each["work_key"], each["request__cost_currency"], each["cost"]) for each in rows]


def _add(sums: dict[str, Decimal], currency: str, more: Decimal) -> None:
    sums[currency] = sums.get(currency, Decimal(0)) + more.quantize(CENT)


class _Names:
    """Which title stands behind the keys of records: those of one family are one line."""

    def __init__(self, asked: Mapping[str, str]) -> None:
        self._asked = asked
        known = [key.partition(":")[::2] for key in asked]
        issns = {value for kind, value in known if kind == "issn"}
        words = {value for kind, value in known if kind == "title"}
        rows = JournalIssn.objects.filter(value__in=issns).select_related("journal")
        journals = {each.value: each.journal for each in rows}
        by_title: dict[str, list[Journal]] = {}
        for each in Journal.objects.filter(title_key__in=words):
            by_title.setdefault(each.title_key, []).append(each)
        alone = {title: found[0] for title, found in by_title.items() if len(found) == 1}
        self._journals = {f"issn:{value}": each for value, each in journals.items()}
        self._journals |= {f"title:{title}": each for title, each in alone.items()}
        self._above = _families({each.pk for each in self._journals.values()})
        self._books = _books(asked)

    def title(self, titles: dict[str, TitleYear], key: str) -> TitleYear:
        """The line of a key, made when there is none."""
        key = self._books.get(key, key)
        journal = self._journals.get(key)
        kind, _colon, words = key.partition(":")
        name = key if journal is None else f"journal:{self._above.get(journal.pk, journal.pk)}"
        if name not in titles:
            titles[name] = TitleYear(self._asked.get(key, "") if journal is None else journal.title)
        if kind == "issn" and words not in titles[name].issns:
            titles[name].issns = ", ".join(part for part in (titles[name].issns, words) if part)
        return titles[name]


def _books(asked: Mapping[str, str]) -> dict[str, str]:
    """The key by ISBN of each book that is known by its title too, where one book of that title has an ISBN."""
    numbered: dict[str, list[str]] = {}
    for key, title in asked.items():
        if key.startswith("isbn:"):
            numbered.setdefault(f"work:{normalise_title(title)}", []).append(key)
    return {key: found[0] for key, found in numbered.items() if len(found) == 1}


def _families(ids: set[int]) -> dict[int, int]:
    """The smallest key of the journals that are counted together, for each that was linked to another."""
    links = TitleLink.objects.filter(Q(earlier__in=ids) | Q(later__in=ids), count_together=True)
    above: dict[int, int] = {}

    def root(key: int) -> int:
        while above.get(key, key) != key:
            key = above[key]
        return key

    for earlier, later in links.values_list("earlier", "later"):
        first, second = sorted((root(earlier), root(later)))
        above[second] = first
    return {key: root(key) for key in ids}
