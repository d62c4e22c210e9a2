"""One line of an ILLiad export, understood as a request of another library. Touches no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from illservice.citations.kinds import Kind
from illservice.citations.text import clean_text
from illservice.directory.services.illiad.places import Place, Statuses
from illservice.directory.services.illiad.report import Unusable
from illservice.directory.services.illiad.transaction import (
    PartnerCode,
    Transaction,
    process_of,
    read_transaction,
    tracked,
)
from lending.models import Outcome
from lending.services.illiad.places import AWAY
from lending.workflow import states as s

_NOT_LENDING = frozenset({"borrowing", "docdel"})
_FOUND = ("founddate", "itemfounddate", "datefound")
_SHIPPED = ("itemshippeddate", "shippeddate", "dateshipped", "itemshipped")
_ADDRESS = ("tname", "taddress", "taddress2", "taddress3", "tcity", "tstate", "tzip", "tcountry")


@dataclass(frozen=True, slots=True)
class Record:
    """A lending request as its line tells it, with the dates of its tracking that the export has."""

    transaction: Transaction
    borrower: PartnerCode
    location: str
    ship_to: str
    electronic_address: str
    found_at: datetime | None
    shipped_at: datetime | None
    warnings: Sequence[str]

    @property
    def key(self) -> str:
        """What makes the request the same one in the next import."""
        return self.transaction.key

    @property
    def state(self) -> str:
        """The state it goes to."""
        return self.transaction.place.state

    @property
    def is_open(self) -> bool:
        """Whether it goes on here."""
        return self.state in s.OPEN


def understand(
    raw: dict[str, str], values: Mapping[str, str], *, zone: ZoneInfo, currency: str, statuses: Statuses
) -> Record:
    """Read a line: `values` are its fields by plain column name. Raises Unusable; warnings stand in the record."""
    if process_of(values) in _NOT_LENDING:
        raise Unusable("not_lending", "This is a request of our own patrons.")
    transaction = _by_kind(read_transaction(raw, values, zone=zone, currency=currency, statuses=statuses))
    if transaction.partner is None:
        raise Unusable("borrower_missing", "The column Lending Library does not say which library asked.")
    state = transaction.place.state
    warnings = list(transaction.warnings)
    if state in {s.ON_LOAN, s.COMING_BACK} and transaction.due is None:
        warnings.append("due_date_missing")
    shipped_at = tracked(values, _SHIPPED, zone, transaction) if state in AWAY else None
    if shipped_at is None and state in {s.ON_LOAN, s.COPY_SENT}:
        shipped_at = transaction.placed_at
    found_at = tracked(values, _FOUND, zone, transaction) if state in AWAY | {s.FOUND} else None
    return Record(
        transaction=transaction,
        borrower=transaction.partner,
        location=clean_text(values.get("location", ""))[:100],
        ship_to=_ship_to(values) if state in s.OPEN else "",
        electronic_address=clean_text(values.get("temailaddress", ""))[:500] if state in s.OPEN else "",
        found_at=transaction.placed_at if state == s.FOUND and found_at is None else found_at,
        shipped_at=shipped_at,
        warnings=warnings,
    )


def _by_kind(known: Transaction) -> Transaction:
    """A copy that was shipped is a copy sent: nobody waits for it to come back. A loan always comes back."""
    state, is_copy = known.place.state, known.kind == Kind.COPY
    if is_copy and state in {s.ON_LOAN, s.COMING_BACK}:
        return replace(known, place=Place(s.COPY_SENT, outcome=Outcome.FILLED))
    if not is_copy and state == s.COPY_SENT:
        return replace(known, place=Place(s.ON_LOAN, outcome=Outcome.FILLED))
    return known


def _ship_to(values: Mapping[str, str]) -> str:
    """The address that came with the request, a line for each column that has one."""
    lines = (clean_text(values.get(column, "")) for column in _ADDRESS)
    return "\n".join(line for line in lines if line)[:2000]
