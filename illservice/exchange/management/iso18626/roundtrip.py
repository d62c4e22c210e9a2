"""`./ill iso18626 roundtrip FILE... [--edition 1.2|2021-2]`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser, OutputWrapper

from illservice.protocols.iso18626.errors import CodecError
from illservice.protocols.iso18626.messages import Edition
from illservice.protocols.iso18626.roundtrip import roundtrip

HELP = "Reads each file and writes its message back, one XML document to a line, in order."


def add_arguments(parser: CommandParser) -> None:
    """The words after `roundtrip`."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a file with one message")
    parser.add_argument(
        "--edition", choices=[str(edition) for edition in Edition], help="usual: the message's own, else 1.2"
    )


def run(options: Mapping[str, Any], stdout: OutputWrapper, stderr: OutputWrapper) -> int:
    """0 when every file was written back, 1 when one was not; the others are written all the same."""
    edition = Edition(options["edition"]) if options["edition"] else None
    status = 0
    for name in options["files"]:
        try:
            stdout.write(roundtrip(Path(name), edition))
        except CodecError as error:
            stderr.write(f"{name}: {error}")
            status = 1
    return status
