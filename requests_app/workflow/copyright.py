"""What becomes of a copy's place in the count: it follows the request, whatever moved it (standards §1.5)."""

from illservice.citations.copyright import Statement
from illservice.core.clock import local_date
from illservice.core.workflow import Act
from requests_app.copyright import rules_for
from requests_app.models import BorrowingRequest, CopyrightRecord, FillSource, Outcome, Wanted
from requests_app.models.copyright import Fate
from requests_app.workflow.states import HoldKind

_NOT_BY_LAW = frozenset({Statement.OTHER, Statement.NONE, Statement.AU_CLEARED})
"""Statements that rest on a licence, a payment or nothing at all."""


NOT_USABLE = "not_usable"
"""What settles the hold *perhaps ours* when we have it, or ordered it, and cannot use it (CONTU 2)."""


def record_of(request: BorrowingRequest) -> CopyrightRecord | None:
    """The copyright record of a request, None when none was made."""
    return next(iter(request.copyrights.all()), None)


def comes_as_copy(request: BorrowingRequest) -> bool:
    """Whether a copy is made of it: what came says so, else what is wanted."""
    return (request.kind_supplied or request.kind) == Wanted.COPY


def fate_of(request: BorrowingRequest) -> Fate:
    """Filled is what came as a copy from another library; what ends without one gives its place back.

    A loan gives it back (S14), and so does what came from a document supplier, from our own shelves or was bought (S8).
    A copy that came stays filled when nobody wants it any more (S21).
    """
    is_copy = comes_as_copy(request)
    if request.outcome == Outcome.FILLED:
        came = is_copy and request.fill_source == FillSource.LENDER
        return Fate.FILLED if came else Fate.RELEASED
    if request.outcome in {Outcome.UNFILLED, Outcome.CANCELLED} or not is_copy:
        return Fate.RELEASED
    return Fate.OPEN


def is_ours_and_unusable(request: BorrowingRequest) -> bool:
    """Whether staff looked on our shelves and found that ours cannot be used."""
    return any(
        each.kind == HoldKind.OWNED and each.cleared_at is not None and each.reason == NOT_USABLE
        for each in request.holds.all()
    )


def conditions_of(request: BorrowingRequest) -> list[str]:
    """What the law ties the copy to (codes of `Condition`); nothing while nobody has decided."""
    record = record_of(request)
    return list(record.conditions) if record is not None and record.decided_at is not None else []


def stated_on(request: BorrowingRequest) -> Statement | None:
    """The representation that a copy request carries to its lender (CONTU guideline 3); None while none was made."""
    record = record_of(request)
    if request.kind != Wanted.COPY or record is None or record.decided_at is None or not record.statement:
        return None
    return Statement(record.statement)


def note_on(request: BorrowingRequest) -> str:
    """What the law wants written on the request to another library, where the law is its ground."""
    record, stated = record_of(request), stated_on(request)
    if record is None or stated is None or stated in _NOT_BY_LAW:
        return ""
    return rules_for(record.jurisdiction).request_note


def follow(act: Act) -> None:
    """Bring the record in line with its request; undo restores it with the rest.

    A copy that came stays counted (S21), and once (S22): also when the request is reopened, to ask for it again.
    """
    record = record_of(act.subject)
    if record is None or record.fate == Fate.FILLED:
        return
    fate = fate_of(act.subject)
    if fate == record.fate:
        return
    zone = act.subject.library.timezone
    act.set(record, fate=fate, filled_on=local_date(act.at, zone) if fate == Fate.FILLED else None)
