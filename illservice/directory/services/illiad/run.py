"""Read exports of transactions line by line and take over what is new, in small batches.

What a line means and how it is written belongs to the side of it (`Side`).
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Generic, Protocol, TypeVar

from django.db import DatabaseError

from illservice.core.csvfile import CsvFile, CsvReject, CsvRow
from illservice.directory.services.illiad import columns
from illservice.directory.services.illiad.report import Progress, Rejected, Report, Unusable, unheard
from illservice.directory.services.illiad.transaction import source_key, transaction_number

logger = logging.getLogger(__name__)

BATCH = 100
"""Records in one transaction: others who write on SQLite wait no longer than that."""

ATTEMPTS = 3


class Known(Protocol):
    """A record that was understood."""

    @property
    def key(self) -> str:
        """What makes it the same one in the next import."""

    @property
    def warnings(self) -> Sequence[str]:
        """Codes of what was odd."""


RecordT = TypeVar("RecordT", bound=Known)


class Side(Protocol[RecordT]):
    """What borrowing and lending do each in their way."""

    def understand(self, raw: dict[str, str], values: Mapping[str, str]) -> RecordT:
        """The line as a record; Unusable when it cannot be taken over."""

    def present(self, keys: Sequence[str]) -> set[str]:
        """Which of these keys the library has already."""

    def refusals(self, records: Sequence[RecordT]) -> Mapping[str, Unusable]:
        """The keys of records that the database speaks against, and why."""

    def write(self, records: Sequence[RecordT]) -> None:
        """Write these records, all or none. IntegrityError when one came in by another import meanwhile."""


@dataclass(frozen=True, slots=True)
class _Line(Generic[RecordT]):
    """One line of the batch: its transaction, and what it became."""

    number: int
    key: str
    found: RecordT | Unusable


def plain_values(row: CsvRow, plain: Mapping[str, str]) -> dict[str, str]:
    """The fields of a row by plain column name; of two columns with one name the first counts."""
    values: dict[str, str] = {}
    for column, text in row.values.items():
        values.setdefault(plain[column], text)
    return values


def refuse_file(report: Report, name: str, table: CsvFile, column: str) -> None:
    """A file without its most important column is one reject, however many lines it has."""
    report.read += 1
    if table.header:
        report.reject(name, 1, Unusable("no_export", f"There is no column “{column}”."))
    else:
        report.reject(name, 1, Unusable("empty_file", "There is no line with the names of the columns."))


def sort_rejects(rejected: list[Rejected], first: int) -> None:
    """Bring the rejects of one file, those from `first` on, into the order of their lines."""
    rejected[first:] = sorted(rejected[first:], key=lambda each: each.line)


class TransactionImporter(Generic[RecordT]):
    """Takes exports into one library. A dry run reads and compares, and writes nothing at all."""

    def __init__(self, side: Side[RecordT], *, dry_run: bool = False, progress: Progress = unheard) -> None:
        self.report = Report(dry_run)
        self._side = side
        self._progress = progress
        self._would_be: set[str] = set()

    def read(self, name: str, stream: BinaryIO) -> None:
        """Take over one file. `name` is what the report calls it."""
        table = CsvFile(stream)
        plain = {column: columns.plain_name(column) for column in table.header}
        if columns.TRANSACTION not in plain.values():
            refuse_file(self.report, name, table, "Transaction Number")
            return
        first_reject = len(self.report.rejected)
        batch: list[_Line[RecordT]] = []
        for row in table:
            self.report.read += 1
            line = self._understand(name, row, plain)
            if line is not None:
                batch.append(line)
            if len(batch) >= BATCH:
                self._take(name, batch)
                batch = []
        self._take(name, batch)
        sort_rejects(self.report.rejected, first_reject)
        self.report.warnings += table.warnings

    def _understand(
        self, name: str, row: CsvRow | CsvReject, plain: Mapping[str, str]
    ) -> _Line[RecordT] | None:
        """The line as a record, or as what is wrong with it; None when it has no number to know it by."""
        if isinstance(row, CsvReject):
            self.report.reject(name, row.line, Unusable(row.code, row.reason))
            return None
        values = plain_values(row, plain)
        try:
            key = source_key(transaction_number(values))
        except Unusable as unusable:
            self.report.reject(name, row.line, unusable)
            return None
        try:
            return _Line(row.line, key, self._side.understand(row.values, values))
        except Unusable as unusable:
            return _Line(row.line, key, unusable)

    def _take(self, name: str, batch: list[_Line[RecordT]]) -> None:
        """Sort a batch into present, rejected and new, and write the new ones."""
        known = self._side.present([line.key for line in batch]) | self._would_be
        refused = self._side.refusals([line.found for line in batch if not isinstance(line.found, Unusable)])
        new: list[tuple[_Line[RecordT], RecordT]] = []
        for line in batch:
            found = line.found if isinstance(line.found, Unusable) else refused.get(line.key, line.found)
            if line.key in known:
                self.report.present += 1
            elif isinstance(found, Unusable):
                self.report.reject(name, line.number, found)
            else:
                known.add(line.key)
                new.append((line, found))
        if self.report.dry_run:
            self._would_be.update(line.key for line, _record in new)
            self._count(record for _line, record in new)
        elif new:
            self._write(name, new)
        self._progress(self.report)

    def _write(self, name: str, new: list[tuple[_Line[RecordT], RecordT]]) -> None:
        """All at once; when the database refuses that, one by one, so that one bad record stops no other."""
        records = [record for _line, record in new]
        try:
            self._side.write(records)
        except DatabaseError:
            for line, record in new:
                self._write_one(name, line, record)
        else:
            self._count(records)

    def _write_one(self, name: str, line: _Line[RecordT], record: RecordT) -> None:
        """Once more when it fails: another import may have added the same request, partner or reason meanwhile."""
        problem = ""
        for _attempt in range(ATTEMPTS):
            if self._side.present([record.key]):
                self.report.present += 1
                return
            try:
                self._side.write([record])
            except DatabaseError as error:
                problem = type(error).__name__
            else:
                self._count([record])
                return
        logger.warning("line %d was refused: %s", line.number, problem)
        self.report.reject(name, line.number, Unusable("database", "The database did not take this record."))

    def _count(self, records: Iterable[RecordT]) -> None:
        for record in records:
            self.report.imported += 1
            self.report.warnings.update(record.warnings)
