"""Dates of a library's own zone as moments. All moments are in UTC.

In UTC, because an hour that the clock shows twice never equals itself across zones (PEP 495). Zones are IANA names.
A zone may skip an hour or a whole date (Pacific/Apia had no 30 December 2011), and may show an hour twice.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def start_of_day(day: date, zone: str) -> datetime:
    """The first moment of a date; for a date that the zone skipped, the moment of the skip."""
    return datetime.combine(day, time(0, 0), ZoneInfo(zone)).astimezone(UTC)


def end_of_day(day: date, zone: str) -> datetime:
    """The last second of a date, when it comes twice the second one; for a skipped date, that of the day before."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).replace(fold=1).astimezone(UTC)


def morning(day: date, zone: str) -> datetime:
    """Eight o'clock of a date, when the day's notices go out; for a skipped date, eight o'clock after the skip."""
    return datetime.combine(day, time(8, 0), ZoneInfo(zone)).astimezone(UTC)
