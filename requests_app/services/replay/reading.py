"""An ILLiad export of borrowing as rows that the rules of copyright can be asked about. Touches no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from illservice.citations.copyright import Statement
from illservice.citations.data import CitationData
from illservice.citations.identifiers import IdentifierKind
from illservice.citations.kinds import Kind, Material
from illservice.core.csvfile import CsvFile, CsvReject, CsvRow
from illservice.directory.services.illiad import columns, dates
from illservice.directory.services.illiad.places import Statuses
from illservice.directory.services.illiad.run import plain_values
from requests_app.copyright.counting import Fate
from requests_app.copyright.dates import Published, read_published
from requests_app.models import FillSource, Outcome
from requests_app.services.illiad.places import BORROWING
from requests_app.services.illiad.record import fee_recorded, source_of, stated
from requests_app.workflow.states import HoldKind

CREATED = "creationdate"
_NEWSPAPERS = frozenset({"newspaper", "newspaperarticle"})


class NoExport(Exception):
    """The file has no column with the date of the request, so nothing can be decided as of then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRow:
    """One transaction. `line` is the physical line where it starts, `stated` what the library's staff said.

    `fate` is what became of it as far as the count asks: RELEASED is also what came from elsewhere than a library, and
    what waits for clearance. `fee_recorded`: staff noted a royalty.
    """

    file: str
    line: int
    created: datetime
    settled: date | None
    kind: Kind
    material: Material
    is_newspaper: bool
    citation: CitationData
    published: Published
    stated: Statement | None
    fate: Fate
    fee_recorded: bool

    @property
    def issns(self) -> tuple[str, ...]:
        """The valid ISSNs of its cell."""
        return tuple(one.normalised for one in self.citation.identifiers if one.valid and one.kind in _SERIAL)

    @property
    def isbns(self) -> tuple[str, ...]:
        """The valid ISBNs of its cell."""
        return tuple(sorted(self.citation.normalised(IdentifierKind.ISBN)))


_SERIAL = frozenset({IdentifierKind.ISSN, IdentifierKind.EISSN})


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that cannot be decided at all, and why."""

    file: str
    line: int
    why: str


def read_export(name: str, stream: BinaryIO) -> list[ReplayRow | Unread]:
    """All transactions of a file in its order; NoExport when it is none."""
    table = CsvFile(stream)
    plain = {column: columns.plain_name(column) for column in table.header}
    if CREATED not in plain.values():
        raise NoExport(name)
    return [_read(name, row, plain) for row in table]


def _read(name: str, row: CsvRow | CsvReject, plain: Mapping[str, str]) -> ReplayRow | Unread:
    if isinstance(row, CsvReject):
        return Unread(name, row.line, row.reason)
    values = plain_values(row, plain)
    created = dates.read_local(values.get(CREATED, ""))
    if created is None:
        return Unread(name, row.line, "The creation date cannot be read.")
    kind = columns.kind_of(values)
    material, _odd = columns.material_of(values, kind)
    citation, _warnings = columns.citation_of(values, kind, material)
    return ReplayRow(
        file=name,
        line=row.line,
        created=created,
        settled=dates.read_day(values.get("transactiondate", "")),
        kind=kind,
        material=material,
        is_newspaper=columns.plain_name(values.get("documenttype", "")) in _NEWSPAPERS,
        citation=citation,
        published=read_published(citation.date),
        stated=stated(values),
        fate=_fate(values, BORROWING),
        fee_recorded=fee_recorded(values),
    )


def _fate(values: Mapping[str, str], statuses: Statuses) -> Fate:
    """Filled, going on, or no copy by a library (CONTU 1(a) counts filled requests to libraries).

    A status that a site made up itself is taken for going on, unless it says that the request was cancelled.
    """
    status = values.get("transactionstatus", "")
    place = statuses.place(status)
    if place is None:
        return Fate.RELEASED if columns.plain_name(status).startswith("cancel") else Fate.OPEN
    if place.outcome == Outcome.FILLED:
        return Fate.FILLED if source_of(values) == FillSource.LENDER else Fate.RELEASED
    return Fate.RELEASED if place.outcome or place.hold == HoldKind.COPYRIGHT else Fate.OPEN


def is_copy(row: ReplayRow) -> bool:
    """Loans make no copy."""
    return row.kind != Kind.LOAN
