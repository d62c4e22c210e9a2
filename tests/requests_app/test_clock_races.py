"""Every clock three times at once does its work once: only on PostgreSQL, where transactions truly run side by side."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from illservice.core import clock, outbox, sweeping
from illservice.core.models import AuditEntry, OutboxRow, OutboxState
from illservice.core.workflow import timing
from illservice.directory.models import BorrowerStanding, Partnership
from illservice.directory.services import end_suspensions
from illservice.notices.services.digests import send_digests
from patrons.services import block_patron, end_blocks
from requests_app.models import BorrowingRequest, BorrowingTimer
from requests_app.services import clocks, loans
from tests.requests_app.test_clocks import again, morning_of, on_loan, told
from tests.requests_app.test_races import at_once
from tests.requests_app.test_silence import asked, on_shelf, overdue_need, promised
from tests.world import NOON, World, ask_for, later, make_world, set_terms

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("on_postgresql")]
RUNNERS = 3


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def due_loan(world: World) -> BorrowingRequest:
    return on_loan(world, due=date(2026, 4, 20))


def recalled(world: World) -> BorrowingRequest:
    request = on_loan(world, due=date(2026, 6, 20))
    loans.recall(
        request_id=request.pk, back_by=date(2026, 4, 20), actor=world.north.actor(), at=later(days=10)
    )
    return request


def renewed(world: World) -> BorrowingRequest:
    set_terms(world.north, auto_renew_days=5)
    return due_loan(world)


STORIES: dict[str, tuple[Callable[[World], BorrowingRequest], datetime, str, str]] = {
    "lender_silent": (asked, later(days=9), "move_on", "lender_cancel"),
    "not_shipped": (promised, later(days=8), "remind_lender", "lender_reminder"),
    "need_by": (
        lambda world: overdue_need(world, asked(world)),
        later(days=4),
        "ask_still_needed",
        "still_needed",
    ),
    "shelf_reminder": (on_shelf, later(days=8), "remind_pickup", "pickup_reminder"),
    "due_soon": (due_loan, morning_of(date(2026, 4, 13)), "remind_due", "due_soon"),
    "overdue": (due_loan, morning_of(date(2026, 4, 17)), "mark_overdue", "overdue"),
    "recall_reminder": (recalled, morning_of(date(2026, 4, 18)), "remind_recall", "recall_reminder"),
    "auto_renew": (renewed, morning_of(date(2026, 4, 11)), "ask_renewal", "lender_renewal"),
}
"""By clock: how a request comes to wait for it, when it is due, and the act and the letter that follow once."""


@pytest.mark.parametrize("kind", STORIES)
def test_three_at_once_do_it_once_and_a_round_later_nothing(world: World, kind: str) -> None:
    make, at, action, notice = STORIES[kind]
    request = make(world)
    results = at_once(*[lambda: clocks.work_off(at)] * RUNNERS)
    done = [tallies[kind].done for tallies in results if isinstance(tallies, dict) and kind in tallies]
    assert sum(done) == 1, results
    assert (again(request).events.filter(action=action).count(), told(request, notice)) == (1, 1)
    assert again(request).tries.filter(open=True).count() <= 1
    at_once(*[lambda: clocks.work_off(at)] * RUNNERS)
    assert (again(request).events.filter(action=action).count(), told(request, notice)) == (1, 1)


def test_without_the_claim_the_same_three_do_it_more_than_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: whoever does not finish the timer under the lock sends the reminder again."""
    request = due_loan(world)

    def unclaimed(side: timing.Side, found: Any, at: datetime) -> str:
        timing._do(side.work[found.kind], found, at)
        return ""

    monkeypatch.setattr(timing, "_work_off", unclaimed)
    at = morning_of(date(2026, 4, 13))
    at_once(*[lambda: clocks.work_off(at)] * RUNNERS)
    assert told(request, "due_soon") > 1


def test_what_ends_by_itself_ends_once(world: World) -> None:
    ada, last = world.north.patrons["ada"], date(2026, 3, 9)
    block_patron(patron_id=ada.pk, reason="Late", until=last, actor=world.north.actor(), at=NOON)
    known = Partnership.objects.filter(library=world.north.library, partner=world.eastlake)
    known.update(standing=BorrowerStanding.SUSPENDED, suspended_until=last)
    at = later(days=9)
    for run in (end_blocks, end_suspensions):
        tallies = at_once(*[lambda run=run: run(at)] * RUNNERS)
        assert sum(tally.done for tally in tallies) == 1  # type: ignore[attr-defined]
    assert AuditEntry.objects.filter(action__in=["block_over", "suspension_over"]).count() == 2


def test_one_daily_mail_for_each_desk(world: World) -> None:
    ask_for(world.north)
    at = morning_of(date(2026, 3, 3)) + timedelta(hours=1)
    at_once(*[lambda: send_digests(at)] * RUNNERS)
    assert OutboxRow.objects.filter(key__startswith="digest:").count() == 2


def test_three_whole_rounds_at_once_send_each_mail_once(world: World) -> None:
    requests = [due_loan(world), on_loan(world, due=date(2026, 4, 20), patron="ben")]
    OutboxRow.objects.all().update(state=OutboxState.DONE)
    at = morning_of(date(2026, 4, 13))

    def whole_round() -> None:
        sweeping.move_on_to(at)
        list(sweeping.run_clocks(at, read_clock=clock.now))
        for row_id in outbox.due_rows(at=at):
            outbox.deliver(row_id, at=at)

    at_once(*[whole_round] * RUNNERS)
    for request in requests:
        rows = OutboxRow.objects.filter(subject=request.number, payload__notice="due_soon")
        assert [(row.state, row.attempts) for row in rows] == [(OutboxState.DONE, 1)]
    assert sweeping.last_moment() == at


def test_the_clock_set_back_an_hour_and_forward_a_day_repeats_nothing(world: World) -> None:
    request = due_loan(world)
    at = morning_of(date(2026, 4, 13))
    for moment in (at, at - timedelta(hours=1), at, at + timedelta(days=1), at):
        at_once(*[lambda moment=moment: clocks.work_off(moment)] * RUNNERS)
    assert told(request, "due_soon") == 1
    assert BorrowingTimer.objects.filter(request=request, kind="due_soon").count() == 1
