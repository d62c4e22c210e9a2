"""`./ill tick`: the clocks as of a moment, never backwards, and nothing twice."""

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from illservice.core import clock, outbox, sweeping, timers
from illservice.core.models import OutboxRow
from illservice.core.tasks import sweep
from tests.requests_app.test_clocks import on_loan
from tests.world import NOON, World, later, make_world

pytestmark = pytest.mark.django_db
DUE_SOON = "2026-04-13T08:00:00-05:00"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def tick(*words: str) -> dict[str, Any]:
    out = StringIO()
    call_command("tick", *words, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def refused(*words: str) -> str:
    with pytest.raises(CommandError) as refusal:
        call_command("tick", *words, stdout=StringIO())
    assert refusal.value.returncode == 2
    return str(refusal.value)


def test_it_runs_every_clock_as_of_that_time_and_again_does_nothing(world: World) -> None:
    on_loan(world, due=date(2026, 4, 20))
    OutboxRow.objects.all().delete()
    first = tick("--at", DUE_SOON, "--deliver")
    assert first["at"] == "2026-04-13T13:00:00+00:00"
    assert first["clocks"]["borrowing.due_soon"] == {"looked_at": 1, "due": 1, "done": 1, "skipped": {}}
    assert first["delivered"] == {"sent": 1, "failed": 0, "put_off": 0, "no_longer_true": 2}, (
        "two empty digests"
    )
    assert [message.to for message in mail.outbox] == [["ada@north.example"]]
    again = tick("--at", DUE_SOON, "--deliver")
    assert {name for name, counts in again["clocks"].items() if counts["due"] or counts["done"]} == set()
    assert set(again["delivered"].values()) == {0}
    assert len(mail.outbox) == 1


def test_every_part_of_every_clock_is_named_and_without_delivery_nothing_leaves(world: World) -> None:
    on_loan(world, due=date(2026, 4, 20))
    found = tick("--at", DUE_SOON)
    known = {name for clock in timers.clocks().values() for name in clock.words()}
    assert set(found["clocks"]) == known
    assert {"borrowing.overdue", "borrowing.lender_silent", "lending.overdue", "documents"} <= known
    assert set(found) == {"at", "clocks", "broken_off"}
    assert mail.outbox == []


def test_it_never_runs_backwards_and_a_refusal_does_nothing(world: World) -> None:
    on_loan(world, due=date(2026, 4, 20))
    tick("--at", "2026-04-01T00:00:00Z")
    assert "2026-04-01T00:00:00+00:00" in refused("--at", "2026-03-31T23:59:59Z", "--deliver")
    assert sweeping.last_moment() == NOON.replace(month=4, day=1, hour=0)
    with time_machine.travel(later(days=70), tick=False):
        sweep()  # the service's own round moves the moment on, too
        refused("--at", DUE_SOON)
    assert tick("--at", later(days=70).isoformat())["clocks"]["borrowing.due_soon"]["done"] == 0


@pytest.mark.parametrize("time", ["2026-04-13T08:00:00", "yesterday", "2026-13-01T00:00:00Z", "2026-04-13"])
def test_a_time_without_its_offset_is_refused_kindly(time: str) -> None:
    with pytest.raises(CommandError, match=r"Write one like|does not say which time zone"):
        call_command("tick", "--at", time, stdout=StringIO())
    assert sweeping.last_moment() is None


@pytest.mark.parametrize(
    "time", ["9999-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_a_slip_in_the_year_does_not_stop_the_clocks_for_ever(time: str) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("tick", "--at", time, stdout=StringIO())
    assert sweeping.last_moment() is None
    assert "cannot be right" in str(refusal.value)


def test_without_a_time_it_is_now_also_when_another_runner_was_here_this_moment() -> None:
    with time_machine.travel(NOON, tick=False):
        assert tick()["at"] == NOON.isoformat()
        sweeping.move_on_to(later(seconds=2))
        assert tick()["at"] == later(seconds=2).isoformat()
        sweeping.move_on_to(later(days=1))
        refused()


def test_a_round_in_which_nothing_is_due_costs_the_same_however_many_loans_are_out(world: World) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            list(sweeping.run_clocks(later(days=3), read_clock=clock.now))
        return len(seen)

    statements()
    on_loan(world, due=date(2026, 4, 20))
    one = statements()
    on_loan(world, due=date(2026, 4, 20), patron="ben")
    assert statements() == one <= 3 * len(timers.clocks()) + 15


def test_the_table_for_people_says_the_same(world: World) -> None:
    on_loan(world, due=date(2026, 4, 20))
    out = StringIO()
    call_command("tick", "--at", DUE_SOON, "--deliver", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "As of 2026-04-13T13:00:00+00:00"
    assert [line.split() for line in lines if line.startswith("borrowing.due_soon")] == [
        ["borrowing.due_soon", "1", "1", "1"]
    ]


def test_a_clock_that_breaks_off_makes_it_exit_1_and_the_others_ran(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_loan(world, due=date(2026, 4, 20))

    def broken(_at: object) -> int:
        raise OSError

    monkeypatch.setattr(timers, "_clocks", dict(timers.clocks()))
    timers.register_clock("a broken one", broken)
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("tick", "--at", DUE_SOON, "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert (left.value.code, found["broken_off"]) == (1, {"a broken one": "OSError"})
    assert found["clocks"]["borrowing.due_soon"]["done"] == 1


def test_what_the_service_is_sending_now_is_left_to_it_whatever_moment_is_played(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outbox._handlers, "test", lambda _row, _at: "ok")
    outbox.enqueue(outbox.Parcel("test", "mine", "s", {}), at=NOON)
    row = OutboxRow.objects.get(key="mine")
    with time_machine.travel(later(minutes=1), tick=False):
        assert outbox.claim(row.pk, at=later(minutes=1)) is not None
        assert tick("--at", later(days=30).isoformat(), "--deliver")["delivered"]["sent"] == 0
    with time_machine.travel(later(minutes=3), tick=False):  # it died with the row in its hands
        assert tick("--at", later(days=30).isoformat(), "--deliver")["delivered"]["sent"] == 1


def test_what_a_delivery_causes_leaves_in_the_same_round(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def handler(row: OutboxRow, at: Any) -> str:
        sent.append(row.key)
        if row.key == "first":
            outbox.enqueue(outbox.Parcel("test", "second", "s", {}), at=at)
        return "ok"

    monkeypatch.setitem(outbox._handlers, "test", handler)
    outbox.enqueue(outbox.Parcel("test", "first", "s", {}), at=NOON)
    outbox.enqueue(outbox.Parcel("test", "tomorrow", "t", {}), at=NOON, not_before=NOON + timedelta(days=1))
    assert tick("--at", NOON.isoformat(), "--deliver")["delivered"]["sent"] == 2
    assert sent == ["first", "second"]
