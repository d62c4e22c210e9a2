"""The registry of actions and the table say the same."""

from typing import Any

import pytest

from illservice.accounts.roles import Role
from requests_app.forms.actions import ACTIONS
from requests_app.models import BorrowingRequest
from requests_app.services import items, lenders, loans, review
from requests_app.workflow import TABLE
from tests.world import World, article, ask_for, later, new_copy


def test_every_button_has_a_form_and_no_form_lacks_a_row() -> None:
    buttons = {row.action for row in TABLE.rows if row.button}
    assert buttons - set(ACTIONS) == set()
    assert set(ACTIONS) - {row.action for row in TABLE.rows} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_form_opens_and_takes_its_own_defaults_as_data(world: World, action: str) -> None:
    request, actor = ask_for(world.north), world.north.actor(Role.HEAD)
    door = ACTIONS[action]
    door.form(request=request, actor=actor, at=later()).as_p()
    door.filled({}, request=request, actor=actor, at=later()).is_valid()


def act(world: World, request: BorrowingRequest, action: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a program does: its object, completed by the defaults; the errors, or none."""
    request = BorrowingRequest.objects.get(pk=request.pk)
    actor, at, door = world.north.actor(Role.HEAD), later(days=1), ACTIONS[action]
    form = door.filled(data, request=request, actor=actor, at=at)
    if not form.is_valid():
        return dict(form.errors)
    door.run(request=request, data=form.facts, actor=actor, at=at, version=form.cleaned_data["version"])
    return {}


def again(request: BorrowingRequest) -> BorrowingRequest:
    return BorrowingRequest.objects.get(pk=request.pk)


def test_a_program_takes_a_loan_through_its_life_with_plain_objects(world: World) -> None:
    request = ask_for(world.north)
    assert "partners" in act(world, request, "plan_lenders", {"partners": ["nowhere"]})
    assert "partners" in act(world, request, "plan_lenders", {"partners": [7]})
    assert act(world, request, "plan_lenders", {"partners": ["westport", "eastlake"]}) == {}
    assert [each.partner.slug for each in again(request).tries.all()] == ["westport", "eastlake"]
    assert act(world, request, "ask", {}) == {}
    assert "reason" in act(world, request, "lender_no", {"reason": "because"})
    assert act(world, request, "lender_no", {"reason": "on-loan"}) == {}
    assert again(request).tries.get(ordinal=1).reason == world.no_reason
    assert "conditions" in act(world, request, "lender_conditional", {})
    assert (
        act(world, request, "lender_conditional", {"cost": "12,50", "conditions": ["NoReproduction"]}) == {}
    )
    assert act(world, request, "accept_conditions", {"version": again(request).version}) == {}
    assert again(request).conditions == ["NoReproduction"]
    assert act(world, request, "lender_shipped", {"lender_due": "2026-04-20"}) == {}
    assert act(world, request, "receive", {"pieces": 2, "labels": "vol. 1\nvol. 2"}) == {}
    assert again(request).lender_due is not None
    assert act(world, request, "shelve", {}) == {}
    assert "patron_due" in act(world, request, "hand_over", {"patron_due": "soon"})
    assert act(world, request, "hand_over", {}) == {}
    assert act(world, request, "take_back", {}) == {}
    assert "pieces" in act(world, request, "send_back", {})
    assert act(world, request, "send_back", {"pieces": 2}) == {}
    assert again(request).state == "returned"


def test_a_letter_without_an_address_is_refused_before_it_is_written(world: World) -> None:
    request = ask_for(world.north)
    world.north.library.partnerships.filter(partner=world.westport).update(email="")
    act(world, request, "plan_lenders", {"partners": ["westport"]})
    assert "system" in act(world, request, "ask", {})
    assert act(world, request, "ask", {"system": "oclc", "system_number": "220011"}) == {}
    assert again(request).tries.get().system_number == "220011"


def test_an_edit_names_only_what_changes_and_keeps_all_else(world: World) -> None:
    cited = article(doi="10.1000/182", issn="0317-8471")
    request = ask_for(world.north, new_copy(citation=cited, cited_in="a footnote"))
    assert "title" not in act(world, request, "edit", {"title": "Journal of Bees", "doi": "10.1000/183"})
    done = again(request)
    assert (done.title, done.article_title, done.volume) == ("Journal of Bees", "On the Flight of Bees", "12")
    assert (done.cited_in, done.asked["title"]) == ("a footnote", "Journal of Apiculture")
    assert {row.kind: row.raw for row in done.identifiers.all()} == {
        "doi": "10.1000/183",
        "issn": "0317-8471",
    }
    assert "pickup_branch" in act(world, request, "edit", {"pickup_branch": "elsewhere"})
    assert "title" in act(world, request, "edit", {"title": "x" * 3000})


def test_holds_and_questions_are_settled_by_code(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor(Role.BORROWING)
    review.open_hold(request_id=request.pk, kind="owned", actor=desk, at=later())
    assert "kind" in act(world, request, "clear_hold", {"kind": "limit"})
    assert "reason" in act(world, request, "clear_hold", {"kind": "owned", "reason": "mood"})
    assert act(world, request, "clear_hold", {"reason": "not_ours"}) == {}
    assert "text" in act(world, request, "ask_patron", {"text": "   "})
    assert "reply_by" in act(world, request, "ask_patron", {"text": "Which?", "reply_by": "2020-01-01"})
    assert act(world, request, "ask_patron", {"text": "Which edition?"}) == {}
    assert again(request).wording == "answer_needed"


def test_dates_that_were_not_touched_do_not_undo_the_new_one(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor(Role.HEAD)
    lenders.plan_lenders(request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later())
    lenders.ask(request_id=request.pk, actor=desk, at=later())
    items.receive(request_id=request.pk, arrival=items.Arrival(), actor=desk, at=later())
    loans.change_due(request_id=request.pk, lender_due=later(days=30).date(), actor=desk, at=later())
    assert act(world, request, "change_due", {"lender_due": "2026-06-30"}) == {}
    assert str(again(request).patron_due) == "2026-06-26"
