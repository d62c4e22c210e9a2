"""How a request finds its journal: by valid ISSN, else by title (standards §1.5)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from illservice.citations.copyright import HoldingStatus, IllTerms
from illservice.citations.data import CitationData
from illservice.citations.identifiers import IdentifierKind
from illservice.citations.models import Journal, JournalIssn, LicenceTerms, Subscription, TitleLink
from illservice.citations.models.titles import title_key
from illservice.core.errors import NotFound
from illservice.core.paging import ASC, Page, keyset_page
from illservice.protocols.identifiers import normalise_issn


def journals_of(citation: CitationData) -> list[Journal]:
    """The journals that a citation may stand in: one when it is clear, several when staff must say which.

    Valid ISSNs decide alone. Without one the title does; a title that several journals bear finds them all.
    """
    issns = citation.normalised(IdentifierKind.ISSN, IdentifierKind.EISSN)
    if issns:
        return _journals_with(issns)
    key = title_key(citation.title)
    return list(Journal.objects.filter(title_key=key)) if key else []


def _journals_with(issns: Collection[str]) -> list[Journal]:
    """In two plain statements: a join goes through both tables where PostgreSQL counted them while they were empty,
    as in an import that fills them."""
    ids = set(JournalIssn.objects.filter(value__in=issns).values_list("journal_id", flat=True))
    return list(Journal.objects.filter(pk__in=ids)) if ids else []


def counted_with(journal_id: int) -> frozenset[int]:
    """The journals that count as one with this one: those that staff linked, over any number of changes."""
    found, new = {journal_id}, {journal_id}
    while new:
        links = TitleLink.objects.filter(Q(earlier__in=new) | Q(later__in=new), count_together=True)
        pairs = links.values_list("earlier", "later")
        new = {each for pair in pairs for each in pair} - found
        found |= new
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Family:
    """The journals that count as one, with all their ISSNs, and the titles that nobody else bears."""

    journals: frozenset[int]
    issns: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


def family_of(journals: Collection[Journal]) -> Family | None:
    """The family of these journals; None when they are not one, so that staff must say which."""
    if not journals:
        return None
    ids = counted_with(next(iter(journals)).pk)
    if not {each.pk for each in journals} <= ids:
        return None
    issns = JournalIssn.objects.filter(journal__in=ids).order_by("value").values_list("value", flat=True)
    keys = list(Journal.objects.filter(pk__in=ids).values_list("title_key", flat=True))
    named = Journal.objects.filter(title_key__in=keys)
    bearers: dict[str, set[int]] = {}
    for key, pk in named.values_list("title_key", "pk"):
        bearers.setdefault(key, set()).add(pk)
    titles = tuple(sorted(key for key, known in bearers.items() if key and known <= ids))
    return Family(ids, tuple(issns), titles)


def subscriptions_to(journal_ids: Collection[int], library_ids: Collection[int]) -> list[Subscription]:
    """What the libraries of one legal entity have of these journals (CONTU 2(a)), with the licences."""
    found = Subscription.objects.filter(journal__in=journal_ids, library__in=library_ids)
    return list(found.select_related("licence").order_by("pk"))


def titles_held(library_id: int) -> dict[str, int]:
    """How many subscriptions a library has, and of how many journals."""
    return Subscription.objects.filter(library=library_id).aggregate(
        subscriptions=Count("pk"), journals=Count("journal", distinct=True)
    )


BY_TITLE = (("title", ASC), ("id", ASC))
MOST_FOUND = 50


def journals_to_show(library_id: int, words: str, cursor: str | None) -> Page[Journal]:
    """Journals for a page of staff: those that the library subscribes to, or with `words` those that words or an ISSN
    find. Each with `mine`: whether the library has a subscription. Two statements."""
    mine = Exists(Subscription.objects.filter(library=library_id, journal=OuterRef("pk")))
    found = Journal.objects.annotate(mine=mine).prefetch_related(_issns())
    issn = normalise_issn(words) if words else None
    if issn:
        found = found.filter(Exists(JournalIssn.objects.filter(journal=OuterRef("pk"), value=issn)))
    elif words:
        for word in title_key(words).split():
            found = found.filter(title_key__contains=word)
    else:
        found = found.filter(mine)
    return keyset_page(found, order=BY_TITLE, cursor=cursor, size=MOST_FOUND)


def journal_to_show(journal_id: int) -> Journal:
    """One journal with its ISSNs and title changes; NotFound without it. Four statements."""
    links = TitleLink.objects.select_related("earlier", "later").order_by("pk")
    found = Journal.objects.prefetch_related(
        _issns(), Prefetch("later_links", links), Prefetch("earlier_links", links)
    )
    journal = found.filter(pk=journal_id).first()
    if journal is None:
        raise NotFound(journal=journal_id)
    return journal


def journal_of_issn(text: str) -> Journal | None:
    """The journal that has an ISSN as somebody typed it, None when none has."""
    issn = normalise_issn(text)
    return Journal.objects.filter(issns__value=issn).first() if issn else None


def _issns() -> "Prefetch[str, QuerySet[JournalIssn], str]":
    return Prefetch("issns", JournalIssn.objects.order_by("-is_linking", "value"))


def subscription_of(library_id: int, journal_id: int, subscription_id: int) -> Subscription:
    """One subscription of a library to a journal; NotFound for another's."""
    found = Subscription.objects.select_related("journal", "licence")
    row = found.filter(library=library_id, pk=subscription_id).first()
    if row is None or row.journal_id != journal_id:
        raise NotFound(subscription=subscription_id)
    return row


def licences_of(library_id: int) -> QuerySet[LicenceTerms]:
    """The licences of a library by name, each with `named`: how many subscriptions name it."""
    found = LicenceTerms.objects.filter(library=library_id)
    return found.annotate(named=Count("subscriptions")).order_by("name", "pk")


def licence_of(library_id: int, licence_id: int) -> LicenceTerms:
    """One licence of a library; NotFound for another's."""
    row = licences_of(library_id).filter(pk=licence_id).first()
    if row is None:
        raise NotFound(licence=licence_id)
    return row


@dataclass(frozen=True, slots=True)
class LicenceSays:
    """What the licences of a journal let its library send. `names` are those of the licences that say so."""

    on_paper: bool
    electronically: bool
    non_profit_only: bool
    names: tuple[str, ...]


def licence_says(library_id: int, *, issns: Collection[str], title: str, on: date) -> LicenceSays | None:
    """What the licences in force let the library send of a journal (17 USC 108(f)(4): they go before the law).

    None where they say nothing: no active subscription, or one without a licence, such as that of the printed issues.
    The widest licence counts. One statement.
    """
    active = Q(status=HoldingStatus.ACTIVE) & _in_force(on)
    if issns:
        journal = Q(journal__in=JournalIssn.objects.filter(value__in=issns).values("journal"))
    elif title_key(title):
        journal = Q(journal__title_key=title_key(title))
    else:
        return None
    rows = Subscription.objects.filter(active, journal, library=library_id).select_related("licence")
    licences = {}
    for row in rows:
        if row.licence is None or not _holds(row.licence, on) or row.licence.terms == IllTerms.SILENT:
            return None
        licences[row.licence.pk] = row.licence
    return _widest(list(licences.values())) if licences else None


def _in_force(on: date) -> Q:
    begun = Q(starts__isnull=True) | Q(starts__lte=on)
    return begun & (Q(ends__isnull=True) | Q(ends__gte=on))


def _holds(licence: LicenceTerms, on: date) -> bool:
    return (licence.starts is None or licence.starts <= on) and (licence.ends is None or on <= licence.ends)


def _widest(licences: list[LicenceTerms]) -> LicenceSays:
    terms = [IllTerms(each.terms) for each in licences]
    allowing = [each for each in terms if each.allows(electronically=False)]
    return LicenceSays(
        on_paper=bool(allowing),
        electronically=any(each.allows(electronically=True) for each in terms),
        non_profit_only=bool(allowing) and set(allowing) == {IllTerms.NON_PROFIT},
        names=tuple(sorted(each.name for each in licences)),
    )
