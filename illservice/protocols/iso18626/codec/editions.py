"""Adapts a message to the edition it is written in: the explicit mapper between v1.2 and 2021-2.

For both: a status that was not sent is RequestReceived, which moves nothing; the last change and the day of sending
that were not given are the message's timestamp, one date of a confirmation stands for the other; of retry offers
without a first one the next is the first.

To 1.2, what has no place there:

| 2021-2                                            | in 1.2                                                        |
|---------------------------------------------------|---------------------------------------------------------------|
| action Lost, HoldReturn                           | Notification, the action in the note; none in a confirmation  |
| status HoldReturn, ReleaseHoldReturn              | Loaned, the status in the note; StatusChange is Notification  |
| several volumes                                   | one text, joined with "; "                                    |
| preferredEdition                                  | anyEdition where that was not given, else lost; MostRecent-   |
|                                                   | Edition in the note as well                                   |
| conditions of a request; way and courier wanted   | the request's note; lost when it has no serviceInfo           |
| retryInfo but the first offer and the two dates   | the note                                                      |
| items, conditions and costs after the first       | the note                                                      |
| URL                                               | sentVia URL and itemId when both are free, else the note      |
| courier and tracking numbers                      | the note                                                      |
| errors after the first; sub-types after the third | lost                                                          |
| consortialId, authorId, publisherId, insurance,   | lost                                                          |
| address, service type and payment of a delivery   |                                                               |

To 2021-2, what has no place there:

| 1.2                                                    | in 2021-2                                                |
|--------------------------------------------------------|----------------------------------------------------------|
| multipleItemRequestId of other messages than requests  | lost                                                     |
| supplyingAgencyRequestId of a request                  | lost                                                     |
| authentication in a supplying library's message        | lost                                                     |
| no serviceInfo                                         | serviceInfo with serviceType CopyOrLoan                  |
| sortOrder below 0                                      | no sortOrder                                             |
| list (scheme) of a region                              | lost                                                     |

In a note each thing is a line "element: value", with the element's name in 2021-2, after what the note says already.
"""

from collections.abc import Iterable
from dataclasses import replace

from illservice.protocols.iso18626.messages import (
    Action,
    BibliographicInfo,
    Confirmation,
    DeliveryInfo,
    Edition,
    Header,
    Message,
    MessageInfo,
    Money,
    PreferredEdition,
    PublicationInfo,
    Reason,
    Request,
    RequestedDelivery,
    RequestingMessage,
    RequestingMessageConfirmation,
    RetryInfo,
    ServiceInfo,
    ServiceType,
    ShippingInfo,
    Status,
    StatusInfo,
    SupplierInfo,
    SupplyingMessage,
)

_NEW_ACTIONS = frozenset({Action.LOST, Action.HOLD_RETURN})
_NEW_STATUSES = frozenset({Status.HOLD_RETURN, Status.RELEASE_HOLD_RETURN})
_MOST_SUB_TYPES = 3

Lines = list[tuple[str, str]]


def adapt(message: Message, edition: Edition) -> Message:
    """The message as that edition can say it; adapting it once more changes nothing."""
    earlier = edition is Edition.V1_2
    if isinstance(message, Request):
        return _request_of_2017(message) if earlier else _request_of_2021(message)
    if isinstance(message, SupplyingMessage):
        whole = _completed(message)
        return (
            _supplying_of_2017(whole) if earlier else replace(whole, header=_supplying_header(whole.header))
        )
    if isinstance(message, RequestingMessage):
        return _requesting_of_2017(message) if earlier else _requesting_of_2021(message)
    receipt = _completed_confirmation(message)
    return _confirmation_of_2017(receipt) if earlier else _confirmation_of_2021(receipt)


def _with_lines(note: str, lines: Iterable[tuple[str, str]]) -> str:
    return "\n".join([note] * bool(note) + [f"{element}: {value}" for element, value in lines if value])


def _money(costs: Money) -> str:
    return f"{costs.amount:f} {costs.currency}".strip()


# Requests


def _request_of_2017(request: Request) -> Request:
    wishes: Lines = []
    for delivery in request.deliveries:
        wishes += [("deliveryMethod", delivery.method), ("courierName", delivery.courier)]
    return replace(
        request,
        header=replace(request.header, consortial_id=None),
        bibliographic=_bibliographic_of_2017(request.bibliographic),
        publication=_publication_of_2017(request.publication),
        service=_service_of_2017(request.service, wishes) if request.service else None,
        deliveries=tuple(replace(delivery, method="", courier="") for delivery in request.deliveries),
    )


def _bibliographic_of_2017(info: BibliographicInfo) -> BibliographicInfo:
    volumes = ("; ".join(info.volumes),) if info.volumes else ()
    return replace(info, author_id="", volumes=volumes)


def _publication_of_2017(info: PublicationInfo) -> PublicationInfo:
    return replace(info, publisher_id="")


def _service_of_2017(service: ServiceInfo, wishes: Lines) -> ServiceInfo:
    wanted = service.preferred_edition
    any_edition = service.any_edition
    if wanted is not None and any_edition is None:
        any_edition = wanted is not PreferredEdition.THIS
    lines = [("loanCondition", condition) for condition in service.conditions] + wishes
    if wanted is PreferredEdition.MOST_RECENT:
        lines.append(("preferredEdition", wanted))
    return replace(
        service,
        request_sub_types=service.request_sub_types[:_MOST_SUB_TYPES],
        any_edition=any_edition,
        preferred_edition=None,
        conditions=(),
        note=_with_lines(service.note, lines),
    )


def _request_of_2021(request: Request) -> Request:
    return replace(
        request,
        header=replace(request.header, supplying_request_id=""),
        service=request.service or ServiceInfo(ServiceType.COPY_OR_LOAN),
        suppliers=tuple(_ordered_supplier(one) for one in request.suppliers),
        deliveries=tuple(_ordered_delivery(one) for one in request.deliveries),
    )


def _ordered_supplier(one: SupplierInfo) -> SupplierInfo:
    return replace(one, sort_order=None) if one.sort_order is not None and one.sort_order < 0 else one


def _ordered_delivery(one: RequestedDelivery) -> RequestedDelivery:
    return replace(one, sort_order=None) if one.sort_order is not None and one.sort_order < 0 else one


# The supplying library's messages


def _completed(message: SupplyingMessage) -> SupplyingMessage:
    """With what both schemas want and some senders leave out."""
    moment = message.header.timestamp
    status, delivery, info, retry = message.status, message.delivery, message.info, message.retry
    if info.offered_costs is None and retry.other_costs:
        info = replace(info, offered_costs=retry.other_costs[0])
        retry = replace(retry, other_costs=retry.other_costs[1:])
    status = replace(
        status, status=status.status or Status.REQUEST_RECEIVED, last_change=status.last_change or moment
    )
    if delivery is not None and delivery.date_sent is None:
        delivery = replace(delivery, date_sent=moment)
    return replace(message, info=info, status=status, delivery=delivery, retry=retry)


def _supplying_of_2017(message: SupplyingMessage) -> SupplyingMessage:
    lines: Lines = []
    info, status = _status_of_2017(message.info, message.status, lines)
    lines += _retry_lines(message.retry)
    delivery = _delivery_of_2017(message.delivery, lines) if message.delivery else None
    lines += [("courierName", message.shipping.courier)]
    lines += [("trackingId", number) for number in message.shipping.tracking_ids]
    return replace(
        message,
        header=replace(message.header, consortial_id=None),
        info=replace(info, note=_with_lines(info.note, lines)),
        status=status,
        delivery=delivery,
        retry=RetryInfo(),
        shipping=ShippingInfo(),
    )


def _status_of_2017(info: MessageInfo, status: StatusInfo, lines: Lines) -> tuple[MessageInfo, StatusInfo]:
    """A hold on the return is news about a loan, and Loaned as a change of status would mean that it is renewed."""
    if status.status not in _NEW_STATUSES:
        return info, status
    lines.append(("status", str(status.status)))
    if info.reason is Reason.STATUS_CHANGE:
        info = replace(info, reason=Reason.NOTIFICATION)
    return info, replace(status, status=Status.LOANED)


def _retry_lines(retry: RetryInfo) -> Lines:
    return [
        *(("loanCondition", word) for word in retry.conditions),
        *(("edition", word) for word in retry.editions),
        *(("itemFormat", word) for word in retry.formats),
        *(("volume", word) for word in retry.volumes),
        ("serviceType", retry.service_type or ""),
        *(("serviceLevel", word) for word in retry.service_levels),
        *(("deliveryMethod", word) for word in retry.delivery_methods),
        *(("courierName", word) for word in retry.couriers),
        *(("offeredCosts", _money(costs)) for costs in retry.other_costs),
        *(("paymentMethod", word) for word in retry.payment_methods),
    ]


def _delivery_of_2017(delivery: DeliveryInfo, lines: Lines) -> DeliveryInfo:
    item_ids, sent_via = delivery.item_ids, delivery.sent_via
    if delivery.url and not item_ids and sent_via.upper() in {"", "URL"}:
        item_ids, sent_via = (delivery.url,), sent_via or "URL"
    else:
        lines.append(("URL", delivery.url))
    lines += [("itemId", item) for item in item_ids[1:]]
    lines += [("loanCondition", condition) for condition in delivery.conditions[1:]]
    lines += [("deliveryCosts", _money(costs)) for costs in delivery.costs[1:]]
    return DeliveryInfo(
        date_sent=delivery.date_sent,
        item_ids=item_ids[:1],
        sent_via=sent_via,
        sent_to_patron=delivery.sent_to_patron,
        conditions=delivery.conditions[:1],
        format=delivery.format,
        costs=delivery.costs[:1],
    )


def _supplying_header(header: Header) -> Header:
    return replace(header, multiple_item_request_id="", account_id="", security_code="", consortial_id=None)


# The requesting library's messages


def _requesting_of_2017(message: RequestingMessage) -> RequestingMessage:
    action, note = message.action, message.note
    if action in _NEW_ACTIONS:
        action, note = Action.NOTIFICATION, _with_lines(note, [("action", action)])
    return replace(message, header=replace(message.header, consortial_id=None), action=action, note=note)


def _requesting_of_2021(message: RequestingMessage) -> RequestingMessage:
    return replace(message, header=replace(message.header, multiple_item_request_id=""))


# Confirmations


def _completed_confirmation(message: Confirmation) -> Confirmation:
    """With one of its two dates for the other where somebody sent only one."""
    header = message.header
    sent, received = header.timestamp, header.timestamp_received
    return replace(
        message, header=replace(header, timestamp=sent or received, timestamp_received=received or sent)
    )


def _confirmation_of_2017(message: Confirmation) -> Confirmation:
    first = message.errors[:1]
    if isinstance(message, RequestingMessageConfirmation) and message.action in _NEW_ACTIONS:
        return replace(message, action=None, errors=first)
    return replace(message, errors=first)


def _confirmation_of_2021(message: Confirmation) -> Confirmation:
    return replace(message, header=replace(message.header, multiple_item_request_id=""))
