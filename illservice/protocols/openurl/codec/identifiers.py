"""Identifiers out of the many keys and address forms in which senders put them."""

import re
from urllib.parse import unquote

from illservice.protocols.identifiers import NORMALISERS, isbns_in, issns_in, normalise_isbn, normalise_ismn
from illservice.protocols.openurl.codec.bag import Bag
from illservice.protocols.openurl.codec.pairs import Pair
from illservice.protocols.text import clean_text

_KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("issn", ("issn",)),
    ("eissn", ("eissn",)),
    ("isbn", ("isbn", "eisbn", "isbn_additional", "eisbn_additional")),
    ("ismn", ("ismn",)),
    ("doi", ("doi",)),
    ("pmid", ("pmid",)),
    ("pmcid", ("pmcid", "pmc")),
    ("oclc", ("oclcnum", "oclc", "espnumber")),
    ("lccn", ("lccn",)),
    ("eric", ("eric",)),
    ("bibcode", ("bibcode",)),
)

_SCHEMES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("doi", r"(?:info:|urn:)?doi\b[:/ ]|(?:https?:)?//(?:dx\.|www\.)?doi\.org/|10\.\d{4,9}[./]"),
        (
            "pmid",
            r"(?:info:)?(?:pmid|pubmed)[:/]|https?://(?:www\.)?(?:pubmed\.)?ncbi\.nlm\.nih\.gov/(?:pubmed/)?\d",
        ),
        ("pmcid", r"(?:info:)?pmc(?:id)?[:/]|PMC\d"),
        (
            "oclc",
            r"(?:info:)?(?:oclcnum|oclc)[:/]|\(ocolc\)|https?://(?:www\.)?worldcat\.org/(?:title/-/)?oclc/",
        ),
        ("lccn", r"(?:info:)?lccn[:/]|https?://lccn\.loc\.gov/"),
        ("bibcode", r"(?:info:)?bibcode[:/]"),
        ("eric", r"(?:info:)?eric(?:num)?[:/]"),
        ("isbn", r"(?:urn:|info:)?isbn[:/]"),
        ("issn", r"(?:urn:|info:)?issn[:/]"),
    )
)

_EMPTY = re.compile(
    r"(?:info:[\w.-]*[/:]?|urn:[\w-]*:?|(?:https?://)?(?:dx\.)?doi\.org/?"
    r"|(?:doi|pmid|pmcid|pmc|pubmed|oclcnum|oclc|oai|bibcode|lccn|eric|isbn|issn|hdl|sid)[:/]+)\s*",
    re.IGNORECASE,
)
_ID_NAMES = frozenset({"rft_id", "id", "rft.id", "rft.identifier", "identifier"})
_MAY_BE_EMPTY = _ID_NAMES | {"rfr_id", "rfe_id", "sid", "oclcnum", "rft.oclcnum"}
_ACCESSION = re.compile(r"(?:<accessionnumber>)?\s*(\d{1,14})\s*(?:</accessionnumber>)?$")


def read_identifiers(bag: Bag) -> dict[str, str]:
    """The valid identifiers, normalised, the first of each kind; all others stay in the bag, with a warning each."""
    found: dict[str, str] = {}
    for pair in bag.pairs:
        # "info:doi/" and "pmid:" with nothing behind come by the thousand and mean "none" (standards §3.5).
        names_a_thing = pair.name.removeprefix("rft.") in NORMALISERS or pair.name in _MAY_BE_EMPTY
        if names_a_thing and _EMPTY.fullmatch(clean_text(pair.value)):
            pair.used = True
    for kind, names in _KEYS:
        for pair in bag.open(*names):
            _read(bag, pair, kind, found)
    _read_ids(bag, found)
    _read_entity_data(bag, found)
    for pair in bag.open("issn", "isbn"):
        _rescue(pair, found)
    return found


def _read(bag: Bag, pair: Pair, kind: str, found: dict[str, str]) -> None:
    """Takes a value as an identifier of a kind if it is a valid one, and the only one of its kind."""
    value = clean_text(pair.value)
    normalised = NORMALISERS[kind](value)
    if normalised is None:
        if not _several(kind, value, found):
            bag.warn(f"invalid_{kind}")
    elif found.setdefault(kind, normalised) == normalised:
        pair.used = True


def _several(kind: str, value: str, found: dict[str, str]) -> bool:
    """Several numbers in one value: the first valid one is taken, the whole value stays to be read."""
    if kind not in {"issn", "eissn", "isbn"}:
        return False
    numbers = isbns_in(value) if kind == "isbn" else issns_in(value)
    if numbers and len(re.findall(r"[0-9][0-9 -]{6,}[0-9Xx]", value)) > 1:
        found.setdefault(kind, numbers[0])
        return True
    return False


def _read_ids(bag: Bag, found: dict[str, str]) -> None:
    """`rft_id` of version 1.0, `id` of version 0.1 and Dublin Core's `rft.identifier`, all repeatable."""
    for pair in (one for one in bag.pairs if one.name in _ID_NAMES and not one.used):
        value = clean_text(pair.value)
        if re.match(r"(?:info|urn|https?)%3a", value, re.IGNORECASE):
            value = unquote(value)
        for kind, scheme in _SCHEMES:
            if scheme.match(value):
                _read(bag, Pair(pair.key, value), kind, found)
                pair.used = _holds(kind, value, found)
                break


def _read_entity_data(bag: Bag, found: dict[str, str]) -> None:
    """`rfe_dat` carries the OCLC number in links of Umlaut and WorldCat (standards §3.4)."""
    for pair in (one for one in bag.pairs if one.name == "rfe_dat" and not one.used):
        accession = _ACCESSION.match(clean_text(pair.value))
        if accession:
            number = NORMALISERS["oclc"](accession[1])
            if number and found.setdefault("oclc", number) == number:
                pair.used = True


def _holds(kind: str, value: str, found: dict[str, str]) -> bool:
    return kind in found and found[kind] == NORMALISERS[kind](value)


def _rescue(pair: Pair, found: dict[str, str]) -> None:
    """An ISBN or ISMN under the wrong key is used as what it is, and stays where it stands as well."""
    isbn, ismn = normalise_isbn(pair.value), normalise_ismn(pair.value)
    if isbn:
        found.setdefault("isbn", isbn)
    if ismn:
        found.setdefault("ismn", ismn)
