"""Records become closed requests with their events, a batch in one transaction (SQLite: one writer at a time)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from illservice.core.numbers import next_numbers
from illservice.core.workflow import Step, replay
from illservice.directory.models import Library
from requests_app.models import (
    BorrowingEvent,
    BorrowingRequest,
    FillSource,
    LenderTry,
    Outcome,
    RequestIdentifier,
    TryStatus,
)
from requests_app.services.illiad.partners import Partners
from requests_app.services.illiad.record import SOURCE, Lender, Record
from requests_app.services.submit import SIDE_LETTER, apply_citation, as_asked
from requests_app.workflow import MACHINE


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """All that the rows of an import ask."""

    outcome: str


def present_keys(library: Library, keys: Sequence[str]) -> set[str]:
    """Which of these keys the library has already."""
    found = BorrowingRequest.objects.filter(library=library, source_key__in=keys)
    return {key for key in found.values_list("source_key", flat=True) if key}


def write(library: Library, records: Sequence[Record], partners: Partners, *, at: datetime) -> None:
    """Write these records, all or none. IntegrityError when one of them came in by another import meanwhile."""
    partners.prepare(records)
    with transaction.atomic():
        numbers = next_numbers(SIDE_LETTER, len(records))
        requests = [
            _request(library, record, number, partners)
            for record, number in zip(records, numbers, strict=True)
        ]
        events = [
            event
            for record, request in zip(records, requests, strict=True)
            for event in _live(request, record, at)
        ]
        BorrowingRequest.objects.bulk_create(requests)
        BorrowingEvent.objects.bulk_create(events)
        RequestIdentifier.objects.bulk_create(
            RequestIdentifier(request=request).set_identifier(one)
            for record, request in zip(records, requests, strict=True)
            for one in record.citation.identifiers
        )
        LenderTry.objects.bulk_create(
            _lender_try(request, record, record.lender, partners)
            for record, request in zip(records, requests, strict=True)
            if record.lender and request.fill_source == FillSource.LENDER
        )


def _request(library: Library, record: Record, number: str, partners: Partners) -> BorrowingRequest:
    ours = record.lender is not None and partners.partner_id(record.lender) == library.pk
    filled = record.outcome == Outcome.FILLED
    request = BorrowingRequest(
        number=number,
        library=library,
        patron_category=record.category,
        patron_department=record.department,
        material=record.material,
        wanted=record.kind,
        kind=record.kind,
        kind_supplied=record.kind if filled else "",
        delivery=record.delivery,
        max_cost=record.max_cost,
        cited_in=record.cited_in,
        source=SOURCE,
        source_key=record.key,
        raw=record.raw,
        submitted_at=record.submitted_at,
        lender_due=record.lender_due,
        outcome=record.outcome,
        fill_source=FillSource.OWN if ours else record.fill_source,
        reason_id=partners.reason_id(record.reason),
        cost=record.cost,
        cost_currency=record.currency,
    )
    apply_citation(request, record.citation)
    request.asked = as_asked(record.citation)
    return request


def _live(request: BorrowingRequest, record: Record, at: datetime) -> list[Any]:
    """The life of an imported request: it was asked for, and it ended."""
    steps = [Step("import_submit", record.submitted_at), Step("import_close", record.closed_at)]
    return replay(MACHINE, request, steps, facts=ImportFacts(record.outcome), recorded_at=at)


def _lender_try(request: BorrowingRequest, record: Record, lender: Lender, partners: Partners) -> LenderTry:
    """The lender that supplied. When it was asked stands nowhere in an export: not before the request came in."""
    return LenderTry(
        request=request,
        ordinal=1,
        partner_id=partners.partner_id(lender),
        system=lender.system,
        system_number=record.lender_number,
        status=TryStatus.DONE,
        asked_at=record.submitted_at,
        ended_at=record.closed_at,
        lender_due=record.lender_due,
        cost=record.cost,
        cost_currency=record.currency,
    )
