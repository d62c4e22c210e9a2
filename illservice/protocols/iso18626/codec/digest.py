"""Recognises a message that comes twice: ISO 18626 has no message id."""

import hashlib
import json
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from illservice.protocols.iso18626.codec.reading import read
from illservice.protocols.iso18626.messages import Message, kind_of


def canonical_digest(message: bytes | Message) -> str:
    """SHA-256 of what a message says, in hexadecimal; of bytes, after reading them (with the errors of `read`).

    The same for every spelling of the same message: blanks, prefixes, qualified attributes or not, order of elements,
    empty elements or none, offsets, the element names of the editions. Elements that are ignored do not count, nor do
    the lists that coded values are from: messages that compare equal have one digest.
    """
    understood = read(message).message if isinstance(message, bytes) else message
    content = {"kind": str(kind_of(understood)), "message": _canonical(understood)}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()


def _canonical(value: Any) -> Any:
    """Of a group only the fields that say something, so that a new field does not change old digests."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, tuple):
        return [_canonical(one) for one in value]
    found = {one.name: _canonical(getattr(value, one.name)) for one in fields(value)}
    return {name: one for name, one in found.items() if one not in (None, "", [], {})}
