"""`./ill copyright_replay FILE... --mode MODE [--limit 5] [--json]`."""

import io
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app.copyright import Settings, WindowMode
from requests_app.services.replay import NoExport, Replay, ReplayRow, read_export, replay
from requests_app.services.replay.reading import Unread


class Command(BaseCommand):
    """Reads, decides, compares; writes nothing. Exit 0 when it ran, 2 for wrong use."""

    help = (
        "Decides an ILLiad export of borrowing by our rules of copyright (United States), every request as if it were "
        "asked for on its day, and compares with the library's own statements. Writes nothing."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The words after the command."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="a CSV file exported from ILLiad")
        parser.add_argument("--mode", choices=WindowMode.values, default=WindowMode.ROLLING.value)
        parser.add_argument("--limit", type=int, default=Settings().contu_limit, help="usual: 5")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read all files first, so that journals are known by all of them."""
        if options["limit"] < 0:
            raise CommandError("--limit: not below 0.", returncode=2)
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        settings = Settings(contu_window_mode=WindowMode(options["mode"]), contu_limit=options["limit"])
        rows = [row for name in options["files"] for row in _rows(name)]
        report = replay(rows, settings)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
        else:
            self._in_words(report)

    def _in_words(self, report: Replay) -> None:
        self.stdout.write(f"{report.rows} rows, window {report.mode}, limit {report.limit}")
        for rule, number in report.as_json()["decided"].items():
            self.stdout.write(f"  {rule}: {number}")
        for over in report.over_limit:
            self.stdout.write(
                f"over the limit: {over.journal} {over.year}, {over.count} before (line {over.line})"
            )
        for each in report.undecidable:
            self.stdout.write(f"for staff: line {each.line}: {each.why}")
        for other in report.disagreements:
            self.stdout.write(f"line {other.line}: {other.ours}, theirs {other.theirs}: {other.why}")
        rate = "nothing to compare" if report.rate is None else f"{report.rate:.2%}"
        self.stdout.write(f"agreement: {report.agreed} of {report.compared} ({rate})")


def _rows(name: str) -> list[ReplayRow | Unread]:
    try:
        with Path(name).open("rb") as stream:
            return read_export(Path(name).name, stream)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.", returncode=2) from error
    except NoExport as error:
        raise CommandError(f"{name} has no column “Creation Date”.", returncode=2) from error
