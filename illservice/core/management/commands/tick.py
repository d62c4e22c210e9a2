"""`./ill tick`: one round of every clock, by hand or as of a moment."""

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from illservice.core import clock, sweeping, timers
from illservice.core.fitting import FIRST_YEAR, LAST_YEAR
from illservice.core.sweeping import Delivered, Report
from illservice.core.timers import Tally

TOGETHER = timedelta(minutes=1)
"""So far ahead of our own clock another runner may have been that ran just now."""


class Command(BaseCommand):
    help = "Runs every clock once as of a moment, and says what each one did."

    def add_arguments(self, parser: CommandParser) -> None:
        """The contract: see docs/commands.md."""
        parser.add_argument(
            "--at",
            type=moment,
            metavar="ISO-TIME",
            help="as of this moment, such as 2026-03-02T08:00:00Z; usual: now. Never earlier than the last time",
        )
        parser.add_argument(
            "--deliver", action="store_true", help="then send everything that may leave by then"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")

    def handle(self, *, at: datetime | None, deliver: bool, as_json: bool, **_options: Any) -> None:
        """Run, then print one object. Exit 1 when a clock broke off."""
        at = self._moment(at)
        # What a clock writes is the same whoever's terminal it is; so is what the table says.
        with translation.override("en"):
            reports = list(sweeping.run_clocks(at, read_clock=clock.now))
            delivered = sweeping.deliver_due(at, read_clock=clock.now) if deliver else None
            write = as_object if as_json else as_table
            self.stdout.write(write(at, reports, delivered))
        if any(report.error for report in reports):
            sys.exit(1)

    def _moment(self, at: datetime | None) -> datetime:
        last = sweeping.last_moment()
        if at is None:
            at = clock.now()
            if last is not None and at < last <= at + TOGETHER:
                at = last
        if not sweeping.move_on_to(at):
            last = sweeping.last_moment() or at
            raise CommandError(
                f"The clocks already ran as of {last.isoformat()}, which is later than {at.isoformat()}. "
                f"They never run backwards: give that time or a later one. Nothing was done.",
                returncode=2,
            )
        return at


def moment(text: str) -> datetime:
    """An ISO 8601 time with its offset. A slip in the year is refused: no clock would run before it again."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time. Write one like 2026-03-02T08:00:00Z or 2026-03-02T08:00:00-06:00"
        ) from None
    if at.utcoffset() is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} does not say which time zone it means. Add Z for UTC or an offset such as +01:00"
        )
    if not FIRST_YEAR <= at.year < LAST_YEAR:
        raise argparse.ArgumentTypeError(
            f"{text!r} cannot be right: the year must lie between {FIRST_YEAR} and {LAST_YEAR - 1}"
        )
    return at.astimezone(UTC)


def as_object(at: datetime, reports: list[Report], delivered: Delivered | None) -> str:
    """One JSON object."""
    found: dict[str, Any] = {
        "at": at.isoformat(),
        "clocks": {name: tally.as_json() for report in reports for name, tally in report.tallies.items()},
        "broken_off": {report.clock.name: report.error for report in reports if report.error},
    }
    if delivered is not None:
        found["delivered"] = delivered.as_json()
    return json.dumps(found, indent=2)


def as_table(at: datetime, reports: list[Report], delivered: Delivered | None) -> str:
    """The same for people."""
    lines = [f"As of {at.isoformat()}", "", f"{'clock':36}{'looked at':>10}{'due':>7}{'done':>7}  skipped"]
    for report in reports:
        lines += [_line(name, tally) for name, tally in report.tallies.items()]
        if report.error:
            lines.append(f"{report.clock.name:36}broke off: {report.error}. The log says more.")
    if delivered is not None:
        counts = ", ".join(f"{count} {state}" for state, count in delivered.as_json().items())
        lines += ["", f"Outbox: {counts}"]
    return "\n".join(lines)


def _line(name: str, tally: Tally) -> str:
    skipped = ", ".join(f"{count} {timers.WHY.get(why, why)}" for why, count in tally.skipped.items())
    return f"{name:36}{tally.looked_at:>10}{tally.due:>7}{tally.done:>7}  {skipped}".rstrip()
