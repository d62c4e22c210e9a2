"""`./ill import_titles FILE --library SYMBOL [--kbart] [--package NAME] [--licence NAME] [--aggregator] …`."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from illservice.citations.services import TitlesReport, import_titles
from illservice.citations.services.titles_file import COLUMNS
from illservice.core import clock
from illservice.core.actors import IMPORT
from illservice.core.errors import IllError
from illservice.directory.management.arguments import library_named


class Command(BaseCommand):
    """Reads titles and subscriptions; exit 0 when it ran, also with rejected lines, 2 for wrong use."""

    help = (
        "Reads journals with their ISSNs, and what the library subscribes to, from a KBART file or from CSV. Columns "
        f"of CSV: {', '.join(COLUMNS)}. Nothing is ever deleted; the same file can be read again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The words after the command."""
        parser.add_argument("file", metavar="FILE", help="the file of titles")
        parser.add_argument("--library", required=True, metavar="SYMBOL", help="a symbol of the library")
        parser.add_argument("--kbart", action="store_true", help="refuse the file when it is no KBART")
        parser.add_argument("--package", default="", metavar="NAME", help="the package that it lists")
        parser.add_argument(
            "--licence", default="", metavar="NAME", help="the library's licence for all that it lists"
        )
        parser.add_argument("--aggregator", action="store_true", help="it is an aggregator's package")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="end with one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and print the report."""
        library = library_named(options["library"])
        try:
            with Path(options["file"]).open("rb") as stream:
                report = import_titles(
                    stream,
                    library_id=library.pk,
                    actor=IMPORT,
                    at=clock.now(),
                    source=options["package"],
                    usual={
                        "licence": options["licence"],
                        "aggregator": "yes" if options["aggregator"] else "",
                    },
                    kbart=options["kbart"],
                    dry_run=options["dry_run"],
                )
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.", returncode=2) from error
        except IllError as error:
            raise CommandError(f"{options['file']}: {error}", returncode=2) from error
        if report.unknown_columns:
            self.stderr.write(f"Not used: the columns {', '.join(report.unknown_columns)}", self.style.NOTICE)
        self._say(report, as_json=options["json"])

    def _say(self, report: TitlesReport, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
            return
        for each in report.rejected:
            self.stdout.write(f"line {each['line']}: {each['code']}: {each['reason']}")
        for code, count in sorted(report.warnings.items()):
            self.stdout.write(f"warning {code}: {count}")
        self.stdout.write(
            f"{report.read} read, {report.journals} new journals, {report.created} lines created, "
            f"{report.updated} updated, {report.unchanged} unchanged, {report.passed_over} passed over, "
            f"{len(report.rejected)} rejected" + (" (dry run, nothing was written)" if report.dry_run else "")
        )
