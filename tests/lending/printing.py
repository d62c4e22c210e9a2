"""What the tests of printing at the lending desk share."""

from typing import Any

from django.test import Client

from illservice.accounts.roles import Role
from illservice.core.models import OutboxRow
from lending.models import LendingRequest
from lending.services.items import Copy
from tests.illservice.core.printing.reading import pages
from tests.lending.verbs import again
from tests.world import World

DOOR = "/lend/north/print/"
DONE = f"{DOOR}done/"
STACKS = "/lend/north/stacks/"
MOST_STATEMENTS = 8
SHEETS = {"band": "a4-3", "shipping_label": "l7165"}


def desk_of_north(world: World) -> Client:
    """The lending desk of Northfield, which knows where Eastlake is."""
    world.north.library.address = "Northfield Library\n12 Main Street\nNorthfield MN 55057"
    world.north.library.save()
    world.eastlake.address = "1200 Lakeshore Drive\nEastlake OH 44095"
    world.eastlake.save()
    return signed_in(world)


def signed_in(world: World, role: str = Role.LENDING) -> Client:
    client = Client()
    client.force_login(world.north.people[role])
    return client


def get(client: Client, kind: str, *requests: LendingRequest, **more: Any) -> Any:
    return client.get(DOOR, {"kind": kind, "number": [each.number for each in requests]} | more)


def printed(client: Client, kind: str, *requests: LendingRequest, sheet: str = "", **more: Any) -> bytes:
    response = get(client, kind, *requests, sheet=sheet or SHEETS.get(kind, "a4-4"), **more)
    assert response["Content-Type"] == "application/pdf", response.content.decode()
    return bytes(response.content)


def one_page(*args: Any, **more: Any) -> str:
    (text,) = pages(printed(*args, **more))
    return text


def everything(request: LendingRequest) -> list[Any]:
    """The request, its items, its history, and all that waits to be sent."""
    beside = (again(request).items, again(request).events, again(request).marks)
    own = LendingRequest.objects.filter(pk=request.pk).values()
    return [list(own), *(list(each.values()) for each in beside), list(OutboxRow.objects.values())]


def at(world: World, call_number: str, branch: str = "", **values: Any) -> Copy:
    places = {"main": world.north.main.pk, "hill": world.north.branch.pk}
    return Copy(call_number=call_number, location_id=places.get(branch), **values)
