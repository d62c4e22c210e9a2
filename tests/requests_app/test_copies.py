"""Whose the copies of a borrowing request are: what this side answers when documents ask."""

import pytest

from illservice.accounts.roles import Role
from illservice.documents.kinds import owner_of
from requests_app.models import BorrowingRequest
from tests.world import World, ask_for, make_world, new_loan

pytestmark = pytest.mark.django_db


def _asked(world: World) -> BorrowingRequest:
    return ask_for(world.north, new_loan())


def test_copies_open_for_the_patron_who_asked_and_for_nobody_else() -> None:
    world = make_world()
    request, north, south = _asked(world), world.north, world.south
    opens = owner_of(request.number).patron_may_open
    ada = north.patrons["ada"].user_id
    assert ada is not None
    assert opens(request.number, north.library.pk, ada)
    assert not opens(request.number, south.library.pk, ada)
    for user in (north.patrons["ben"].user, south.patrons["ada"].user, north.people[Role.HEAD]):
        assert user is not None
        assert not opens(request.number, north.library.pk, user.pk)


def test_staff_see_the_copies_of_the_requests_that_they_see() -> None:
    world = make_world()
    request, north = _asked(world), world.north
    sees, library = owner_of(request.number).staff_may_see, north.library.pk
    assert request.pickup_branch_id is not None
    others = {north.main.pk, north.branch.pk} - {request.pickup_branch_id}
    assert sees(request.number, library, north.actor())
    here = frozenset({request.pickup_branch_id})
    assert sees(request.number, library, north.actor(Role.BRANCH, branches=here))
    assert not sees(request.number, library, north.actor(Role.BRANCH, branches=frozenset(others)))
    assert not sees(request.number, world.south.library.pk, world.south.actor())
