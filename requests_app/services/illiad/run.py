"""Read exports line by line and take over what is new, in small batches."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from django.db import DatabaseError

from illservice.core.csvfile import CsvFile, CsvReject, CsvRow
from illservice.directory.models import Library
from requests_app.services.illiad import columns
from requests_app.services.illiad.partners import Partners
from requests_app.services.illiad.record import Record, Unusable, source_key, transaction_number, understand
from requests_app.services.illiad.writing import present_keys, write

logger = logging.getLogger(__name__)

BATCH = 100
"""Records in one transaction: others who write on SQLite wait no longer than that."""

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that was not taken over. `line` is the physical line where it starts."""

    file: str
    line: int
    code: str
    reason: str


@dataclass(slots=True)
class Report:
    """What came of an import: read = imported + present + len(rejected)."""

    dry_run: bool
    read: int = 0
    imported: int = 0
    present: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """The contract of the command's last line."""
        return {
            "dry_run": self.dry_run,
            "read": self.read,
            "imported": self.imported,
            "present": self.present,
            "rejected": [
                {"file": each.file, "line": each.line, "code": each.code, "reason": each.reason}
                for each in self.rejected
            ],
            "warnings": dict(sorted(self.warnings.items())),
        }


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the batch: its transaction, and what it became."""

    number: int
    key: str
    found: Record | Unusable


class Importer:
    """Takes exports into one library. A dry run reads and compares, and writes nothing at all."""

    def __init__(
        self,
        library: Library,
        *,
        at: datetime,
        dry_run: bool = False,
        progress: Callable[[Report], None] = lambda _report: None,
    ) -> None:
        self.report = Report(dry_run)
        self._library = library
        self._zone = ZoneInfo(library.timezone)
        self._at = at
        self._progress = progress
        self._partners = Partners(library)
        self._would_be: set[str] = set()

    def read(self, name: str, stream: BinaryIO) -> None:
        """Take over one file. `name` is what the report calls it."""
        table = CsvFile(stream)
        plain = {column: columns.plain_name(column) for column in table.header}
        if columns.TRANSACTION not in plain.values():
            self._refuse_file(name, table)
            return
        first_reject = len(self.report.rejected)
        batch: list[_Line] = []
        for row in table:
            self.report.read += 1
            if isinstance(row, CsvReject):
                self._reject(name, row.line, row.code, row.reason)
                continue
            line = self._understand(name, row, plain)
            if line is not None:
                batch.append(line)
            if len(batch) >= BATCH:
                self._take(name, batch)
                batch = []
        self._take(name, batch)
        self.report.rejected[first_reject:] = sorted(
            self.report.rejected[first_reject:], key=lambda each: each.line
        )
        self.report.warnings += table.warnings

    def _refuse_file(self, name: str, table: CsvFile) -> None:
        """A file without its most important column is one reject, however many lines it has."""
        self.report.read += 1
        if table.header:
            self._reject(name, 1, "no_export", "There is no column “Transaction Number”.")
        else:
            self._reject(name, 1, "empty_file", "There is no line with the names of the columns.")

    def _understand(self, name: str, row: CsvRow, plain: dict[str, str]) -> _Line | None:
        """The line as a record, or as what is wrong with it; None when it has no number to know it by."""
        values: dict[str, str] = {}
        for column, text in row.values.items():
            values.setdefault(plain[column], text)
        try:
            key = source_key(transaction_number(values))
        except Unusable as unusable:
            self._reject(name, row.line, unusable.code, unusable.reason)
            return None
        try:
            record = understand(row.values, values, zone=self._zone, currency=self._library.currency)
        except Unusable as unusable:
            return _Line(row.line, key, unusable)
        return _Line(row.line, key, record)

    def _take(self, name: str, batch: list[_Line]) -> None:
        """Sort a batch into present, rejected and new, and write the new ones."""
        known = present_keys(self._library, [line.key for line in batch]) | self._would_be
        new: list[tuple[_Line, Record]] = []
        for line in batch:
            if line.key in known:
                self.report.present += 1
            elif isinstance(line.found, Unusable):
                self._reject(name, line.number, line.found.code, line.found.reason)
            else:
                known.add(line.key)
                new.append((line, line.found))
        if self.report.dry_run:
            self._would_be.update(line.key for line, _record in new)
            self._count([record for _line, record in new])
        elif new:
            self._write(name, new)
        self._progress(self.report)

    def _write(self, name: str, new: list[tuple[_Line, Record]]) -> None:
        """All at once; when the database refuses that, one by one, so that one bad record stops no other."""
        records = [record for _line, record in new]
        try:
            write(self._library, records, self._partners, at=self._at)
        except DatabaseError:
            for line, record in new:
                self._write_one(name, line, record)
        else:
            self._count(records)

    def _write_one(self, name: str, line: _Line, record: Record) -> None:
        """Once more when it fails: another import may have added the same request, lender or reason meanwhile."""
        problem = ""
        for _attempt in range(ATTEMPTS):
            if present_keys(self._library, [record.key]):
                self.report.present += 1
                return
            try:
                write(self._library, [record], self._partners, at=self._at)
            except DatabaseError as error:
                problem = type(error).__name__
            else:
                self._count([record])
                return
        logger.warning("line %d was refused: %s", line.number, problem)
        self._reject(name, line.number, "database", "The database did not take this record.")

    def _count(self, records: list[Record]) -> None:
        self.report.imported += len(records)
        for record in records:
            self.report.warnings.update(record.warnings)

    def _reject(self, name: str, line: int, code: str, reason: str) -> None:
        self.report.rejected.append(Rejected(name, line, code, reason))
