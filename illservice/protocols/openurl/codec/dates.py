"""Dates as senders write them: YYYY, YYYYMMDD, YYYY-MM-DD and prose."""

import re

from illservice.protocols.openurl.codec.bag import Bag

_COMPACT = re.compile(r"(1[4-9]\d\d|20\d\d)(\d\d)(\d\d)?", re.ASCII)
_WITH_HYPHENS = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?", re.ASCII)
_YEAR_AND_STOP = re.compile(r"(\d{4})()()[.,;:]", re.ASCII)


def read_date(bag: Bag) -> dict[str, str]:
    """`date` and, where the date does not hold it, `month`."""
    date = bag.take("date", "pubdate", "applyear", "appldate")
    text = tidy_date(date)
    if date and not re.fullmatch(r"\d{4}(-\d\d){0,2}", text, re.ASCII):
        bag.warn("odd_date")
    year, month, day = bag.peek("year"), bag.peek("month"), bag.peek("day")
    if not text and year:
        text = _joined(year, month, day)
        bag.take("year")
    if not text:
        text = bag.take("chron")
    _mark_parts(bag, text, year, month, day)
    return {"date": text, "month": bag.take("month")}


def tidy_date(date: str) -> str:
    """ISO 8601 where the date is one written otherwise ("20150401", "2003-9-5", "2000."); else as given. Months and
    days that databases fill with 00 are left out."""
    found = _COMPACT.fullmatch(date) or _WITH_HYPHENS.fullmatch(date) or _YEAR_AND_STOP.fullmatch(date)
    if not found:
        return date
    year, month, day = found[1], int(found[2] or 0), int(found[3] or 0)
    if not month:
        return date if day else year
    if month > 12 or day > 31:
        return date
    return f"{year}-{month:02}-{day:02}" if day else f"{year}-{month:02}"


def _joined(year: str, month: str, day: str) -> str:
    if re.fullmatch(r"\d{4}", year, re.ASCII) and re.fullmatch(r"0?[1-9]|1[0-2]", month, re.ASCII):
        return tidy_date(
            f"{year}-{month}-{day}" if re.fullmatch(r"\d{1,2}", day, re.ASCII) else f"{year}-{month}"
        )
    return tidy_date(year)


def _mark_parts(bag: Bag, text: str, year: str, month: str, day: str) -> None:
    """Year, month and day that the date already says."""
    parts = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", text, re.ASCII)
    held = dict(zip(("year", "month", "day"), parts.groups(), strict=True)) if parts else {}
    for name, value in (("year", year), ("month", month), ("day", day)):
        if value.isdecimal() and held.get(name) and int(held[name]) == int(value):
            bag.take(name)
