"""`./ill import_illiad FILE... --library SYMBOL [--process PROCESS] [--map STATUS=PLACE] [--dry-run] [--json]`."""

import io
import json
import sys
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from django.core.management.base import BaseCommand, CommandError, CommandParser

from illservice.core import clock
from illservice.core.errors import InvalidInput
from illservice.directory.management.arguments import library_named
from illservice.directory.models import Library
from illservice.directory.services.illiad.lenders import LenderImporter
from illservice.directory.services.illiad.report import Report
from lending.services import illiad as lending
from patrons.services.illiad import UserImporter
from requests_app.services import illiad as borrowing

EVERY_SECONDS = 2.0
SHOWN = 20
"""Rejects that are put in words; the JSON object holds all of them."""
PROCESSES = ("borrowing", "lending", "users", "lenders")


class Reading(Protocol):
    """What every kind of export is read by."""

    report: Report

    def read(self, name: str, stream: BinaryIO) -> None:
        """Take over one file."""


class Command(BaseCommand):
    """Exit 0 when it ran, also with rejected lines; 2 for wrong use."""

    help = (
        "Takes exports of ILLiad (CSV) over: requests of both sides, closed and open, patrons, and addresses of "
        "partners. The last line of output is one JSON object that says what came of it. What is known is left as it "
        "is, so the same file can be read twice. Nobody is written to."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The words after the command."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="a CSV file exported from ILLiad")
        parser.add_argument("--library", required=True, metavar="SYMBOL", help="a symbol of the library")
        parser.add_argument("--process", choices=PROCESSES, default="borrowing", help="what the files hold")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="STATUS=PLACE",
            help="what a status that the site made up itself means here; may be given several times",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="nothing but the JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open everything first: a file that cannot be read stops the command before anything is written."""
        self._started = self._said = time.monotonic()
        library = library_named(options["library"])
        importer = self._importer(library, clock.now(), options)
        with ExitStack() as stack:
            streams = [(name, stack.enter_context(_opened(name))) for name in options["files"]]
            for name, stream in streams:
                importer.read(name, stream)
        if not options["json"]:
            self._in_words(importer.report)
        self._as_json(importer.report)

    def _importer(self, library: Library, at: datetime, options: dict[str, Any]) -> Reading:
        """Who reads these files. What cannot be is said before anything is opened."""
        process, said, dry_run = options["process"], options["map"], options["dry_run"]
        try:
            if process == "borrowing":
                places = borrowing.BORROWING.mapped(said)
                return borrowing.Importer(
                    library, at=at, dry_run=dry_run, progress=self._progress, statuses=places
                )
            if process == "lending":
                places = lending.LENDING.mapped(said)
                return lending.Importer(
                    library, at=at, dry_run=dry_run, progress=self._progress, statuses=places
                )
        except InvalidInput as error:
            raise CommandError(f"--map: {error.fields['map']}", returncode=2) from error
        if said:
            raise CommandError(f"--map has no meaning for {process}.", returncode=2)
        reader = UserImporter if process == "users" else LenderImporter
        return reader(library, at=at, dry_run=dry_run, progress=self._progress)

    def _progress(self, report: Report) -> None:
        now = time.monotonic()
        if now - self._said >= EVERY_SECONDS:
            self._said = now
            self._say(f"{report.read} read, {report.imported} imported, {report.present} already there")

    def _in_words(self, report: Report) -> None:
        for each in report.rejected[:SHOWN]:
            self._say(f"{each.file}, line {each.line}: {each.reason} ({each.code})")
        if len(report.rejected) > SHOWN:
            self._say(f"… and {len(report.rejected) - SHOWN} more lines were rejected")
        for status, count in sorted(report.unmapped_statuses.items()):
            self._say(f"status “{status}” is not understood: {count}")
        for code, count in sorted(report.warnings.items()):
            self._say(f"warning {code}: {count}")
        seconds = max(time.monotonic() - self._started, 0.001)
        self._say(
            f"{report.read} read, {report.imported} {'would be imported' if report.dry_run else 'imported'}, "
            f"{report.updated} completed, {report.present} already there, {len(report.rejected)} rejected; "
            f"{seconds:.1f} s, {report.read / seconds:.0f} a second"
        )

    def _say(self, text: str) -> None:
        self.stderr.write(f"import_illiad: {text}", self.style.NOTICE)
        self.stderr.flush()

    def _as_json(self, report: Report) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))


def _opened(name: str) -> BinaryIO:
    path = Path(name)
    try:
        return path.open("rb")
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.", returncode=2) from error
