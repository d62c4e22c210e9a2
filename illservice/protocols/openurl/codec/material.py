"""What kind of thing an OpenURL is about: its genre, or what its format and its keys say where the genre is missing,
unknown or contradicted (standards §3.4, the genre repair of Umlaut)."""

from dataclasses import dataclass

from illservice.protocols.openurl.codec.bag import Bag
from illservice.protocols.openurl.codec.vocabulary import GENRES, REGISTERED_FORMAT, genre_word

_FIXED = frozenset({"thesis", "patent", "score", "map", "recording", "report", "conference_paper", "chapter"})
_WITHOUT_GENRE = frozenset({"dissertation", "patent", "dc"})
"""Formats that have no key for a genre."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decision looks at."""

    genre: str
    """The genre as sent, spelled by genre_word; "" without one."""
    form: str
    """The last part of rft_val_fmt, spelled by genre_word."""
    part: bool
    """The title of a part is there, and is not just the whole's again."""
    pages: bool
    serial_title: bool
    book_title: bool
    any_title: bool
    identifiers: frozenset[str]

    @property
    def serial(self) -> bool:
        return bool(self.identifiers & {"issn", "eissn"})

    @property
    def isbn(self) -> bool:
        return "isbn" in self.identifiers


def read_material(bag: Bag, identifiers: dict[str, str]) -> str:
    """The material; takes genre and format out of the bag as far as they were understood, and warns otherwise."""
    facts = _facts(bag, identifiers)
    named = GENRES.get(facts.genre, "")
    _take_genre(bag, facts, named)
    material = _decide(facts, named)
    if named and named not in {material, "conference"}:
        bag.warn("genre_repaired")
    return material


def _facts(bag: Bag, identifiers: dict[str, str]) -> Facts:
    form = next((pair.value.strip() for pair in bag.pairs if pair.name == "rft_val_fmt"), "")
    part = bag.peek("atitle", "titleofcomponent")
    whole = bag.peek("jtitle", "btitle", "title")
    return Facts(
        genre=genre_word(bag.peek("genre") or bag.peek("type")),
        form=genre_word(form.rpartition(":")[2]),
        part=bool(part) and part.casefold() != whole.casefold(),
        pages=bool(bag.peek("spage", "pages", "pagesrequested", "artnum")),
        serial_title=bool(bag.peek("jtitle")),
        book_title=bool(bag.peek("btitle")),
        any_title=bool(whole or part or bag.peek("stitle")),
        identifiers=frozenset(identifiers),
    )


def _take_genre(bag: Bag, facts: Facts, named: str) -> None:
    for pair in bag.open("genre", "type"):
        if genre_word(pair.value) == facts.genre and (named or facts.genre == "unknown"):
            pair.used = True
    if (
        not facts.genre
        and facts.form not in _WITHOUT_GENRE
        and "not_openurl" not in bag.warnings
        and bag.pairs
    ):
        bag.warn("no_genre")
    elif not named and facts.genre not in {"", "unknown"}:
        bag.warn("unknown_genre")
    for pair in (one for one in bag.pairs if one.name == "rft_val_fmt"):
        if REGISTERED_FORMAT.match(pair.value.strip()):
            pair.used = True
        else:
            bag.warn("bad_format")


def _decide(facts: Facts, named: str) -> str:
    hinted = GENRES.get(facts.form, "")
    if hinted in {"thesis", "patent"}:
        return hinted
    if named in _FIXED:
        return named
    if named == "conference":
        return "conference_paper" if facts.part else "book"
    if facts.part and facts.serial:
        return "chapter" if not named and hinted == "book" and facts.isbn else "article"
    if named == "book":
        return "chapter" if facts.part else "book"
    if named == "journal":
        return "article" if facts.part or facts.pages else "journal"
    if named:
        return named
    if hinted not in {"", "journal", "book", "conference"}:
        return hinted
    return _unnamed_part(facts, hinted) or _unnamed_whole(facts, hinted)


def _unnamed_part(facts: Facts, hinted: str) -> str:
    """Without a usable genre: the signs of a part."""
    if facts.part:
        return "chapter" if hinted == "book" or (facts.isbn and not facts.serial) else "article"
    if "pmid" in facts.identifiers or "pmcid" in facts.identifiers:
        return "article"
    if facts.pages and not facts.isbn and (facts.serial or facts.serial_title):
        return "article"
    return ""


def _unnamed_whole(facts: Facts, hinted: str) -> str:
    """Without a usable genre or the signs of a part. "unknown" without a part's title is a book (Umlaut)."""
    if facts.genre == "unknown" and facts.any_title:
        return "book"
    if facts.isbn or facts.book_title or hinted == "book":
        return "book"
    if "doi" in facts.identifiers or "bibcode" in facts.identifiers:
        return "article"
    if facts.serial or facts.serial_title or hinted == "journal":
        return "journal"
    if "ismn" in facts.identifiers:
        return "score"
    if facts.any_title or facts.identifiers & {"oclc", "lccn"}:
        return "book"
    return "other"
