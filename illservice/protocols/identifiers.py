"""Identifiers of published things, read from what people and systems write. Plain Python, no Django.

Every function takes any text and returns the one normal form, or None when the text is not such an identifier;
none raises. Normalising a normal form gives it back. Check digits are verified with python-stdnum; PMID, PMCID,
OCLC number, LCCN, DOI, ERIC number and bibcode have rules of their own.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import unquote

from stdnum import isbn as stdnum_isbn
from stdnum import ismn as stdnum_ismn
from stdnum import issn as stdnum_issn

LONGEST_IDENTIFIER = 500
"""Longer text is not an identifier; characters."""

_DASHES = re.compile(r"[\u00ad\u2010-\u2015\u2043\u207b\u208b\u2212\ufe58\ufe63\uff0d]")
_LABEL = r"^\s*(?:urn\s*:\s*|info\s*:\s*)?(?:{names})\b\s*[:=/#.]*\s*"
_REMARK = re.compile(r"\s*(?:\([^()]*\)?|\[[^\[\]]*\]?|;.*|:.*)\s*$")

_ISSN_LABEL = re.compile(_LABEL.format(names=r"[ep]?-?issn(?:-l)?"), re.IGNORECASE)
_ISBN_LABEL = re.compile(_LABEL.format(names=r"e?-?isbn(?:-?1[03](?![0-9]))?"), re.IGNORECASE)
_ISMN_LABEL = re.compile(_LABEL.format(names=r"ismn"), re.IGNORECASE)
_DOI_LABEL = re.compile(
    r"^\s*(?:(?:https?\s*:\s*)?//)?(?:(?:dx\.|www\.)?doi\.org/+)?(?:info\s*:\s*doi/+|urn\s*:\s*doi\s*:|doi\b\s*[:=/]*)?\s*"
    r"(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/+)?",
    re.IGNORECASE,
)
_PMID_LABEL = re.compile(
    r"^\s*(?:https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/"
    r"|(?:info\s*:\s*)?(?:pmid|pubmed(?:\s*id)?)\b\s*[:=/]*)\s*",
    re.IGNORECASE,
)
_OCLC_LABEL = re.compile(
    r"^\s*(?:https?://(?:www\.)?worldcat\.org/(?:title/-/)?oclc/|\(\s*ocolc\s*\)"
    r"|(?:info\s*:\s*)?(?:oclc(?:num(?:ber)?)?|ocolc)\b\s*(?:no\.?|number|#)?\s*[:=/]*)\s*",
    re.IGNORECASE,
)
_LCCN_LABEL = re.compile(
    r"^\s*(?:https?://lccn\.loc\.gov/|(?:info\s*:\s*)?lccn\b\s*[:=/]*)\s*", re.IGNORECASE
)
_ERIC_LABEL = re.compile(r"^\s*(?:info\s*:\s*)?eric(?:num)?\b\s*[:=/#]*\s*", re.IGNORECASE)
_BIBCODE_LABEL = re.compile(r"^\s*(?:info\s*:\s*)?bibcode\b\s*[:=/]*\s*", re.IGNORECASE)

_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
_PMID = re.compile(r"[1-9][0-9]{0,7}")
_PMCID = re.compile(r"(?:PMC)?([1-9][0-9]{0,9})(?:\.[0-9]+)?", re.IGNORECASE)
_OCLC = re.compile(r"(?:ocm|ocn|on)?\s*0*([1-9][0-9]{0,13})", re.IGNORECASE)
_ERIC = re.compile(r"(E[DJ])\s*([0-9]{5,7})", re.IGNORECASE)
_BIBCODE = re.compile(r"[12][0-9]{3}[A-Za-z0-9.&]{14}[A-Za-z.:]")
_LCCN = re.compile(r"(?:[a-z]|[a-z]{2,3}|[a-z]?[0-9]{2}|[a-z]{2}[0-9]{2})?[0-9]{8}")

_SERIAL_IN_TEXT = re.compile(r"(?<![0-9A-Za-z])[0-9]{4}[\s-]?[0-9]{3}[0-9Xx](?![0-9A-Za-z])")
_BOOK_IN_TEXT = re.compile(
    r"(?<![0-9A-Za-z])(?:97[89][\s-]?)?[0-9](?:[\s-]?[0-9]){8}[\s-]?[0-9Xx](?![0-9A-Za-z])"
)


def _plain(raw: str) -> str:
    """One kind of dash, no control characters, no blanks at the ends; empty when it cannot be an identifier."""
    if len(raw) > LONGEST_IDENTIFIER:
        return ""
    return "".join(c for c in _DASHES.sub("-", raw) if c.isprintable() or c.isspace()).strip()


def _bare(raw: str, label: re.Pattern[str]) -> str:
    """Without the label in front and the remark behind: "ISBN 9780306406157 (pbk.)" gives "9780306406157"."""
    return _REMARK.sub("", label.sub("", _plain(raw), count=1)).strip()


def _compact(raw: str, label: re.Pattern[str]) -> str:
    return re.sub(r"[\s-]", "", _bare(raw, label)).upper()


def normalise_issn(raw: str) -> str | None:
    """NNNN-NNNC. ISO 3297; the all-zero number passes the check digit and is refused here."""
    compact = _compact(raw, _ISSN_LABEL)
    if not re.fullmatch(r"[0-9]{7}[0-9X]", compact) or compact == "00000000":
        return None
    return f"{compact[:4]}-{compact[4:]}" if stdnum_issn.is_valid(compact) else None


def normalise_isbn(raw: str) -> str | None:
    """The ISBN-13 as 13 digits. ISO 2108; 979-0 is music (ISMN) and no ISBN; placeholders of zeros are refused."""
    compact = _compact(raw, _ISBN_LABEL)
    if not re.fullmatch(r"[0-9]{9}[0-9X]|97[89][0-9]{10}", compact):
        return None
    if compact.startswith("9790") or set(compact[-10:-1]) == {"0"}:
        return None
    # to_isbn13 does not look at the check digit of an ISBN-10, so the number is validated before.
    if not stdnum_isbn.is_valid(compact):
        return None
    return str(stdnum_isbn.to_isbn13(compact))


def normalise_ismn(raw: str) -> str | None:
    """The ISMN of printed music as 13 digits beginning with 9790. ISO 10957."""
    compact = _compact(raw, _ISMN_LABEL)
    if not re.fullmatch(r"M[0-9]{9}|9790[0-9]{9}", compact) or not stdnum_ismn.is_valid(compact):
        return None
    return str(stdnum_ismn.to_ismn13(compact))


def normalise_doi(raw: str) -> str | None:
    """The DOI in small letters (ISO 26324: letter case does not count), without resolver, label or closing stop."""
    plain = _plain(raw)
    bare = _DOI_LABEL.sub("", plain, count=1)
    if re.match(r"\s*(?:https?:)?//", plain, re.IGNORECASE):
        bare = unquote(re.split(r"[?#]", bare, maxsplit=1)[0])
    bare = re.sub(r"[.,;:\s]+$", "", bare)
    if bare.count(")") > bare.count("(") and bare.endswith(")"):
        bare = re.sub(r"[.,;:)\s]+$", "", bare)
    return bare.lower() if _DOI.fullmatch(bare) else None


def normalise_pmid(raw: str) -> str | None:
    """The PubMed number, one to eight digits without leading zero."""
    bare = _PMID_LABEL.sub("", _plain(raw), count=1).rstrip(" ./")
    return bare if _PMID.fullmatch(bare) else None


def normalise_pmcid(raw: str) -> str | None:
    """PMC and digits; the version behind a point is left out."""
    bare = re.sub(r"^\s*(?:info\s*:\s*)?pmcid\b\s*[:=/]*\s*", "", _plain(raw), count=1, flags=re.IGNORECASE)
    found = _PMCID.fullmatch(bare)
    return f"PMC{found[1]}" if found else None


def normalise_oclc(raw: str) -> str | None:
    """The OCLC number's digits: no (OCoLC), no ocm, ocn or on, no leading zeros. It has no check digit."""
    found = _OCLC.fullmatch(_OCLC_LABEL.sub("", _plain(raw), count=1).strip())
    return found[1] if found else None


def normalise_lccn(raw: str) -> str | None:
    """The Library of Congress control number, normalised by loc.gov/marc/lccn-namespace: no blanks, nothing from
    the slash on, what follows a hyphen filled up to six digits."""
    bare = re.sub(r"\s", "", _LCCN_LABEL.sub("", _plain(raw), count=1)).lower().split("/", 1)[0]
    front, hyphen, serial = bare.partition("-")
    if hyphen:
        if not re.fullmatch(r"[0-9]{1,6}", serial):
            return None
        bare = front + serial.zfill(6)
    return bare if _LCCN.fullmatch(bare) else None


def normalise_eric(raw: str) -> str | None:
    """The ERIC number, ED or EJ and digits."""
    found = _ERIC.fullmatch(_ERIC_LABEL.sub("", _plain(raw), count=1).strip())
    return f"{found[1].upper()}{found[2]}" if found else None


def normalise_bibcode(raw: str) -> str | None:
    """The 19 characters of the Astrophysics Data System, as given: letter case counts."""
    bare = _BIBCODE_LABEL.sub("", _plain(raw), count=1).strip()
    return bare if _BIBCODE.fullmatch(bare) else None


NORMALISERS: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        "issn": normalise_issn,
        "eissn": normalise_issn,
        "isbn": normalise_isbn,
        "ismn": normalise_ismn,
        "doi": normalise_doi,
        "pmid": normalise_pmid,
        "pmcid": normalise_pmcid,
        "oclc": normalise_oclc,
        "lccn": normalise_lccn,
        "eric": normalise_eric,
        "bibcode": normalise_bibcode,
    }
)
"""The kinds of identifier known, each with its normaliser."""


def issns_in(text: str) -> tuple[str, ...]:
    """The valid ISSNs standing anywhere in a text, normalised, in order, each once ("1234-5679; 0317-8471 (web)")."""
    return _found_in(text, _SERIAL_IN_TEXT, normalise_issn)


def isbns_in(text: str) -> tuple[str, ...]:
    """The valid ISBNs standing anywhere in a text as ISBN-13, in order, each once."""
    return _found_in(text, _BOOK_IN_TEXT, normalise_isbn)


def _found_in(text: str, shape: re.Pattern[str], normalise: Callable[[str], str | None]) -> tuple[str, ...]:
    found = (normalise(match) for match in shape.findall(_DASHES.sub("-", text)))
    return tuple(dict.fromkeys(one for one in found if one))
