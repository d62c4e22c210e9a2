"""One line of a file of titles: KBART (NISO RP-9) or our own CSV columns. Touches no database."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from illservice.citations.copyright import HoldingStatus, Unavailable
from illservice.citations.models import IssnKind
from illservice.citations.text import clean_text
from illservice.protocols.identifiers import normalise_isbn, normalise_issn

KBART_TITLE = "publication_title"
COLUMNS = (
    *(
        "title",
        "issn",
        "eissn",
        "issn_l",
        "publisher",
        "status",
        "ordered_on",
        "starts",
        "ends",
        "covers_from",
    ),
    *("covers_to", "first_volume", "last_volume", "embargo", "aggregator", "unavailable", "licence"),
)
"""The columns of our own CSV file. Only title or an ISSN is needed."""
_KBART: Mapping[str, str] = MappingProxyType(
    {
        KBART_TITLE: "title",
        "print_identifier": "issn",
        "online_identifier": "eissn",
        "publisher_name": "publisher",
        "date_first_issue_online": "covers_from",
        "date_last_issue_online": "covers_to",
        "num_first_vol_online": "first_volume",
        "num_last_vol_online": "last_volume",
        "embargo_info": "embargo",
    }
)
_KBART_READ = frozenset({"coverage_depth", "publication_type", "access_type"})
_KBART_PASSED_OVER = frozenset(
    {
        *(
            "num_first_issue_online",
            "num_last_issue_online",
            "title_url",
            "first_author",
            "title_id",
            "notes",
        ),
        *("coverage_notes", "date_monograph_published_print", "date_monograph_published_online"),
        *("monograph_volume", "monograph_edition", "first_editor", "parent_publication_title_id"),
        "preceding_publication_title_id",
    }
)
_ISSNS: tuple[tuple[str, IssnKind, bool], ...] = (
    ("issn", IssnKind.PRINT, False),
    ("eissn", IssnKind.ELECTRONIC, False),
    ("issn_l", IssnKind.UNKNOWN, True),
)
_EMBARGO = re.compile(r"([PR])([0-9]{1,4})([DMY])")
_FACTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "embargo": ("embargo_months", "rolling_months"),
        "aggregator": ("is_aggregator",),
        "licence": ("licence_id",),
    }
)
"""What of a subscription a column is about, where it is not called the same."""
_YES = frozenset({"1", "y", "yes", "true", "x"})
_NO = frozenset({"", "0", "n", "no", "false"})
_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")


class BadTitle(Exception):
    """A line that cannot be used: a stable code and the reason for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class NoTitle(Exception):
    """A line that is about no journal, such as a book of a KBART file; `code` names what it is."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Issn:
    """A valid ISSN of a line."""

    value: str
    kind: IssnKind
    is_linking: bool = False


@dataclass(slots=True)
class TitleRecord:
    """A line that can be used. `holding` is None where the line gives a title without a right to read all of it.

    `said` are the facts of a subscription about which the line says anything: of the others it knows nothing, and what
    staff entered stays. `licence` is the name of one of the library's.
    """

    line: int
    title: str
    publisher: str
    issns: tuple[Issn, ...]
    holding: dict[str, Any] | None = field(default_factory=dict)
    said: frozenset[str] = frozenset()
    licence: str = ""


def header_of(names: Sequence[str]) -> tuple[list[str], bool, list[str]]:
    """The columns by the names of COLUMNS, whether the file is KBART, and the columns that nobody knows."""
    plain = [name.casefold().replace(" ", "_") for name in names]
    is_kbart = KBART_TITLE in plain
    known = _KBART.keys() | _KBART_READ | _KBART_PASSED_OVER if is_kbart else set(COLUMNS)
    unknown = [name for name in plain if name and name not in known]
    return [_KBART.get(name, name) if is_kbart else name for name in plain], is_kbart, unknown


def read_title(line: int, row: Mapping[str, str], warnings: Counter[str]) -> TitleRecord:
    """Understand one line; BadTitle when it cannot be used, NoTitle when it is no journal. What is odd is counted."""
    if row.get("publication_type", "").strip().casefold() == "monograph":
        raise NoTitle("monograph")
    title = clean_text(row.get("title", ""))[:500]
    issns = _issns(row, warnings)
    if not title and not issns:
        raise BadTitle("no_title", "There is neither a title nor a valid ISSN.")
    if not issns and any(normalise_isbn(row.get(name, "")) for name in ("issn", "eissn")):
        raise NoTitle("book")
    record = TitleRecord(line, title or issns[0].value, clean_text(row.get("publisher", ""))[:300], issns)
    record.holding = _holding(row, warnings) if _may_read_all(row, warnings) else None
    record.said = frozenset(fact for column in row for fact in _FACTS.get(column, (column,)))
    record.licence = clean_text(row.get("licence", ""))
    return record


def _issns(row: Mapping[str, str], warnings: Counter[str]) -> tuple[Issn, ...]:
    """Each valid ISSN once; the linking one is marked where it repeats another."""
    found: dict[str, Issn] = {}
    for column, kind, is_linking in _ISSNS:
        said = row.get(column, "").strip()
        value = normalise_issn(said)
        if value is None:
            warnings["identifier_invalid"] += bool(said) and not normalise_isbn(said)
            continue
        known = found.get(value)
        found[value] = Issn(
            value, known.kind if known else kind, is_linking or bool(known and known.is_linking)
        )
    return tuple(found.values())


def _may_read_all(row: Mapping[str, str], warnings: Counter[str]) -> bool:
    """KBART also lists what is free for everybody, and titles of which only abstracts or some articles are there."""
    if row.get("access_type", "").strip().upper() == "F":
        warnings["free_title"] += 1
        return False
    depth = row.get("coverage_depth", "").strip().casefold()
    if depth and depth not in {"fulltext", "full text", "print"}:
        warnings["not_full_text"] += 1
        return False
    return True


def _holding(row: Mapping[str, str], warnings: Counter[str]) -> dict[str, Any]:
    """The columns of a subscription. An empty cell means no bound."""
    held_back, rolling = _embargo(row.get("embargo", ""), warnings)
    values: dict[str, Any] = {
        "status": _word(row, "status", HoldingStatus, HoldingStatus.ACTIVE),
        "unavailable": _word(row, "unavailable", Unavailable, Unavailable.NO),
        "ordered_on": _day(row, "ordered_on"),
        "starts": _day(row, "starts"),
        "ends": _day(row, "ends", last=True),
        "covers_from": _day(row, "covers_from"),
        "covers_to": _day(row, "covers_to", last=True),
        "first_volume": clean_text(row.get("first_volume", ""))[:20],
        "last_volume": clean_text(row.get("last_volume", ""))[:20],
        "embargo_months": held_back,
        "rolling_months": rolling,
        "is_aggregator": _yes(row.get("aggregator", "")),
        "licence_id": None,
    }
    for first, last in (("starts", "ends"), ("covers_from", "covers_to")):
        if values[first] and values[last] and values[first] > values[last]:
            raise BadTitle("dates", f"{first} is after {last}.")
    if values["status"] == HoldingStatus.ORDERED and values["ordered_on"] is None:
        raise BadTitle("ordered_on", "An order needs the day on which it was entered.")
    return values


def _word(row: Mapping[str, str], column: str, choices: Any, usual: str) -> str:
    said = row.get(column, "").strip().casefold().replace(" ", "_")
    if said and said not in choices.values:
        raise BadTitle(column, f"{column} is one of {', '.join(filter(None, choices.values))}.")
    return said or str(usual)


def _yes(text: str) -> bool:
    said = text.strip().casefold()
    if said not in _YES | _NO:
        raise BadTitle("aggregator", "aggregator is yes or no.")
    return said in _YES


def _day(row: Mapping[str, str], column: str, *, last: bool = False) -> date | None:
    """2015, 2015-04 or 2015-04-01: the first day of it, or the last one."""
    said = row.get(column, "").strip()
    if not said:
        return None
    found = _DAY.fullmatch(said[:10])
    try:
        if found is None:
            raise ValueError
        year, month, day = (int(part) if part else 0 for part in found.groups())
        if day or not last:
            return date(year, month or 1, day or 1)
        after = date(year + 1, 1, 1) if month in {0, 12} else date(year, month + 1, 1)
    except (ValueError, OverflowError):
        raise BadTitle("date", f"{column} is a date like 2015, 2015-04 or 2015-04-01.") from None
    return after - timedelta(days=1)


def _embargo(text: str, warnings: Counter[str]) -> tuple[int, int]:
    """KBART's embargo in months: what is held back (P), and what alone can be read (R)."""
    months = {"P": 0, "R": 0}
    for part in re.split(r"[;,\s]+", text.strip().upper()):
        found = _EMBARGO.fullmatch(part)
        if found:
            number = int(found[2])
            months[found[1]] = {"D": -(-number // 30), "M": number, "Y": number * 12}[found[3]]
        elif part:
            warnings["embargo_unreadable"] += 1
    return min(months["P"], 32000), min(months["R"], 32000)
