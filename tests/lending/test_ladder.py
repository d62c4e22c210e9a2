"""What happens when a borrower is late: reminders, notices, no more loans, a bill, and in the end a loss."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from illservice.core.models import OutboxRow
from illservice.directory.models import Partnership
from illservice.notices.kinds.registry import kind_of
from illservice.policies.terms import OverdueStep
from lending.models import LendingRequest
from lending.services import loans
from lending.services.clocks import run_due_timers
from tests.lending.verbs import again, as_borrower, desk, lend, shipped
from tests.world import World, set_terms

LADDER = (OverdueStep(1), OverdueStep(10, block=True), OverdueStep(20, notice=False, bill=True))
"""Northfield lends on 2 March until 6 April; a parcel may be on its way home until the 13th."""


def eight(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T08:00:00-05:00")


def told(request: LendingRequest, notice: str) -> list[OutboxRow]:
    found = OutboxRow.objects.filter(subject=request.number, payload__notice=f"borrower_{notice}")
    return list(found.order_by("pk"))


def near(world: World) -> Partnership:
    return Partnership.objects.get(library=world.north.library, partner=world.eastlake)


def test_the_ladder_of_a_borrower_counts_from_the_way_home(world: World) -> None:
    terms: dict[str, Any] = {
        "overdue": LADDER,
        "due_soon_days": (5,),
        "lost_days": 30,
        "replacement_charge": Decimal("95.00"),
    }
    set_terms(world.north, "lending", **terms)
    request = shipped(world)
    assert request.due == date(2026, 4, 6)
    for day in ("2026-04-01", "2026-04-14", "2026-04-23", "2026-05-03"):
        for _ in range(2):
            run_due_timers(eight(day))
    assert [len(told(request, notice)) for notice in ("due_soon", "overdue", "bill")] == [1, 2, 1]
    row = told(request, "overdue")[0]
    facts = kind_of("borrower_overdue").build(row.payload, eight("2026-04-14")).context
    assert (facts["step"], facts["steps"], facts["next_on"]) == ("1", "3", date(2026, 4, 23))
    assert facts["next_blocks"] is True
    assert (near(world).standing, near(world).suspended_for) == ("suspended", "overdue")
    assert near(world).suspended_since == date(2026, 4, 23)
    assert lend(world, at=eight("2026-05-04")).state == "not_supplied"
    run_due_timers(eight("2026-05-13"))
    assert (again(request).state, request.charges.count()) == ("settling", 1)
    loans.settle(request_id=request.pk, actor=desk(world), at=eight("2026-05-14"))
    assert (near(world).standing, near(world).suspended_since) == ("open", None)


def test_it_is_lent_to_again_with_the_last_late_item_back_and_never_against_what_somebody_said(
    world: World,
) -> None:
    set_terms(world.north, "lending", overdue=LADDER)
    first, second = shipped(world), shipped(world)
    run_due_timers(eight("2026-04-23"))
    at = eight("2026-04-24")
    loans.check_in(request_id=first.pk, actor=desk(world), at=at)
    assert near(world).standing == "suspended"
    loans.sent_back(request_id=second.pk, actor=as_borrower(world), at=at)
    assert near(world).standing == "open"
    third = shipped(world)
    Partnership.objects.filter(pk=near(world).pk).update(standing="blocked")
    run_due_timers(eight("2026-04-30"))
    assert near(world).standing == "blocked"
    loans.check_in(request_id=third.pk, actor=desk(world), at=eight("2026-05-01"))
    assert near(world).standing == "blocked"


def test_steps_end_when_it_is_on_its_way_home(world: World) -> None:
    set_terms(world.north, "lending", overdue=LADDER)
    request = shipped(world)
    run_due_timers(eight("2026-04-14"))
    loans.sent_back(request_id=request.pk, actor=as_borrower(world), at=eight("2026-04-15"))
    run_due_timers(eight("2026-05-30"))
    assert (len(told(request, "overdue")), near(world).standing) == (1, "open")
