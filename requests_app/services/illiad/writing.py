"""Records become requests with their events, a batch in one transaction (SQLite: one writer at a time)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from illservice.citations.normalise import search_text
from illservice.core.numbers import next_numbers
from illservice.core.workflow import Step, replay
from illservice.directory.models import Library
from illservice.directory.services.illiad.partners import Partners
from illservice.directory.services.illiad.transaction import SOURCE
from patrons.models import Patron
from requests_app.models import (
    BorrowingEvent,
    BorrowingRequest,
    CopyrightRecord,
    FillSource,
    LenderTry,
    Outcome,
    RequestIdentifier,
)
from requests_app.services.illiad.copyrights import copyrights_of
from requests_app.services.illiad.opened import Desk, beside_opened, prepare_open, try_of
from requests_app.services.illiad.places import SUPPLIED
from requests_app.services.illiad.record import Record
from requests_app.services.submit import SIDE_LETTER, apply_citation, as_asked
from requests_app.workflow import MACHINE
from requests_app.workflow import states as s
from requests_app.workflow.facts import AFTER_ARRIVAL

Patrons = Mapping[str, Patron]
"""Patrons by their username or card number in small letters."""


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """All that the rows of an import ask."""

    outcome: str = ""
    placed: str = ""


def present_keys(library: Library, keys: Sequence[str]) -> set[str]:
    """Which of these keys the library has already."""
    found = BorrowingRequest.objects.filter(library=library, source_key__in=keys)
    return {key for key in found.values_list("source_key", flat=True) if key}


def write(
    library: Library, records: Sequence[Record], partners: Partners, patrons: Patrons, *, at: datetime
) -> None:
    """Write these records, all or none. IntegrityError when one of them came in by another import meanwhile."""
    partners.prepare((record.lender for record in records), (_reason(record) for record in records))
    with transaction.atomic():
        numbers = next_numbers(SIDE_LETTER, len(records))
        desk = Desk(library, at) if any(record.is_open for record in records) else None
        made = [
            (record, _request(library, record, number, partners, patrons))
            for record, number in zip(records, numbers, strict=True)
        ]
        for record, request in made:
            if desk is not None and record.is_open:
                prepare_open(request, record, desk, _lender_id(record, partners))
        events = [event for record, request in made for event in _live(request, record, at)]
        BorrowingRequest.objects.bulk_create([request for _record, request in made])
        BorrowingEvent.objects.bulk_create(events)
        RequestIdentifier.objects.bulk_create(
            RequestIdentifier(request=request).set_identifier(one)
            for record, request in made
            for one in record.transaction.citation.identifiers
        )
        tries = [_try(request, record, partners, desk) for record, request in made]
        LenderTry.objects.bulk_create([each for each in tries if each is not None])
        CopyrightRecord.objects.bulk_create(copyrights_of(made))
        if desk is not None:
            beside_opened(
                [
                    (record, request, each)
                    for (record, request), each in zip(made, tries, strict=True)
                    if record.is_open
                ],
                desk,
            )


def _lender_id(record: Record, partners: Partners) -> int | None:
    """The lender who was asked or sent it; nobody yet before that."""
    if record.lender is None or record.state in s.BEFORE_SENDING:
        return None
    return partners.partner_id(record.lender)


def _reason(record: Record) -> str:
    return record.transaction.reason if record.state == s.CANCELLED else ""


def _request(
    library: Library, record: Record, number: str, partners: Partners, patrons: Patrons
) -> BorrowingRequest:
    known = record.transaction
    ours = record.lender is not None and partners.partner_id(record.lender) == library.pk
    supplied = record.state in SUPPLIED
    request = BorrowingRequest(
        number=number,
        library=library,
        patron_category=record.category,
        patron_department=record.department,
        material=known.material,
        wanted=known.kind,
        kind=known.kind,
        kind_supplied=known.kind if supplied else "",
        delivery=record.delivery,
        need_by=known.need_by if record.is_open else None,
        max_cost=known.max_cost,
        cited_in=record.cited_in,
        source=SOURCE,
        source_key=record.key,
        raw=known.raw,
        submitted_at=known.submitted_at,
        lender_due=known.due,
        outcome=Outcome.FILLED if supplied else known.place.outcome,
        fill_source=FillSource.OWN if ours and supplied else record.fill_source,
        reason_id=partners.reason_id(_reason(record)),
        cost=known.cost,
        cost_currency=known.currency,
    )
    if record.is_open:
        _link(request, patrons.get(record.username.casefold()))
    apply_citation(request, known.citation)
    request.asked = as_asked(known.citation)
    return request


def _link(request: BorrowingRequest, patron: Patron | None) -> None:
    """Who waits for it or has it. What is closed stays without a person."""
    if patron is None:
        return
    request.patron = patron
    request.patron_category = patron.category.code
    request.patron_department = patron.department
    request.pickup_branch_id = patron.home_branch_id
    request.person_text = search_text(patron.name, patron.barcode, patron.email)


def _live(request: BorrowingRequest, record: Record, at: datetime) -> list[Any]:
    """The life of an imported request: it was asked for, it came, and it ended or stands where it stands."""
    known = record.transaction
    steps = [Step("import_submit", known.submitted_at)]
    if record.is_open:
        if record.received_at is not None and record.state in AFTER_ARRIVAL:
            steps.append(Step("import_open", record.received_at, ImportFacts(placed=s.AT_DESK)))
        steps.append(Step("import_open", known.placed_at, ImportFacts(placed=record.state)))
    else:
        steps.append(Step("import_close", known.placed_at, ImportFacts(outcome=known.place.outcome)))
    return replay(MACHINE, request, steps, facts=ImportFacts(), recorded_at=at)


def _try(
    request: BorrowingRequest, record: Record, partners: Partners, desk: Desk | None
) -> LenderTry | None:
    """The lender who supplied or is asked; none when it was ourselves or no library."""
    if record.lender is None or request.fill_source not in {FillSource.LENDER, FillSource.NONE}:
        return None
    return try_of(
        request, record, record.lender, partners.partner_id(record.lender), desk if record.is_open else None
    )
