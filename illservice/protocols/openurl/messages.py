"""What an OpenURL says, as values (OpenURL 0.1; ANSI/NISO Z39.88-2004)."""

from dataclasses import dataclass, field
from typing import Any, Literal

LONGEST_OPENURL = 64 * 1024
"""Bytes; a longer one is not read."""

CITATION_KEYS = (
    "title", "article_title", "author", "article_author", "publisher", "place", "edition", "series", "volume",
    "issue", "part", "date", "pages", "language",
    "issn", "eissn", "isbn", "ismn", "doi", "pmid", "pmcid", "oclc", "lccn", "eric", "bibcode",
)  # fmt: skip
"""Keys of `citation` that describe the thing."""

EXTRA_KEYS = ("short_title", "season", "quarter", "month", "source", "needed_by", "note", "pickup_location")
"""Keys of `citation` that stand beside it: where the link came from, what the reader added."""

WARNINGS = (
    "empty", "too_long", "not_openurl", "not_utf8", "bad_encoding", "double_question_mark", "html_ampersand",
    "unescaped_ampersand", "bare_percent", "empty_key", "markup_removed", "mixed_versions", "no_genre",
    "unknown_genre", "genre_repaired", "bad_format", "odd_date",
    "invalid_issn", "invalid_eissn", "invalid_isbn", "invalid_ismn", "invalid_doi", "invalid_pmid", "invalid_pmcid",
    "invalid_oclc", "invalid_lccn", "invalid_eric", "invalid_bibcode",
)  # fmt: skip
"""Every code that can stand in `warnings`. None of them stops anything."""

Version = Literal["0.1", "1.0"]
Kind = Literal["loan", "copy"]


@dataclass(frozen=True, slots=True)
class ParsedOpenURL:
    """An OpenURL as understood.

    `material` is one of the values of `citations.kinds.Material`. `citation` holds only non-empty texts, under
    CITATION_KEYS and EXTRA_KEYS, and only valid, normalised identifiers; `title` is the journal's or the book's,
    `article_title` the part's. What was not understood, or is no valid identifier, stands in `unknown` under the key
    it came with; several values of one key are joined with "; ", text without a key stands under "".
    """

    version: Version = "0.1"
    kind: Kind = "loan"
    material: str = "other"
    citation: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    unknown: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The five keys of the `parse_openurl` contract and the warnings, ready for JSON."""
        return {
            "version": self.version,
            "kind": self.kind,
            "material": self.material,
            "citation": dict(self.citation),
            "warnings": list(self.warnings),
            "unknown": dict(self.unknown),
        }
