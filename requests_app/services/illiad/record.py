"""One line of an ILLiad export, understood as a borrowing request. Touches no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

from illservice.citations.copyright import Statement
from illservice.citations.text import clean_text
from illservice.directory.services.illiad import columns
from illservice.directory.services.illiad.places import Statuses
from illservice.directory.services.illiad.report import Unusable
from illservice.directory.services.illiad.transaction import (
    PartnerCode,
    Transaction,
    partner_code,
    process_of,
    read_transaction,
    system_of,
    tracked,
)
from requests_app.models import Delivery, FillSource, Wanted
from requests_app.services.illiad.places import NEEDS_LENDER, SUPPLIED
from requests_app.workflow import states as s

_DELIVERED_TO_WEB = "deliveredtoweb"
_ELECTRONIC = frozenset({"awaitingodysseyprocessing", "inelectronicdeliveryprocessing", _DELIVERED_TO_WEB})

_NO_LIBRARIES: Mapping[str, FillSource] = MappingProxyType(
    {
        "OA": FillSource.ONLINE,
        "OPENACCESS": FillSource.ONLINE,
        "WEB": FillSource.ONLINE,
        "WWW": FillSource.ONLINE,
        "INTERNET": FillSource.ONLINE,
        "ONLINE": FillSource.ONLINE,
        "FREE": FillSource.ONLINE,
        "GETIT": FillSource.SUPPLIER,
        "GETITNOW": FillSource.SUPPLIER,
        "CCC": FillSource.SUPPLIER,
        "REPRINTSDESK": FillSource.SUPPLIER,
        "INFOTRIEVE": FillSource.SUPPLIER,
        "BUY": FillSource.BOUGHT,
        "BOUGHT": FillSource.BOUGHT,
        "PURCHASE": FillSource.BOUGHT,
        "AMAZON": FillSource.BOUGHT,
        "LOCAL": FillSource.OWN,
        "OWN": FillSource.OWN,
    }
)
"""What stands in Lending Library without being one, and what it says instead."""

_OWN_SYSTEMS = frozenset({"LOCL", "LOCAL"})
_RECEIVED = ("iteminhanddate", "dateiteminhand", "itemreceiveddate", "receiveddate", "datereceived")
_HERE = SUPPLIED - {s.COMPLETED}


@dataclass(frozen=True, slots=True)
class Record:
    """A borrowing request as its line tells it. `received_at` is when the item came, where the export says so.

    `statement` is what the library stated on a copy, `fee_recorded`: its staff noted a royalty.
    """

    transaction: Transaction
    fill_source: FillSource
    lender: PartnerCode | None
    username: str
    received_at: datetime | None
    cited_in: str
    category: str
    department: str
    delivery: Delivery
    warnings: Sequence[str]
    statement: Statement | None = None
    fee_recorded: bool = False

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
    if process_of(values) == "lending":
        raise Unusable("not_borrowing", "This is a lending request.")
    transaction = read_transaction(raw, values, zone=zone, currency=currency, statuses=statuses)
    state = transaction.place.state
    fill_source, lender = _supplier(values, transaction)
    warnings = list(transaction.warnings)
    if state in SUPPLIED and fill_source == FillSource.LENDER and lender is None:
        warnings.append("lender_missing")
    if state in NEEDS_LENDER and lender is None:
        raise Unusable("lender_missing", "It is with a lender, and no column says with which.")
    if state == s.ON_LOAN and transaction.kind == Wanted.LOAN and transaction.due is None:
        warnings.append("due_date_missing")
    return Record(
        transaction=transaction,
        fill_source=fill_source,
        lender=lender,
        username=clean_text(values.get("username", ""))[:150],
        received_at=tracked(values, _RECEIVED, zone, transaction) if state in _HERE else None,
        cited_in=clean_text(values.get("citedin", ""))[:300],
        category=clean_text(values.get("status", ""))[:30],
        department=clean_text(values.get("department", ""))[:150],
        delivery=_delivery(values),
        warnings=warnings,
        statement=stated(values),
        fee_recorded=fee_recorded(values),
    )


def _supplier(values: Mapping[str, str], transaction: Transaction) -> tuple[FillSource, PartnerCode | None]:
    """Who has or had it. One that ended unfilled keeps nothing: no lender had it when it ended."""
    state = transaction.place.state
    if state in NEEDS_LENDER:
        return FillSource.NONE, _asked(values, transaction)
    if state not in SUPPLIED:
        return FillSource.NONE, None
    source = source_of(values)
    return source, transaction.partner if source == FillSource.LENDER else None


def stated(values: Mapping[str, str]) -> Statement | None:
    """The library's own statement under Copyright Comp: "US:CCG", "CCL" and the like."""
    word = values.get("copyrightcomp", "").strip().upper()
    found = (each for each in (Statement.CCG, Statement.CCL) if word.endswith(each.short))
    return next(found, None)


def fee_recorded(values: Mapping[str, str]) -> bool:
    """Whether staff noted a royalty under Base Fee."""
    said = values.get("basefee", "").strip().lstrip("$").replace(",", "")
    try:
        return bool(said) and Decimal(said) > 0
    except ArithmeticError:
        return False


def source_of(values: Mapping[str, str]) -> FillSource:
    """Where a line says that its item came from, or would come from: a library unless it says otherwise."""
    code = partner_code(values.get("lendinglibrary", ""))
    source = _NO_LIBRARIES.get(code.replace("-", ""))
    if source is not None:
        return source
    if values.get("systemid", "").strip().upper() in _OWN_SYSTEMS or process_of(values) == "docdel":
        return FillSource.OWN
    return FillSource.LENDER


def _asked(values: Mapping[str, str], transaction: Transaction) -> PartnerCode | None:
    """The lender who is asked now: Lending Library, else the first of Lending String."""
    if transaction.partner is not None:
        return transaction.partner
    first = values.get("lendingstring", "").replace(";", ",").split(",")[0]
    code = partner_code(first)
    return PartnerCode(code, system_of(values)) if any(c.isalnum() for c in code) else None


def _delivery(values: Mapping[str, str]) -> Delivery:
    electronic = columns.plain_name(values.get("transactionstatus", "")) in _ELECTRONIC
    return Delivery.ELECTRONIC if electronic else Delivery.BRANCH
