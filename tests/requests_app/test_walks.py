"""Whatever people do in whatever order, nothing impossible stands in the database (R5, one side)."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from illservice.accounts.roles import Role
from illservice.core.actors import CLOCK, Actor, ActorKind
from illservice.core.errors import Refused
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.workflow import may
from requests_app.models import BorrowingRequest
from requests_app.services.clocks import run_due_timers
from requests_app.services.closing import undo_last
from requests_app.workflow import TABLE
from requests_app.workflow.facts import facts_of
from requests_app.workflow.nudges import ALL_TIMERS
from requests_app.workflow.states import ALL, FINAL, Wording
from tests.requests_app.verbs import VERBS
from tests.world import NOON, World, ask_for, new_copy, new_loan

NOT_WALKED = {
    *("mark_overdue", "remind_due", "flag", "unflag", "submit"),
    *("remind_pickup", "remind_recall", "ask_still_needed"),
    *("import_submit", "import_open", "import_close"),
    "apply_policy",  # where there is no policy it changes nothing
}
STATES_OF_TIMER = {kind.code: kind.states for kind in ALL_TIMERS}


def test_every_action_of_the_table_is_walked() -> None:
    assert {row.action for row in TABLE.rows} - NOT_WALKED == set(VERBS)


def check(request: BorrowingRequest) -> None:
    """What must hold after every act."""
    state = TABLE.state(request.state)
    assert request.state in ALL
    assert (request.closed_at is not None) == state.final
    assert request.wording in Wording.values
    assert (request.outcome != "") or not state.final
    assert request.next_actor
    assert request.tries.filter(open=True).count() <= 1
    if request.patron_due and request.lender_due:
        assert request.patron_due <= max(request.lender_due, request.events.latest("id").happened_at.date())
    for timer in request.timers.filter(finished_at__isnull=True):
        assert request.state in STATES_OF_TIMER[timer.kind], timer.kind
    for question in request.questions.filter(answered_at__isnull=True):
        assert request.state not in FINAL, question.kind
    if request.state in FINAL:
        assert not request.holds.filter(cleared_at__isnull=True).exists()
    allowed = {row.action for row in TABLE.rows_from(request.state) if may(row, HEAD)}
    assert allowed, "staff always have a way on"
    last = request.events.latest("id")
    assert last.to_state == request.state


HEAD = Actor(ActorKind.STAFF, roles=frozenset({Role.HEAD}))


def actors(world: World) -> list[Actor]:
    lender = Actor(ActorKind.PARTNER, id=world.eastlake.pk, library_id=world.north.library.pk)
    return [*(world.north.actor(role) for role in Role.values), world.north.patron_actor(), CLOCK, lender]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_of_acts_keeps_the_house_in_order(world: World, data: st.DataObject) -> None:
    with transaction.atomic():
        walk(world, data)
        transaction.set_rollback(True)  # every walk starts in the same house


def walk(world: World, data: st.DataObject) -> None:
    request = ask_for(world.north, data.draw(st.sampled_from([new_loan(again_because="x"), new_copy()])))
    at = NOON
    for _ in range(data.draw(st.integers(5, 25))):
        at += timedelta(hours=data.draw(st.sampled_from([0, 1, 30, 500])), seconds=1)
        request = BorrowingRequest.objects.get(pk=request.pk)
        actor = data.draw(st.sampled_from(actors(world)))
        rows = [row for row in TABLE.allowed(request.state, actor, facts_of(request)) if row.action in VERBS]
        if request.patron_id is None:  # unlinked: nobody is billed, and the page is nobody's any more
            rows = [] if actor.kind == ActorKind.PATRON else [r for r in rows if r.action != "bill_overdue"]
        turn = data.draw(st.sampled_from(["act", "act", "act", "act", "tick", "undo"]))
        if turn == "tick":
            run_due_timers(at)
        elif turn == "undo" and request.undo:
            walk_back(request, world, at)
        elif rows:
            row = data.draw(st.sampled_from(rows))
            VERBS[row.action](request, actor, at)
        check(BorrowingRequest.objects.get(pk=request.pk))


def walk_back(request: BorrowingRequest, world: World, at: datetime) -> None:
    """Undo, or a refusal of undo that changes nothing."""
    kept = request.undo
    assert kept is not None
    try:
        undo_last(request_id=request.pk, act=kept["act"], actor=world.north.actor(Role.HEAD), at=at)
    except Refused:
        assert BorrowingRequest.objects.get(pk=request.pk).version == request.version
        return
    assert not OutboxRow.objects.filter(act=kept["act"]).exclude(state=OutboxState.CANCELLED).exists()
