"""`./ill parse_openurl [FILE|-]`: what the service understands of OpenURLs, one to a line."""

import io
import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from illservice.protocols.openurl.lines import parse_lines


class Command(BaseCommand):
    help = "Reads OpenURLs, one to a line, and prints one JSON object for each, in order."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="-", metavar="FILE", help='"-" reads standard input')

    def handle(self, *args: Any, **options: Any) -> None:
        with _opened(options["file"]) as stream:
            for parsed in parse_lines(stream):
                self.stdout.write(json.dumps(parsed, ensure_ascii=False))


def _opened(name: str) -> Any:
    """The file, or standard input, as bytes; whatever the terminal's encoding, UTF-8 goes out."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    if name == "-":
        stdin: BinaryIO = sys.stdin.buffer
        return nullcontext(stdin)
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise CommandError(
            _("%(file)s cannot be read: %(reason)s") % {"file": name, "reason": error.strerror}, returncode=2
        ) from error
