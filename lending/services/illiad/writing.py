"""Records become lending requests with their events, a batch in one transaction (SQLite: one writer at a time)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from illservice.citations.kinds import Kind
from illservice.core.numbers import next_numbers
from illservice.core.workflow import Step, replay
from illservice.directory.models import Library, PartnerSystem
from illservice.directory.services.illiad.partners import Partners
from lending.models import (
    Channel,
    DeliveryWay,
    ItemPlace,
    LendingEvent,
    LendingIdentifier,
    LendingItem,
    LendingRequest,
    Outcome,
)
from lending.services.illiad.opened import beside_opened, name_policies
from lending.services.illiad.places import AWAY
from lending.services.illiad.record import Record
from lending.services.intake import SIDE_LETTER, apply_citation
from lending.workflow import MACHINE
from lending.workflow import states as s

_PLACES: Mapping[str, ItemPlace] = {
    **dict.fromkeys((s.NEW, s.TO_PULL), ItemPlace.TO_PULL),
    **dict.fromkeys((s.ON_LOAN, s.COPY_SENT, s.COMING_BACK), ItemPlace.SENT),
    s.FOUND: ItemPlace.FOUND,
    s.COMPLETED: ItemPlace.BACK,
}
"""Where the item of a request in each state is; without one nobody looked for it or found it."""


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """What the ways of `import_place` ask, as the export tells it."""

    kind: str
    outcome: str
    volumes_left: int
    came_back: bool
    found: bool
    sent: bool
    done: bool


def present_keys(library: Library, keys: Sequence[str]) -> set[str]:
    """Which of these keys the library has already."""
    found = LendingRequest.objects.filter(library=library, source_key__in=keys)
    return {key for key in found.values_list("source_key", flat=True) if key}


def write(
    library: Library,
    records: Sequence[Record],
    partners: Partners,
    branches: Mapping[str, int],
    *,
    at: datetime,
) -> None:
    """Write these records, all or none. IntegrityError when one of them came in by another import meanwhile."""
    partners.prepare((record.borrower for record in records), (_reason(record) for record in records))
    with transaction.atomic():
        numbers = next_numbers(SIDE_LETTER, len(records))
        borrowers = _borrowers(records, partners)
        made = [
            (record, _request(library, record, number, partners, borrowers))
            for record, number in zip(records, numbers, strict=True)
        ]
        events = [event for record, request in made for event in _live(request, record, at)]
        name_policies([request for record, request in made if record.is_open], library, at=at)
        LendingRequest.objects.bulk_create([request for _record, request in made])
        LendingEvent.objects.bulk_create(events)
        LendingIdentifier.objects.bulk_create(
            LendingIdentifier(request=request).set_identifier(one)
            for record, request in made
            for one in record.transaction.citation.identifiers
        )
        LendingItem.objects.bulk_create(
            _item(request, record, branches) for record, request in made if _has_item(record)
        )
        beside_opened([(record, request) for record, request in made if record.is_open], library, at=at)


def _reason(record: Record) -> str:
    return record.transaction.reason if record.state == s.NOT_SUPPLIED else ""


def _borrowers(records: Sequence[Record], partners: Partners) -> dict[int, Library]:
    """The libraries that asked, with their symbols: a request is found by them."""
    keys = {partners.partner_id(record.borrower) for record in records}
    return Library.objects.prefetch_related("symbols").in_bulk(keys)


def _request(
    library: Library, record: Record, number: str, partners: Partners, borrowers: Mapping[int, Library]
) -> LendingRequest:
    known = record.transaction
    away = record.state in AWAY
    is_copy = known.kind == Kind.COPY
    request = LendingRequest(
        number=number,
        library=library,
        borrower=borrowers[partners.partner_id(record.borrower)],
        channel=Channel.IMPORT,
        system="" if record.borrower.system == PartnerSystem.OTHER else record.borrower.system,
        borrower_number=known.partner_number,
        borrower_symbol=record.borrower.code,
        material=known.material,
        wanted=known.kind,
        kind=known.kind,
        kind_supplied=known.kind if away else "",
        need_by=known.need_by if record.is_open else None,
        max_cost=known.max_cost,
        delivery=DeliveryWay.LINK if is_copy and record.electronic_address else DeliveryWay.MAIL,
        ship_to=record.ship_to,
        electronic_address=record.electronic_address,
        raw=known.raw,
        source_key=record.key,
        submitted_at=known.submitted_at,
        answered_at=None if record.state == s.NEW else record.shipped_at or known.placed_at,
        found_at=record.found_at,
        shipped_at=record.shipped_at,
        borrower_returned_at=known.placed_at if record.state == s.COMING_BACK else None,
        checked_in_at=known.placed_at if record.state == s.COMPLETED and not is_copy else None,
        due=None if is_copy else known.due,
        conditions=list(known.conditions),
        cost=known.cost,
        cost_currency=known.currency,
        outcome=known.place.outcome,
        reason_id=partners.reason_id(_reason(record)),
    )
    apply_citation(request, known.citation)
    return request


def _live(request: LendingRequest, record: Record, at: datetime) -> list[Any]:
    """The life of an imported request: it was asked for, and stands or ended where it stands."""
    known, state = record.transaction, record.state
    facts = ImportFacts(
        kind=known.kind,
        outcome=known.place.outcome,
        volumes_left=1 if state == s.TO_PULL else 0,
        came_back=state == s.COMING_BACK,
        found=state == s.FOUND,
        sent=state in {s.ON_LOAN, s.COPY_SENT},
        done=state == s.COMPLETED and known.place.outcome == Outcome.FILLED,
    )
    steps = [Step("import_submit", known.submitted_at), Step("import_place", known.placed_at)]
    return replay(MACHINE, request, steps, facts=facts, recorded_at=at)


def _has_item(record: Record) -> bool:
    """Whether there is something to look for or to get back; of what is only a request, when somebody named it."""
    known = record.transaction
    named = known.call_number or known.barcode or record.location
    return record.state in _PLACES and bool(named or record.state in {s.TO_PULL, s.ON_LOAN, s.COMING_BACK})


def _item(request: LendingRequest, record: Record, branches: Mapping[str, int]) -> LendingItem:
    known = record.transaction
    branch_id = branches.get(record.location.casefold())
    return LendingItem(
        request=request,
        location_id=branch_id,
        shelf="" if branch_id is not None else record.location,
        call_number=known.call_number,
        barcode=known.barcode,
        pieces=known.pieces,
        place=_PLACES[record.state],
        looked_at=record.found_at,
    )
