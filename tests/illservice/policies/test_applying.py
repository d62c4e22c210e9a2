"""An administrator applies a version to requests that were decided before, and takes that back."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from illservice.accounts.roles import Role
from illservice.core import outbox
from illservice.core.errors import InvalidInput, NotPermitted
from illservice.core.models import OutboxRow, OutboxState
from illservice.policies.models import MoveState, PolicyMove, PolicyVersion
from illservice.policies.rules import Redecided
from illservice.policies.services import Wording, applying, change_policy, stop_policy, take_back
from illservice.policies.services.applying import KIND
from illservice.policies.terms import Side, default_terms
from requests_app.models import BorrowingRequest
from requests_app.services import closing, items, lenders
from tests.lending.pages import clerk
from tests.lending.verbs import lend
from tests.lending.verbs import shipped as lent_out
from tests.requests_app.standing import again, asked, told
from tests.world import NOON, World, later, set_terms

LENDER_DUE = date(2026, 4, 20)
MARCH = datetime.fromisoformat("2026-03-06T12:00:00-06:00")


def on_loan(world: World) -> BorrowingRequest:
    """A loan with its patron."""
    request = asked(world)
    act: dict[str, Any] = {"actor": world.north.actor(), "at": later(days=1)}
    items.receive(request_id=request.pk, arrival=items.Arrival(lender_due=LENDER_DUE), **act)
    items.hand_over(request_id=request.pk, **act)
    return again(request)


def changed(
    world: World,
    version: PolicyVersion,
    *,
    role: str = Role.ADMINISTRATOR,
    on: date = date(2026, 1, 1),
    **terms: Any,
) -> PolicyVersion:
    """The next version of the same policy, applied to what is decided."""
    policy = version.policy
    return change_policy(
        library_id=world.north.library.pk,
        number=policy.number,
        wording=Wording(policy.name, on, replace(default_terms(policy.side), **terms)),
        seen=policy.versions.count(),
        actor=world.north.actor(role),
        at=MARCH,
        decided_too=True,
    )


def worked_off(at: datetime = MARCH) -> list[str]:
    """The batches leave; what each said."""
    rows = OutboxRow.objects.filter(kind=KIND, state=OutboxState.WAITING).order_by("pk")
    for row in rows:
        outbox.deliver(row.pk, at=at)
    return list(OutboxRow.objects.filter(kind=KIND).order_by("pk").values_list("result", flat=True))


def taken_back(world: World, version: PolicyVersion, at: datetime) -> None:
    take_back(
        library_id=world.north.library.pk,
        number=version.policy.number,
        version=version.number,
        actor=world.north.actor(Role.ADMINISTRATOR),
        at=at,
    )
    worked_off(at)


def states(version: PolicyVersion) -> dict[str, str]:
    """Requests and what became of them."""
    return dict(PolicyMove.objects.filter(version=version).values_list("number", "standing"))


def test_decided_requests_follow_the_new_version_and_their_patrons_are_told(world: World) -> None:
    first = set_terms(world.north, return_buffer_days=10)
    lent, other = on_loan(world), asked(world)
    narrow = set_terms(world.north, partner_id=world.westport.pk)
    second = changed(world, first, return_buffer_days=4)
    assert again(lent).policy == first, "the page does not wait for it"
    assert worked_off() == ["2 requests"]
    assert (again(lent).policy, again(lent).patron_due) == (second, date(2026, 4, 16))
    assert again(other).policy == second
    assert (told(lent, "due_changed"), told(other, "due_changed")) == (1, 0)
    assert states(second) == {lent.number: MoveState.MOVED, other.number: MoveState.MOVED}
    assert not narrow.moves.exists()
    event = lent.events.get(action="apply_policy")
    assert event.changed["policy_id"] == [first.pk, second.pk]


def test_a_batch_delivered_twice_moves_nothing_twice_and_what_closed_meanwhile_is_left(world: World) -> None:
    first = set_terms(world.north, return_buffer_days=10)
    lent, other = on_loan(world), asked(world)
    second = changed(world, first, return_buffer_days=4)
    act: dict[str, Any] = {"request_id": other.pk, "actor": world.north.actor(), "at": MARCH}
    for step in (lenders.lender_no, lenders.lender_no, closing.cancel):
        step(**act)
    worked_off()
    OutboxRow.objects.filter(kind=KIND).update(state=OutboxState.WAITING, result="")
    worked_off()
    assert lent.events.filter(action="apply_policy").count() == 1
    assert not other.events.filter(action="apply_policy").exists()
    assert states(second) == {lent.number: MoveState.MOVED, other.number: MoveState.LEFT}


def test_taken_back_before_anybody_was_told_it_is_as_if_nothing_had_been(world: World) -> None:
    first = set_terms(world.north, return_buffer_days=10)
    lent = on_loan(world)
    second = changed(world, first, return_buffer_days=4)
    worked_off()
    taken_back(world, second, MARCH + timedelta(seconds=5))
    assert (again(lent).policy, again(lent).patron_due) == (first, date(2026, 4, 10))
    assert lent.events.filter(action="undo").count() == 1
    held = OutboxRow.objects.filter(subject=lent.number, payload__notice="due_changed")
    assert set(held.values_list("state", flat=True)) <= {OutboxState.CANCELLED}
    assert states(second) == {lent.number: MoveState.RETURNED}


def test_taken_back_later_the_date_goes_back_and_the_patron_is_told_again(world: World) -> None:
    first = set_terms(world.north, return_buffer_days=10)
    lent, moved_on = on_loan(world), on_loan(world)
    second = changed(world, first, return_buffer_days=4)
    worked_off()
    desk = world.north.actor()
    items.take_back(request_id=moved_on.pk, actor=desk, at=MARCH + timedelta(hours=1))
    items.send_back(request_id=moved_on.pk, actor=desk, at=MARCH + timedelta(hours=1))
    later_on = MARCH + timedelta(days=1)
    for row in OutboxRow.objects.filter(state=OutboxState.WAITING, not_before__lte=later_on).order_by("pk"):
        outbox.deliver(row.pk, at=later_on)
    taken_back(world, second, later_on)
    assert (again(lent).policy, again(lent).patron_due) == (first, date(2026, 4, 10))
    assert lent.events.filter(action="apply_policy").count() == 2
    assert again(moved_on).policy == first
    assert told(lent, "due_changed") == 2


def test_what_still_waits_when_it_is_taken_back_is_never_moved(world: World) -> None:
    first = set_terms(world.north, return_buffer_days=10)
    lent = on_loan(world)
    second = changed(world, first, return_buffer_days=4)
    taken_back(world, second, MARCH)
    assert again(lent).policy == first
    assert not lent.events.filter(action="apply_policy").exists()
    assert states(second) == {lent.number: MoveState.LEFT}


def test_one_that_breaks_off_holds_up_neither_the_others_nor_the_way_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = set_terms(world.north, return_buffer_days=10)
    broken, lent = on_loan(world), on_loan(world)
    second = changed(world, first, return_buffer_days=4)
    forth = applying._appliers[Side.BORROWING].forth

    def breaks(request_id: int, *facts: Any) -> Redecided:
        if request_id == broken.pk:
            raise RuntimeError
        return forth(request_id, *facts)

    monkeypatch.setitem(
        applying._appliers, Side.BORROWING, replace(applying._appliers[Side.BORROWING], forth=breaks)
    )
    worked_off()
    worked_off()
    assert states(second) == {broken.number: MoveState.WAITING, lent.number: MoveState.MOVED}
    taken_back(world, second, MARCH + timedelta(seconds=5))
    assert states(second) == {broken.number: MoveState.LEFT, lent.number: MoveState.RETURNED}
    worked_off(MARCH + timedelta(days=1))
    assert not OutboxRow.objects.filter(kind=KIND).exclude(state=OutboxState.DONE).exists()


def test_one_that_breaks_off_again_and_again_is_left_and_waits_no_longer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = set_terms(world.north, return_buffer_days=10)
    lent = on_loan(world)
    second = changed(world, first, return_buffer_days=4)

    def breaks(*_facts: Any) -> Redecided:
        raise RuntimeError

    failing = replace(applying._appliers[Side.BORROWING], forth=breaks)
    monkeypatch.setitem(applying._appliers, Side.BORROWING, failing)
    for days in range(10):
        worked_off(MARCH + timedelta(days=days))
    assert states(second) == {lent.number: MoveState.LEFT}
    assert again(lent).policy == first


def test_only_administrators_and_only_a_version_that_holds_today(world: World) -> None:
    first = set_terms(world.north)
    lent = on_loan(world)
    with pytest.raises(NotPermitted):
        changed(world, first, role=Role.HEAD)
    with pytest.raises(InvalidInput):
        changed(world, first, on=date(2026, 3, 7))
    assert PolicyVersion.objects.count() == 1
    second = changed(world, first, return_buffer_days=9)
    worked_off()
    head: dict[str, Any] = {"library_id": world.north.library.pk, "number": 1, "version": 2, "at": MARCH}
    with pytest.raises(NotPermitted):
        take_back(actor=world.north.actor(Role.HEAD), **head)
    assert again(lent).policy == second
    assert states(second) == {lent.number: MoveState.MOVED}


def test_a_library_keeps_the_later_date_that_it_was_told(world: World) -> None:
    first = set_terms(world.north, Side.LENDING, loan_days=35)
    loan = lent_out(world, lend(world))
    due = loan.due
    assert due is not None
    second = changed(world, first, loan_days=42)
    worked_off()
    loan.refresh_from_db()
    assert (loan.policy, loan.due) == (second, due + timedelta(days=7))
    later_on = MARCH + timedelta(days=1)
    for row in OutboxRow.objects.filter(state=OutboxState.WAITING, not_before__lte=later_on).order_by("pk"):
        outbox.deliver(row.pk, at=later_on)
    taken_back(world, second, later_on)
    loan.refresh_from_db()
    assert (loan.policy, loan.due) == (first, due + timedelta(days=7))


def ended(
    world: World, version: PolicyVersion, at: datetime = MARCH, role: str = Role.ADMINISTRATOR
) -> PolicyVersion:
    """The version that ends the policy, applied to what the policy decided."""
    return stop_policy(
        library_id=world.north.library.pk,
        number=version.policy.number,
        on=at.date(),
        seen=version.policy.versions.count(),
        actor=world.north.actor(role),
        at=at,
        decided_too=True,
    )


def test_what_an_ended_policy_decided_may_follow_the_next_wider_one_and_go_back(world: World) -> None:
    wide = set_terms(world.north, return_buffer_days=10)
    before = asked(world)
    narrow = set_terms(world.north, partner_id=world.eastlake.pk, return_buffer_days=4)
    lent = on_loan(world)
    assert (again(lent).policy, again(lent).patron_due) == (narrow, date(2026, 4, 16))
    end = ended(world, narrow)
    worked_off()
    assert (again(lent).policy, again(lent).patron_due) == (wide, date(2026, 4, 10))
    assert told(lent, "due_changed") == 1
    assert again(before).policy == wide
    assert states(end) == {lent.number: MoveState.MOVED, before.number: MoveState.LEFT}
    later_on = MARCH + timedelta(days=1)
    for row in OutboxRow.objects.filter(state=OutboxState.WAITING, not_before__lte=later_on).order_by("pk"):
        outbox.deliver(row.pk, at=later_on)
    taken_back(world, end, later_on)
    assert (again(lent).policy, again(lent).patron_due) == (narrow, date(2026, 4, 16))
    assert states(end)[lent.number] == MoveState.RETURNED


def test_without_a_wider_policy_the_rules_of_the_service_decide_on_both_sides(world: World) -> None:
    mine, theirs = set_terms(world.north, loan_days=20), set_terms(world.north, Side.LENDING, loan_days=20)
    lent, loan = on_loan(world), lent_out(world, lend(world))
    due = loan.due
    ends = [ended(world, version) for version in (mine, theirs)]
    worked_off()
    loan.refresh_from_db()
    assert (again(lent).policy, loan.policy) == (None, None)
    assert (due, loan.due) == (date(2026, 3, 23), date(2026, 4, 6))
    for end in ends:
        taken_back(world, end, MARCH + timedelta(seconds=5))
    loan.refresh_from_db()
    assert (again(lent).policy, loan.policy, loan.due) == (mine, theirs, due)


def test_heads_end_a_policy_and_administrators_alone_for_what_is_decided(world: World) -> None:
    first = set_terms(world.north)
    with pytest.raises(NotPermitted):
        ended(world, first, role=Role.HEAD)
    assert first.policy.versions.count() == 1


FORM: dict[str, Any] = {
    "name": "Everybody", "valid_from": "2026-01-01", "loan_days": "35", "renewals": "1", "renewal_days": "28",
    "return_buffer_days": "4", "answer_working_days": "3", "answer_cap_days": "10", "reply_days": "7",
    "ship_days": "7", "shipping_days_out": "14", "shelf_days": "10", "resend_days": "14", "unconfirmed_days": "21",
    "due_soon_days": "",
    "grace_days": "0", "steps-TOTAL_FORMS": "3", "steps-INITIAL_FORMS": "1", "steps-0-day": "1",
    "steps-0-notice": "on",
}  # fmt: skip


def test_the_choice_stands_beside_the_preview_and_the_page_shows_what_became_of_it(world: World) -> None:
    lent = on_loan(world)
    client, new = clerk(world.north, Role.ADMINISTRATOR), "/policies/north/new/borrowing/"
    offered = client.post(new, FORM | {"do": "preview"}).content.decode()
    assert 'name="decided_too"' in offered
    assert "1 open request that it would decide" in offered
    assert (
        'name="decided_too"'
        not in clerk(world.north, Role.HEAD).post(new, FORM | {"do": "preview"}).content.decode()
    )
    future = client.post(new, FORM | {"do": "preview", "valid_from": "2030-01-01"}).content.decode()
    assert 'name="decided_too"' not in future
    assert (
        client.post(new, FORM | {"do": "save", "valid_from": "2030-01-01", "decided_too": "on"}).status_code
        == 422
    )
    assert not PolicyVersion.objects.exists()
    assert (
        clerk(world.north, Role.HEAD).post(new, FORM | {"do": "save", "decided_too": "on"}).status_code == 403
    )
    assert not PolicyVersion.objects.exists()
    assert client.post(new, FORM | {"do": "save", "decided_too": "on"}).status_code == 302
    assert "waits" in client.get("/policies/north/1/").content.decode()
    worked_off(NOON + timedelta(days=3650))
    words = client.get("/policies/north/1/").content.decode()
    assert "decided anew" in words
    assert lent.number in words
    assert client.post("/policies/north/1/undo/", {"seen": "1"}).status_code == 302
    worked_off(NOON + timedelta(days=3650))
    assert again(lent).policy is None
