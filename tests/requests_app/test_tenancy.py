"""No service touches what belongs to another library or another person, whatever a door lets through."""

from collections.abc import Callable
from typing import Any

import pytest

from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import InvalidInput, NotFound
from illservice.directory.models import Reason
from requests_app.services import closing, items, lenders, review, words
from tests.requests_app.standing import asked, at_desk, on_loan, refused
from tests.world import World, ask_for, later


def strangers(world: World) -> list[Actor]:
    south = world.south
    token = Actor(ActorKind.TOKEN, 1, south.library.pk, frozenset({"head"}))
    return [south.actor("head"), token, south.patron_actor(), world.north.patron_actor("ben")]


@pytest.mark.parametrize(
    ("service", "facts"),
    [
        (closing.cancel, {}),
        (closing.cancel_as_far_as_possible, {}),
        (words.patron_message, {"text": "x"}),
        (words.message_patron, {"text": "x"}),
        (words.add_note, {"text": "x"}),
        (review.rush, {"on": True}),
    ],
)
def test_what_is_foreign_is_not_there(
    world: World, service: Callable[..., object], facts: dict[str, Any]
) -> None:
    request = ask_for(world.north)
    for actor in strangers(world):
        with refused(request, NotFound):
            service(request_id=request.pk, actor=actor, at=later(hours=1), **facts)


def test_undo_is_for_the_house(world: World) -> None:
    request = asked(world)
    assert request.undo is not None
    for actor in strangers(world):
        with refused(request, NotFound):
            closing.undo_last(request_id=request.pk, act=request.undo["act"], actor=actor, at=later(hours=2))


def test_reasons_and_branches_of_another_library_are_refused(world: World) -> None:
    desk = world.north.actor()
    foreign = Reason.objects.create(library=world.south.library, purpose="cancel", code="x", staff_text="x")
    own = Reason.objects.create(library=world.north.library, purpose="cancel", code="x", staff_text="x")
    request = ask_for(world.north)
    for service in (closing.cancel, closing.close_unfilled):
        with refused(request, InvalidInput, field="reason"):
            service(request_id=request.pk, reason=foreign, actor=desk, at=later(hours=1))
    closing.cancel(request_id=request.pk, reason=own, actor=desk, at=later(hours=1))
    request = asked(world)
    with refused(request, InvalidInput, field="reason"):
        lenders.lender_no(request_id=request.pk, reason=foreign, actor=desk, at=later(hours=3))
    request = at_desk(world)
    with refused(request, InvalidInput, field="branch"):
        items.send_to_branch(
            request_id=request.pk, branch_id=world.south.branch.pk, actor=desk, at=later(days=2)
        )
    request = on_loan(world)
    with refused(request, InvalidInput, field="branch"):
        items.take_back(request_id=request.pk, branch_id=world.south.branch.pk, actor=desk, at=later(days=3))
    request = ask_for(world.north, patron="ben")
    with refused(request, InvalidInput, field="partners"):
        lenders.plan_lenders(
            request_id=request.pk, partner_ids=[world.south.library.pk], actor=desk, at=later(hours=1)
        )
