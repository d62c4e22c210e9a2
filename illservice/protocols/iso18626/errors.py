"""Why a message is not read or not written."""

from illservice.protocols.iso18626.messages import (
    Action,
    Edition,
    ErrorType,
    MessageKind,
    PartialHeader,
    Reason,
)


class CodecError(Exception):
    """A message cannot be read or written; the text says why, for people."""


class TooLarge(CodecError):
    """More bytes than are read."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"longer than the {limit} bytes that are read")


class Unreadable(CodecError):
    """Not well-formed XML, XML with a DOCTYPE, or no message in it: there is nothing to confirm."""


class BadValue(CodecError):
    """A message, but with a missing necessary element or a value that is not understood.

    Has what is needed to refuse it with a confirmation (`confirm.refusal`): `error_type`, `detail` for people, the
    ids that could be read, which message it is, its edition, and its action or reason where that was understood.
    """

    def __init__(
        self,
        error_type: ErrorType,
        detail: str,
        *,
        header: PartialHeader,
        kind: MessageKind,
        edition: Edition = Edition.V1_2,
        action: Action | None = None,
        reason: Reason | None = None,
    ) -> None:
        self.error_type, self.detail = error_type, detail
        self.header, self.kind, self.edition = header, kind, edition
        self.action, self.reason = action, reason
        super().__init__(f"{error_type}: {detail}")


class CannotWrite(CodecError):
    """The message as it is cannot be said in a valid way in that edition."""
