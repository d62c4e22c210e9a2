"""`./ill rebuild_milestones [--library SYMBOL] [--check]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from illservice.directory.management.arguments import library_named
from requests_app.models import BorrowingRequest
from requests_app.services.milestones import differences, rebuild


class Command(BaseCommand):
    """Exit 0 when columns and events agree or were made to, 1 when `--check` found differences, 2 for wrong use."""

    help = "Works out the milestone columns of borrowing requests from their events and puts them right."

    def add_arguments(self, parser: CommandParser) -> None:
        """The words after the command."""
        parser.add_argument("--library", metavar="SYMBOL", help="only the requests of this library")
        parser.add_argument("--check", action="store_true", help="change nothing; name what differs")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each request that differs: its number and the columns."""
        requests = BorrowingRequest.objects.all()
        if options["library"]:
            requests = requests.filter(library=library_named(options["library"]))
        found: dict[str, list[str]] = {}
        for difference in differences(requests):
            found.setdefault(difference.number, []).append(difference.column)
        for number, columns in found.items():
            if not options["check"]:
                rebuild(number)
            self.stdout.write(f"{number} {' '.join(columns)}")
        self.stderr.write(f"{len(found)} {'differ' if options['check'] else 'put right'}", self.style.NOTICE)
        if options["check"] and found:
            raise SystemExit(1)
