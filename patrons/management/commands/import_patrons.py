"""`./ill import_patrons FILE --library SYMBOL [--dry-run] [--json]`."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from illservice.core import clock
from illservice.core.errors import IllError
from illservice.directory.management.arguments import library_named
from patrons.services import ImportReport, import_patrons
from patrons.services.records import COLUMNS

EVERY = 1000


class Command(BaseCommand):
    """Reads patrons from a CSV file; exit 0 when it ran, also with rejected lines, 2 for wrong use."""

    help = (
        "Reads patrons from a CSV file into a library, matched by barcode; nobody is ever deleted. The first line "
        f"names the columns: {', '.join(COLUMNS)}. Only barcode is needed, for new patrons also name and category. A "
        "column that is left out leaves its field alone. Dates like 2027-01-31; blocked is yes or no; category and "
        "home_branch are codes; contact is email, phone or letter. New patrons wait for the desk to clear them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The words after the command."""
        parser.add_argument("file", help="the CSV file")
        parser.add_argument("--library", required=True, metavar="SYMBOL", help="a symbol of the library")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="end with one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and print the report."""
        library = library_named(options["library"])
        try:
            with Path(options["file"]).open("rb") as stream:
                report = import_patrons(
                    stream,
                    library=library,
                    at=clock.now(),
                    dry_run=options["dry_run"],
                    progress=self._progress,
                )
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.", returncode=2) from error
        except IllError as error:
            raise CommandError(f"{options['file']}: {error}", returncode=2) from error
        if report.unknown_columns:
            self.stderr.write(f"Not used: the columns {', '.join(report.unknown_columns)}", self.style.NOTICE)
        self._say(report, as_json=options["json"])

    def _progress(self, read: int) -> None:
        if read % EVERY < 200:
            self.stderr.write(f"{read} lines read", self.style.NOTICE)

    def _say(self, report: ImportReport, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
            return
        for each in report.rejected:
            self.stdout.write(f"line {each['line']}: {each['code']}: {each['reason']}")
        for code, count in sorted(report.warnings.items()):
            self.stdout.write(f"warning {code}: {count}")
        self.stdout.write(
            f"{report.read} read, {report.created} created, {report.updated} updated, "
            f"{report.unchanged} unchanged, {len(report.rejected)} rejected"
            + (" (dry run, nothing was written)" if report.dry_run else "")
        )
