"""What the preview names of the open requests is what applying the change does to them, in every place they can be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from illservice.accounts.roles import Role
from illservice.core import outbox
from illservice.core.models import OutboxRow, OutboxState
from illservice.policies.models import PolicyMove
from illservice.policies.selectors import candidates_of
from illservice.policies.services import Wording, change_policy
from illservice.policies.services.applying import KIND
from illservice.policies.services.preview import preview
from illservice.policies.terms import OverdueStep, Side, default_terms
from lending.services import loans as lending_loans
from patrons.models import PatronBlock
from requests_app.models import BorrowingRequest
from requests_app.services import items, loans
from requests_app.services.clocks import run_due_timers
from requests_app.services.redeciding import apply_version
from requests_app.workflow.policy import policy_terms
from tests.lending.verbs import again as lent_again
from tests.lending.verbs import coming_back, copied, desk, lend, shipped
from tests.requests_app.standing import (
    again,
    asked,
    at_desk,
    copy_there,
    on_loan,
    on_shelf,
    on_the_way,
    returned,
    told,
)
from tests.world import World, later, set_terms

DAYS = ("2026-03-06", "2026-04-19", "2026-04-29")

Made = Callable[[World], Any]


def recalled(world: World) -> BorrowingRequest:
    request = on_loan(world)
    act: dict[str, Any] = {"request_id": request.pk, "actor": world.north.actor(), "at": later(days=3)}
    loans.recall(back_by=date(2026, 4, 13), **act)
    return again(request)


def claimed(world: World) -> BorrowingRequest:
    request = on_loan(world)
    loans.claim_returned(request_id=request.pk, actor=world.north.actor(), at=later(days=3))
    return again(request)


def is_lost(world: World) -> BorrowingRequest:
    request = on_loan(world)
    loans.lost(request_id=request.pk, actor=world.north.actor(), at=later(days=3))
    return again(request)


def back(world: World) -> BorrowingRequest:
    request = on_loan(world)
    items.take_back(request_id=request.pk, actor=world.north.actor(), at=later(days=3))
    return again(request)


def own(world: World) -> BorrowingRequest:
    return on_loan(world, due=None)


def by_hand(world: World) -> BorrowingRequest:
    request = on_loan(world)
    loans.change_due(
        request_id=request.pk, patron_due=date(2026, 4, 9), actor=world.north.actor(), at=later(days=3)
    )
    return again(request)


BORROWING: tuple[Made, ...] = (
    asked, on_the_way,
    lambda w: on_the_way(w, due=date(2026, 4, 20)), at_desk, on_shelf, on_loan, own,
    by_hand, recalled, claimed, is_lost, back, returned, copy_there,
)  # fmt: skip


def _lent(world: World, step: Callable[..., Any], **facts: Any) -> Any:
    request = shipped(world)
    step(request_id=request.pk, actor=desk(world), at=later(days=3), **facts)
    return lent_again(request)


def _renewed(world: World) -> Any:
    request = shipped(world)
    for step in (lending_loans.ask_renewal, lending_loans.renew):
        step(request_id=request.pk, actor=desk(world), at=later(days=30))
    return lent_again(request)


LENDING: tuple[Made, ...] = (
    lend, shipped, coming_back, copied, _renewed,
    lambda w: shipped(w, due=date(2026, 5, 20)),
    lambda w: shipped(w, due=date(2026, 3, 20)),
    lambda w: _lent(w, lending_loans.recall, back_by=date(2026, 4, 13)),
    lambda w: _lent(w, lending_loans.lost),
)  # fmt: skip

CHANGES = (
    (Side.BORROWING, {"return_buffer_days": 10}), (Side.BORROWING, {"return_buffer_days": 1}),
    (Side.BORROWING, {"loan_days": 14}), (Side.BORROWING, {"loan_days": 60}),
    (Side.LENDING, {"loan_days": 21}), (Side.LENDING, {"loan_days": 60}),
    (Side.LENDING, {"renewal_days": 7}), (Side.LENDING, {"renewal_days": 40}),
)  # fmt: skip


@pytest.mark.parametrize(("side", "terms"), CHANGES)
@pytest.mark.parametrize("day", DAYS)
def test_the_preview_names_the_dates_that_applying_it_gives(
    world: World, side: str, terms: dict[str, Any], day: str
) -> None:
    first = set_terms(world.north, side)
    at = datetime.fromisoformat(f"{day}T12:00:00-05:00")
    for make in BORROWING if side == Side.BORROWING else LENDING:
        make(world)
    known = candidates_of(world.north.library.pk, side)
    change = replace(known[0], terms=replace(known[0].terms, **terms))
    seen = preview(world.north.library, side, known, change, on=at.date())
    said = {hit.line.number: (hit.before.due, hit.after.due) for hit in seen.first if "due" in hit.kinds}
    change_policy(
        library_id=world.north.library.pk,
        number=first.policy.number,
        wording=Wording("everybody", date(2026, 1, 1), replace(default_terms(side), **terms)),
        seen=1,
        actor=world.north.actor(Role.ADMINISTRATOR),
        at=at,
        decided_too=True,
    )
    for row in OutboxRow.objects.filter(kind=KIND, state=OutboxState.WAITING):
        outbox.deliver(row.pk, at=at)
    moves = PolicyMove.objects.all()
    done = {m.number: (m.due_before, m.due_after) for m in moves if m.due_before != m.due_after}
    assert (said, seen.decided) == (done, len(moves))


@pytest.mark.parametrize(
    ("steps", "kinds"),
    [
        ((OverdueStep(1), OverdueStep(14, block=True), OverdueStep(30)), set()),
        ((OverdueStep(14), OverdueStep(30)), set()),
        ((OverdueStep(1), OverdueStep(7), OverdueStep(14), OverdueStep(30)), set()),
        ((OverdueStep(1), OverdueStep(14), OverdueStep(15), OverdueStep(30)), {"notice"}),
        (
            (OverdueStep(1), OverdueStep(9, notice=False, block=True), OverdueStep(14), OverdueStep(30)),
            {"block"},
        ),
        ((OverdueStep(1), OverdueStep(14), OverdueStep(30, block=True)), {"block"}),
        ((OverdueStep(1), OverdueStep(14)), {"notice"}),
    ],
)
def test_steps_that_were_taken_are_told_and_done_no_more(
    world: World, steps: tuple[OverdueStep, ...], kinds: set[str]
) -> None:
    first = set_terms(world.north, overdue=(OverdueStep(1), OverdueStep(14), OverdueStep(30)))
    request, at = on_loan(world), datetime.fromisoformat("2026-05-02T08:00:00-05:00")
    for day in ("2026-04-13", "2026-04-17", "2026-04-30"):
        run_due_timers(datetime.fromisoformat(f"{day}T08:00:00-05:00"))
    known = candidates_of(world.north.library.pk, Side.BORROWING)
    change = replace(known[0], terms=replace(known[0].terms, overdue=steps))
    seen = preview(world.north.library, Side.BORROWING, known, change, on=at.date())
    assert set(seen.kinds) == kinds
    before = _to_come(request)
    apply_version(
        request.pk, set_terms(world.north, overdue=steps), world.north.actor(Role.ADMINISTRATOR), at
    )
    run_due_timers(at)
    assert again(request).policy != first
    assert (_to_come(request) != before) == bool(kinds)


def _to_come(request: BorrowingRequest) -> tuple[object, ...]:
    """What was told, whether the patron is blocked, and on which days something is told or done from now on."""
    terms = policy_terms(again(request))
    waiting = request.timers.filter(kind="overdue", finished_at=None).order_by("step")
    return (
        told(request, "overdue"),
        PatronBlock.objects.exists(),
        [(timer.due_at, replace(terms.overdue[timer.step], day=0)) for timer in waiting],
    )
