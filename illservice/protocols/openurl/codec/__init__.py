"""Reads OpenURLs of both versions as they really come (OpenURL 0.1; ANSI/NISO Z39.88-2004, KEV).

Nothing raises, and nothing that was sent gets lost: what is not understood stands in `unknown`.
"""

import re

from illservice.protocols.openurl.codec.bag import Bag
from illservice.protocols.openurl.codec.citation import read_citation
from illservice.protocols.openurl.codec.identifiers import read_identifiers
from illservice.protocols.openurl.codec.material import read_material
from illservice.protocols.openurl.codec.pairs import Pair, decode_bytes, known_encoding, query_of, split_pairs
from illservice.protocols.openurl.codec.vocabulary import (
    COPIES,
    NUMBER_NAMES,
    TEXT_NAMES,
    VERSION_1_KEY,
    is_known,
)
from illservice.protocols.openurl.messages import LONGEST_OPENURL, Kind, ParsedOpenURL, Version

__all__ = ["parse_openurl"]

_EXPECTED = {
    "url_ver": re.compile(r"Z39\.88-200[34]$", re.IGNORECASE),
    "ctx_ver": re.compile(r"Z39\.88-200[34]$", re.IGNORECASE),
    "url_ctx_fmt": re.compile(r"info:ofi/fmt:(?:kev:mtx|xml:xsd):ctx$", re.IGNORECASE),
}


def parse_openurl(raw: str | bytes) -> ParsedOpenURL:
    """Reads a whole address, a query, or the body of a form sent by POST.

    1. Too long or empty: said, and not read.
    2. The query is cut out and split; values torn by an unescaped "&" are put together again.
    3. Identifiers, then the material (which depends on them), then the words (whose meaning depends on it).
    4. What nobody took is unknown.
    """
    if _bytes_in(raw) > LONGEST_OPENURL:
        return ParsedOpenURL(warnings=("too_long",))
    warnings: list[str] = []
    text = (decode_bytes(raw, warnings) if isinstance(raw, bytes) else raw).strip("\ufeff\0 \t\r\n\f\v")
    if not text:
        return ParsedOpenURL(warnings=("empty",))
    query = query_of(text, warnings)
    pairs = split_pairs(query, warnings)
    if not any(is_known(pair.name) for pair in pairs):
        warnings.append("not_openurl")
    bag = Bag(pairs if query else [Pair("", text)], warnings)
    version: Version = "1.0" if any(VERSION_1_KEY.match(pair.name) for pair in pairs) else "0.1"
    return _read(bag, version)


def _read(bag: Bag, version: Version) -> ParsedOpenURL:
    _take_administrative(bag)
    _warn_of_mixture(bag)
    identifiers = read_identifiers(bag)
    material = read_material(bag, identifiers)
    citation = read_citation(bag, material) | identifiers
    kind: Kind = _kind_asked(bag) or ("copy" if material in COPIES else "loan")
    if not citation and "not_openurl" not in bag.warnings and not bag.leftovers():
        bag.warn("empty")
    return ParsedOpenURL(version, kind, material, citation, tuple(bag.warnings), bag.leftovers())


def _bytes_in(raw: str | bytes) -> int:
    if isinstance(raw, bytes) or len(raw) > LONGEST_OPENURL:
        return len(raw)
    return len(raw.encode("utf-8", "surrogatepass"))


def _take_administrative(bag: Bag) -> None:
    """Versions, format and encoding are said by the result; any other value under their keys stays to be seen."""
    for pair in bag.pairs:
        value = pair.value.strip()
        expected = _EXPECTED.get(pair.name)
        if (expected and expected.match(value)) or (pair.name == "ctx_enc" and known_encoding(value)):
            pair.used = True


def _warn_of_mixture(bag: Bag) -> None:
    names = {pair.name for pair in bag.pairs}
    bare = names & (TEXT_NAMES | NUMBER_NAMES) - {"sid", "id", "pid"}
    if bare and any(VERSION_1_KEY.match(name) for name in names):
        bag.warn("mixed_versions")


def _kind_asked(bag: Bag) -> Kind | None:
    """`svc_id=loan` or `copy` (ReShare) says how the reader wants it."""
    asked: Kind | None = None
    for pair in (one for one in bag.pairs if one.name == "svc_id"):
        word = pair.value.strip().lower()
        if asked is None and word in {"loan", "copy"}:
            asked = "loan" if word == "loan" else "copy"
            pair.used = True
    return asked
