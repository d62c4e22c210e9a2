"""`./ill enter_holidays [--library SYMBOL]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from illservice.core import clock
from illservice.core.errors import IllError
from illservice.directory.management.arguments import library_named
from illservice.directory.services.holidays import enter_again


class Command(BaseCommand):
    """Exit 0 when it ran, 2 for wrong use."""

    help = "Enters the public holidays of this year and the next two anew; what a library switched off stays off."

    def add_arguments(self, parser: CommandParser) -> None:
        """The words after the command."""
        parser.add_argument("--library", metavar="SYMBOL", help="only this library's")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each library that has chosen a country: its short name and how many days are new."""
        library_id = None
        if options["library"]:
            library_id = library_named(options["library"]).pk
        try:
            found = enter_again(at=clock.now(), library_id=library_id)
        except IllError as error:
            raise CommandError(str(error), returncode=1) from error
        for slug, count in found.items():
            self.stdout.write(f"{slug} {count}")
