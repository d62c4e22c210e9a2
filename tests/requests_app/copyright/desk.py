"""A year at the copyright desk: recent articles of one journal, asked for, filled and ended."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from illservice.accounts.roles import Role
from illservice.citations.data import CitationData
from illservice.directory.models import Library
from requests_app.models import BorrowingRequest, CopyrightRecord
from requests_app.selectors.declarations import declaration_of
from requests_app.services import closing, items, lenders
from requests_app.services.declaring import Declared
from requests_app.services.items import Arrival
from tests.world import House, World, ask_for, new_copy

PRINT, ONLINE = "0028-0836", "1476-4687"
"""Two ISSNs of one journal."""
_serial = count(1)


def day(text: str, hour: int = 18) -> datetime:
    """A moment of that day, in the library's zone too."""
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) + timedelta(hours=hour)


def recent(**values: str) -> CitationData:
    """A recent article of the journal, each from another issue."""
    number = next(_serial)
    known = {
        "article_title": f"Wings of the bee, part {number}",
        "title": "Nature",
        "author": "Hale, Miriam",
        "date": "2025",
        "issn": PRINT,
        "volume": "600",
        "issue": str(number),
        "pages": "45-52",
    }
    return CitationData.from_mapping(known | values)


def ask(
    world: World, on: str = "2026-03-02", *, house: House | None = None, **values: Any
) -> BorrowingRequest:
    """A copy of a recent article is asked for, with what the house's law wants accepted."""
    declared = Declared(declaration_of(Library.objects.get(pk=(house or world.north).library.pk)).version)
    material = values.pop("material", "article")
    patron = values.pop("patron", "ada")
    citation = values.pop("citation", None) or recent(**values)
    new = new_copy(material=material, citation=citation, declared=declared)
    return ask_for(house or world.north, new, patron=patron, at=day(on))


def sent(world: World, request: BorrowingRequest, on: str) -> BorrowingRequest:
    """The first lender is asked."""
    desk = world.north.actor()
    lenders.plan_lenders(request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=day(on))
    lenders.ask(request_id=request.pk, actor=desk, at=day(on))
    return again(request)


def came(world: World, request: BorrowingRequest, on: str, kind: str = "copy") -> BorrowingRequest:
    """The lender sent it."""
    sent(world, request, on)
    items.receive(request_id=request.pk, arrival=Arrival(kind=kind), actor=world.north.actor(), at=day(on))
    return again(request)


def filled(world: World, how_many: int, on: str = "2026-02-02", **values: Any) -> list[BorrowingRequest]:
    """So many recent articles were asked for and came."""
    return [came(world, ask(world, on, **values), on) for _ in range(how_many)]


def cancel(world: World, request: BorrowingRequest, on: str) -> BorrowingRequest:
    """The desk ends it."""
    closing.cancel(request_id=request.pk, actor=world.north.actor(), at=day(on))
    return again(request)


def again(request: BorrowingRequest) -> BorrowingRequest:
    """As it is now."""
    return BorrowingRequest.objects.get(pk=request.pk)


def record(request: BorrowingRequest) -> CopyrightRecord:
    """What was decided on it."""
    return CopyrightRecord.objects.get(request=request)


def said(request: BorrowingRequest) -> tuple[str, str, str]:
    """Queue, rule, and statement as decided (empty while it waits)."""
    known = record(request)
    return again(request).queue, known.rule, known.statement if known.decided_at else ""


def clerk(world: World) -> Any:
    """Who answers for copyright."""
    return world.north.actor(Role.COPYRIGHT)
