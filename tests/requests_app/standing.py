"""Requests brought to a place of the table, and the proof that a refusal changed nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest

from illservice.core.errors import IllError
from illservice.core.models import OutboxRow
from requests_app.models import BorrowingRequest, LenderTry
from requests_app.services import copies, items, lenders
from tests.world import World, article, ask_for, book, later, new_copy, new_loan

TITLES = (
    "Bees", "Whales of the North", "Copper Mining", "Gothic Vaults", "Tidal Power", "Moss", "Harbour Pilots",
    "Ice Roads", "Violin Varnish", "Salt Marshes", "Early Radio", "Bridge Cables", "Desert Owls", "Paper Mills",
    "Lichens", "Quilts",
)  # fmt: skip
"""Different enough not to be taken for the same thing asked twice."""

BESIDE = (
    "tries", "holds", "questions", "marks", "items", "timers", "identifiers", "notes", "messages", "events",
)  # fmt: skip


def again(request: BorrowingRequest) -> BorrowingRequest:
    """The request as it stands now."""
    return BorrowingRequest.objects.get(pk=request.pk)


def last_act(request: BorrowingRequest) -> str:
    """What the button "undo" of the request would take back."""
    undo = again(request).undo
    assert undo is not None
    return str(undo["act"])


def everything(request: BorrowingRequest) -> dict[str, Any]:
    """All columns of a request, all rows beside it, and all that waits to be sent."""
    fresh = again(request)
    found: dict[str, Any] = {
        field.attname: getattr(fresh, field.attname) for field in fresh._meta.concrete_fields
    }
    found |= {name: sorted(map(str, getattr(fresh, name).values())) for name in BESIDE}
    return found | {"outbox": sorted(map(str, OutboxRow.objects.values()))}


@contextmanager
def refused(
    request: BorrowingRequest, error: type[IllError], *, code: str = "", field: str = ""
) -> Iterator[None]:
    """The block is refused, with this code or because of this field, and nothing at all happened."""
    before = everything(request)
    with pytest.raises(error) as caught:
        yield
    if code:
        assert caught.value.code == code
    if field:
        assert field in caught.value.data["fields"]
    assert everything(request) == before


def marks(request: BorrowingRequest) -> set[str]:
    """The marks that stand."""
    return set(request.marks.filter(cleared_at__isnull=True).values_list("kind", flat=True))


def questions(request: BorrowingRequest) -> set[str]:
    """The questions that wait."""
    return set(request.questions.filter(answered_at__isnull=True).values_list("kind", flat=True))


def told(request: BorrowingRequest, notice: str) -> int:
    """How many letters of a kind were written for a request."""
    return OutboxRow.objects.filter(subject=request.number, payload__notice=notice).count()


def try_of(request: BorrowingRequest, ordinal: int) -> LenderTry:
    """The try with this number."""
    return request.tries.get(ordinal=ordinal)


def asked(world: World, *, copy: bool = False, lenders_left: bool = True) -> BorrowingRequest:
    """Eastlake is asked; Westport comes next when `lenders_left`."""
    title = TITLES[BorrowingRequest.objects.count() % len(TITLES)]
    new = new_copy(citation=article(title)) if copy else new_loan(citation=book(title))
    request = ask_for(world.north, new)
    partners = [world.eastlake.pk, world.westport.pk] if lenders_left else [world.eastlake.pk]
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=partners, actor=world.north.actor(), at=later(hours=1)
    )
    lenders.ask(request_id=request.pk, actor=world.north.actor(), at=later(hours=2))
    return again(request)


def on_the_way(world: World, *, due: date | None = None) -> BorrowingRequest:
    """Eastlake sent it."""
    request = asked(world)
    lenders.lender_shipped(
        request_id=request.pk, actor=world.north.actor(), at=later(hours=3), lender_due=due
    )
    return again(request)


def at_desk(world: World, *, due: date | None = date(2026, 4, 20), **facts: Any) -> BorrowingRequest:
    """It arrived from Eastlake."""
    request = asked(world)
    arrival = items.Arrival(lender_due=due, **facts)
    items.receive(request_id=request.pk, arrival=arrival, actor=world.north.actor(), at=later(days=1))
    return again(request)


def on_shelf(world: World, *, due: date | None = date(2026, 4, 20)) -> BorrowingRequest:
    """It waits for the patron."""
    request = at_desk(world, due=due)
    items.shelve(request_id=request.pk, actor=world.north.actor(), at=later(days=1))
    return again(request)


def on_loan(
    world: World, *, due: date | None = date(2026, 4, 20), at: datetime | None = None
) -> BorrowingRequest:
    """The patron has it."""
    request = on_shelf(world, due=due)
    items.hand_over(request_id=request.pk, actor=world.north.actor(), at=at or later(days=2))
    return again(request)


def returned(world: World) -> BorrowingRequest:
    """It is on its way back to Eastlake."""
    request, desk = on_loan(world), world.north.actor()
    items.take_back(request_id=request.pk, actor=desk, at=later(days=9))
    items.send_back(request_id=request.pk, actor=desk, at=later(days=9))
    return again(request)


def copy_there(world: World) -> BorrowingRequest:
    """The patron has the link to a copy from Eastlake."""
    request = asked(world, copy=True)
    copies.deliver_copy(
        request_id=request.pk,
        link="https://copies.example/1",
        until=date(2026, 3, 20),
        actor=world.north.actor(),
        at=later(days=1),
    )
    return again(request)
