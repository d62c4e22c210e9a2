"""Steps that tests of the lending desk's pages share: signing in, addresses, clicks."""

from typing import Any

from django.test import Client
from django.urls import reverse

from illservice.accounts.roles import Role
from lending.models import LendingRequest
from tests.lending.verbs import again
from tests.world import House


def clerk(house: House, role: str = Role.LENDING) -> Client:
    """A browser in which somebody with this role is signed in."""
    client = Client()
    client.force_login(house.people[role])
    return client


def page(request: LendingRequest, slug: str = "north") -> str:
    """The page of a request."""
    return reverse("lending:request", args=[slug, request.number])


def door(request: LendingRequest, action: str, slug: str = "north") -> str:
    """The form of one action."""
    return reverse("lending:act", args=[slug, request.number, action])


def press(client: Client, request: LendingRequest, action: str, **data: Any) -> Any:
    """One click on the request as it is now."""
    return client.post(door(request, action), {"version": again(request).version} | data)


def shown(house: House, request: LendingRequest, role: str = Role.LENDING) -> str:
    """The page as somebody reads it."""
    answer = clerk(house, role).get(page(request))
    assert answer.status_code == 200
    return str(answer.content.decode())
