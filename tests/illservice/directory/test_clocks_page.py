"""The page of the clocks, and the banner on every page of staff when one is late."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from illservice.accounts.roles import Role
from illservice.core import clock, sweeping, timers
from illservice.core.timers import Stuck, Tally
from tests.world import NOON, World, later, make_world

LATE = "Work that the service does by itself is late"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def signed_in(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.north.people[role])
    return client


def run_all() -> None:
    with time_machine.travel(NOON, tick=False):
        list(sweeping.run_clocks(clock.now(), read_clock=clock.now))


def page(client: Client, path: str = "/clocks/north/", *, at: Any = NOON) -> str:
    with time_machine.travel(at, tick=False):
        return client.get(path).content.decode()


def test_it_says_of_every_clock_whether_it_is_well(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    head = signed_in(world, Role.HEAD)
    assert "It has never run to its end." in page(head)
    run_all()
    fresh = page(head, at=later(minutes=4))
    assert fresh.count("tone-ok") == len(timers.clocks())
    assert "the patron is told that it is overdue" in fresh
    assert "tone-bad" not in fresh

    def broken(_at: object) -> int:
        raise OSError("secret words")

    monkeypatch.setattr(timers, "_clocks", {})
    timers.register_clock("a", broken, label="breaks off")
    run_all()
    shown = page(head)
    assert "failed</span>" in shown
    assert "OSError" in shown
    assert "secret words" not in shown


def test_what_could_not_be_done_is_shown_with_its_request(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def stuck(library_id: int) -> list[Stuck]:
        asked.append(library_id)
        return [Stuck("B2-345-6", "soon", "KeyError", 3, later(hours=1))]

    monkeypatch.setattr(timers, "_clocks", {})
    skips = {"soon": Tally(1, 1, 0, {"failed": 1})}
    timers.register_clock("dates", lambda _at: skips, label="Dates", parts={"soon": "Reminders"}, stuck=stuck)
    run_all()
    shown = page(signed_in(world, Role.HEAD))
    assert asked == [world.north.library.pk]
    assert "/desk/north/requests/B2-345-6/" in shown
    assert "3 times" in shown
    assert "1 × failed, is tried again later" in shown


def test_every_page_of_staff_says_when_a_clock_is_late_and_asks_nothing_more_for_it(world: World) -> None:
    desk, head = signed_in(world, Role.BORROWING), signed_in(world, Role.HEAD)
    run_all()
    assert LATE not in page(desk, "/desk/north/", at=later(minutes=5))
    late = page(desk, "/desk/north/", at=later(minutes=6))
    assert LATE in late
    assert "/clocks/north/" not in late
    assert "/clocks/north/" in page(head, "/desk/north/", at=NOON + timedelta(minutes=6))
    assert LATE not in page(signed_in(world, Role.BORROWING), "/account/", at=later(minutes=6))
