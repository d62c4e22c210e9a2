"""A timer whose work fails is pushed away, shown to staff, and stops no other."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from illservice.core import clock, sweeping
from illservice.core.workflow import timing
from requests_app.models import BorrowingRequest, BorrowingTimer
from requests_app.selectors.stuck import stuck_timers
from requests_app.services import clocks, lenders, loans
from requests_app.services.silence import lender_silent
from tests.requests_app.test_clocks import marks, on_loan
from tests.world import World, ask_for, later


@pytest.fixture
def two(world: World) -> list[BorrowingRequest]:
    """Two requests whose lender keeps silent from day four."""
    desk, found = world.north.actor(), []
    for patron in ("ada", "ben"):
        request = ask_for(world.north, patron=patron)
        lenders.plan_lenders(
            request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
        )
        lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
        found.append(request)
    return found


@pytest.fixture
def bad(two: list[BorrowingRequest], monkeypatch: pytest.MonkeyPatch) -> BorrowingRequest:
    """The first one, for which the clock's work breaks off."""

    def work(request_id: int, at: datetime) -> None:
        if request_id == two[0].pk:
            raise ZeroDivisionError("Ada Lovelace")
        lender_silent(request_id=request_id, at=at)

    monkeypatch.setitem(clocks._WORK, "lender_silent", work)
    return two[0]


def test_a_bad_row_waits_and_the_others_are_done(world: World, two: list[Any], bad: BorrowingRequest) -> None:
    tally = clocks.work_off(later(days=9))["lender_silent"]
    assert tally.as_json() == {"looked_at": 2, "due": 2, "done": 1, "skipped": {"failed": 1}}
    assert marks(two[1]) == {"lender_silent"}
    timer = BorrowingTimer.objects.get(request=bad, kind="lender_silent")
    assert (timer.finished_at, timer.attempts, timer.last_error) == (None, 1, "ZeroDivisionError")
    assert timer.wait_until == later(days=9, minutes=1)
    assert clocks.work_off(later(days=9, seconds=59)) == {}


def test_failing_again_it_is_put_before_staff_once_and_listed_for_their_library_alone(
    world: World, bad: BorrowingRequest
) -> None:
    at = later(days=9)
    for minutes in (1, 5, 15, 60):
        clocks.work_off(at)
        at += timedelta(minutes=minutes)
    assert marks(bad) == {"clock_failed"}
    assert bad.events.filter(action="flag").count() == 1
    [stuck] = stuck_timers(world.north.library.pk)
    assert (stuck.number, stuck.part, stuck.error, stuck.attempts, stuck.again_at) == (
        bad.number, "lender_silent", "ZeroDivisionError", 4, at,
    )  # fmt: skip
    assert stuck_timers(world.south.library.pk) == []


def test_once_it_works_again_it_is_done(bad: BorrowingRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    clocks.work_off(later(days=9))
    monkeypatch.setitem(clocks._WORK, "lender_silent", clocks._flag("lender_silent"))
    assert clocks.run_due_timers(later(days=9, minutes=1)) == 1
    assert marks(bad) == {"lender_silent"}


def test_more_than_a_batch_is_asked_for_again(two: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "BATCH", 1)
    first = clocks.work_off(later(days=9))["lender_silent"]
    assert (first.done, first.more) == (1, True)
    assert clocks.work_off(later(days=9))["lender_silent"].done == 1
    assert clocks.work_off(later(days=9)) == {}


def test_what_is_done_may_make_something_else_due_in_the_same_round(world: World) -> None:
    request = on_loan(world, due=date(2026, 4, 20))
    loans.ask_renewal(request_id=request.pk, actor=world.north.patron_actor(), at=later(days=41))
    long_after = later(days=90)
    [report] = [
        r for r in sweeping.run_clocks(long_after, read_clock=clock.now) if r.clock.name == "borrowing"
    ]
    done = {part: tally.done for part, tally in report.tallies.items() if tally.done}
    assert done["borrowing.renewal_silent"] == 1
    assert done["borrowing.overdue"] >= 1
    assert clocks.work_off(long_after) == {}
