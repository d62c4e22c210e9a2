"""When a reminder may leave: outside the quiet hours and on an open day. Pure rules; times are the library's own."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from illservice.directory.calendars import OpenDays

_LONGEST_CLOSURE = 60  # days; whoever is closed for longer is reminded all the same


@dataclass(frozen=True, slots=True)
class Hours:
    """Quiet from `quiet_from` until before `quiet_until`, over midnight too; the same time twice: never quiet."""

    quiet_from: time
    quiet_until: time

    def is_quiet(self, moment: time) -> bool:
        """Whether nobody should be reminded at this time of the day."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= moment < self.quiet_until
        return moment >= self.quiet_from or moment < self.quiet_until


def next_moment(at: datetime, *, zone: str, hours: Hours, days: OpenDays | None) -> datetime:
    """The first moment from `at` on at which a reminder may leave; `at` itself when it may. `days` None: any day."""
    local = at.astimezone(ZoneInfo(zone))
    if _allowed(local, hours, days):
        return at
    for distance in range(_LONGEST_CLOSURE):
        day = local.date() + timedelta(days=distance)
        for start in sorted({time(0), hours.quiet_until}):
            # Through UTC, so that an hour that the clock leaves out or shows twice is a real moment (PEP 495).
            found = datetime.combine(day, start, ZoneInfo(zone)).astimezone(UTC)
            if found > at and _allowed(found.astimezone(ZoneInfo(zone)), hours, days):
                return found
    return next_moment(at, zone=zone, hours=hours, days=None) if days is not None else at


def _allowed(local: datetime, hours: Hours, days: OpenDays | None) -> bool:
    return not hours.is_quiet(local.time()) and (days is None or days.is_open(local.date()))
