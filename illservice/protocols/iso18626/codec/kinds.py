"""The kinds of values that stand in elements: how each is read, leniently, and written, strictly."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from illservice.protocols.iso18626.codes import (
    Action,
    ErrorType,
    MessageStatus,
    PreferredEdition,
    Reason,
    RequestSubType,
    RequestType,
    ServiceType,
    Status,
)
from illservice.protocols.iso18626.moments import format_moment, parse_moment

_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
_TRUE = frozenset({"y", "yes", "true", "1"})
_FALSE = frozenset({"n", "no", "false", "0"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element with text.

    `read` gets the stripped text and raises ValueError; None means "as good as not sent". `write` gives the text and
    raises ValueError. `is_text`: an empty element is a value too. `coded`: may have a `scheme`.
    """

    read: Callable[[str], Any]
    write: Callable[[Any], str]
    is_text: bool = False
    coded: bool = False
    error: ErrorType = ErrorType.UNRECOGNISED_VALUE


@dataclass(frozen=True, slots=True)
class Group:
    """An element with elements: the name of a layout in `layouts`."""

    layout: str


@dataclass(frozen=True, slots=True)
class Inline:
    """An element with elements whose values belong to the group around it."""

    layout: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An element around exactly one of several groups, told apart by the type of the value when written."""

    layout: str


Kind = Leaf | Group | Inline | Choice


def _moment(text: str) -> datetime:
    found = parse_moment(text)
    if found is None:
        raise ValueError("not a date and time")
    return found


def _truth(text: str) -> bool:
    word = text.lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("neither yes nor no")
    return word in _TRUE


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError("not a whole number of up to nine digits")
    return int(text)


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError("not a decimal number")
    return Decimal(text)


def _decimal_text(amount: Decimal) -> str:
    if not amount.is_finite():
        raise ValueError("not a decimal number")
    return format(amount, "f")


def _closed(words: type[StrEnum], error: ErrorType = ErrorType.UNRECOGNISED_VALUE) -> Leaf:
    return Leaf(words, lambda value: words(value).value, error=error)


def _echoed(words: type[StrEnum]) -> Leaf:
    """In a confirmation: a word that is echoed and not understood changes nothing."""
    known = {word.value: word for word in words}
    return Leaf(known.get, lambda value: words(value).value)


TEXT = Leaf(str, str, is_text=True)
CODE = Leaf(str, str, is_text=True, coded=True)
MOMENT = Leaf(_moment, format_moment)
YES_NO = Leaf(_truth, lambda value: "Y" if value else "N")
TRUE_FALSE = Leaf(_truth, lambda value: "true" if value else "false")
WHOLE = Leaf(_whole, str)
DECIMAL = Leaf(_decimal, _decimal_text)
ACTION = _closed(Action, ErrorType.UNSUPPORTED_ACTION)
ACTION_ECHO = _echoed(Action)
REASON = _closed(Reason, ErrorType.UNSUPPORTED_REASON)
REASON_ECHO = _echoed(Reason)
STATUS = _closed(Status)
MESSAGE_STATUS = _closed(MessageStatus)
REQUEST_TYPE = _closed(RequestType)
REQUEST_SUB_TYPE = _closed(RequestSubType)
SERVICE_TYPE = _closed(ServiceType)
PREFERRED_EDITION = _closed(PreferredEdition)
ERROR_TYPE = Leaf(str, lambda value: ErrorType(value).value)
"""Read as it comes: some systems have words of their own for it (`layouts.error_data`)."""
