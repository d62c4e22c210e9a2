"""Makes the confirmation that belongs to a message: ids copied, action or reason echoed (ISO 18626 §confirmations)."""

from datetime import datetime

from illservice.protocols.iso18626.errors import BadValue
from illservice.protocols.iso18626.messages import (
    Action,
    Confirmation,
    ConfirmationHeader,
    ErrorData,
    Header,
    MessageKind,
    MessageStatus,
    PartialHeader,
    Reason,
    Request,
    RequestConfirmation,
    RequestingMessage,
    RequestingMessageConfirmation,
    SupplyingMessage,
    SupplyingMessageConfirmation,
    kind_of,
)


def confirmation(
    message: Request | SupplyingMessage | RequestingMessage, at: datetime, *errors: ErrorData
) -> Confirmation:
    """The receipt for a message that was read: OK, or ERROR when there are errors."""
    action = message.action if isinstance(message, RequestingMessage) else None
    reason = message.info.reason if isinstance(message, SupplyingMessage) else None
    return _confirmation(kind_of(message), message.header, at, errors, action, reason)


def refusal(problem: BadValue, at: datetime) -> Confirmation:
    """The receipt with ERROR for a message that could not be read whole.

    For a confirmation, which nobody confirms, this is the confirmation of the same kind.
    """
    errors = (ErrorData(problem.error_type, problem.detail),)
    return _confirmation(problem.kind, problem.header, at, errors, problem.action, problem.reason)


def _confirmation(
    kind: MessageKind,
    header: Header | PartialHeader,
    at: datetime,
    errors: tuple[ErrorData, ...],
    action: Action | None,
    reason: Reason | None,
) -> Confirmation:
    copied = ConfirmationHeader(
        supplying=header.supplying,
        requesting=header.requesting,
        timestamp=at,
        requesting_request_id=header.requesting_request_id,
        multiple_item_request_id=header.multiple_item_request_id,
        timestamp_received=header.timestamp or at,
        status=MessageStatus.ERROR if errors else MessageStatus.OK,
    )
    if kind in {MessageKind.SUPPLYING, MessageKind.SUPPLYING_CONFIRMATION}:
        return SupplyingMessageConfirmation(copied, reason, errors)
    if kind in {MessageKind.REQUESTING, MessageKind.REQUESTING_CONFIRMATION}:
        return RequestingMessageConfirmation(copied, action, errors)
    return RequestConfirmation(copied, errors)
