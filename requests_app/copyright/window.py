"""Whether something is recent enough for the CONTU guidelines: three ways to count (standards §1.5).

The window is always relative to the date of the request, never to the day on which it is filled.
"""

from datetime import date
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.copyright.dates import Published

YEARS: Final = 5
"""Years prior to the request that CONTU 1(a) names."""


class WindowMode(models.TextChoices):
    """How "within five years prior to the date of the request" is counted."""

    ROLLING = "rolling", _("to the day: five years before the request")
    CALENDAR5 = "calendar5", _("this calendar year and the four before it")
    CALENDAR6 = "calendar6", _("this calendar year and the five before it")


_CALENDAR_YEARS: Final = {WindowMode.CALENDAR5: YEARS, WindowMode.CALENDAR6: YEARS + 1}


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; 29 February becomes the 28th. Never before the year 1."""
    year = max(day.year - years, 1)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def first_recent_year(requested: date, mode: WindowMode) -> int | None:
    """The first calendar year that is recent; None where it is counted to the day."""
    return None if mode == WindowMode.ROLLING else requested.year - _CALENDAR_YEARS[mode] + 1


def is_recent(published: Published, requested: date, mode: WindowMode) -> bool | None:
    """CONTU 1(a): True when the guidelines apply, False when it is older, None when nobody can tell.

    Counted from the latest day on which it may have come out, so that nothing possibly recent is called old. What is
    not out yet is recent.
    """
    if published.last is None:
        return True if published.ahead else None
    first = first_recent_year(requested, mode)
    if first is None:
        return published.last >= years_before(requested, YEARS)
    return published.last.year >= first
