"""To fetch: the walk through the stacks, with Found and Not found beside each item."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from illservice.accounts.roles import Role
from lending.models import LendingEvent, LendingItem, LendingRequest
from lending.services.items import Copy
from tests.lending.verbs import again, lend, pulled
from tests.world import World

STACKS = "/lend/north/stacks/"
MOST_STATEMENTS = 6


@pytest.fixture
def student(world: World, client: Client) -> Client:
    client.force_login(world.north.people[Role.STUDENT])
    return client


def items_of(client: Client, url: str = STACKS) -> list[tuple[str, str]]:
    groups = client.get(url).context["groups"]
    return [(group["label"], item["call_number"]) for group in groups for item in group["items"]]


def looked(client: Client, request: LendingRequest, do: str, position: int = 0) -> Any:
    item = request.items.all()[position]
    return client.post(STACKS, {"number": request.number, "item": item.pk, "do": do}, follow=True)


def test_items_stand_in_the_order_of_the_walk(world: World, student: Client) -> None:
    main, hill = world.north.main.pk, world.north.branch.pk
    pulled(
        world, copies=[Copy(call_number="QL 9", location_id=main), Copy("BF 1", volume="2", location_id=main)]
    )
    pulled(world, copies=[Copy(call_number="ZA 1", location_id=hill), Copy(shelf="Annex", volume="2")])
    lend(world)
    expected = [("Hill Branch", "ZA 1"), ("Main Library", "BF 1"), ("Main Library", "QL 9")]
    assert items_of(student) == [*expected, ("Without a location", "no call number")]
    assert items_of(student, f"{STACKS}?location=hill") == expected[:1]
    assert items_of(student, f"{STACKS}?location=nowhere") == []
    assert "Show all locations" in student.get(f"{STACKS}?location=nowhere").content.decode()


def test_rush_stands_first_where_it_is(world: World, student: Client) -> None:
    main = world.north.main.pk
    pulled(world, copies=[Copy(call_number="A 1", location_id=main)])
    pulled(world, copies=[Copy(call_number="Z 1", location_id=main)], service_level="rush")
    assert [number for _place, number in items_of(student)] == ["Z 1", "A 1"]


def test_found_and_not_found_are_one_press_each_and_can_be_taken_back(world: World, student: Client) -> None:
    first, second = (pulled(world, copies=[Copy(call_number=number)]) for number in ("A 1", "B 1"))
    assert "Found: Voyage" in looked(student, first, "found").content.decode()
    response = looked(student, second, "not_found")
    assert "Not found: Voyage" in response.content.decode()
    assert "data-undo" in response.content.decode()
    assert (again(first).state, again(second).state) == ("found", "new")
    assert items_of(student) == []
    act = LendingEvent.objects.filter(request=first).latest("id").act
    student.post(f"/lend/north/requests/{first.number}/undo/", {"act": str(act)})
    assert [number for _place, number in items_of(student)] == ["A 1"]


def test_when_one_copy_is_not_there_the_next_one_stays_on_the_list(world: World, student: Client) -> None:
    request = pulled(world, copies=[Copy(call_number="A 1"), Copy(call_number="A 2")])
    looked(student, request, "not_found")
    assert [number for _place, number in items_of(student)] == ["A 2"]
    looked(student, request, "found", 1)
    assert again(request).state == "found"


def test_what_somebody_found_already_is_not_found_again(world: World, student: Client) -> None:
    request = pulled(world)
    looked(student, request, "found")
    events = LendingEvent.objects.count()
    assert "request" in looked(student, request, "found").content.decode()
    for wrong in ({"do": "burn"}, {"item": "0"}, {"item": "x"}, {"number": "L0000000"}):
        item = request.items.get()
        sent = {"number": request.number, "item": item.pk, "do": "found"} | wrong
        assert student.post(STACKS, sent).status_code == 404
    assert LendingEvent.objects.count() == events


def test_people_of_a_branch_fetch_what_stands_there_and_others_nothing(world: World, client: Client) -> None:
    here = pulled(world, copies=[Copy(call_number="A 1", location_id=world.north.branch.pk)])
    there = pulled(world, copies=[Copy(call_number="B 1", location_id=world.north.main.pk)])
    client.force_login(world.north.people[Role.BRANCH])
    assert items_of(client) == [("Hill Branch", "A 1")]
    sent = {"number": there.number, "item": there.items.get().pk, "do": "found"}
    assert client.post(STACKS, sent).status_code == 404
    client.force_login(world.north.people[Role.COPYRIGHT])
    assert client.get(STACKS).status_code == 403
    client.force_login(world.south.people[Role.LENDING])
    assert client.post(STACKS.replace("north", "south"), sent | {"number": here.number}).status_code == 404
    assert (again(here).state, again(there).state) == ("to_pull", "to_pull")


def test_nothing_to_fetch_says_so(world: World, student: Client) -> None:
    assert "Nothing to fetch" in student.get(STACKS).content.decode()


def test_the_page_costs_the_same_statements_for_one_and_for_many(world: World, student: Client) -> None:
    request = pulled(world)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert student.get(STACKS).status_code == 200
        return len(seen)

    few = statements()
    LendingItem.objects.bulk_create(LendingItem(request=request, call_number=f"A {n}") for n in range(60))
    assert few == statements() <= MOST_STATEMENTS
