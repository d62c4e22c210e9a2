"""Words of a citation made comparable: for search, for the duplicate fingerprint, and for saying why two are one."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from illservice.citations.data import CitationData
from illservice.citations.identifiers import IdentifierKind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ARTICLES = _words(
    "a an the der die das des ein eine le la les l un une el los las il lo gli o os as de het een den det en et"
)
_EMPTY_WORDS = _ARTICLES | _words("and of or in on for to with by from at und y du s")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"}
)
_SAID_FOR_NOTHING = _words("na none unknown not cited see attached epub")

_SHELF_PARTS = re.compile(
    r"(?<=[0-9])(?P<decimal>\.[0-9]+)|(?P<cutter>(?<![^\W\d_])[A-Z][0-9]+)|(?P<number>[0-9]+)|(?P<word>[^\W\d_]+)"
)

SHORT_TITLE = 4
"""Significant words below which a part's title alone does not tell it from others ("Editorial", "Dylan Thomas")."""

LONG_ENOUGH = 6
"""Significant words that go into a fingerprint: databases cut titles, and people leave subtitles away."""


def search_text(*texts: str) -> str:
    """What search compares: small letters, no accents, punctuation as blanks, one blank between words."""
    # Twice: decomposition and case folding can each uncover work for the other (U+03D4, U+1E9E).
    folded = _fold(_fold(" ".join(texts)))
    # Vowel signs of the Indic scripts are marks, not letters, and belong to the word.
    return " ".join(
        "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in folded).split()
    )


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def shelf_key(call_number: str) -> tuple[bool, tuple[tuple[int, int, str], ...], str]:
    """Sorts call numbers as books stand on shelves, none last.

    Numbers count as numbers (QL 77 before QL 568, v.9 before v.10), but as decimals after a point and after the letter
    of a Cutter number (595 H3 before 595.79, .A65 before .A7); nothing comes before something.
    """
    parts: list[tuple[int, int, str]] = []
    for each in _SHELF_PARTS.finditer(call_number):
        kind, text = each.lastgroup, each[0]
        if kind == "cutter":
            first = not any(part[0] == 0 for part in parts)  # "Q77": a class of one letter
            parts += [(1, 0, text[0].casefold()), (0, int(text[1:]), "") if first else (2, 0, text[1:])]
        elif kind == "decimal":
            parts.append((2, 0, text))
        else:
            parts.append((0, int(text), "") if kind == "number" else (1, 0, text.casefold()))
    return not call_number.strip(), tuple(parts), call_number


def normalise_title(title: str) -> str:
    """A title for comparing and sorting: search_text, "&" as "and", no leading article, no " =" or " /" at the end."""
    words = search_text(re.sub(r"\s*[=/:;,.]+\s*$", "", title).replace("&", " and ")).split()
    if len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return " ".join(words)


def significant_words(title: str) -> tuple[str, ...]:
    """The words of a title without articles, conjunctions and prepositions; all of them if nothing else is left."""
    words = normalise_title(title).split()
    return tuple(word for word in words if word not in _EMPTY_WORDS) or tuple(words)


def first_page(pages: str) -> str:
    """The page a part begins on, without leading zeros, or "": "897-911", "S70-", "pp. 12"."""
    found = re.search(r"[0-9]+", search_text(pages))
    if not found or re.match(r"doi\b|10\.", pages.strip(), re.IGNORECASE):
        return ""
    before = re.search(r"([a-z]{1,2})$", search_text(pages)[: found.start()])
    return (before[1] if before and before[1] not in {"p", "pp"} else "") + (found[0].lstrip("0") or "0")


def first_name(author: str) -> str:
    """The family name of the first author, as a word, or "": "Smith, J.; Doe, A." and "J. Smith" give "smith"."""
    first = re.split(r";|\band\b|&", author, maxsplit=1)[0]
    family, comma, _rest = first.partition(",")
    words = search_text(family).split()
    if not words:
        return ""
    return words[0] if comma and len(words) == 1 else words[-1]


def fingerprint(citation: CitationData) -> str:
    """Equal for two citations that are in all likelihood the same thing, "" when there is too little to say.

    40 hexadecimal digits behind "p" (a part) or "w" (a whole work); it keeps no readable word, because it outlives
    the citation's text. A part is known by the significant words of its title, and by volume and first page as well
    when there are few of them; a whole work by title, first author's family name where the title is short, and
    volume. Meant for finding candidates: `same_item` decides.
    """
    part = _part_title(citation)
    words = significant_words(part or citation.title)
    if part:
        if len(words) < SHORT_TITLE:
            words += _where_in_the_journal(citation)
        return "p" + _digest(words[:LONG_ENOUGH])
    if citation.pages and _where_in_the_journal(citation) and words:
        return "p" + _digest((*words[:LONG_ENOUGH], *_where_in_the_journal(citation)))
    if not words:
        return _fingerprint_of_identifiers(citation)
    author = (first_name(citation.author),) if len(words) < SHORT_TITLE else ()
    return "w" + _digest((*words[:LONG_ENOUGH], *author, "vol", search_text(citation.volume)))


def identifier_keys(citation: CitationData) -> frozenset[str]:
    """The identifiers that name just this item, as "kind:normal form". An ISSN names a journal, and an ISBN or OCLC
    number the book around a chapter; they are keys only where the whole is wanted."""
    kinds = _KINDS_OF_PART if citation.article_title or citation.pages else _KINDS_OF_PART | _KINDS_OF_WHOLE
    return frozenset(
        f"{one.kind}:{one.normalised}" for one in citation.identifiers if one.valid and one.kind in kinds
    )


class Reason(StrEnum):
    """Why two citations are taken for the same item, or not."""

    IDENTIFIER = "identifier"
    WORDS = "words"
    PLACE = "place"
    OTHER_IDENTIFIER = "other_identifier"
    OTHER_PART = "other_part"
    OTHER_VOLUME = "other_volume"
    OTHER_EDITION = "other_edition"
    OTHER_AUTHOR = "other_author"
    OTHER_WORDS = "other_words"
    TOO_LITTLE = "too_little"


@dataclass(frozen=True, slots=True)
class Sameness:
    """The answer of same_item. `keys`: the identifiers both have, as "kind:normal form"."""

    same: bool
    reason: Reason
    keys: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.same


def same_item(a: CitationData, b: CitationData) -> Sameness:
    """Whether two citations ask for the same thing. Symmetric; compares values only.

    1. A shared identifier of the item itself says yes, unless the volumes wanted differ.
    2. Different DOIs or different PubMed numbers say no.
    3. Parts: the same words, unless journal, volume and first page all differ; nearly the same words, unless the
       first page differs; or the same place in the same journal.
    4. Whole works: the same words, unless author, volume or edition differ.
    """
    shared = identifier_keys(a) & identifier_keys(b)
    if shared:
        if not _is_part(a) and _differ(search_text(a.volume), search_text(b.volume)):
            return Sameness(False, Reason.OTHER_VOLUME)
        return Sameness(True, Reason.IDENTIFIER, tuple(sorted(shared)))
    if _is_part(a) != _is_part(b):
        return Sameness(False, Reason.OTHER_PART)
    for kind in (IdentifierKind.DOI, IdentifierKind.PMID):
        if a.normalised(kind) and b.normalised(kind):
            return Sameness(False, Reason.OTHER_IDENTIFIER)
    return _same_part(a, b) if _is_part(a) else _same_whole(a, b)


_KINDS_OF_PART = frozenset(
    {
        IdentifierKind.DOI,
        IdentifierKind.PMID,
        IdentifierKind.PMCID,
        IdentifierKind.ERIC,
        IdentifierKind.BIBCODE,
    }
)
_KINDS_OF_WHOLE = frozenset(
    {IdentifierKind.ISBN, IdentifierKind.ISMN, IdentifierKind.OCLC, IdentifierKind.LCCN}
)


def _is_part(citation: CitationData) -> bool:
    return bool(_part_title(citation) or citation.pages)


def _part_title(citation: CitationData) -> str:
    """The title of the part, unless it only repeats the whole's or says nothing ("Not cited", "n/a")."""
    words = normalise_title(citation.article_title)
    if (
        not words
        or words == normalise_title(citation.title)
        or set(words.split()) <= _SAID_FOR_NOTHING | {"a", "n"}
    ):
        return ""
    return citation.article_title


def _where_in_the_journal(citation: CitationData) -> tuple[str, ...]:
    page = first_page(citation.pages)
    volume = search_text(citation.volume)
    return (volume, page) if page else ()


def _fingerprint_of_identifiers(citation: CitationData) -> str:
    keys = sorted(identifier_keys(citation))
    return "i" + _digest((keys[0],)) if keys else ""


def _digest(words: tuple[str, ...]) -> str:
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:40]


def _differ(a: str, b: str) -> bool:
    """Both known, and not the same."""
    return bool(a and b and a != b)


def _alike(a: str, b: str) -> bool:
    """The same significant words, or nearly: one title continues the other, or four words in five are common."""
    ours, theirs = significant_words(a), significant_words(b)
    if not ours or not theirs:
        return False
    short, long = sorted((ours, theirs), key=len)
    if len(short) >= SHORT_TITLE and long[: len(short)] == short:
        return True
    if len(short) < SHORT_TITLE:
        return ours == theirs
    common = len(set(ours) & set(theirs))
    return common / len(set(ours) | set(theirs)) >= 0.8


def _same_part(a: CitationData, b: CitationData) -> Sameness:
    ours, theirs = _part_title(a), _part_title(b)
    place_a, place_b = _where_in_the_journal(a), _where_in_the_journal(b)
    same_place = bool(place_a and place_a == place_b)
    if ours and theirs and not _alike(ours, theirs):
        return Sameness(False, Reason.OTHER_WORDS)
    if ours and theirs:
        return _same_words_of_part(a, b, same_place=same_place)
    if same_place and place_a[0] and _same_journal(a, b):
        return Sameness(True, Reason.PLACE)
    return Sameness(False, Reason.TOO_LITTLE)


def _same_words_of_part(a: CitationData, b: CitationData, *, same_place: bool) -> Sameness:
    short = len(significant_words(a.article_title)) < SHORT_TITLE
    if short and not same_place:
        return Sameness(False, Reason.OTHER_PART if _where_in_the_journal(a) else Reason.TOO_LITTLE)
    other_page = _differ(first_page(a.pages), first_page(b.pages))
    other_volume = _differ(search_text(a.volume), search_text(b.volume))
    if significant_words(a.article_title) != significant_words(b.article_title):
        # "… : II. Applications", "Comment on: …": nearly the same words elsewhere are another part.
        apart = other_page
    else:
        apart = other_page and other_volume and not _same_journal(a, b)
    return Sameness(False, Reason.OTHER_PART) if apart else Sameness(True, Reason.WORDS)


def _same_journal(a: CitationData, b: CitationData) -> bool:
    """By a shared ISSN or ISBN, or by the same title, or one continuing the other ("Gut" and "Gut : journal of …")."""
    kinds = (IdentifierKind.ISSN, IdentifierKind.EISSN, IdentifierKind.ISBN)
    if a.normalised(*kinds) & b.normalised(*kinds):
        return True
    ours, theirs = significant_words(a.title), significant_words(b.title)
    short, long = sorted((ours, theirs), key=len)
    return bool(short) and long[: len(short)] == short


def _same_whole(a: CitationData, b: CitationData) -> Sameness:
    if not a.title or not b.title:
        return Sameness(False, Reason.TOO_LITTLE)
    if not _alike(a.title, b.title):
        return Sameness(False, Reason.OTHER_WORDS)
    checks = (
        (first_name(a.author), first_name(b.author), Reason.OTHER_AUTHOR),
        (search_text(a.volume), search_text(b.volume), Reason.OTHER_VOLUME),
        (search_text(a.edition), search_text(b.edition), Reason.OTHER_EDITION),
    )
    for ours, theirs, reason in checks:
        if _differ(ours, theirs):
            return Sameness(False, reason)
    return Sameness(True, Reason.WORDS)
