"""Exports of another system as tests invent them: rows as mappings, written as CSV bytes."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Protocol

from illservice.directory.services.illiad.report import Report


class Reader(Protocol):
    """An importer of any kind of export."""

    report: Report

    def read(self, name: str, stream: io.BytesIO) -> None:
        """Take over one file."""


def as_csv(rows: Sequence[Mapping[str, object]]) -> bytes:
    """A file whose header names every column that some row has."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def read_rows(reader: Reader, *rows: Mapping[str, object]) -> Report:
    """Read one file of these rows; every line is accounted for."""
    reader.read("export.csv", io.BytesIO(as_csv(rows)))
    report = reader.report
    assert report.read == report.imported + report.updated + report.present + len(report.rejected)
    return report
