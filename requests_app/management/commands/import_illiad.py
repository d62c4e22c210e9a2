"""`./ill import_illiad FILE... --library SYMBOL [--dry-run] [--json]`."""

import io
import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from illservice.core import clock
from illservice.core.errors import NotFound
from illservice.directory.selectors import library_by_symbol
from illservice.directory.services.illiad.report import Report
from requests_app.services.illiad import Importer

EVERY_SECONDS = 2.0
SHOWN = 20
"""Rejects that are put in words; the JSON object holds all of them."""


class Command(BaseCommand):
    """Exit 0 when it ran, also with rejected lines; 2 for wrong use."""

    help = (
        "Takes ILLiad borrowing exports (CSV) over as closed requests. The last line of output is one JSON object "
        "that says what came of it. A transaction that is known is left as it is, so the same file can be read twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The words after the command."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="a CSV file exported from ILLiad")
        parser.add_argument("--library", required=True, metavar="SYMBOL", help="a symbol of the library")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="nothing but the JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open everything first: a file that cannot be read stops the command before anything is written."""
        self._started = self._said = time.monotonic()
        try:
            library = library_by_symbol(options["library"])
        except NotFound as error:
            raise CommandError(
                f"No library here has the symbol {options['library']}.", returncode=2
            ) from error
        with ExitStack() as stack:
            streams = [(name, stack.enter_context(_opened(name))) for name in options["files"]]
            importer = Importer(library, at=clock.now(), dry_run=options["dry_run"], progress=self._progress)
            for name, stream in streams:
                importer.read(name, stream)
        if not options["json"]:
            self._in_words(importer.report)
        self._as_json(importer.report)

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
        for code, count in sorted(report.warnings.items()):
            self._say(f"warning {code}: {count}")
        seconds = max(time.monotonic() - self._started, 0.001)
        self._say(
            f"{report.read} read, {report.imported} {'would be imported' if report.dry_run else 'imported'}, "
            f"{report.present} already there, {len(report.rejected)} rejected; "
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
