"""One line of an ILLiad export, understood: what was asked, how it ended, who supplied it. Touches no database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

from illservice.citations.data import CitationData
from illservice.citations.text import clean_text
from illservice.directory.models import PartnerSystem
from requests_app.models import Delivery, FillSource, Outcome
from requests_app.services.illiad import columns, dates

SOURCE = "illiad"

_FILLED = frozenset({"request finished", "delivered to web"})
_CANCELLED = "cancelled by"
_DELIVERED_TO_WEB = "delivered to web"

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

_SYSTEMS: Mapping[str, PartnerSystem] = MappingProxyType(
    {
        "OCLC": PartnerSystem.OCLC,
        "DOC": PartnerSystem.DOCLINE,
        "DOCLINE": PartnerSystem.DOCLINE,
        "RAPID": PartnerSystem.RAPIDILL,
        "RAPIDILL": PartnerSystem.RAPIDILL,
    }
)
_OWN_SYSTEMS = frozenset({"LOCL", "LOCAL"})
LONGEST_NUMBER = 30
LONGEST_LENDER = 30
_AMOUNT = re.compile(r"^(?P<sign>\$|USD)?\s*(?P<amount>\d{1,7}(?:\.\d{1,4})?)$", re.IGNORECASE)
_CENT = Decimal("0.01")


class Unusable(Exception):
    """A line that cannot become a request, with the code and the words that the report shows."""

    def __init__(self, code: str, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Lender:
    """The one who supplied: the code in capital letters and the system it was asked in."""

    code: str
    system: PartnerSystem


@dataclass(frozen=True, slots=True)
class Record:
    """A closed request as its line tells it. `raw` holds every column as it came, understood or not."""

    number: str
    kind: str
    material: str
    citation: CitationData
    submitted_at: datetime
    closed_at: datetime
    outcome: Outcome
    fill_source: FillSource
    lender: Lender | None
    reason: str
    cost: Decimal | None
    currency: str
    max_cost: Decimal | None
    lender_due: date | None
    lender_number: str
    cited_in: str
    category: str
    department: str
    delivery: Delivery
    raw: dict[str, str]
    warnings: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What makes the request the same one in the next import."""
        return source_key(self.number)


def source_key(number: str) -> str:
    """The key of a transaction, unique in its library."""
    return f"{SOURCE}:{number}"


def transaction_number(values: Mapping[str, str]) -> str:
    """The transaction number, without what spreadsheets add to it (317911.0); Unusable without one."""
    said = values.get(columns.TRANSACTION, "").strip()
    number = re.sub(r"\.0+$", "", said)
    if not number:
        raise Unusable("transaction_number", "There is no transaction number.")
    if not number.isascii() or not number.isdigit() or len(number) > LONGEST_NUMBER:
        raise Unusable("transaction_number", "The transaction number is not a number.")
    return number


def understand(raw: dict[str, str], values: Mapping[str, str], *, zone: ZoneInfo, currency: str) -> Record:
    """Read a line: `values` are its fields by plain column name. Raises Unusable; warnings stand in the record."""
    number = transaction_number(values)
    outcome = _outcome(values)
    submitted_at, closed_at, warnings = _moments(values, zone)
    kind = columns.kind_of(values)
    material, odd = columns.material_of(values, kind)
    citation, more = columns.citation_of(values, kind, material)
    fill_source, lender = _supplier(values, outcome)
    if outcome == Outcome.FILLED and fill_source == FillSource.LENDER and lender is None:
        more.append("lender_missing")
    paid, max_cost = _money(values, "ifmcost", more), _money(values, "maxcost", more)
    lender_due = dates.read_day(values.get("duedate", ""))
    return Record(
        number=number,
        kind=kind,
        material=material,
        citation=citation,
        submitted_at=submitted_at,
        closed_at=closed_at,
        outcome=outcome,
        fill_source=fill_source,
        lender=lender,
        reason=clean_text(values.get("reasonforcancellation", "")) if outcome == Outcome.CANCELLED else "",
        cost=paid,
        currency=currency if paid is not None else "",
        max_cost=max_cost,
        lender_due=lender_due,
        lender_number=clean_text(values.get("illnumber", ""))[:60],
        cited_in=clean_text(values.get("citedin", ""))[:300],
        category=clean_text(values.get("status", ""))[:30],
        department=clean_text(values.get("department", ""))[:150],
        delivery=_delivery(values),
        raw=raw,
        warnings=[*warnings, *([odd] if odd else []), *dict.fromkeys(more)],
    )


def _status(values: Mapping[str, str]) -> str:
    return " ".join(values.get("transactionstatus", "").casefold().split())


def _outcome(values: Mapping[str, str]) -> Outcome:
    """How it ended. Whatever has not ended is left for an import of open transactions."""
    process = columns.plain_name(values.get("processtype", ""))
    if process == "lending":
        raise Unusable("not_borrowing", "This is a lending request.")
    status = _status(values)
    if status in _FILLED:
        return Outcome.FILLED
    if status.startswith(_CANCELLED):
        return Outcome.CANCELLED
    if not status:
        raise Unusable("status_missing", "There is no transaction status.")
    shown = clean_text(values["transactionstatus"])[:80]
    raise Unusable("open_transaction", f"“{shown}” is not finished; only finished requests are taken over.")


def _moments(values: Mapping[str, str], zone: ZoneInfo) -> tuple[datetime, datetime, list[str]]:
    """When it was submitted and when it ended, in order, and what had to be mended for it."""
    created = dates.read_moment(values.get("creationdate", ""), zone)
    ended = dates.read_moment(values.get("transactiondate", ""), zone)
    warnings = [each.warning for each in (created, ended) if each and each.warning]
    if created is None or ended is None:
        warnings.append("date_unreadable")
    created, ended = created or ended, ended or created
    if created is None or ended is None:
        raise Unusable("dates", "Neither the creation date nor the transaction date can be read.")
    submitted_at, moved = dates.in_order(created.at, ended.at)
    if moved:
        warnings.append("creation_after_transaction")
    return submitted_at, ended.at, list(dict.fromkeys(warnings))


def _supplier(values: Mapping[str, str], outcome: Outcome) -> tuple[FillSource, Lender | None]:
    """Where a filled request was filled from. A cancelled one keeps nothing: no lender had it when it ended."""
    if outcome != Outcome.FILLED:
        return FillSource.NONE, None
    code = "".join(values.get("lendinglibrary", "").upper().split())
    source = _NO_LIBRARIES.get(code.replace("-", ""))
    if source is not None:
        return source, None
    system_id = values.get("systemid", "").strip().upper()
    if system_id in _OWN_SYSTEMS or columns.plain_name(values.get("processtype", "")) == "docdel":
        return FillSource.OWN, None
    if not any(c.isalnum() for c in code):
        return FillSource.LENDER, None
    return FillSource.LENDER, Lender(code[:LONGEST_LENDER], _SYSTEMS.get(system_id, PartnerSystem.OTHER))


def _money(values: Mapping[str, str], column: str, warnings: list[str]) -> Decimal | None:
    """An amount like "$15.00" or "30.5", None when there is none."""
    said = values.get(column, "").strip().replace(",", "")
    if not said:
        return None
    found = _AMOUNT.match(said)
    if found is None:
        warnings.append("cost_unreadable")
        return None
    return Decimal(found["amount"]).quantize(_CENT)


def _delivery(values: Mapping[str, str]) -> Delivery:
    return Delivery.ELECTRONIC if _status(values) == _DELIVERED_TO_WEB else Delivery.BRANCH
