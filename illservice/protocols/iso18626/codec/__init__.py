"""Reads and writes the messages of ISO 18626: lenient on input, strict on output.

result = read(data)                          # ReadResult, or TooLarge, Unreadable, BadValue
data = write(message, Edition.V1_2)          # bytes, or CannotWrite
canonical_digest(data)                       # the same for two spellings of one message
"""

from illservice.protocols.iso18626.codec.digest import canonical_digest
from illservice.protocols.iso18626.codec.document import LONGEST_MESSAGE, NAMESPACE
from illservice.protocols.iso18626.codec.editions import adapt
from illservice.protocols.iso18626.codec.reading import read
from illservice.protocols.iso18626.codec.writing import write

__all__ = ["LONGEST_MESSAGE", "NAMESPACE", "adapt", "canonical_digest", "read", "write"]
