"""While the borrowing desk is away, patrons are told from when on, and no lender is asked by itself."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from time_machine import travel

from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.core.models import OutboxRow
from illservice.directory.services.calendar import add_vacation
from requests_app.models import BorrowingRequest, TryStatus
from requests_app.notices.building import Subject
from requests_app.notices.patron import submitted
from requests_app.services.dates import patron_date
from requests_app.services.lenders import ask, lender_no
from tests.requests_app import standing
from tests.world import NOON, World, ask_for, later

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 20)
BACK = date(2026, 3, 23)
WORDS = "It looks at requests again from March 23, 2026 on. Happy Easter!"


@pytest.fixture(autouse=True)
def _in_march() -> Any:
    with travel(NOON, tick=False):
        yield


def leave(world: World, **values: Any) -> None:
    """Northfield is away from today until a Friday."""
    facts: dict[str, Any] = {"first_day": FIRST, "last_day": LAST, "patron_words": "Happy Easter!"} | values
    actor = world.north.actor(Role.ADMINISTRATOR)
    add_vacation(library_id=world.north.library.pk, actor=actor, at=NOON, **facts)


def lender(world: World) -> Actor:
    """Eastlake's system."""
    return Actor(ActorKind.PARTNER, id=world.eastlake.pk, library_id=world.north.library.pk)


def again(request: BorrowingRequest) -> BorrowingRequest:
    """The request as it is now."""
    return BorrowingRequest.objects.get(pk=request.pk)


def letters(request: BorrowingRequest) -> int:
    """Requests that went to lenders, or are about to."""
    return OutboxRow.objects.filter(subject=request.number, payload__notice="lender_request").count()


def test_only_a_vacation_that_stops_borrowing_moves_a_patrons_date(world: World) -> None:
    request, due = ask_for(world.north), date(2026, 3, 16)
    leave(world, stops_borrowing=False)
    assert patron_date(request, due, NOON) == date(2026, 3, 12)
    leave(world, first_day=date(2026, 3, 10), last_day=date(2026, 3, 13), stops_lending=False)
    assert patron_date(request, due, NOON) == date(2026, 3, 9)


def test_a_lenders_no_asks_the_next_one_only_when_somebody_is_here(world: World) -> None:
    here, away = standing.asked(world), standing.asked(world)
    lender_no(request_id=here.pk, actor=lender(world), at=later(hours=1))
    leave(world)
    lender_no(request_id=away.pk, actor=lender(world), at=later(hours=1))
    assert (again(here).state, letters(here)) == ("asked", 2)
    assert (again(away).state, letters(away)) == ("ready", 1)
    assert away.tries.filter(status=TryStatus.PLANNED).count() == 1
    assert not away.marks.filter(kind="all_tried").exists()
    ask(request_id=away.pk, actor=world.north.actor(), at=later(hours=2))
    assert (again(away).state, letters(away)) == ("asked", 2)


def test_a_stop_of_lending_alone_does_not_stop_borrowing(world: World) -> None:
    leave(world, stops_borrowing=False)
    request = standing.asked(world)
    lender_no(request_id=request.pk, actor=lender(world), at=later(hours=1))
    assert again(request).state == "asked"


def test_a_patron_can_ask_and_is_told_kindly_from_when_on(client: Client, world: World) -> None:
    user = world.north.patrons["ada"].user
    assert user is not None
    client.force_login(user)
    assert "We are away" not in client.get("/ask/").content.decode()
    leave(world)
    request = ask_for(world.north)
    pages = ("/ask/", f"/ask/done/{request.number}/", f"/ask/done/{request.number}/save/",
             f"/my/requests/{request.number}/")  # fmt: skip
    for page in pages:
        assert WORDS in client.get(page).content.decode(), page
    asked = standing.asked(world)
    assert WORDS not in client.get(f"/my/requests/{asked.number}/").content.decode()


def test_the_confirmation_names_the_day_on_which_the_desk_is_back(world: World) -> None:
    request = ask_for(world.north)
    usual = submitted(Subject(request, NOON))["next_by"]
    leave(world)
    assert submitted(Subject(request, NOON))["next_by"] == BACK != usual
    assert submitted(Subject(request, NOON + timedelta(days=30)))["next_by"] == usual


def test_nobody_is_told_a_day_that_nobody_knows(client: Client, world: World) -> None:
    user = world.north.patrons["ada"].user
    assert user is not None
    client.force_login(user)
    leave(world, last_day=None, patron_words="")
    assert "looks at your request when it is back." in client.get("/ask/").content.decode()
    assert submitted(Subject(ask_for(world.north), NOON))["next_by"] == ""


def test_the_patrons_date_rolls_back_before_it(world: World) -> None:
    request = standing.asked(world)
    assert patron_date(request, date(2026, 4, 15), NOON) == date(2026, 4, 10)
    leave(world, first_day=date(2026, 4, 6), last_day=date(2026, 4, 17))
    assert patron_date(request, date(2026, 4, 15), NOON) == date(2026, 4, 3)
