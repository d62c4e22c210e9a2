"""A file with a message, read and written back on one line: the `iso18626 roundtrip` contract."""

from pathlib import Path

from illservice.protocols.iso18626.codec import LONGEST_MESSAGE, read, write
from illservice.protocols.iso18626.errors import Unreadable
from illservice.protocols.iso18626.messages import Edition

_BREAKS = {ord(character): f"&#{ord(character)};" for character in "\n\x85\u2028\u2029"}
"""Whatever a reader of lines may take for the end of one; in a text the reference means the same."""


def roundtrip(file: Path, edition: Edition | None = None) -> str:
    """The message in that file as one line of XML without declaration, in that edition or in its own.

    Raises `CodecError` when it is not read or cannot be written; a file that cannot be opened is `Unreadable`.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(LONGEST_MESSAGE + 1)
    except OSError as error:
        raise Unreadable(error.strerror or "it cannot be opened") from error
    result = read(data)
    written = write(result.message, edition or result.edition, declaration=False)
    return written.decode("utf-8").translate(_BREAKS)
