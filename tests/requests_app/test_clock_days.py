"""Days are the library's own: both changes of the clocks, 29 February, five zones; a date never shifts by a day."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from illservice.directory.calendars import morning
from illservice.directory.models import Library
from requests_app.models import BorrowingRequest
from requests_app.services import loans
from requests_app.services.clocks import run_due_timers
from tests.requests_app.test_clocks import again, on_loan, told
from tests.world import World

ZONES = ("America/Chicago", "Europe/Berlin", "Pacific/Kiritimati", "Asia/Kathmandu", "Pacific/Honolulu")
DUES = (
    date(2027, 3, 15),  # the clocks went forward the day before in Chicago
    date(2027, 3, 29),  # … and in Berlin
    date(2027, 11, 8),  # back in Chicago
    date(2027, 11, 1),  # back in Berlin
    date(2028, 3, 3),  # the reminder stands on 29 February
)


def loan_due(world: World, zone: str, patron_due: date) -> BorrowingRequest:
    Library.objects.filter(pk=world.north.library.pk).update(timezone=zone, closed_weekdays="")
    request = on_loan(world, due=date(2029, 1, 1))
    at = datetime(2027, 1, 4, 12, tzinfo=ZoneInfo(zone))
    loans.change_due(request_id=request.pk, patron_due=patron_due, actor=world.north.actor(), at=at)
    return again(request)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("due", DUES, ids=str)
def test_reminders_come_at_eight_in_the_librarys_own_morning_each_once(
    world: World, zone: str, due: date
) -> None:
    request = loan_due(world, zone, due)
    for notice, day in (("due_soon", due - timedelta(days=3)), ("overdue", due + timedelta(days=1))):
        eight = morning(day, zone)
        local = eight.astimezone(ZoneInfo(zone))
        assert (local.date(), local.hour, local.minute) == (day, 8, 0)
        run_due_timers(eight - timedelta(seconds=1))
        assert told(request, notice) == 0
        for minutes in (0, 60, 600):
            run_due_timers(eight + timedelta(minutes=minutes))
        assert told(request, notice) == 1
    assert again(request).patron_due == due
