"""What happens when something is late: reminders, notices, a block, a bill, and in the end a loss."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.cache import cache

from illservice.core.models import OutboxRow
from illservice.notices.kinds.registry import kind_of
from illservice.policies.terms import OverdueStep
from patrons.models import PatronBlock
from requests_app.models import BorrowingRequest
from requests_app.services import closing, items, loans, review
from requests_app.services.clocks import run_due_timers
from requests_app.services.redeciding import apply_version
from tests.requests_app.standing import again, asked, last_act, marks, told
from tests.world import World, ask_for, later, set_terms

DUE = date(2026, 4, 16)
LADDER = (OverdueStep(1), OverdueStep(10, block=True), OverdueStep(20, notice=False, bill=True))


def eight(day: str) -> datetime:
    """Eight in the morning in Northfield, when notices go out."""
    return datetime.fromisoformat(f"{day}T08:00:00-05:00")


def on_loan(world: World) -> BorrowingRequest:
    request = asked(world)
    act: dict[str, Any] = {"actor": world.north.actor(), "at": later(days=1)}
    arrival = items.Arrival(lender_due=date(2026, 4, 20))
    items.receive(request_id=request.pk, arrival=arrival, **act)
    items.hand_over(request_id=request.pk, **act)
    return again(request)


def letters(request: BorrowingRequest, notice: str) -> list[OutboxRow]:
    found = OutboxRow.objects.filter(subject=request.number, payload__notice=notice)
    return list(found.order_by("pk"))


def blocked(world: World) -> bool:
    return PatronBlock.objects.filter(patron=world.north.patrons["ada"]).exists()


def test_every_reminder_and_every_step_comes_once_and_in_its_turn(world: World) -> None:
    set_terms(world.north, overdue=LADDER, due_soon_days=(7, 2), replacement_charge=Decimal("80.00"))
    request = on_loan(world)
    for day in ("2026-04-09", "2026-04-14", "2026-04-17", "2026-04-26", "2026-05-06"):
        for _ in range(2):
            run_due_timers(eight(day))
    assert (told(request, "due_soon"), told(request, "overdue"), told(request, "bill")) == (2, 2, 1)
    assert [row.payload["step"] for row in letters(request, "overdue")] == [1, 2]
    assert ":overdue2:" in letters(request, "overdue")[1].key
    assert request.charges.get().owed == Decimal("80.00")
    assert (marks(request), blocked(world)) == ({"overdue"}, True)
    assert [event.action for event in request.events.all()].count("mark_overdue") == 3


def test_a_notice_knows_its_step_and_what_comes_next(world: World) -> None:
    set_terms(world.north, overdue=LADDER, lost_days=40)
    request = on_loan(world)
    run_due_timers(eight("2026-04-17"))
    row = letters(request, "overdue")[0]
    facts = kind_of("overdue").build(row.payload, eight("2026-04-17")).context
    assert (facts["step"], facts["steps"], facts["next_on"]) == ("1", "3", date(2026, 4, 26))
    assert (facts["next_blocks"], facts["blocked"], facts["lost_on"]) == (True, False, date(2026, 5, 26))


def test_what_was_slept_through_is_made_up_for_with_one_notice(world: World) -> None:
    set_terms(world.north, overdue=LADDER)
    request = on_loan(world)
    run_due_timers(eight("2026-05-10"))
    assert [row.payload["step"] for row in letters(request, "overdue")] == []
    assert blocked(world)
    assert request.timers.filter(kind="overdue", finished_at=None).count() == 0


def test_a_block_stays_until_the_last_item_is_back_and_undo_brings_it_again(world: World) -> None:
    cache.clear()
    set_terms(world.north, overdue=LADDER)
    first, second, desk = on_loan(world), on_loan(world), world.north.actor()
    run_due_timers(eight("2026-04-26"))
    held = ask_for(world.north)
    assert held.holds.get(kind="patron").detail == {"codes": ["overdue"]}
    at = eight("2026-04-27")
    items.take_back(request_id=first.pk, actor=desk, at=at)
    assert blocked(world)
    loans.ask_renewal(request_id=second.pk, actor=desk, at=at)
    loans.renewal_yes(request_id=second.pk, lender_due=date(2026, 6, 1), actor=desk, at=at)
    assert not blocked(world), "it is not overdue any more"
    closing.undo_last(request_id=second.pk, act=last_act(second), actor=desk, at=at)
    assert blocked(world)


def test_no_step_while_a_renewal_waits_or_the_item_is_being_looked_for(world: World) -> None:
    set_terms(world.north, overdue=LADDER, answer_cap_days=30, answer_working_days=30)
    request, ada = on_loan(world), world.north.patron_actor()
    loans.ask_renewal(request_id=request.pk, actor=ada, at=eight("2026-04-10"))
    run_due_timers(eight("2026-04-30"))
    assert (told(request, "overdue"), blocked(world)) == (0, False)
    loans.renewal_no(request_id=request.pk, actor=world.north.actor(), at=eight("2026-04-30"))
    loans.claim_returned(request_id=request.pk, actor=ada, at=eight("2026-04-30"))
    run_due_timers(eight("2026-05-20"))
    assert (told(request, "overdue"), blocked(world)) == (0, False)


def test_what_is_overdue_long_enough_counts_as_lost_and_is_billed_once(world: World) -> None:
    set_terms(world.north, overdue=LADDER, lost_days=30, replacement_charge=Decimal("80.00"))
    request, desk = on_loan(world), world.north.actor()
    run_due_timers(eight("2026-05-10"))
    run_due_timers(eight("2026-05-16"))
    assert (again(request).state, request.charges.count(), blocked(world)) == ("settling", 1, True)
    loans.settle(request_id=request.pk, actor=desk, at=eight("2026-05-17"))
    assert (again(request).state, blocked(world)) == ("completed", False)


def test_other_steps_for_what_is_late_already_tell_nobody_the_same_day_twice(world: World) -> None:
    set_terms(world.north, overdue=(OverdueStep(1), OverdueStep(14), OverdueStep(30)))
    request, admin = on_loan(world), world.north.actor("administrator")
    for day in ("2026-04-17", "2026-04-30"):
        run_due_timers(eight(day))
    more = (OverdueStep(1), OverdueStep(7), OverdueStep(14), OverdueStep(15, notice=False, block=True))
    for steps in (more, (OverdueStep(14), OverdueStep(30))):
        apply_version(request.pk, set_terms(world.north, overdue=steps), admin, eight("2026-05-02"))
        run_due_timers(eight("2026-05-02"))
        assert (told(request, "overdue"), blocked(world)) == (2, True)
    run_due_timers(eight("2026-05-16"))
    assert told(request, "overdue") == 3


def test_an_own_item_has_its_ladder_too(world: World) -> None:
    set_terms(world.north, overdue=LADDER, loan_days=7)
    request = ask_for(world.north)
    act: dict[str, Any] = {"actor": world.north.actor(), "at": later()}
    review.supply_here(request_id=request.pk, **act)
    review.found_here(request_id=request.pk, **act)
    items.hand_over(request_id=request.pk, **act)
    run_due_timers(datetime.fromisoformat("2026-03-10T08:00:00-05:00"))
    assert told(request, "overdue") == 1
