"""Dates and times as ISO 18626 sends them: written as `2026-05-01T12:00:00Z`, read in every spelling that occurs.

A day is sent as a moment: its end, 23:59:59Z, or from some systems its beginning, 00:00:00Z. Turning that into local
time moves the day for libraries west or east of Greenwich, so `calendar_date` reads days, and nothing else should.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from datetime import time as time_of_day

_SPELLINGS = re.compile(
    r"(?P<year>[0-9]{4})-?(?P<month>[0-9]{2})-?(?P<day>[0-9]{2})"
    r"(?:[T ](?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?)?"
    r" ?(?:[Zz]|(?P<sign>[+-])(?P<zone_hour>[0-9]{2}):?(?P<zone_minute>[0-9]{2})?)?"
)
_END = time_of_day(23, 59, 59)
_DAY_MARKS = frozenset({time_of_day(0, 0), _END})


def parse_moment(text: str) -> datetime | None:
    """The moment a text means, None when it is none.

    1. A date alone is the end of that day (ISO 18626: 23:59:59Z); a time without offset is UTC.
    2. 24:00:00 is the end of that day, second 60 is the second before, fractions are kept to the microsecond.
    3. The result is UTC, except that the end or beginning of a day in another offset stays in that offset.
    """
    found = _SPELLINGS.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return _moment(found)
    except (ValueError, OverflowError):
        return None


def _moment(found: re.Match[str]) -> datetime:
    day = datetime(int(found["year"]), int(found["month"]), int(found["day"]), tzinfo=UTC)
    if found["hour"] is None:
        return datetime.combine(day.date(), _END, UTC)
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if (hour, minute, second) == (24, 0, 0):
        hour, minute, second = 23, 59, 59
    fraction = int((found["fraction"] or "")[:6].ljust(6, "0"))
    local = day.replace(hour=hour, minute=minute, second=59 if second == 60 else second, microsecond=fraction)
    offset = _offset(found)
    moment = local.replace(tzinfo=offset)
    in_utc = moment.astimezone(UTC)
    return moment if offset != UTC and is_day(moment) else in_utc


def _offset(found: re.Match[str]) -> timezone:
    if found["sign"] is None:
        return UTC
    ahead = timedelta(hours=int(found["zone_hour"]), minutes=int(found["zone_minute"] or 0))
    return timezone(-ahead if found["sign"] == "-" else ahead) if ahead else UTC


def format_moment(moment: datetime) -> str:
    """As the standard wants it: UTC, whole seconds, "Z". ValueError for a moment without an offset."""
    if moment.utcoffset() is None:
        raise ValueError("a moment without an offset")
    try:
        in_utc = moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a moment before the year 1 or after 9999") from error
    return in_utc.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def is_day(moment: datetime) -> bool:
    """Whether a moment stands for a day: its own clock shows the first or the last second of one."""
    return moment.time().replace(microsecond=0) in _DAY_MARKS


def calendar_date(moment: datetime, zone: tzinfo) -> date:
    """The day a moment means to a library in `zone`: its own date when it stands for a day, else the local date."""
    if is_day(moment):
        return moment.date()
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        return moment.date()


def due_moment(day: date) -> datetime:
    """How a day is sent: 23:59:59Z."""
    return datetime.combine(day, _END, UTC)
