"""The door to a library's staff pages: owner, colleague with another role, stranger."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from illservice.accounts.models import Membership, User
from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import NotFound, NotPermitted
from illservice.directory.doors import StaffPage, staff_actor, staff_page
from illservice.directory.models import Library
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def request_of(user: Any, method: str = "get") -> Any:
    request = getattr(RequestFactory(), method)("/desk/north/?queue=review")
    request.user = user
    return request


@staff_page(roles={Role.HEAD})
def heads_only(request: HttpRequest, library: Library, actor: Actor, number: int) -> HttpResponse:
    return HttpResponse(f"{library.slug} {sorted(actor.roles)} {number}")


class Page(StaffPage):
    roles = (Role.HEAD,)

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return HttpResponse(f"{self.library.slug} {sorted(self.actor.roles)} {number}")


@pytest.mark.parametrize("page", [heads_only, Page.as_view()])
def test_a_page_opens_for_its_role_in_its_library_only(world: World, page: Any) -> None:
    head = world.north.people[Role.HEAD]
    answer = page(request_of(head), slug="north", number=7)
    assert answer.content.decode() == "north ['head'] 7"
    assert "no-store" in answer["Cache-Control"]
    with pytest.raises(NotPermitted):
        page(request_of(world.north.people[Role.STUDENT]), slug="north", number=7)
    for slug in ("south", "eastlake", "nowhere"):
        with pytest.raises(NotFound):
            page(request_of(head), slug=slug, number=7)
    for stranger in (world.south.people[Role.HEAD], world.north.patrons["ada"].user):
        with pytest.raises(NotFound):
            page(request_of(stranger), slug="north", number=7)
    answer = page(request_of(AnonymousUser()), slug="north", number=7)
    assert answer["Location"] == "/login/?next=/desk/north/%3Fqueue%3Dreview"
    answer = page(request_of(AnonymousUser(), "post"), slug="north", number=7)
    assert answer["Location"] == "/login/?next=/&unsent=1"


def test_a_library_that_is_closed_opens_for_nobody(world: World) -> None:
    head = world.north.people[Role.HEAD]
    assert staff_actor(request_of(head), "north")[0] == world.north.library
    Library.objects.filter(slug="north").update(is_active=False)
    with pytest.raises(NotFound):
        staff_actor(request_of(head), "north")


def test_the_actor_has_all_roles_and_is_limited_only_when_every_role_is(world: World) -> None:
    north = world.north
    user = User.objects.create_user("eve")
    limited = Membership.objects.create(user=user, library=north.library, role=Role.BRANCH)
    limited.branches.add(north.main, north.branch)
    Membership.objects.create(user=user, library=world.south.library, role=Role.HEAD)
    with CaptureQueriesContext(connection) as queries:
        _library, actor = staff_actor(request_of(user), "north")
    assert len(queries) == 1
    both = frozenset({north.main.pk, north.branch.pk})
    assert actor == Actor(ActorKind.STAFF, user.pk, north.library.pk, frozenset({"branch"}), both)
    Membership.objects.create(user=user, library=north.library, role=Role.STUDENT)
    _library, actor = staff_actor(request_of(user), "north")
    assert actor.roles == {"branch", "student"}
    assert not actor.branches
