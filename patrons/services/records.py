"""One line of the institution's file as values of a patron (docs: import_patrons)."""

import re
from collections import Counter
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

from illservice.citations.text import clean_text
from patrons.models import ContactChannel
from patrons.services.patrons import clean_value

COLUMNS = (
    *("barcode", "name", "email", "phone", "category", "expires", "home_branch", "contact", "language"),
    *("department", "address", "username", "blocked", "block_reason"),
)
_PLAIN = {"phone": "phone", "department": "department", "address": "address", "block_reason": "block_reason"}
_YES = frozenset({"1", "y", "yes", "true", "t", "x", "blocked"})
_NO = frozenset({"", "0", "n", "no", "false", "f"})
_CONTACTS = {
    "email": ContactChannel.EMAIL,
    "e-mail": ContactChannel.EMAIL,
    "phone": ContactChannel.PHONE,
    "telephone": ContactChannel.PHONE,
    "letter": ContactChannel.LETTER,
    "post": ContactChannel.LETTER,
}
_ISO_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?")
_DOTTED_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SPREADSHEET_NUMBER = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)


class BadRecord(Exception):
    """A line that cannot be used: a stable code and the reason for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Keys:
    """What a library's codes stand for: small letters to keys."""

    categories: MutableMapping[str, int]
    branches: Mapping[str, int]


@dataclass(slots=True)
class PatronRecord:
    """A line that can be used. `values` holds only the columns that the file has something to say about.

    `cleared_at` is when another system had cleared the person; it counts for new patrons only.
    """

    line: int
    barcode: str
    username: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    cleared_at: datetime | None = None


def read_record(line: int, row: Mapping[str, str], keys: Keys, warnings: Counter[str]) -> PatronRecord:
    """Understand one line; BadRecord when it cannot be used. What is only odd is left out and counted.

    An empty cell empties its field, except barcode, name, category, home_branch, contact, language and username, where
    it says nothing.
    """
    record = PatronRecord(line, _barcode(row.get("barcode", "")), _username(row.get("username", "")))
    values = record.values
    for column, name in _PLAIN.items():
        if column in row:
            values[name] = _clean(column, name, row[column])
    if name := clean_text(row.get("name", "")):
        values["name"] = _clean("name", "name", name)
    if category := clean_text(row.get("category", "")):
        if category.casefold() not in keys.categories:
            raise BadRecord("unknown_category", f"The library has no category {category[:40]!r}.")
        values["category_id"] = keys.categories[category.casefold()]
    if "expires" in row:
        values["expires_on"] = _date(row["expires"])
    if "blocked" in row:
        values["is_blocked"] = _yes_or_no(row["blocked"])
    _optional(row, keys, values, warnings)
    return record


def _optional(row: Mapping[str, str], keys: Keys, values: dict[str, Any], warnings: Counter[str]) -> None:
    """What is left as it is, with a warning, when it cannot be understood."""
    if "email" in row:
        try:
            values["email"] = clean_value("email", row["email"])
        except ValidationError:
            warnings["wrong_email"] += 1
    if branch := clean_text(row.get("home_branch", "")).casefold():
        _take(values, "home_branch_id", keys.branches.get(branch), "unknown_branch", warnings)
    if contact := clean_text(row.get("contact", "")).casefold():
        _take(values, "contact", _CONTACTS.get(contact), "unknown_contact", warnings)
    if language := clean_text(row.get("language", "")).casefold():
        known = dict(settings.LANGUAGES)
        code = next((each for each in (language, re.split("[-_]", language)[0]) if each in known), None)
        _take(values, "language", code, "unknown_language", warnings)


def _take(values: dict[str, Any], name: str, value: Any, warning: str, warnings: Counter[str]) -> None:
    if value is None:
        warnings[warning] += 1
    else:
        values[name] = value


def _barcode(text: str) -> str:
    barcode = clean_text(text)
    if not barcode:
        raise BadRecord("no_barcode", "The line has no barcode.")
    if _SPREADSHEET_NUMBER.fullmatch(barcode):
        raise BadRecord("barcode_rounded", "A spreadsheet has rounded the barcode; store the column as text.")
    return str(_clean("barcode", "barcode", barcode))


def _username(text: str) -> str:
    username = clean_text(text)
    if not username:
        return ""
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        raise BadRecord("wrong_username", " ".join(error.messages)) from error
    if len(username) > 150:
        raise BadRecord("wrong_username", "The username is longer than 150 characters.")
    return username


def _clean(column: str, name: str, text: str) -> Any:
    try:
        return clean_value(name, text)
    except ValidationError as error:
        raise BadRecord(f"wrong_{column}", f"{column}: {' '.join(error.messages)}") from error


def _date(text: str) -> date | None:
    """2027-01-31, 20270131, 31.1.2027; a date with slashes means different days in different countries."""
    written = clean_text(text)
    if not written:
        return None
    try:
        if found := _ISO_DATE.fullmatch(written):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DOTTED_DATE.fullmatch(written):
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    raise BadRecord("wrong_expires", f"expires: {written[:20]!r} is no date like 2027-01-31.")


def _yes_or_no(text: str) -> bool:
    word = clean_text(text).casefold()
    if word not in _YES | _NO:
        raise BadRecord("wrong_blocked", f"blocked: {word[:20]!r} is neither yes nor no.")
    return word in _YES
