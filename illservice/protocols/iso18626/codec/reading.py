"""Reads messages of both editions, leniently (ISO 18626:2017 v1.2, 2021-2).

Accepted: any namespace or none; the message with or without `ISO18626Message` around it; qualified attributes and
others; elements of either edition in any order; empty elements as if not sent; every spelling of dates that
`moments` knows; words of open lists that nobody knows. Refused with `BadValue`: a missing necessary element, an
unknown word of a closed list, a date or number that is none.
"""

import re
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, cast

from lxml import etree

from illservice.protocols.iso18626.codec.builders import BUILDERS, WireSupplying, supplying_message
from illservice.protocols.iso18626.codec.document import LONGEST_MESSAGE, parse
from illservice.protocols.iso18626.codec.kinds import Choice, Group, Inline, Leaf
from illservice.protocols.iso18626.codec.layouts import READ, Slot
from illservice.protocols.iso18626.errors import BadValue, Unreadable
from illservice.protocols.iso18626.messages import (
    Action,
    Code,
    Edition,
    ErrorType,
    Message,
    MessageKind,
    PartialHeader,
    ReadResult,
    Reason,
)

_KINDS = {kind.value: kind for kind in MessageKind}
_LATER = re.compile(r"20[2-9][0-9]|^\s*v?1[._]3")
_MOST_IGNORED = 20
_NEEDED_STATUS = frozenset({Reason.REQUEST_RESPONSE, Reason.STATUS_CHANGE})


class _Problem(Exception):
    """What is wrong at one place of the tree; becomes `BadValue` with the ids."""

    def __init__(self, error_type: ErrorType, detail: str) -> None:
        self.error_type, self.detail = error_type, detail
        super().__init__(detail)


def read(data: bytes, limit: int = LONGEST_MESSAGE) -> ReadResult:
    """The message in these bytes. Raises `TooLarge`, `Unreadable` or `BadValue`, and nothing else."""
    root = parse(data, limit)
    element = _message_element(root)
    kind = _KINDS[_name(element)]
    version = _attribute(root, "version") or _attribute(element, "version")
    edition = Edition.V2021_2 if _LATER.search(version) else Edition.V1_2
    reader = _Reader(_space(element))
    try:
        message = reader.message(element, kind)
    except _Problem as problem:
        raise _bad_value(problem, element, kind, edition) from problem
    return ReadResult(message, edition, version, tuple(reader.ignored), reader.unknown)


def _message_element(root: etree._Element) -> etree._Element:
    if _name(root) in _KINDS:
        return root
    if _name(root) != "ISO18626Message":
        raise Unreadable(f"the root is {_name(root)[:80]!r}, not a message of ISO 18626")
    found = [child for child in root if _name(child) in _KINDS]
    if len(found) != 1:
        raise Unreadable("more than one message" if found else "no message in the root")
    return found[0]


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2]


def _space(element: etree._Element) -> str:
    return element.tag.rpartition("}")[0]


def _attribute(element: etree._Element, name: str) -> str:
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value).strip()
    return ""


def _text(element: etree._Element) -> str:
    text = "".join(cast("Any", element.itertext())) if len(element) else element.text
    return text.strip() if text else ""


def _gaps(layout: str) -> dict[str, Any]:
    """What stands for the fields of a group that have no default and may be missing on the wire."""
    builder = BUILDERS.get(layout)
    if not is_dataclass(builder):
        return {}
    bare = {one.name for one in fields(builder) if one.default is MISSING and one.default_factory is MISSING}
    return {
        slot.field: "" if isinstance(slot.kind, Leaf) and slot.kind.is_text else None
        for slot in READ[layout].values()
        if slot.field in bare and not slot.needed
    }


_GAPS = {layout: _gaps(layout) for layout in READ}
_NEEDED = {layout: [slot for slot in slots.values() if slot.needed] for layout, slots in READ.items()}
_KEYS = {layout: [slot.field for slot in slots.values() if slot.key] for layout, slots in READ.items()}


_NAMES = frozenset(name for slots in READ.values() for name in slots)
"""Of all elements of both editions, wherever they stand."""


class _Reader:
    """Walks one message in a namespace; `ignored` and `unknown` collect what it passes by."""

    __slots__ = ("ignored", "space", "unknown")

    def __init__(self, space: str = "") -> None:
        self.space = space
        self.ignored: list[str] = []
        self.unknown = ""

    def message(self, element: etree._Element, kind: MessageKind) -> Message:
        built = self._built(element, kind, kind, needed=True)
        if not isinstance(built, WireSupplying):
            return cast("Message", built)
        message = supplying_message(built)
        if message.status.status is None and message.info.reason in _NEEDED_STATUS:
            raise _Problem(ErrorType.BADLY_FORMED, f"status is missing in a {message.info.reason}")
        return message

    def partial_header(self, element: etree._Element) -> PartialHeader:
        """What can be read of a header whatever else is wrong with it."""
        known = {one.name for one in fields(PartialHeader)}
        values: dict[str, Any] = {}
        for child in element:
            slot = READ["header"].get(_name(child))
            if slot is None or slot.field not in known or slot.field in values:
                continue
            try:
                value = self._value(slot, child, "header")
            except _Problem:
                continue
            if value is not None:
                values[slot.field] = value
        return PartialHeader(**values)

    def _built(self, element: etree._Element, layout: str, path: str, *, needed: bool = False) -> Any:
        """The group, or None for an empty one that may be missing."""
        values: dict[str, Any] = {}
        self._collect(element, layout, path, values)
        if not all(values.get(key) not in (None, "") for key in _KEYS[layout]) or not (values or needed):
            return None
        for slot in _NEEDED[layout]:
            if slot.field not in values:
                raise _Problem(ErrorType.BADLY_FORMED, f"{path}/{slot.element} is missing or empty")
        for name, value in values.items():
            if isinstance(value, list):
                values[name] = tuple(value)
        return BUILDERS[layout](**(_GAPS[layout] | values))

    def _collect(self, element: etree._Element, layout: str, path: str, values: dict[str, Any]) -> None:
        slots = READ[layout]
        for child in element:
            name = _name(child)
            slot = slots.get(name)
            if slot is None:
                self._ignore(f"{path}/{name}")
                if name not in _NAMES and _space(child) == self.space:
                    self.unknown = self.unknown or f"{path}/{name}"[:200]
            elif isinstance(slot.kind, Inline):
                self._collect(child, slot.kind.layout, f"{path}/{name}", values)
            else:
                self._take(slot, child, path, values)

    def _take(self, slot: Slot, element: etree._Element, path: str, values: dict[str, Any]) -> None:
        value = self._value(slot, element, path)
        if value is None:
            return
        if slot.many:
            values.setdefault(slot.field, []).append(value)
        elif values.get(slot.field) in (None, ""):
            values[slot.field] = value
        else:
            self._ignore(f"{path}/{slot.element}")

    def _value(self, slot: Slot, element: etree._Element, path: str) -> Any:
        kind = slot.kind
        if isinstance(kind, Leaf):
            return self._leaf(slot, kind, element)
        path = f"{path}/{slot.element}"
        if isinstance(kind, Group):
            return self._built(element, kind.layout, path, needed=slot.needed)
        return self._chosen(element, cast("Choice", kind), path)

    def _chosen(self, element: etree._Element, choice: Choice, path: str) -> Any:
        chosen: dict[str, Any] = {}
        self._collect(element, choice.layout, path, chosen)
        return next(iter(chosen.values()), None)

    def _leaf(self, slot: Slot, kind: Leaf, element: etree._Element) -> Any:
        text = _text(element)
        if not text:
            return "" if kind.is_text and slot.needed else None
        if kind.is_text:
            scheme = _attribute(element, "scheme") if kind.coded else ""
            return Code(text, scheme) if scheme else text
        try:
            return kind.read(text)
        except ValueError as error:
            raise _Problem(kind.error, f"{slot.element}: {text[:80]!r} is not understood") from error

    def _ignore(self, path: str) -> None:
        if len(self.ignored) < _MOST_IGNORED:
            self.ignored.append(path[:200])


def _bad_value(problem: _Problem, element: etree._Element, kind: MessageKind, edition: Edition) -> BadValue:
    headers = [child for child in element if _name(child) in {"header", "confirmationHeader"}]
    actions = [_text(child) for child in element if _name(child) == "action"]
    reasons = [
        _text(child)
        for parent in element
        if _name(parent) in {"messageInfo", "reasonForMessage"}
        for child in ((parent,) if _name(parent) == "reasonForMessage" else parent)
        if _name(child) == "reasonForMessage"
    ]
    return BadValue(
        problem.error_type,
        problem.detail,
        header=_Reader().partial_header(headers[0]) if headers else PartialHeader(),
        kind=kind,
        edition=edition,
        action=next((Action(word) for word in actions if word in set(Action)), None),
        reason=next((Reason(word) for word in reasons if word in set(Reason)), None),
    )
