"""Where doors read the clock, once, to pass `at=` on. Rules and services never call this."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return timezone.now()


def latest_date(at: datetime) -> date:
    """The calendar date that a moment has where the day begins first: no zone is further ahead."""
    return local_date(at, "Pacific/Kiritimati")


def local_date(at: datetime, zone: str) -> date:
    """The calendar date of a moment in a library's own zone (IANA name)."""
    return at.astimezone(ZoneInfo(zone)).date()
