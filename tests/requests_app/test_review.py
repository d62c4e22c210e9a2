"""Before it is sent: holds, corrections, questions to the patron, and what each refuses."""

from datetime import date
from typing import Any

import pytest

from illservice.core.errors import InvalidInput, NotPermitted, Refused, WrongState
from requests_app.services import review, words
from tests.requests_app.standing import again, asked, refused, told
from tests.world import World, ask_for, later


def test_several_holds_wait_side_by_side_and_none_is_sent(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    for kind in ("citation", "copyright", "copyright"):
        review.open_hold(request_id=request.pk, kind=kind, actor=desk, at=later(hours=1))
    held = again(request)
    assert (held.state, held.queue, held.wording) == ("in_review", "citation", "received")
    assert request.holds.count() == 2
    review.clear_hold(request_id=request.pk, kind="citation", actor=desk, at=later(hours=2))
    assert again(request).queue == "copyright"
    with refused(request, NotPermitted):
        review.clear_hold(request_id=request.pk, kind="copyright", actor=desk, at=later(hours=3))
    with refused(request, Refused, code="hold_closed"):
        review.clear_hold(request_id=request.pk, kind="citation", actor=desk, at=later(hours=3))
    review.clear_hold(
        request_id=request.pk, kind="copyright", actor=world.north.actor("copyright"), at=later(hours=3)
    )
    assert (again(request).state, again(request).queue) == ("ready", "ready")


def test_a_hold_has_a_known_kind_and_a_short_reason_and_comes_before_sending(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    for kind in ("whim", "waiting_patron"):
        with refused(request, InvalidInput, field="kind"):
            review.open_hold(request_id=request.pk, kind=kind, actor=desk, at=later(hours=1))
    with refused(request, InvalidInput, field="reason"):
        review.open_hold(
            request_id=request.pk, kind="citation", reason="x" * 41, actor=desk, at=later(hours=1)
        )
    sent = asked(world)
    with refused(sent, WrongState):
        review.open_hold(request_id=sent.pk, kind="citation", actor=desk, at=later(hours=3))


def test_a_question_to_the_patron_gives_wording_queue_and_next_actor_and_counts_once(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    with refused(request, InvalidInput, field="text"):
        review.ask_patron(request_id=request.pk, text=" \n", actor=desk, at=later(hours=1))
    review.ask_patron(request_id=request.pk, text="Which edition?", actor=desk, at=later(hours=1))
    review.ask_patron(
        request_id=request.pk, text="And which year?", reply_by=later(days=3), actor=desk, at=later(hours=2)
    )
    held = again(request)
    assert (held.queue, held.wording, held.next_actor) == ("waiting_patron", "answer_needed", "patron")
    assert held.act_by == later(days=3)
    assert (request.holds.count(), told(request, "message")) == (1, 2)
    review.open_hold(request_id=request.pk, kind="citation", actor=desk, at=later(hours=3))
    both = again(request)
    assert (both.queue, both.wording, both.next_actor) == ("citation", "answer_needed", "desk")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"state": "completed"}, "state"),
        ({"library_id": 1}, "library_id"),
        ({"material": "spoon"}, "material"),
        ({"delivery": "drone"}, "delivery"),
        ({"kind": "either"}, "kind"),
        ({"volume_wanted": "x" * 101}, "volume_wanted"),
        ({"need_by": date(9999, 12, 31)}, "need_by"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_by_name(
    world: World, values: dict[str, Any], field: str
) -> None:
    request = ask_for(world.north)
    with refused(request, InvalidInput, field=field):
        review.edit(request_id=request.pk, values=values, actor=world.north.actor(), at=later(hours=1))


def test_a_branch_of_another_library_is_no_pick_up_point(world: World) -> None:
    request = ask_for(world.north)
    values = {"pickup_branch_id": world.south.main.pk}
    with refused(request, InvalidInput, field="pickup_branch"):
        review.edit(request_id=request.pk, values=values, actor=world.north.actor(), at=later(hours=1))


def test_the_need_by_date_warns_and_never_cancels(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    review.edit(request_id=request.pk, values={"need_by": date(2026, 3, 4)}, actor=desk, at=later(hours=1))
    words.flag(request_id=request.pk, kind="need_by", at=later(days=3))
    assert (again(request).state, again(request).attention) == ("ready", True)


def test_what_is_not_on_our_shelves_goes_back_to_where_it_was(world: World) -> None:
    request, student = ask_for(world.north), world.north.actor("student")
    with refused(request, NotPermitted):
        review.supply_here(request_id=request.pk, actor=student, at=later(hours=1))
    review.open_hold(request_id=request.pk, kind="owned", actor=world.north.actor(), at=later(hours=1))
    review.supply_here(request_id=request.pk, actor=world.north.actor(), at=later(hours=2))
    assert (again(request).state, again(request).next_actor) == ("supply_here", "stacks")
    review.not_here(request_id=request.pk, actor=student, at=later(hours=3))
    assert again(request).state == "ready"
    with refused(request, WrongState):
        review.found_here(request_id=request.pk, actor=student, at=later(hours=4))
