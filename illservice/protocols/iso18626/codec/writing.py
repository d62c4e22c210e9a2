"""Writes messages, strictly: valid against the schema of the edition (ISO 18626:2017 v1.2, 2021-2)."""

import re
from typing import Any, cast

from illservice.protocols.iso18626.codec.builders import wire_supplying
from illservice.protocols.iso18626.codec.document import NAMESPACE
from illservice.protocols.iso18626.codec.editions import adapt
from illservice.protocols.iso18626.codec.kinds import Choice, Group, Inline, Leaf
from illservice.protocols.iso18626.codec.layouts import WRITTEN, Layout, Slot
from illservice.protocols.iso18626.errors import CannotWrite
from illservice.protocols.iso18626.messages import (
    AgencyId,
    Edition,
    Message,
    SupplyingMessage,
    kind_of,
    scheme_of,
)

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_START = f'<ISO18626Message xmlns="{NAMESPACE}" xmlns:ill="{NAMESPACE}" ill:version="%s">'
_END = "</ISO18626Message>"

_SPECIAL = re.compile('[&<>"\t\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_ESCAPED = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("\r"): "&#13;"}
_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(55296, 57344), 65534, 65535))
"""XML 1.0 cannot carry them; they show nothing, so they go."""
_TRANSLATED = _ESCAPED | _FORBIDDEN

_CHARACTER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:(?://[A-Za-z0-9._~-]+(?::[0-9]{{1,5}})?(?:/{_CHARACTER}*)*|{_CHARACTER}[/:A-Za-z0-9._~-]*)"
    rf"(?:\?(?:{_CHARACTER}|[/?])*)?(?:#(?:{_CHARACTER}|[/?])*)?"
)


def write(message: Message, edition: Edition, *, declaration: bool = True) -> bytes:
    """The message in that edition, adapted to it (`editions.adapt`), in UTF-8 on one line but for breaks in texts.

    Raises `CannotWrite` when something necessary is missing or is no value of its kind. `declaration`: with an XML
    declaration before it, as it is sent.
    """
    adapted = adapt(message, edition)
    kind = kind_of(adapted)
    layouts = WRITTEN[edition]
    source: Any = adapted
    if isinstance(adapted, SupplyingMessage) and edition is Edition.V2021_2:
        source = wire_supplying(adapted)
    out = [_DECLARATION if declaration else "", _START % edition.value, f"<{kind}>"]
    _write_group(out, layouts, kind, source)
    out += [f"</{kind}>", _END]
    return "".join(out).encode("utf-8")


def _write_group(out: list[str], layouts: dict[str, Layout], layout: str, source: Any) -> None:
    for slot in layouts[layout]:
        if isinstance(slot.kind, Inline):
            _write_element(out, layouts, slot, slot.kind.layout, source)
            continue
        value = getattr(source, slot.field)
        for one in value if slot.many else (value,):
            _write_value(out, layouts, slot, one)


def _write_value(out: list[str], layouts: dict[str, Layout], slot: Slot, value: Any) -> None:
    if value is None or value == "":
        _write_empty(out, layouts, slot)
    elif isinstance(slot.kind, Leaf):
        _write_leaf(out, slot.element, slot.kind, value)
    elif isinstance(slot.kind, Group):
        _write_element(out, layouts, slot, slot.kind.layout, value)
    else:
        _write_choice(out, layouts, slot, cast("Choice", slot.kind), value)


def _write_empty(out: list[str], layouts: dict[str, Layout], slot: Slot) -> None:
    """Nothing, unless the schema wants the element; then it is empty, where the schema allows that."""
    if not slot.always:
        return
    if isinstance(slot.kind, Leaf) and slot.kind.is_text:
        out.append(f"<{slot.element}></{slot.element}>")
    elif slot.kind == Group("agency"):
        _write_element(out, layouts, slot, "agency", AgencyId("", ""))
    else:
        raise CannotWrite(f"{slot.element} has no value")


def _write_leaf(out: list[str], element: str, kind: Leaf, value: Any) -> None:
    try:
        text = kind.write(value)
    except ValueError as error:
        raise CannotWrite(f"{element}: {error}") from error
    scheme = scheme_of(value) if kind.coded else ""
    mark = f' ill:scheme="{_escaped(scheme)}"' if scheme and _URI.fullmatch(scheme) else ""
    out.append(f"<{element}{mark}>{_escaped(text)}</{element}>")


def _write_element(out: list[str], layouts: dict[str, Layout], slot: Slot, layout: str, source: Any) -> None:
    out.append(f"<{slot.element}>")
    before = len(out)
    _write_group(out, layouts, layout, source)
    if len(out) == before and not slot.always:
        out.pop()
    else:
        out.append(f"</{slot.element}>")


def _write_choice(out: list[str], layouts: dict[str, Layout], slot: Slot, choice: Choice, value: Any) -> None:
    chosen = next(one for one in layouts[choice.layout] if one.field == type(value).__name__)
    out.append(f"<{slot.element}>")
    before = len(out)
    _write_value(out, layouts, chosen, value)
    if len(out) == before:
        out.pop()
    else:
        out.append(f"</{slot.element}>")


def _escaped(text: str) -> str:
    return text.translate(_TRANSLATED) if _SPECIAL.search(text) else text
