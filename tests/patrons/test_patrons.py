"""The desk's work on patrons, the search, and the door to a patron's own pages."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cache import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from illservice.accounts import gateway
from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import IllError, InvalidInput, NotFound, NotPermitted
from illservice.core.models import AuditEntry
from patrons import services
from patrons.doors import choose_library, patron_page
from patrons.models import Patron
from patrons.selectors import patron_by_barcode, patron_in, search_patrons
from tests.world import NOON, World, later, make_patron, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def state(patron: Patron) -> tuple[Any, ...]:
    now = Patron.objects.get(pk=patron.pk)
    return now.cleared_at, now.is_blocked, now.block_reason, now.name, AuditEntry.objects.count()


def assert_refused(error: type[IllError], patron: Patron, work: Any, **facts: Any) -> None:
    before = state(patron)
    with pytest.raises(error):
        work(patron_id=patron.pk, at=NOON, **facts)
    assert state(patron) == before


def test_the_desk_clears_a_new_patron_once(world: World) -> None:
    patron = make_patron(world.north, "new", cleared_at=None)
    assert_refused(NotFound, patron, services.clear_patron, actor=world.south.actor(Role.HEAD))
    assert_refused(NotPermitted, patron, services.clear_patron, actor=world.north.actor(Role.STUDENT))
    assert_refused(NotPermitted, patron, services.clear_patron, actor=world.north.patron_actor())
    desk = world.north.actor()
    services.clear_patron(patron_id=patron.pk, actor=desk, at=NOON)
    services.clear_patron(patron_id=patron.pk, actor=desk, at=later(days=1))
    assert state(patron)[0] == NOON
    assert AuditEntry.objects.get().actor_id == desk.id


def test_a_block_needs_a_reason_and_can_be_taken_away(world: World) -> None:
    patron, desk = world.north.patrons["ada"], world.north.actor()
    assert_refused(InvalidInput, patron, services.block_patron, actor=desk, reason=" \u0000 ")
    assert_refused(NotFound, patron, services.block_patron, actor=world.south.actor(), reason="fees")
    services.block_patron(patron_id=patron.pk, reason="fees", actor=desk, at=NOON)
    assert state(patron)[1:3] == (True, "fees")
    services.unblock_patron(patron_id=patron.pk, actor=desk, at=NOON)
    assert state(patron)[1:3] == (False, "")
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["block", "unblock"]


def test_a_patron_is_changed_within_the_library_only(world: World) -> None:
    patron, desk = world.north.patrons["ada"], world.north.actor()
    wrong: list[dict[str, Any]] = [
        {"email": "not an address"},
        {"category_id": world.south.category.pk},
        {"home_branch_id": world.south.main.pk},
        {"barcode": world.north.patrons["ben"].barcode},
        {"name": ""},
        {"user_id": 1},
        {"is_blocked": True},
    ]
    for values in wrong:
        assert_refused(InvalidInput, patron, services.update_patron, actor=desk, values=values)
    values = {"name": "Ada\u0007 Löwe", "address": "1 Road\r\nTown", "home_branch_id": world.north.branch.pk}
    services.update_patron(patron_id=patron.pk, values=values, actor=desk, at=NOON)
    services.update_patron(patron_id=patron.pk, values=values, actor=desk, at=NOON)
    patron.refresh_from_db()
    assert (patron.name, patron.address, patron.home_branch) == (
        "Ada Löwe",
        "1 Road\nTown",
        world.north.branch,
    )
    assert patron.search_text.startswith("ada lowe ")
    assert AuditEntry.objects.get().changed == ["address", "home_branch_id", "name"]


def test_a_patron_made_at_the_desk_is_cleared(world: World) -> None:
    desk, library_id = world.north.actor(), world.north.library.pk
    values = {"barcode": "77", "name": "Cat", "category_id": world.north.category.pk}
    made = services.create_patron(library_id=library_id, values=values, actor=desk, at=NOON)
    assert made.cleared_at == NOON
    for bad in (values, {"barcode": "78"}):
        with pytest.raises(InvalidInput):
            services.create_patron(library_id=library_id, values=bad, actor=desk, at=NOON)
    with pytest.raises(NotFound):
        services.create_patron(library_id=world.south.library.pk, values=values, actor=desk, at=NOON)
    assert Patron.objects.filter(barcode__in=["77", "78"]).count() == 1


def test_the_search_finds_parts_of_names_cards_and_addresses_in_ones_own_library(world: World) -> None:
    north, south = world.north, world.south
    zoe = make_patron(north, "zoe", barcode="NB-00042")
    for patron in (zoe, make_patron(south, "zoe", barcode="NB-00042")):
        patron.name = "Zoë Ünsal-O'Neill"
        patron.save(update_fields=["name"])
    for words in ("unsal", "ZOË neill", "nb-00042", "0042", "zoe@north", "ü zo"):
        assert [each.pk for each in search_patrons(north.library, words)] == [zoe.pk], words
    for words in ("", "  ", "--", "zoe ada", "%", "_"):
        assert not search_patrons(north.library, words), words
    assert len(search_patrons(north.library, "north", limit=2)) == 2
    assert patron_by_barcode(north.library, " NB-00042 ") == zoe
    with pytest.raises(NotFound):
        patron_in(south.library, zoe.pk)


def test_the_gateway_may_name_people_by_card_when_it_is_clear_who_is_meant(world: World) -> None:
    ada = world.north.patrons["ada"]
    assert gateway.find_user(ada.barcode) == ada.user
    make_patron(world.south, "twin", barcode=ada.barcode)
    assert gateway.find_user(ada.barcode) is None


@patron_page
def page(request: HttpRequest, patron: Patron, actor: Actor) -> HttpResponse:
    return HttpResponse(f"{patron.library.slug} {actor.kind} {actor.library_id == patron.library_id}")


def ask(user: Any, library_id: int | None = None) -> Any:
    request = RequestFactory().get("/my/")
    request.user, request.session = user, SessionStore()
    if library_id:
        choose_library(request, library_id)
    return page(request)


def test_a_patrons_page_knows_the_patron_or_sends_to_the_sign_in(world: World) -> None:
    ada = world.north.patrons["ada"]
    answer = ask(ada.user)
    assert answer.content.decode() == f"north {ActorKind.PATRON} True"
    assert "no-store" in answer["Cache-Control"]
    assert ask(AnonymousUser())["Location"] == "/login/?next=/my/"
    with pytest.raises(NotFound):
        ask(world.north.people[Role.HEAD])


def test_somebody_with_two_cards_is_the_patron_of_the_library_chosen_last(world: World) -> None:
    ada = world.north.patrons["ada"]
    Patron.objects.create(
        library=world.south.library, user=ada.user, barcode="2", name="Ada", category=world.south.category
    )
    assert ask(ada.user).content.startswith(b"north")
    assert ask(ada.user, world.south.library.pk).content.startswith(b"south")
    assert ask(ada.user, 10_000).content.startswith(b"north")
