"""The copyright records of what is taken over: copies that another system cleared count here in their year."""

from collections.abc import Iterator, Sequence

from illservice.citations.copyright import Statement
from illservice.core.clock import local_date
from requests_app.copyright import Work
from requests_app.models import BorrowingRequest, CopyrightRecord, Wanted
from requests_app.models.copyright import Fate, Way
from requests_app.services.copyright.deciding import answer_of, rule_on
from requests_app.services.copyright.gathering import Names, names_of, work_in
from requests_app.services.illiad.record import Record
from requests_app.workflow.copyright import fate_of
from requests_app.workflow.states import HoldKind

_Key = tuple[Work, tuple[str, ...], str]


def copyrights_of(made: Sequence[tuple[Record, BorrowingRequest]]) -> Iterator[CopyrightRecord]:
    """The unsaved records of copies on which the export has a statement; what it does not state is not made up here.

    What was stated under the guidelines (CCG) counts where the copy came from a library, and keeps its place while it
    goes on (CONTU 1(a)). What still waited for clearance there waits here, whatever it says, with what our rules answer
    about it. A work that several lines of the batch name is looked up once.
    """
    known: dict[_Key, Names] = {}
    for record, request in made:
        if request.kind != Wanted.COPY:
            continue
        if record.transaction.place.hold == HoldKind.COPYRIGHT:
            yield _waiting(record, request)
        elif record.statement is not None:
            yield _record(record, record.statement, request, _names(record, known))


def _waiting(record: Record, request: BorrowingRequest) -> CopyrightRecord:
    asked_on = local_date(record.transaction.submitted_at, request.library.timezone)
    answer = answer_of(rule_on(request, asked_on=asked_on, today=asked_on, locked=False))
    return CopyrightRecord(request=request, library=request.library, **answer)


def _names(record: Record, known: dict[_Key, Names]) -> Names:
    citation = record.transaction.citation
    work = work_in(record.transaction.material, citation)
    identifiers = tuple(f"{one.kind}:{one.normalised}" for one in citation.identifiers)
    key = (work, identifiers, citation.title)
    if key not in known:
        known[key] = names_of(work, citation)
    return known[key]


def _record(record: Record, statement: Statement, request: BorrowingRequest, names: Names) -> CopyrightRecord:
    transaction, zone = record.transaction, request.library.timezone
    fate = fate_of(request)
    came_at = record.received_at or transaction.placed_at
    return CopyrightRecord(
        request=request,
        library=request.library,
        work_key=next(iter(names.keys), ""),
        keys=list(names.keys),
        asked_on=local_date(transaction.submitted_at, zone),
        counts=statement is Statement.CCG and fate != Fate.RELEASED,
        fate=fate,
        filled_on=local_date(came_at, zone) if fate == Fate.FILLED else None,
        outcome="cleared",
        statement=statement,
        jurisdiction="US",
        way=Way.ROYALTY if record.fee_recorded else Way.IMPORTED,
        decided_at=transaction.submitted_at,
    )
