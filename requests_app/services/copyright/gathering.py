"""What the rules of copyright must be told about a request, gathered from what is known of it."""

from dataclasses import dataclass, replace
from datetime import date

from illservice.citations.data import CitationData
from illservice.citations.identifiers import IdentifierKind
from illservice.citations.kinds import Material
from illservice.citations.models import Journal, PeriodicalSort
from illservice.citations.normalise import normalise_title
from illservice.citations.selectors import Family, family_of
from illservice.citations.services import journals_named
from requests_app.copyright import CopyrightFacts, Work, read_published
from requests_app.copyright.facts import is_whole_work, work_of
from requests_app.discovery import LATELY
from requests_app.models import BorrowingRequest, Delivery, Outcome, Wanted
from requests_app.models.copyright import LONGEST_WORK
from requests_app.selectors.declarations import acceptance_of, jurisdiction_of
from requests_app.selectors.titles import holdings_of
from requests_app.workflow.copyright import comes_as_copy, is_ours_and_unusable

_WAYS_OFF = (Outcome.UNFILLED, Outcome.CANCELLED)
_MOST = 50


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts without the count, and all the names under which copies of this work count with it."""

    facts: CopyrightFacts
    keys: tuple[str, ...]


def gather(request: BorrowingRequest, citation: CitationData, *, asked_on: date) -> Gathered:
    """The facts of a request with this citation, as if it were asked on that day."""
    work = work_in(request.material, citation)
    names = names_of(work, citation)
    keys, family = names.keys, names.family
    if work is Work.PERIODICAL and names.sort == PeriodicalSort.NEWSPAPER:
        work = Work.NEWSPAPER
    facts = CopyrightFacts(
        requested=asked_on,
        as_copy=comes_as_copy(request),
        material=Material(request.material),
        work=work,
        work_key=next(iter(keys), ""),
        published=read_published(citation.date),
        volume=citation.volume,
        whole_work=_is_whole(request, citation),
        one_chapter=request.material == Material.CHAPTER and bool(citation.article_title),
        owned_or_ordered=work is Work.OTHER and is_ours_and_unusable(request),
        unusable=is_ours_and_unusable(request),
        electronic_delivery=request.delivery == Delivery.ELECTRONIC,
        holdings=holdings_of(request.library, family.journals) if family else (),
        declared=_is_declared(request),
        scholarly=names.sort == PeriodicalSort.SCHOLARLY if names.sort else None,
    )
    return Gathered(_beside(request, citation, facts), keys)


@dataclass(frozen=True, slots=True)
class Names:
    """Under which names copies of a work count; `family` is that of its journal, None where it has none;
    `sort` what staff say of the journal (PeriodicalSort)."""

    keys: tuple[str, ...]
    family: Family | None = None
    sort: str = ""


def work_in(material: str, citation: CitationData) -> Work:
    """What a copy with this citation would be made from."""
    issns = citation.normalised(IdentifierKind.ISSN, IdentifierKind.EISSN)
    return work_of(material, has_issn=bool(issns), has_volume=any(c.isdigit() for c in citation.volume))


def names_of(work: Work, citation: CitationData) -> Names:
    """The names of the cited work. ISSNs that nobody knew become a journal."""
    if work is Work.OTHER:
        return Names(_book_keys(citation))
    journals = journals_named(citation)
    family = family_of(journals)
    sort = next((each.sort for each in journals if each.sort), "")
    return Names(_journal_keys(citation, journals, family), family, sort)


def _is_declared(request: BorrowingRequest) -> bool:
    """Whether the declaration of the law that binds the library now was accepted for it."""
    acceptance = acceptance_of(request)
    return acceptance is not None and acceptance.text.jurisdiction == jurisdiction_of(request.library)


def _is_whole(request: BorrowingRequest, citation: CitationData) -> bool:
    return is_whole_work(
        request.material,
        title=normalise_title(citation.title),
        part_title=normalise_title(citation.article_title),
        pages=citation.pages,
    )


def _journal_keys(citation: CitationData, journals: list[Journal], family: Family | None) -> tuple[str, ...]:
    """A journal is known by its ISSNs, else by its title; by nothing when several may be meant."""
    if family is not None:
        return tuple([f"issn:{each}" for each in family.issns] + [f"title:{each}" for each in family.titles])
    words = _words(citation.title)
    return (f"title:{words}",) if words and not journals else ()


def _book_keys(citation: CitationData) -> tuple[str, ...]:
    words = _words(citation.title)
    isbns = [f"isbn:{each}" for each in sorted(citation.normalised(IdentifierKind.ISBN))]
    return (*isbns, *([f"work:{words}"] if words else []))


def _words(title: str) -> str:
    return normalise_title(title)[: LONGEST_WORK - 20]


def _beside(request: BorrowingRequest, citation: CitationData, facts: CopyrightFacts) -> CopyrightFacts:
    """What was asked for beside it: more from the same issue, or the same by others (17 USC 108(d), (g)(1))."""
    if not facts.as_copy:
        return facts
    own = _articles_of_issue(request, citation) if facts.work is not Work.OTHER else 1
    return replace(facts, articles_of_issue=own, asked_by_others=_asked_by_others(request))


def _articles_of_issue(request: BorrowingRequest, citation: CitationData) -> int:
    """How many different articles of this issue its patron asked for, with this one."""
    if request.patron_id is None or not citation.issue:
        return 1
    found = (
        BorrowingRequest.objects.filter(
            patron=request.patron_id,
            kind=Wanted.COPY,
            volume=citation.volume,
            issue=citation.issue,
        )
        .exclude(pk=request.pk)
        .exclude(outcome__in=_WAYS_OFF)
        .values_list("title", "article_title")[:_MOST]
    )
    title, article = normalise_title(citation.title), normalise_title(citation.article_title)
    others = {normalise_title(part) for whole, part in found if normalise_title(whole) == title}
    return 1 + len(others - {article})


def _asked_by_others(request: BorrowingRequest) -> bool:
    """Whether somebody else of this library asked for a copy of the same part lately."""
    if not request.fingerprint or request.patron_id is None:
        return False
    return (
        BorrowingRequest.objects.filter(
            patron__isnull=False,
            library=request.library_id,
            fingerprint=request.fingerprint,
            kind=Wanted.COPY,
            submitted_at__gte=request.submitted_at - LATELY,
            submitted_at__lte=request.submitted_at,
        )
        .exclude(patron=request.patron_id)
        .exclude(outcome__in=_WAYS_OFF)
        .exists()
    )
