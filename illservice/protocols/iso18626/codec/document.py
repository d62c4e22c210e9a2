"""From bytes to a tree of XML, safely: nothing is fetched, declared, expanded or nested without end."""

import re

from lxml import etree

from illservice.protocols.iso18626.errors import TooLarge, Unreadable

NAMESPACE = "http://illtransactions.org/2013/iso18626"
"""Of both editions."""

LONGEST_MESSAGE = 100 * 1024
"""Bytes; a longer message is not read unless the caller allows it."""

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DECLARED = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "utf-16": "utf-8",
}
"""What a declaration may say. Bytes that are no UTF-16 by their mark and say so all the same are taken for UTF-8."""


def parse(data: bytes, limit: int = LONGEST_MESSAGE) -> etree._Element:
    """The root element.

    1. `TooLarge` for more than `limit` bytes.
    2. Decoded here, so that no unusual encoding hides anything; `Unreadable` for unknown ones and broken bytes.
    3. `Unreadable` for a DOCTYPE, before any parser sees it; without one there are no entities to expand.
    4. Parsed with a new parser that fetches nothing; `Unreadable` when it is not well-formed, or nested deeper than
       the parser's 256.
    """
    if len(data) > limit:
        raise TooLarge(limit)
    text = _decoded(data)
    _refuse_doctype(text)
    try:
        return etree.fromstring(text.encode("utf-8"), _parser())
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"not well-formed XML: {error.msg}") from error


def _parser() -> etree.XMLParser:
    """New for each message: a parser holds a lock and the names it has seen."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        recover=False,
    )


def _decoded(data: bytes) -> str:
    encoding, start = next(
        ((name, len(mark)) for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), ("", 0)
    )
    if not encoding:
        declared = _DECLARED.match(data.lstrip()[:300])
        name = declared[1].decode("ascii").lower() if declared else "utf-8"
        if name not in _ENCODINGS:
            raise Unreadable(f"the encoding {name} is not read")
        encoding = _ENCODINGS[name]
    try:
        return data[start:].decode(encoding).strip(" \t\r\n")
    except UnicodeDecodeError as error:
        raise Unreadable(f"the bytes are not {encoding}") from error


def _refuse_doctype(text: str) -> None:
    """A DOCTYPE stands before the root element, after comments and processing instructions."""
    at = 0
    while text.startswith(("<?", "<!--"), at):
        end = "?>" if text.startswith("<?", at) else "-->"
        at = text.find(end, at + 2)
        if at < 0:
            return  # unfinished: the parser says so
        at += len(end)
        while text[at : at + 1].isspace():
            at += 1
    if text[at : at + 9].upper() == "<!DOCTYPE":
        raise Unreadable("a document with a DOCTYPE is not read")
