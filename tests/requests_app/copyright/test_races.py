"""The last place of a year and many who want it at once: only PostgreSQL lets them truly run side by side (S23)."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from illservice.core.errors import Refused
from requests_app.models import BorrowingRequest, CopyrightCounter, CopyrightRecord
from requests_app.models.copyright import Fate
from requests_app.selectors.copyright import counted
from requests_app.services import closing
from requests_app.services.copyright import deciding
from requests_app.services.copyright.clearing import clear_copyright
from tests.requests_app.copyright.desk import ask, cancel, clerk, day, filled, record
from tests.requests_app.test_races import at_once
from tests.world import World, make_patron, make_world

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("on_postgresql"),
]
MANY = 20


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def waiting_for_the_last_place(world: World, how_many: int) -> list[BorrowingRequest]:
    """Four came, one is open and holds the fifth place, so many wait; then the open one ends."""
    filled(world, 4)
    holder = ask(world, "2026-03-02")
    waiting = [ask(world, "2026-03-02") for _ in range(how_many)]
    assert {record(each).rule for each in waiting} == {"D9"}
    cancel(world, holder, "2026-03-03")
    return waiting


def clearing(world: World, request: BorrowingRequest) -> Callable[[], object]:
    return lambda: clear_copyright(request_id=request.pk, actor=clerk(world), at=day("2026-03-03"))


def taken() -> int:
    rows = CopyrightRecord.objects.filter(counts=True).exclude(fate=Fate.RELEASED)
    return sum(each.copies for each in rows)


@pytest.mark.timeout(240)
def test_of_twenty_clerks_one_gets_the_last_place_always(world: World) -> None:
    for _turn in range(3):
        waiting = waiting_for_the_last_place(world, MANY) if _turn == 0 else _set_free(world)
        results = at_once(*(clearing(world, each) for each in waiting))
        refused = [each for each in results if each is not None]
        assert len(refused) == len(waiting) - 1
        assert all(isinstance(each, Refused) and each.code == "over_limit" for each in refused)
        assert taken() == 5


def _set_free(world: World) -> list[BorrowingRequest]:
    """The one who got it ends; the others want its place."""
    open_ = CopyrightRecord.objects.get(counts=True, fate=Fate.OPEN)
    cancel(world, open_.request, "2026-03-04")
    return [each.request for each in CopyrightRecord.objects.filter(decided_at__isnull=True, fate=Fate.OPEN)]


def test_without_the_lock_several_get_the_last_place(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: everybody has counted before anybody writes, and nothing stops them."""
    waiting = waiting_for_the_last_place(world, 4)
    together = threading.Barrier(len(waiting))
    known = counted.counting

    def count_together(*args: Any, **facts: Any) -> Any:
        found = known(*args, **facts)
        together.wait(timeout=20)
        return found

    monkeypatch.setattr(deciding, "lock_counters", lambda *_args: None)
    monkeypatch.setattr(deciding, "counting", count_together)
    results = at_once(*(clearing(world, each) for each in waiting))
    assert results == [None] * len(waiting)
    assert taken() == 4 + len(waiting)


@pytest.mark.timeout(240)
def test_twenty_patrons_who_ask_at_once_share_the_places_that_are_left(world: World) -> None:
    filled(world, 3)
    names = [f"patron{number}" for number in range(MANY)]
    for name in names:
        world.north.patrons[name] = make_patron(world.north, name)
    results = at_once(*(_asking(world, name) for name in names))
    assert all(isinstance(each, BorrowingRequest) for each in results), results
    assert taken() == 5
    assert CopyrightRecord.objects.filter(rule="D9", decided_at__isnull=True).count() == MANY - 2
    assert CopyrightCounter.objects.filter(year=2026).count() == 2  # by its ISSN and by its title


def _asking(world: World, patron: str) -> Callable[[], object]:
    return lambda: ask(world, "2026-03-02", patron=patron)


def test_two_keys_of_one_family_wait_for_the_same_lock(world: World) -> None:
    """One knows the ISSN, one only the title: neither counts past the other."""
    filled(world, 4)
    holder, by_issn, by_title = (ask(world) for _ in range(3))
    unknown = ask(world, issn="")
    cancel(world, holder, "2026-03-03")
    results = at_once(*(clearing(world, each) for each in (by_issn, by_title, unknown)))
    assert sum(1 for each in results if each is None) == 1
    assert taken() == 5


def test_what_was_cancelled_gets_its_place_back_only_while_it_is_free(world: World) -> None:
    filled(world, 4)
    holder, waiting = ask(world), ask(world)
    cancel(world, holder, "2026-03-03")
    undo = BorrowingRequest.objects.get(pk=holder.pk).undo
    assert undo is not None

    def take_back() -> None:
        closing.undo_last(
            request_id=holder.pk, act=undo["act"], actor=world.north.actor(), at=day("2026-03-03")
        )

    results = at_once(take_back, clearing(world, waiting))
    refused = [each for each in results if each is not None]
    assert [getattr(each, "code", each) for each in refused] in (["place_taken"], ["over_limit"])
    assert taken() == 5
    assert record(waiting).asked_on == date(2026, 3, 2)
