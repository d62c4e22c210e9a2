"""OpenURLs one to a line, for scripts: the `parse_openurl` contract."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from illservice.protocols.openurl.codec import parse_openurl
from illservice.protocols.openurl.messages import LONGEST_OPENURL

_CHUNK = LONGEST_OPENURL + 16
"""Bytes read at once: a line that is not too long, its end, and a byte order mark."""


def parse_lines(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """One object for each line, in order, blank lines too; never holds more than 64 kB of a line."""
    first = True
    while line := stream.readline(_CHUNK):
        rest = line
        while not rest.endswith(b"\n") and len(rest) == _CHUNK:
            rest = stream.readline(_CHUNK)
        line = line.rstrip(b"\r\n")
        if first:
            line = line.removeprefix(b"\xef\xbb\xbf")
            first = False
        yield parse_openurl(line).as_dict()
