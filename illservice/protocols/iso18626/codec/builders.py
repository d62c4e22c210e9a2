"""What each group of elements is read into, and the forms that stand between the wire and the messages."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from illservice.protocols.iso18626 import messages as m


@dataclass(frozen=True, slots=True)
class WireRetry:
    """`retryInfo` as it stands in 2021: with the offer and the dates that `MessageInfo` holds."""

    conditions: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    service_type: m.ServiceType | None = None
    service_levels: tuple[str, ...] = ()
    delivery_methods: tuple[str, ...] = ()
    couriers: tuple[str, ...] = ()
    costs: tuple[m.Money, ...] = ()
    payment_methods: tuple[str, ...] = ()
    retry_before: datetime | None = None
    retry_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class WireSupplying:
    """A supplying agency's message with its `retryInfo` as it stands in 2021."""

    header: m.Header
    info: m.MessageInfo
    status: m.StatusInfo | None
    retry: WireRetry = field(default_factory=WireRetry)
    delivery: m.DeliveryInfo | None = None
    shipping: m.ShippingInfo = field(default_factory=m.ShippingInfo)
    returning: m.ReturnInfo = field(default_factory=m.ReturnInfo)


def error_data(type: str, value: str = "") -> m.ErrorData:  # noqa: A002 - the field's name
    """An error as read. Words that are no error type (`UnableToFindRequest`, `Unrecognized…`) are kept in the value."""
    spelled = type.replace("Unrecognized", "Unrecognised")
    if spelled in set(m.ErrorType):
        return m.ErrorData(m.ErrorType(spelled), value)
    return m.ErrorData(m.ErrorType.UNRECOGNISED_VALUE, f"{type}: {value}" if value else type)


BUILDERS: dict[str, Callable[..., Any]] = {
    "agency": m.AgencyId,
    "costs": m.Money,
    "requestHeader": m.Header,
    "header": m.Header,
    "confirmationHeader": m.ConfirmationHeader,
    "errorData": error_data,
    "bibliographicItemId": m.BibliographicItemId,
    "bibliographicRecordId": m.BibliographicRecordId,
    "bibliographicInfo": m.BibliographicInfo,
    "publicationInfo": m.PublicationInfo,
    "serviceInfo": m.ServiceInfo,
    "supplierInfo": m.SupplierInfo,
    "electronicAddress": m.ElectronicAddress,
    "physicalAddress": m.PhysicalAddress,
    "requestedDeliveryInfo": m.RequestedDelivery,
    "requestingAgencyInfo": m.AgencyInfo,
    "patronInfo": m.PatronInfo,
    "billingInfo": m.BillingInfo,
    "messageInfo": m.MessageInfo,
    "statusInfo": m.StatusInfo,
    "retryInfo": WireRetry,
    "deliveryInfo": m.DeliveryInfo,
    "shippingInfo": m.ShippingInfo,
    "returnInfo": m.ReturnInfo,
    m.MessageKind.REQUEST: m.Request,
    m.MessageKind.SUPPLYING: WireSupplying,
    m.MessageKind.REQUESTING: m.RequestingMessage,
    m.MessageKind.REQUEST_CONFIRMATION: m.RequestConfirmation,
    m.MessageKind.SUPPLYING_CONFIRMATION: m.SupplyingMessageConfirmation,
    m.MessageKind.REQUESTING_CONFIRMATION: m.RequestingMessageConfirmation,
}
"""What a group is read into, by the name of its layout."""


def supplying_message(wire: WireSupplying) -> m.SupplyingMessage:
    """With the offer and the dates of `retryInfo` where `MessageInfo` holds them; what stands there already stays."""
    retry, info = wire.retry, wire.info
    costs = retry.costs if info.offered_costs is None else (info.offered_costs, *retry.costs)
    return m.SupplyingMessage(
        header=wire.header,
        info=replace(
            info,
            offered_costs=costs[0] if costs else None,
            retry_before=info.retry_before or retry.retry_before,
            retry_after=info.retry_after or retry.retry_after,
        ),
        status=wire.status or m.StatusInfo(None),
        delivery=wire.delivery,
        retry=m.RetryInfo(
            conditions=retry.conditions,
            editions=retry.editions,
            formats=retry.formats,
            volumes=retry.volumes,
            service_type=retry.service_type,
            service_levels=retry.service_levels,
            delivery_methods=retry.delivery_methods,
            couriers=retry.couriers,
            other_costs=costs[1:],
            payment_methods=retry.payment_methods,
        ),
        shipping=wire.shipping,
        returning=wire.returning,
    )


def wire_supplying(message: m.SupplyingMessage) -> WireSupplying:
    """The same message with the offer and the dates in `retryInfo`, which 1.2 has no place for."""
    retry, info = message.retry, message.info
    return WireSupplying(
        header=message.header,
        info=info,
        status=message.status,
        retry=WireRetry(
            conditions=retry.conditions,
            editions=retry.editions,
            formats=retry.formats,
            volumes=retry.volumes,
            service_type=retry.service_type,
            service_levels=retry.service_levels,
            delivery_methods=retry.delivery_methods,
            couriers=retry.couriers,
            costs=((info.offered_costs,) if info.offered_costs else ()) + retry.other_costs,
            payment_methods=retry.payment_methods,
            retry_before=info.retry_before,
            retry_after=info.retry_after,
        ),
        delivery=message.delivery,
        shipping=message.shipping,
        returning=message.returning,
    )
