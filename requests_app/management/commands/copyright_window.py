"""`./ill copyright_window --request DATE --published TEXT --mode MODE [--json]`."""

import io
import json
import sys
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from requests_app.copyright.dates import Published, read_published
from requests_app.copyright.window import YEARS, WindowMode, first_recent_year, is_recent, years_before


class Command(BaseCommand):
    """Whether something is recent in the sense of CONTU 1(a). Exit 0 when it ran, 2 for wrong use."""

    help = "Says whether something was published within five years before a request, as the CONTU guidelines count."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The words after the command."""
        parser.add_argument("--request", required=True, type=_day, metavar="DATE", help="such as 2026-01-31")
        parser.add_argument(
            "--published", required=True, metavar="TEXT", help="the date as the citation has it"
        )
        parser.add_argument("--mode", choices=WindowMode.values, default=WindowMode.ROLLING.value)
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, decide, say."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        published, mode = read_published(options["published"]), WindowMode(options["mode"])
        recent = is_recent(published, options["request"], mode)
        why = _why(published, options["request"], mode, recent)
        if not options["json"]:
            self.stdout.write(f"{_WORDS[recent]}: {why}")
            return
        known = {
            "from": published.first.isoformat() if published.first else None,
            "to": published.last.isoformat() if published.last else None,
            "precision": str(published.precision),
        }
        self.stdout.write(json.dumps({"recent": recent, "published": known, "why": why}, ensure_ascii=False))


_WORDS = {True: "recent", False: "not recent", None: "unknown"}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no date like 2026-01-31") from error


def _why(published: Published, requested: date, mode: WindowMode, recent: bool | None) -> str:
    if published.last is None:
        return "It is not out yet." if recent else "The date cannot be read."
    first = first_recent_year(requested, mode)
    if first is None:
        edge = years_before(requested, YEARS)
        relation = "not before" if recent else "before"
        return f"Its latest day {published.last} is {relation} {edge}, five years before the request."
    return f"Its latest year is {published.last.year}; recent is {first} and later."
