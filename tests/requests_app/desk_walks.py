"""Steps that tests of the desk's pages share: signing in, addresses, a request in every place."""

import itertools
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from illservice.accounts.roles import Role
from illservice.core import clock
from requests_app.models import BorrowingRequest
from requests_app.services import items, lenders
from tests.world import House, World, ask_for, book, new_loan


def clerk(house: House, role: str = Role.BORROWING) -> Client:
    """A browser in which somebody with this role is signed in."""
    client = Client()
    client.force_login(house.people[role])
    return client


def again(request: BorrowingRequest) -> BorrowingRequest:
    return BorrowingRequest.objects.get(pk=request.pk)


def page(request: BorrowingRequest, slug: str = "north") -> str:
    return reverse("desk:request", args=[slug, request.number])


def door(request: BorrowingRequest, action: str, slug: str = "north") -> str:
    return reverse("desk:act", args=[slug, request.number, action])


def press(client: Client, request: BorrowingRequest, action: str, **data: Any) -> Any:
    """One click on the request as it is now."""
    version = again(request).version
    return client.post(door(request, action), {"version": version} | data)


_count = itertools.count(1)


def another(world: World, **values: Any) -> BorrowingRequest:
    """A loan of a book that nobody asked for before."""
    number = next(_count)
    citation = book(f"Voyage {number} to island {number * 7919}", author=f"Author{number}, A.")
    return ask_for(world.north, new_loan(citation=citation), **values)


def asked(world: World, **values: Any) -> BorrowingRequest:
    """A loan for which Eastlake was asked; Westport is next."""
    request, at = another(world, **values), clock.now()
    desk = world.north.actor(Role.BORROWING)
    partners = [world.eastlake.pk, world.westport.pk]
    lenders.plan_lenders(request_id=request.pk, partner_ids=partners, actor=desk, at=at)
    lenders.ask(request_id=request.pk, actor=desk, at=at)
    return again(request)


def arrived(world: World) -> BorrowingRequest:
    """A loan that lies at the desk, due back on the first of June 2030."""
    request, at = asked(world), clock.now()
    arrival = items.Arrival(barcode="E-55", lender_due=date(2030, 6, 1))
    items.receive(request_id=request.pk, arrival=arrival, actor=world.north.actor(Role.BORROWING), at=at)
    return again(request)
