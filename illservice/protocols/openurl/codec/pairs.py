"""From what arrived to keys and values: cutting the query out, splitting it, putting torn values together again."""

import codecs
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from illservice.protocols.openurl.codec.vocabulary import TEXT_NAMES, is_known, takes_text
from illservice.protocols.text import clean_text

_ADDRESS = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?/")
_PROXIED = re.compile(r"q?url=(https?(?::|%3a).*)$", re.IGNORECASE | re.DOTALL)
_AMPERSAND = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z_][\w.]*(?:[:-][\w.:-]*)?$", re.ASCII)
_WORD = re.compile(r"[\w.:-]+$", re.ASCII)
_ESCAPED = re.compile(r"%u([0-9A-Fa-f]{4})|((?:%[0-9A-Fa-f]{2})+)")
_BARE_PERCENT = re.compile(r"%(?!u?[0-9A-Fa-f]{2})")
_TAG = re.compile(
    r"<!--(?:(?!<!--|-->).)*-->|<(?:/?[A-Za-z][^<>]*|!\[?[A-Za-z][^<>]*|\?[^<>]*)>",
    re.DOTALL,
)
_OPEN_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_SAFE_CODEC = re.compile(
    r"(?:iso8859-\d+|cp\d+|utf-8|ascii|koi8-[ru]|gb18030|gbk|gb2312|big5|shift_jis|euc_(?:jp|kr))$"
)


@dataclass(slots=True)
class Pair:
    """One key and its value, decoded. `name` is the key in small letters; `used` once the citation holds it."""

    key: str
    value: str
    used: bool = False

    @property
    def name(self) -> str:
        return self.key.lower()


def decode_bytes(raw: bytes, warnings: list[str]) -> str:
    """UTF-8, or else Windows-1252, which is what senders mean by ISO-8859-1."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        _warn(warnings, "not_utf8")
        return _western(raw)


def query_of(text: str, warnings: list[str]) -> str:
    """The query of a whole address, of a proxy's address around one, or the bare query itself; "" for an address
    without one."""
    query = _behind_question_mark(text)
    for _depth in range(2):
        proxied = _PROXIED.match(query)
        if not proxied:
            break
        inner = unquote(proxied[1]) if "%3a" in proxied[1][:9].lower() else proxied[1]
        if "?" not in inner:
            break
        query = _behind_question_mark(inner)
    if query.startswith("?"):
        _warn(warnings, "double_question_mark")
        query = query.lstrip("?")
    if "=" not in query and "%3d" in query.lower():
        query = unquote(query)
    return query


def _behind_question_mark(text: str) -> str:
    before, mark, after = text.partition("?")
    if mark and (_ADDRESS.match(before) or not re.search(r"[=&]", before)):
        return after
    return "" if _ADDRESS.match(text) and not mark and "=" not in text else text


def split_pairs(query: str, warnings: list[str]) -> list[Pair]:
    """The keys and values of a query, in order, decoded, empty values included.

    A piece that is no key (it holds a blank, or has no "=" behind prose) was cut off by an unescaped "&" and is put
    back behind the value before it (standards §3.5). What cannot be put anywhere gets the key "".
    """
    if _AMPERSAND.search(query):
        _warn(warnings, "html_ampersand")
        query = _AMPERSAND.sub("&", query)
    if _BARE_PERCENT.search(query):
        _warn(warnings, "bare_percent")
    raw: list[tuple[str, str]] = []
    for piece in query.split("&"):
        if piece.strip():
            _place(piece, raw, warnings)
    encoding = _encoding(raw, warnings)
    return [Pair(clean_text(key), _decode(value, encoding, warnings)) for key, value in raw]


def _place(piece: str, raw: list[tuple[str, str]], warnings: list[str]) -> None:
    """Adds one piece between two "&" to the raw pairs: as a pair, or as the end of the pair before."""
    written, equals, value = piece.partition("=")
    decoded = _decode(written, "utf-8", [])
    key = decoded.strip()
    tight = key == decoded
    if (is_known(key.lower()) and (equals or tight)) or (equals and tight and _KEY.match(key)):
        raw.append((key, value))
        return
    if equals and not key:
        _warn(warnings, "empty_key")
        if value.strip():
            raw.append(("", value))
        return
    if raw and raw[-1][0] and _belongs_behind(raw[-1][0].lower(), written, decoded):
        _warn(warnings, "unescaped_ampersand")
        raw[-1] = (raw[-1][0], f"{raw[-1][1]}&{piece}")
    else:
        raw.append(("", piece))


def _belongs_behind(name: str, written: str, decoded: str) -> bool:
    """One word without "=" continues prose ("AT&T"); behind other keys it is a flag nobody knows."""
    if _WORD.match(decoded) and written == decoded:
        return name.removeprefix("rft.") in TEXT_NAMES
    return takes_text(name)


def _encoding(raw: Iterable[tuple[str, str]], warnings: list[str]) -> str:
    """The Python name of the encoding that ctx_enc announces; UTF-8 unless it names another known one."""
    for key, value in raw:
        if key.lower() == "ctx_enc" and value.strip():
            found = known_encoding(unquote(value))
            if found is None:
                _warn(warnings, "bad_encoding")
            return found or "utf-8"
    return "utf-8"


def known_encoding(announced: str) -> str | None:
    """ "info:ofi/enc:ISO-8859-1" gives "cp1252", its superset; None for what is not an encoding of text."""
    try:
        name = codecs.lookup(announced.strip().rpartition(":")[2]).name
    except (LookupError, ValueError, UnicodeError):
        return None
    if name in {"iso8859-1", "ascii"}:
        return "cp1252" if name == "iso8859-1" else "utf-8"
    return name if _SAFE_CODEC.match(name) else None


def _decode(text: str, encoding: str, warnings: list[str]) -> str:
    """Form decoding of one key or value: "+" and %XX, and the %uXXXX of old scripts; a bare "%" stays."""

    def replace(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        octets = bytes.fromhex(match[2].replace("%", ""))
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            if encoding != "cp1252":
                _warn(warnings, "not_utf8")
            return _western(octets)

    decoded = _ESCAPED.sub(replace, text.replace("+", " "))
    # %uD83D%uDE00 is one character in two halves.
    return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _western(octets: bytes) -> str:
    try:
        return octets.decode("cp1252")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def plain_text(value: str, warnings: list[str]) -> str:
    """Prose without HTML: entities resolved, tags taken out, the "<" of a tag left open set apart, blanks tidied."""
    text = html.unescape(value)
    stripped = _OPEN_TAG.sub("< ", _TAG.sub("", text))
    if stripped != text:
        _warn(warnings, "markup_removed")
    return clean_text(stripped)


def _warn(warnings: list[str], code: str) -> None:
    if code not in warnings:
        warnings.append(code)
