"""One line of an export of transactions, understood as far as both sides share it. Touches no database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

from illservice.citations.data import CitationData
from illservice.citations.text import clean_text
from illservice.directory.models import PartnerSystem
from illservice.directory.services.illiad import columns, dates
from illservice.directory.services.illiad.places import Place, Statuses
from illservice.directory.services.illiad.report import Unmapped, Unusable

SOURCE = "illiad"
LONGEST_NUMBER = 30
LONGEST_CODE = 30
MOST_PIECES = 500

_SYSTEMS: Mapping[str, PartnerSystem] = MappingProxyType(
    {
        "OCLC": PartnerSystem.OCLC,
        "DOC": PartnerSystem.DOCLINE,
        "DOCLINE": PartnerSystem.DOCLINE,
        "RAPID": PartnerSystem.RAPIDILL,
        "RAPIDILL": PartnerSystem.RAPIDILL,
    }
)
_AMOUNT = re.compile(r"^(?P<sign>\$|USD)?\s*(?P<amount>\d{1,7}(?:\.\d{1,4})?)$", re.IGNORECASE)
_CENT = Decimal("0.01")
_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})


@dataclass(frozen=True, slots=True)
class PartnerCode:
    """How a transaction names the other library: its code in capital letters and the system it was asked in."""

    code: str
    system: PartnerSystem


@dataclass(frozen=True, slots=True)
class Transaction:
    """What both sides read alike. `placed_at` is when it came to its status; `raw` holds every column as it came."""

    number: str
    kind: str
    material: str
    citation: CitationData
    submitted_at: datetime
    placed_at: datetime
    place: Place
    partner: PartnerCode | None
    reason: str
    cost: Decimal | None
    currency: str
    max_cost: Decimal | None
    due: date | None
    need_by: date | None
    partner_number: str
    barcode: str
    pieces: int
    call_number: str
    conditions: tuple[str, ...]
    raw: dict[str, str]
    warnings: tuple[str, ...]

    @property
    def key(self) -> str:
        """What makes the request the same one in the next import."""
        return source_key(self.number)


def source_key(number: str) -> str:
    """The key of a transaction, unique in its library and side."""
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


def read_transaction(
    raw: dict[str, str], values: Mapping[str, str], *, zone: ZoneInfo, currency: str, statuses: Statuses
) -> Transaction:
    """Read a line: `values` are its fields by plain column name. Raises Unusable; warnings stand in the result."""
    number = transaction_number(values)
    place = _place(values, statuses)
    submitted_at, placed_at, warnings = _moments(values, zone)
    kind = columns.kind_of(values)
    material, odd = columns.material_of(values, kind)
    citation, more = columns.citation_of(values, kind, material)
    paid, max_cost = _money(values, "ifmcost", more), _money(values, "maxcost", more)
    return Transaction(
        number=number,
        kind=kind,
        material=material,
        citation=citation,
        submitted_at=submitted_at,
        placed_at=placed_at,
        place=place,
        partner=_partner(values),
        reason=clean_text(values.get("reasonforcancellation", "")),
        cost=paid,
        currency=currency if paid is not None else "",
        max_cost=max_cost,
        due=_day(values, "duedate", more),
        need_by=_day(values, "notwantedafter", more),
        partner_number=clean_text(values.get("illnumber", ""))[:60],
        barcode=clean_text(values.get("itemnumber", "") or values.get("itembarcode", ""))[:60],
        pieces=_pieces(values, more),
        call_number=clean_text(values.get("callnumber", ""))[:100],
        conditions=_conditions(values),
        raw=raw,
        warnings=(*warnings, *([odd] if odd else []), *dict.fromkeys(more)),
    )


def _place(values: Mapping[str, str], statuses: Statuses) -> Place:
    status = clean_text(values.get("transactionstatus", ""))[:80]
    if not status:
        raise Unusable("status_missing", "There is no transaction status.")
    place = statuses.place(status)
    if place is None:
        raise Unmapped(status)
    return place


def _moments(values: Mapping[str, str], zone: ZoneInfo) -> tuple[datetime, datetime, list[str]]:
    """When it was submitted and when it came to its status, in order, and what had to be mended for it."""
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


def tracked(
    values: Mapping[str, str], names: tuple[str, ...], zone: ZoneInfo, between: Transaction
) -> datetime | None:
    """A date of the tracking under the first of these columns that has one, kept between submission and status."""
    found = (dates.read_moment(values.get(name, ""), zone) for name in names)
    moment = next((each for each in found if each is not None), None)
    return None if moment is None else min(max(moment.at, between.submitted_at), between.placed_at)


def _partner(values: Mapping[str, str]) -> PartnerCode | None:
    """The library under Lending Library: the lender of a borrowing request, the borrower of a lending request."""
    code = partner_code(values.get("lendinglibrary", ""))
    return PartnerCode(code, system_of(values)) if any(c.isalnum() for c in code) else None


def partner_code(text: str) -> str:
    """A library's code as it is compared: in capital letters, without blanks."""
    return "".join(text.upper().split())[:LONGEST_CODE]


def system_of(values: Mapping[str, str]) -> PartnerSystem:
    """The system under System ID."""
    return _SYSTEMS.get(values.get("systemid", "").strip().upper(), PartnerSystem.OTHER)


def process_of(values: Mapping[str, str]) -> str:
    """The process type: borrowing, lending, docdel, or nothing."""
    return columns.plain_name(values.get("processtype", ""))


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


def _day(values: Mapping[str, str], column: str, warnings: list[str]) -> date | None:
    said = values.get(column, "").strip()
    day = dates.read_day(said)
    if day is None and any(c.isdigit() for c in said) and not dates.is_empty_date(said):
        warnings.append(f"{column}_unreadable")
    return day


def _pieces(values: Mapping[str, str], warnings: list[str]) -> int:
    """How many pieces, one when nothing is said."""
    said = re.sub(r"\.0+$", "", values.get("pieces", "").strip())
    if not said:
        return 1
    if not said.isascii() or not said.isdigit() or not 1 <= int(said[:6]) <= MOST_PIECES:
        warnings.append("pieces_unreadable")
        return 1
    return int(said)


def _conditions(values: Mapping[str, str]) -> tuple[str, ...]:
    """The lender's conditions as codes of ISO 18626."""
    only_here = values.get("libraryuseonly", "").strip().casefold() in _YES
    no_copies = values.get("allowphotocopies", "").strip().casefold() in _NO
    return (*(["LibraryUseOnly"] if only_here else []), *(["NoReproduction"] if no_copies else []))
