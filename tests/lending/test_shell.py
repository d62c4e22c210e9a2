"""One shell for both desks: who is offered which, whose stages stand there, and where people land who sign in."""

from typing import Any

import pytest
from django.test import Client

from illservice.accounts.models import Membership
from illservice.accounts.roles import Role
from tests.lending.verbs import found, lend
from tests.world import World, ask_for, make_house

BORROWING, LENDING = "/desk/north/", "/lend/north/"


def shell_of(client: Client, url: str) -> Any:
    response = client.get(url)
    assert response.status_code == 200
    return response.context["shell"]


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.BORROWING, []),
        (Role.COPYRIGHT, []),
        (Role.HEAD, ["Borrowing", "Lending"]),
        (Role.ADMINISTRATOR, ["Borrowing", "Lending"]),
        (Role.STUDENT, ["Borrowing", "Lending"]),
        (Role.BRANCH, ["Borrowing", "Lending"]),
    ],
)
def test_the_bar_offers_the_desks_at_which_somebody_works(
    world: World, client: Client, role: str, offered: list[str]
) -> None:
    client.force_login(world.north.people[role])
    shell = shell_of(client, BORROWING)
    assert [str(desk["label"]) for desk in shell["desks"]] == offered
    assert [desk["label"] for desk in shell["desks"] if desk["current"]] == offered[:1]


def test_lending_sees_only_lending_and_lands_there(world: World, client: Client) -> None:
    client.force_login(world.north.people[Role.LENDING])
    assert client.get("/")["Location"] == LENDING
    shell = shell_of(client, LENDING)
    assert shell["desks"] == []
    assert shell["home_url"] == LENDING
    assert [link["url"] for link in shell["nav"] if link["current"]] == [LENDING]
    for role in (Role.BORROWING, Role.HEAD, Role.STUDENT):
        client.force_login(world.north.people[role])
        assert client.get("/")["Location"] == BORROWING


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("desk", [BORROWING, LENDING])
def test_nobody_is_offered_a_page_that_refuses_them(
    world: World, client: Client, desk: str, role: str
) -> None:
    client.force_login(world.north.people[role])
    shell = shell_of(client, desk)
    offered = [link["url"] for link in (*shell["desks"], *shell["nav"], *shell["account_nav"])]
    assert {url: client.get(url).status_code for url in offered if not url.startswith("/admin/")} == {
        url: 200 for url in offered if not url.startswith("/admin/")
    }


def test_somebody_of_two_libraries_chooses_and_comes_to_the_right_desk(world: World, client: Client) -> None:
    other = make_house("west", "West Library")
    clerk = world.north.people[Role.LENDING]
    Membership.objects.create(user=clerk, library=other.library, role=Role.BORROWING)
    client.force_login(clerk)
    page = client.get("/").content.decode()
    assert f'href="{LENDING}"' in page
    assert 'href="/desk/west/"' in page


def test_each_desk_shows_its_own_stages_and_searches_its_own_requests(world: World, client: Client) -> None:
    ask_for(world.north)
    lend(world)
    lend(world)
    client.force_login(world.north.people[Role.HEAD])
    for url, total, own in ((BORROWING, 1, "With patrons"), (LENDING, 2, "At the borrowers")):
        response = client.get(url)
        stages = response.context["stages"]
        assert stages[0]["count"] == total
        assert own in {str(stage.get("heading")) for stage in stages}
        assert response.context["shell"]["search_url"] == url


def test_the_way_back_belongs_to_the_desk_whose_request_it_is(world: World, client: Client) -> None:
    request = found(world)
    client.force_login(world.north.people[Role.HEAD])
    client.post(f"{LENDING}batch/", {"do": "ship", "chosen": request.number})
    undo = client.get(BORROWING).context["undo"]
    assert undo["url"] == f"{LENDING}requests/{request.number}/undo/"
    assert not client.get(BORROWING).context["undo"]
