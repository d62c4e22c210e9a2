"""The columns of an ILLiad export that are understood. Names are compared without blanks, case and punctuation, so
that "Photo Journal Title" of a report and PhotoJournalTitle of the database are one.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from illservice.citations.data import CitationData
from illservice.citations.identifiers import Identifier, IdentifierKind, read_identifier
from illservice.citations.kinds import PARTS, Kind, Material
from illservice.citations.text import clean_text
from illservice.protocols.identifiers import isbns_in, issns_in, normalise_doi, normalise_pmid

TRANSACTION = "transactionnumber"

_COPY: Mapping[str, str] = MappingProxyType(
    {
        "title": "photojournaltitle",
        "article_title": "photoarticletitle",
        "author": "photoarticleauthor",
        "publisher": "photoitempublisher",
        "place": "photoitemplace",
        "edition": "photoitemedition",
        "volume": "photojournalvolume",
        "issue": "photojournalissue",
        "date": "photojournalyear",
        "pages": "photojournalinclusivepages",
    }
)
_LOAN: Mapping[str, str] = MappingProxyType(
    {
        "title": "loantitle",
        "author": "loanauthor",
        "publisher": "loanpublisher",
        "place": "loanplace",
        "edition": "loanedition",
        "series": "loanseries",
        "date": "loandate",
    }
)
_MATERIALS: Mapping[str, Material] = MappingProxyType(
    {
        "article": Material.ARTICLE,
        "journalarticle": Material.ARTICLE,
        "newspaper": Material.ARTICLE,
        "newspaperarticle": Material.ARTICLE,
        "bookchapter": Material.CHAPTER,
        "chapter": Material.CHAPTER,
        "book": Material.BOOK,
        "ebook": Material.BOOK,
        "thesis": Material.THESIS,
        "dissertation": Material.THESIS,
        "conference": Material.CONFERENCE_PAPER,
        "conferencepaper": Material.CONFERENCE_PAPER,
        "conferenceproceeding": Material.CONFERENCE_PAPER,
        "report": Material.REPORT,
        "patent": Material.PATENT,
        "score": Material.SCORE,
        "music": Material.SCORE,
        "map": Material.MAP,
        "audio": Material.RECORDING,
        "cd": Material.RECORDING,
        "dvd": Material.RECORDING,
        "video": Material.RECORDING,
        "journal": Material.JOURNAL,
        "other": Material.OTHER,
    }
)
_OTHER_IDENTIFIERS: Mapping[str, IdentifierKind] = MappingProxyType(
    {"espnumber": IdentifierKind.OCLC, "doi": IdentifierKind.DOI, "pmid": IdentifierKind.PMID}
)
CELL_CUT_AT = 20
"""Characters after which ILLiad cuts the column ISSN."""


@lru_cache(maxsize=1000)
def plain_name(column: str) -> str:
    """A column's name, or a word from a short list such as a status, as it is compared."""
    return "".join(c for c in column.casefold() if c.isalnum())


def kind_of(values: Mapping[str, str]) -> Kind:
    """Loan or copy, by Request Type, else by the columns that are filled."""
    said = plain_name(values.get("requesttype", ""))
    if said:
        return Kind.LOAN if said.startswith("loan") else Kind.COPY
    return Kind.LOAN if values.get("loantitle", "").strip() else Kind.COPY


def material_of(values: Mapping[str, str], kind: Kind) -> tuple[Material, str]:
    """What it is, by Document Type, and a warning when that is not known."""
    said = plain_name(values.get("documenttype", ""))
    if not said:
        return (Material.BOOK if kind == Kind.LOAN else Material.ARTICLE), ""
    found = _MATERIALS.get(said)
    return (found, "") if found else (Material.OTHER, "document_type_unknown")


def citation_of(values: Mapping[str, str], kind: Kind, material: Material) -> tuple[CitationData, list[str]]:
    """The citation and what was wrong with it, as codes of warnings."""
    names = _LOAN if kind == Kind.LOAN else _COPY
    texts = {field: _words(values.get(column, "")) for field, column in names.items()}
    if kind == Kind.COPY:
        _whole_and_part(texts, values, material)
    identifiers, warnings = _identifiers(values)
    citation = CitationData.from_mapping(texts, identifiers=identifiers)
    if not citation.title and not citation.article_title:
        warnings.append("title_missing")
    if citation.date and citation.year is None:
        warnings.append("year_unreadable")
    return citation, warnings


def _words(text: str) -> str:
    """Nothing where somebody typed a hyphen or a comma to satisfy a form."""
    clean = clean_text(text)
    return clean if any(c.isalnum() for c in clean) else ""


def _whole_and_part(texts: dict[str, str], values: Mapping[str, str], material: Material) -> None:
    """ILLiad has one form for all copies: a thesis stands in it as the article of no journal."""
    month = _words(values.get("photojournalmonth", ""))
    if month and texts["date"]:
        texts["date"] = f"{texts['date']} {month}"
    whole_author = _words(values.get("photoitemauthor", ""))
    if whole_author:
        texts["article_author"], texts["author"] = texts["author"], whole_author
    alone = not texts["title"] or texts["title"].casefold() == texts["article_title"].casefold()
    if material not in PARTS and texts["article_title"] and alone:
        texts["title"], texts["article_title"] = texts["article_title"], ""


def _identifiers(values: Mapping[str, str]) -> tuple[list[Identifier], list[str]]:
    """ILLiad keeps ISSN, ISBN and whatever else a patron found in one cell, often several, often cut off."""
    cell = values.get("issn", "").strip()
    found = _in_cell(cell)
    if cell and not found:
        found.append(read_identifier(IdentifierKind.ISSN, cell))
    for column, kind in _OTHER_IDENTIFIERS.items():
        if values.get(column, "").strip():
            found.append(read_identifier(kind, values[column]))
    return found, ([] if all(one.valid for one in found) else ["identifier_invalid"])


def _in_cell(cell: str) -> list[Identifier]:
    found = [read_identifier(IdentifierKind.ISSN, issn) for issn in issns_in(cell)]
    found += [read_identifier(IdentifierKind.ISBN, isbn) for isbn in isbns_in(cell)]
    if not found and "10." in cell:
        doi = normalise_doi(cell[cell.index("10.") :])
        # A DOI that fills the cell to the brim is a beginning, not a DOI.
        found += [read_identifier(IdentifierKind.DOI, doi)] if doi and len(cell) < CELL_CUT_AT else []
    if not found and "pmid" in cell.casefold():
        digits = "".join(c for c in cell if c.isdigit())
        number = normalise_pmid(digits)
        found += [read_identifier(IdentifierKind.PMID, number)] if number else []
    return found
