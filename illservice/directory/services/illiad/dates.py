"""Dates as an ILLiad export writes them: local time without a zone, in a few shapes."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_SHAPES = (
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
)
"""SQL Server's own, and what spreadsheets in the United States make of it."""
_SQL_SERVER = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?")

FIRST_YEAR = 1980
"""Older dates are an empty field of some system (1899-12-30, 1900-01-01), not a date."""
LAST_YEAR = 2200
"""Later ones (9999-12-31) mean "never"."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in UTC. `warning`: `time_in_gap` (the clock jumped over it) or `time_twice` (the earlier is taken)."""

    at: datetime
    warning: str = ""


def is_empty_date(text: str) -> bool:
    """Whether a text is the date that some system writes into an empty field."""
    found = _read(text)
    return found is not None and not FIRST_YEAR <= found.year <= LAST_YEAR


def read_local(text: str) -> datetime | None:
    """A local date and time without zone, None when it is not one. More than six decimals of a second are cut."""
    found = _read(text)
    return found if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR else None


def _read(text: str) -> datetime | None:
    plain = " ".join(text.replace("T", " ", 1).split())
    head, point, decimals = plain.partition(".")
    if point and decimals.isdigit():
        plain = f"{head}.{decimals[:6]}"
    if not plain:
        return None
    if _SQL_SERVER.fullmatch(plain):
        return _quickly(plain)
    for shape in _SHAPES:
        try:
            return datetime.strptime(plain, shape)  # noqa: DTZ007 - the zone is the library's, see read_moment
        except ValueError:
            continue
    return None


def _quickly(plain: str) -> datetime | None:
    """The shape of nearly every date of an export, many times faster than the general way."""
    head, _point, decimals = plain.partition(".")
    try:
        return datetime.fromisoformat(head).replace(microsecond=int(decimals.ljust(6, "0")))
    except ValueError:
        return None


def read_moment(text: str, zone: ZoneInfo) -> Moment | None:
    """The moment that a local date and time names in a zone, None when it is no date.

    A time that daylight saving leaves out is read with the offset before the change; of a time that comes twice the
    earlier one is taken (PEP 495).
    """
    local = read_local(text)
    if local is None:
        return None
    aware = local.replace(tzinfo=zone)
    at = aware.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local:
        return Moment(at, "time_in_gap")
    twice = aware.replace(fold=1).utcoffset() != aware.utcoffset()
    return Moment(at, "time_twice" if twice else "")


def read_day(text: str) -> date | None:
    """A calendar date; its time of day does not matter."""
    local = read_local(text)
    return None if local is None else local.date()


def in_order(created: datetime, ended: datetime) -> tuple[datetime, bool]:
    """The moment of submission, never after the end, and whether it had to be moved.

    An export stamps the creation on a server and the status on a workstation: when they disagree, the status counts.
    """
    return (ended, True) if created - ended > timedelta(0) else (created, False)
