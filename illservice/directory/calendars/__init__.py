"""Calendars: open days and moments of a library's own zone (pure rules), and the public holidays of the world."""

from illservice.directory.calendars.days import Away, OpenDays, patron_due_date
from illservice.directory.calendars.moments import end_of_day, morning, start_of_day
from illservice.directory.calendars.public import (
    countries,
    is_place,
    public_holidays,
    region_name,
    regions,
)

__all__ = [
    "Away",
    "OpenDays",
    "countries",
    "end_of_day",
    "is_place",
    "morning",
    "patron_due_date",
    "public_holidays",
    "region_name",
    "regions",
    "start_of_day",
]
