"""The daily mail to staff: once for each open day and place, at the library's hour, only when there is something."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from illservice.core import outbox
from illservice.core.models import OutboxRow, OutboxState
from illservice.directory.models import ClosedDay, Library
from illservice.notices.services.digests import send_digests
from requests_app.services import items
from tests.requests_app.test_silence import asked
from tests.world import World, ask_for, later, make_world

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 3, 3)


@pytest.fixture
def world(db: None) -> World:
    world = make_world()
    Library.objects.filter(pk=world.south.library.pk).update(digest_hour=None)
    return world


def at(day: date, hour: int, minute: int = 0, zone: str = "America/Chicago") -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))


def deliver(moment: datetime) -> None:
    for row_id in outbox.due_rows(at=moment):
        outbox.deliver(row_id, at=moment)


def digests() -> list[Any]:
    return [message for message in mail.outbox if "what waits" in message.subject]


def test_from_the_hour_on_it_leaves_once_to_the_desk_with_counts_and_no_names(world: World) -> None:
    ask_for(world.north, at=later(hours=3))
    ask_for(world.north, patron="ben", at=later(hours=-40))
    assert send_digests(at(TUESDAY, 6, 59)).due == 0
    for minute in (0, 1, 2):
        moment = at(TUESDAY, 7, minute)
        tally = send_digests(moment)
        assert tally.done == (1 if minute == 0 else 0)
        deliver(moment)
    [message] = digests()
    assert message.to == ["ill@north.example"]
    assert message.subject == "Northfield Library: what waits on March 3, 2026"
    assert "Borrowing\n– Choose lenders: 2 (1 late)" in message.body
    for secret in ("Ada", "Ben", "Northfield Libraryada", ask_for(world.south).title):
        assert secret not in message.body
    send_digests(at(date(2026, 3, 4), 7))
    deliver(at(date(2026, 3, 4), 7))
    assert len(digests()) == 2


def test_nothing_to_say_is_not_said_and_not_said_later_either(world: World) -> None:
    from illservice.core import sweeping

    list(sweeping.run_clocks(at(TUESDAY, 7), read_clock=lambda: at(TUESDAY, 7)))
    deliver(at(TUESDAY, 7))
    row = OutboxRow.objects.get(key=f"digest:{world.north.library.pk}:2026-03-03")
    assert (row.state, row.last_error) == (OutboxState.SUPERSEDED, "there is nothing to say")
    ask_for(world.north, at=later(hours=26))
    send_digests(at(TUESDAY, 12))
    deliver(at(TUESDAY, 12))
    assert digests() == []


def test_closed_days_and_days_that_were_missed_have_none(world: World) -> None:
    ask_for(world.north)
    ClosedDay.objects.create(library=world.north.library, date=TUESDAY)
    assert send_digests(at(TUESDAY, 9)).skipped == {"closed_day": 1}
    assert send_digests(at(date(2026, 3, 14), 9)).skipped == {"closed_day": 1}, "a Saturday"
    assert send_digests(at(date(2026, 3, 16), 23)).done == 1, "ten days later there is one, not ten"
    late = at(date(2026, 3, 17), 1)
    deliver(late)
    assert digests() == [], "one that could not leave on its day stays away"
    Library.objects.filter(pk=world.north.library.pk).update(email="")
    assert send_digests(at(date(2026, 3, 17), 9)).skipped == {"no_address": 1}


def test_a_branch_with_an_address_hears_of_itself_alone(world: World) -> None:
    world.north.branch.email = "hill@north.example"
    world.north.branch.save(update_fields=["email"])
    request, desk = asked(world), world.north.actor()
    items.receive(request_id=request.pk, arrival=items.Arrival(), actor=desk, at=later(hours=3))
    items.send_to_branch(
        request_id=request.pk, branch_id=world.north.branch.pk, actor=desk, at=later(hours=4)
    )
    ask_for(world.north, patron="ben")
    send_digests(at(TUESDAY, 7))
    deliver(at(TUESDAY, 7))
    bodies = {message.to[0]: message.body for message in digests()}
    assert set(bodies) == {"ill@north.example", "hill@north.example"}
    assert "On its way to a branch: 1" in bodies["hill@north.example"]
    assert "Choose lenders" not in bodies["hill@north.example"]
    assert "Choose lenders: 1" in bodies["ill@north.example"]


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", date(2026, 3, 30)),  # the day after the hour that is skipped
        ("America/Chicago", date(2026, 11, 2)),  # the day after the hour that comes twice
        ("Pacific/Kiritimati", date(2028, 2, 29)),
        ("Asia/Kathmandu", date(2026, 3, 3)),
        ("Pacific/Honolulu", date(2026, 3, 3)),
    ],
)
def test_the_hour_is_the_librarys_own(world: World, zone: str, day: date) -> None:
    Library.objects.filter(pk=world.north.library.pk).update(timezone=zone, language="de")
    ask_for(world.north)
    assert send_digests(at(day, 6, 59, zone)).due == 0
    assert send_digests(at(day, 7, 0, zone)).done == 1
    deliver(at(day, 7, 0, zone))
    [message] = mail.outbox[-1:]
    assert message.subject.startswith("Northfield Library: was am")
