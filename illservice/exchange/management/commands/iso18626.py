"""`./ill iso18626 WORD …`: messages between libraries, for scripts and for looking into them."""

import io
import sys
from collections.abc import Mapping
from typing import Any, Protocol

from django.core.management.base import BaseCommand, CommandParser, OutputWrapper

from illservice.exchange.management.iso18626 import connect, log, peer, roundtrip


class Word(Protocol):
    """A module of `exchange.management.iso18626`."""

    HELP: str

    def add_arguments(self, parser: CommandParser) -> None:
        """The words after it."""

    def run(self, options: Mapping[str, Any], stdout: OutputWrapper, stderr: OutputWrapper) -> int:
        """Does it; the exit status."""


WORDS: dict[str, Word] = {"connect": connect, "log": log, "peer": peer, "roundtrip": roundtrip}


class Command(BaseCommand):
    """Hands the rest to the module of the word; its exit status is the module's, 2 for wrong use."""

    help = "Messages of ISO 18626 between libraries."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """A parser of its own for each word."""
        words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
        for name, word in WORDS.items():
            word.add_arguments(words.add_parser(name, help=word.HELP, description=word.HELP))

    def handle(self, *args: Any, **options: Any) -> None:
        """Whatever the terminal's encoding, UTF-8 goes out."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        status = WORDS[options["word"]].run(options, self.stdout, self.stderr)
        if status:
            raise SystemExit(status)
