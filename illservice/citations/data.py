"""A citation as a value: what moves between doors, services, comparison and the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace

from illservice.citations.identifiers import Identifier, IdentifierKind, read_identifier
from illservice.citations.text import clean_text, parse_year


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationData:
    """What a reader asks for, field by field; every text is clean and the empty text means "not known".

    `title` is the journal's or the book's, `article_title` the part's. `author` made what is asked for; only where
    the maker of the part is told apart from the maker of the whole does `article_author` name the former.
    `date` is the text as given, `year` what could be read from it.
    """

    title: str = ""
    article_title: str = ""
    author: str = ""
    article_author: str = ""
    publisher: str = ""
    place: str = ""
    edition: str = ""
    series: str = ""
    volume: str = ""
    issue: str = ""
    part: str = ""
    date: str = ""
    pages: str = ""
    language: str = ""
    identifiers: tuple[Identifier, ...] = ()

    @classmethod
    def from_mapping(
        cls, values: Mapping[str, str], *, identifiers: Iterable[Identifier] = ()
    ) -> "CitationData":
        """From a form, an import or `ParsedOpenURL.citation`: texts are cleaned, identifiers read by their key.

        Keys that are neither a field nor a kind of identifier are left out. An identifier that is invalid stays,
        marked as such.
        """
        read = tuple(
            read_identifier(kind, values[kind])
            for kind in IdentifierKind.values
            if clean_text(values.get(kind, ""))
        )
        texts = {name: clean_text(values.get(name, "")) for name in TEXT_FIELDS}
        return cls(**texts, identifiers=unique_identifiers((*identifiers, *read)))

    @property
    def year(self) -> int | None:
        return parse_year(self.date)

    def texts(self) -> dict[str, str]:
        """The text fields by name, without identifiers."""
        return {name: getattr(self, name) for name in TEXT_FIELDS}

    def normalised(self, *kinds: str) -> frozenset[str]:
        """The normal forms of the valid identifiers of these kinds."""
        return frozenset(one.normalised for one in self.identifiers if one.valid and one.kind in kinds)

    def with_identifiers(self, identifiers: Iterable[Identifier]) -> "CitationData":
        return replace(self, identifiers=unique_identifiers(identifiers))


TEXT_FIELDS: tuple[str, ...] = tuple(
    field.name for field in fields(CitationData) if field.name != "identifiers"
)
"""The names of the text fields, in order."""


def unique_identifiers(identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Each identifier once, the first way of writing it wins, in order."""
    seen: dict[tuple[str, str], Identifier] = {}
    for one in identifiers:
        seen.setdefault((one.kind, one.normalised or one.raw), one)
    return tuple(seen.values())
