"""What can be asked for, how it is supplied, and what a form has to know of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """How the reader wants it."""

    LOAN = "loan", _("loan")
    COPY = "copy", _("copy")
    EITHER = "either", _("loan or copy")

    @property
    def patron_label(self) -> Promise:
        return _PATRON_KINDS[self]


_PATRON_KINDS: Mapping[str, Promise] = MappingProxyType(
    {
        Kind.LOAN: _("Borrow it and bring it back"),
        Kind.COPY: _("A copy to keep"),
        Kind.EITHER: _("Whichever is faster"),
    }
)


class Material(models.TextChoices):
    """What the thing is. The values are those of `parse_openurl` and of the API; the labels are the staff's."""

    ARTICLE = "article", _("article")
    CHAPTER = "chapter", _("book chapter")
    BOOK = "book", _("book")
    THESIS = "thesis", _("thesis")
    CONFERENCE_PAPER = "conference_paper", _("conference paper")
    REPORT = "report", _("report")
    PATENT = "patent", _("patent")
    SCORE = "score", _("score")
    MAP = "map", _("map")
    RECORDING = "recording", _("recording")
    JOURNAL = "journal", _("journal volume or issue")
    OTHER = "other", _("other")

    @property
    def patron_label(self) -> Promise:
        return _PATRON_MATERIALS[self]

    @property
    def is_part(self) -> bool:
        """True when what is wanted is a part of something published: `article_title` in `title`."""
        return self in PARTS

    @property
    def default_kind(self) -> Kind:
        return Kind.COPY if self in COPIES_BY_DEFAULT else Kind.LOAN


_PATRON_MATERIALS: Mapping[str, Promise] = MappingProxyType(
    {
        Material.ARTICLE: _("An article from a journal, magazine or newspaper"),
        Material.CHAPTER: _("A chapter or some pages of a book"),
        Material.BOOK: _("A book"),
        Material.THESIS: _("A thesis or dissertation"),
        Material.CONFERENCE_PAPER: _("A paper given at a conference"),
        Material.REPORT: _("A report"),
        Material.PATENT: _("A patent"),
        Material.SCORE: _("Printed music"),
        Material.MAP: _("A map"),
        Material.RECORDING: _("A film or a sound recording"),
        Material.JOURNAL: _("A whole volume or issue of a journal"),
        Material.OTHER: _("Something else"),
    }
)

PARTS: frozenset[str] = frozenset({Material.ARTICLE, Material.CHAPTER, Material.CONFERENCE_PAPER})
"""Materials that stand inside something else."""

COPIES_BY_DEFAULT: frozenset[str] = PARTS | {Material.PATENT}
"""Materials that are sent as a copy unless somebody says otherwise; all others are lent."""


class Need(StrEnum):
    """How much a form wants a field."""

    REQUIRED = "required"
    WANTED = "wanted"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a form: a column of the citation or a kind of identifier, and what it is called there.

    WANTED: without it finding a lender is slow, so the form says so, and lets it pass.
    """

    name: str
    need: Need
    label: Promise

    @property
    def required(self) -> bool:
        return self.need is Need.REQUIRED


FIELD_LABELS: Mapping[str, Promise] = MappingProxyType(
    {
        "title": _("Title"),
        "article_title": _("Title of the part"),
        "author": _("Author"),
        "article_author": _("Author of the part"),
        "publisher": _("Publisher"),
        "place": _("Place of publication"),
        "edition": _("Edition"),
        "series": _("Series"),
        "volume": _("Volume"),
        "issue": _("Issue"),
        "part": _("Part"),
        "date": _("Year or date"),
        "pages": _("Pages"),
        "language": _("Language"),
        "issn": _("ISSN"),
        "eissn": _("ISSN of the online edition"),
        "isbn": _("ISBN"),
        "ismn": _("ISMN"),
        "doi": _("DOI"),
        "pmid": _("PubMed number"),
        "pmcid": _("PubMed Central number"),
        "oclc": _("OCLC number"),
        "lccn": _("Library of Congress number"),
        "eric": _("ERIC number"),
        "bibcode": _("Bibcode"),
    }
)
"""What a field is called where the material has no word of its own for it."""

_R, _W, _O = Need.REQUIRED, Need.WANTED, Need.OPTIONAL
_LABEL_OF: Mapping[tuple[str, str], Promise] = MappingProxyType(
    {
        (Material.ARTICLE, "title"): _("Title of the journal"),
        (Material.ARTICLE, "article_title"): _("Title of the article"),
        (Material.ARTICLE, "author"): _("Author of the article"),
        (Material.CHAPTER, "title"): _("Title of the book"),
        (Material.CHAPTER, "article_title"): _("Title or number of the chapter"),
        (Material.CHAPTER, "author"): _("Author or editor of the book"),
        (Material.CHAPTER, "article_author"): _("Author of the chapter"),
        (Material.BOOK, "volume"): _("Volume wanted"),
        (Material.THESIS, "publisher"): _("University"),
        (Material.CONFERENCE_PAPER, "title"): _("Name of the conference or of its proceedings"),
        (Material.CONFERENCE_PAPER, "article_title"): _("Title of the paper"),
        (Material.CONFERENCE_PAPER, "author"): _("Author of the paper"),
        (Material.REPORT, "publisher"): _("Institution"),
        (Material.REPORT, "issue"): _("Report number"),
        (Material.PATENT, "author"): _("Inventor"),
        (Material.PATENT, "publisher"): _("Applicant"),
        (Material.PATENT, "place"): _("Country"),
        (Material.PATENT, "issue"): _("Patent number"),
        (Material.SCORE, "author"): _("Composer"),
        (Material.SCORE, "edition"): _("Edition or arrangement"),
        (Material.MAP, "edition"): _("Edition or scale"),
        (Material.MAP, "part"): _("Sheet"),
        (Material.RECORDING, "author"): _("Performer, director or composer"),
        (Material.RECORDING, "edition"): _("Format (for example DVD or CD)"),
        (Material.JOURNAL, "title"): _("Title of the journal"),
    }
)

_NEEDS: Mapping[str, tuple[tuple[str, Need], ...]] = MappingProxyType(
    {
        Material.ARTICLE: (
            ("article_title", _R), ("author", _W), ("title", _R), ("date", _W), ("volume", _W), ("issue", _O),
            ("pages", _W), ("doi", _O), ("pmid", _O), ("issn", _O),
        ),
        Material.CHAPTER: (
            ("article_title", _R), ("article_author", _O), ("title", _R), ("author", _W), ("date", _W), ("pages", _W),
            ("edition", _O), ("volume", _O), ("publisher", _O), ("place", _O), ("isbn", _O), ("doi", _O), ("oclc", _O),
        ),
        Material.BOOK: (
            ("title", _R), ("author", _W), ("date", _O), ("edition", _O), ("volume", _O), ("series", _O),
            ("publisher", _O), ("place", _O), ("language", _O), ("isbn", _O), ("oclc", _O),
        ),
        Material.THESIS: (
            ("title", _R), ("author", _R), ("publisher", _W), ("place", _O), ("date", _W), ("doi", _O), ("oclc", _O),
        ),
        Material.CONFERENCE_PAPER: (
            ("article_title", _R), ("author", _W), ("title", _R), ("date", _W), ("place", _O), ("volume", _O),
            ("pages", _W), ("publisher", _O), ("series", _O), ("doi", _O), ("isbn", _O), ("issn", _O),
        ),
        Material.REPORT: (
            ("title", _R), ("author", _W), ("publisher", _W), ("issue", _W), ("date", _W), ("place", _O),
            ("series", _O), ("pages", _O), ("doi", _O), ("eric", _O), ("isbn", _O), ("oclc", _O),
        ),
        Material.PATENT: (
            ("title", _W), ("issue", _R), ("place", _W), ("author", _O), ("publisher", _O), ("date", _O),
        ),
        Material.SCORE: (
            ("title", _R), ("author", _R), ("edition", _W), ("part", _O), ("publisher", _O), ("place", _O),
            ("date", _O), ("ismn", _O), ("oclc", _O),
        ),
        Material.MAP: (
            ("title", _R), ("author", _O), ("part", _W), ("edition", _O), ("series", _O), ("publisher", _O),
            ("place", _O), ("date", _W), ("isbn", _O), ("oclc", _O),
        ),
        Material.RECORDING: (
            ("title", _R), ("author", _W), ("edition", _W), ("publisher", _O), ("date", _O), ("language", _O),
            ("oclc", _O),
        ),
        Material.JOURNAL: (
            ("title", _R), ("date", _W), ("volume", _W), ("issue", _O), ("part", _O), ("publisher", _O), ("issn", _O),
            ("oclc", _O),
        ),
        Material.OTHER: (
            ("title", _R), ("article_title", _O), ("author", _O), ("date", _O), ("volume", _O), ("issue", _O),
            ("pages", _O), ("edition", _O), ("publisher", _O), ("place", _O), ("language", _O), ("isbn", _O),
            ("issn", _O), ("doi", _O), ("oclc", _O),
        ),
    }
)  # fmt: skip

FIELDS: Mapping[str, tuple[FieldSpec, ...]] = MappingProxyType(
    {
        material: tuple(
            FieldSpec(name, need, _LABEL_OF.get((material, name), FIELD_LABELS[name])) for name, need in needs
        )
        for material, needs in _NEEDS.items()
    }
)
"""The fields of each material's form, in the order in which a reader has them before their eyes."""


def required_fields(material: str) -> tuple[str, ...]:
    """The names of the fields without which a request for this material cannot be worked on."""
    return tuple(field.name for field in FIELDS[material] if field.required)


def missing_fields(material: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The required fields that are empty. An article known by DOI or PubMed number needs neither of its titles."""
    if material in PARTS and (values.get("doi", "").strip() or values.get("pmid", "").strip()):
        return ()
    return tuple(name for name in required_fields(material) if not values.get(name, "").strip())
