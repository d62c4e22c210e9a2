"""The six messages of ISO 18626 as values, one family for both editions, with everything they are made of.

What only one edition can say is a field here all the same; `codec.write` adapts a message to the edition it writes.
"""

from dataclasses import dataclass, field
from datetime import datetime

from illservice.protocols.iso18626.codes import (
    Action,
    Code,
    Edition,
    ErrorType,
    MessageKind,
    MessageStatus,
    PreferredEdition,
    Reason,
    RequestSubType,
    RequestType,
    ServiceType,
    Status,
    scheme_of,
)
from illservice.protocols.iso18626.parts import (
    Address,
    AgencyId,
    AgencyInfo,
    BibliographicInfo,
    BibliographicItemId,
    BibliographicRecordId,
    BillingInfo,
    ConfirmationHeader,
    DeliveryInfo,
    ElectronicAddress,
    ErrorData,
    Header,
    MessageInfo,
    Money,
    PatronInfo,
    PhysicalAddress,
    PublicationInfo,
    RequestedDelivery,
    RetryInfo,
    ReturnInfo,
    ServiceInfo,
    ShippingInfo,
    StatusInfo,
    SupplierInfo,
)

__all__ = [
    "Action", "Address", "AgencyId", "AgencyInfo", "BibliographicInfo", "BibliographicItemId",
    "BibliographicRecordId", "BillingInfo", "Code", "Confirmation", "ConfirmationHeader", "DeliveryInfo", "Edition",
    "ElectronicAddress", "ErrorData", "ErrorType", "Header", "Message", "MessageInfo", "MessageKind", "MessageStatus",
    "Money", "PartialHeader", "PatronInfo", "PhysicalAddress", "PreferredEdition", "PublicationInfo", "ReadResult",
    "Reason", "Request", "RequestConfirmation", "RequestSubType", "RequestType", "RequestedDelivery",
    "RequestingMessage", "RequestingMessageConfirmation", "RetryInfo", "ReturnInfo", "ServiceInfo", "ServiceType",
    "ShippingInfo", "Status", "StatusInfo", "SupplierInfo", "SupplyingMessage", "SupplyingMessageConfirmation",
    "kind_of", "scheme_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """`request`: a library asks for something. `service` None is written as CopyOrLoan in 2021, which needs one."""

    header: Header
    bibliographic: BibliographicInfo
    service: ServiceInfo | None = None
    publication: PublicationInfo = field(default_factory=PublicationInfo)
    suppliers: tuple[SupplierInfo, ...] = ()
    deliveries: tuple[RequestedDelivery, ...] = ()
    agency: AgencyInfo = field(default_factory=AgencyInfo)
    patron: PatronInfo = field(default_factory=PatronInfo)
    billing: BillingInfo = field(default_factory=BillingInfo)


@dataclass(frozen=True, slots=True)
class SupplyingMessage:
    """`supplyingAgencyMessage`: the library that was asked answers or reports."""

    header: Header
    info: MessageInfo
    status: StatusInfo
    delivery: DeliveryInfo | None = None
    retry: RetryInfo = field(default_factory=RetryInfo)
    shipping: ShippingInfo = field(default_factory=ShippingInfo)
    returning: ReturnInfo = field(default_factory=ReturnInfo)


@dataclass(frozen=True, slots=True)
class RequestingMessage:
    """`requestingAgencyMessage`: the library that asked reports, cancels, renews, or asks how things stand."""

    header: Header
    action: Action
    note: str = ""


@dataclass(frozen=True, slots=True)
class RequestConfirmation:
    """`requestConfirmation`: the request arrived; no answer yet."""

    header: ConfirmationHeader
    errors: tuple[ErrorData, ...] = ()


@dataclass(frozen=True, slots=True)
class SupplyingMessageConfirmation:
    """`supplyingAgencyMessageConfirmation`: a message of the supplying library arrived; `reason` is its own."""

    header: ConfirmationHeader
    reason: Reason | None = None
    errors: tuple[ErrorData, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestingMessageConfirmation:
    """`requestingAgencyMessageConfirmation`: a message of the requesting library arrived; `action` is its own."""

    header: ConfirmationHeader
    action: Action | None = None
    errors: tuple[ErrorData, ...] = ()


Confirmation = RequestConfirmation | SupplyingMessageConfirmation | RequestingMessageConfirmation
Message = Request | SupplyingMessage | RequestingMessage | Confirmation

_KINDS: dict[type, MessageKind] = {
    Request: MessageKind.REQUEST,
    SupplyingMessage: MessageKind.SUPPLYING,
    RequestingMessage: MessageKind.REQUESTING,
    RequestConfirmation: MessageKind.REQUEST_CONFIRMATION,
    SupplyingMessageConfirmation: MessageKind.SUPPLYING_CONFIRMATION,
    RequestingMessageConfirmation: MessageKind.REQUESTING_CONFIRMATION,
}


def kind_of(message: Message) -> MessageKind:
    """Which of the six messages it is."""
    return _KINDS[type(message)]


@dataclass(frozen=True, slots=True)
class PartialHeader:
    """As much of a header as could be read of a message that is refused."""

    supplying: AgencyId | None = None
    requesting: AgencyId | None = None
    timestamp: datetime | None = None
    requesting_request_id: str = ""
    supplying_request_id: str = ""
    multiple_item_request_id: str = ""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A message as read.

    `edition` is worked out from `version`, the attribute as it stood ("" for none); an unknown one counts as 1.2.
    `ignored` has the paths of elements that neither edition knows at that place, or that came more often than they
    may, such as "request/header/colour". `unknown` is the first of them that bears a name of neither edition at any
    place, as the message's own element (what has a namespace of its own is an addition); "" for none.
    """

    message: Message
    edition: Edition
    version: str = ""
    ignored: tuple[str, ...] = ()
    unknown: str = ""
