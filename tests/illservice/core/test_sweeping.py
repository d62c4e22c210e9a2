"""One round of the clocks: what is counted, what is kept, and that nothing stops the others."""

from datetime import datetime, timedelta

import pytest
import time_machine

from illservice.core import clock, sweeping, timers
from illservice.core.models import ClockRun
from illservice.core.sweeping import Report
from illservice.core.timers import State, Tally

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-03-02T10:00:00+00:00")
LATER = NOW + timedelta(days=400)


@pytest.fixture(autouse=True)
def no_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "_clocks", {})


def go(at: datetime = NOW, seconds: float | None = None) -> dict[str, Report]:
    with time_machine.travel(NOW, tick=False):
        reports = sweeping.run_clocks(at, read_clock=clock.now, seconds=seconds)
        return {report.clock.name: report for report in reports}


def state_of(name: str, *, now: datetime = NOW) -> State:
    return next(each.state for each in timers.standings(now=now) if each.clock.name == name)


def test_a_clock_is_called_until_nothing_is_due_and_its_counts_add_up() -> None:
    batches = [Tally(5, 5, 4, {"moved_on": 1}, more=True), Tally(5, 5, 5, more=True), Tally(2, 2, 2)]
    timers.register_clock("dates", lambda _at: batches.pop(0))
    tally = go()["dates"].tallies["dates"]
    assert tally.as_json() == {"looked_at": 12, "due": 12, "done": 11, "skipped": {"moved_on": 1}}
    assert batches == []


def test_a_round_that_has_had_its_time_leaves_the_rest_to_the_next_one() -> None:
    calls: list[datetime] = []

    def endless(at: datetime) -> Tally:
        calls.append(at)
        return Tally(1, 1, 1, more=True)

    timers.register_clock("dates", endless)
    go(seconds=-1)
    assert calls == [NOW]


def test_one_clock_that_breaks_off_stops_no_other_and_its_error_is_named_without_its_words() -> None:
    def broken(_at: datetime) -> int:
        raise ValueError("Ada Lovelace, 12 Hill Street")

    timers.register_clock("a", broken)
    timers.register_clock("b", lambda _at: 3)
    reports = go()
    assert (reports["a"].error, reports["b"].tallies["b"].done) == ("ValueError", 3)
    assert (state_of("a"), state_of("b")) == (State.FAILED, State.WELL)
    assert ClockRun.objects.get(name="a").error == "ValueError"
    timers.register_clock("a", lambda _at: 0)
    go()
    assert state_of("a") == State.WELL


def test_how_a_clock_stands_is_told_by_the_real_time_whatever_moment_it_ran_for() -> None:
    timers.register_clock("dates", lambda _at: 2, within=timedelta(minutes=5))
    assert state_of("dates") == State.LATE
    go(LATER)
    run = ClockRun.objects.get()
    assert (run.as_of, run.finished_at, run.late_at) == (LATER, NOW, NOW + timedelta(minutes=5))
    assert state_of("dates", now=NOW + timedelta(minutes=5)) == State.WELL
    assert state_of("dates", now=NOW + timedelta(minutes=5, seconds=1)) == State.LATE


def test_what_was_done_last_is_remembered_when_nothing_is_due_any_more() -> None:
    due = [Tally(2, 2, 2)]
    timers.register_clock("dates", lambda _at: {"soon": due.pop() if due else Tally()}, parts={"soon": "x"})
    go()
    go(NOW + timedelta(hours=1))
    run = ClockRun.objects.get()
    assert run.parts == {"dates.soon": {"looked_at": 0, "due": 0, "done": 0, "skipped": {}}}
    assert run.worked == {"dates.soon": {"at": NOW.isoformat(), "done": 2}}


def test_the_moment_only_ever_moves_on() -> None:
    assert sweeping.last_moment() is None
    assert sweeping.move_on_to(NOW)
    assert sweeping.move_on_to(NOW)
    assert sweeping.move_on_to(LATER)
    assert not sweeping.move_on_to(LATER - timedelta(seconds=1))
    assert sweeping.last_moment() == LATER
