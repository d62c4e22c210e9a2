"""Which element stands where, for each edition, and which field it fills (the schemas of v1.2 and of 2021-2).

The order of the slots is the order in which they are written. A message is read with the slots of both editions
together, in any order. What no slot of an edition takes was moved or dropped before by `editions`.
"""

from dataclasses import dataclass

from illservice.protocols.iso18626 import messages as m
from illservice.protocols.iso18626.codec import kinds as k


@dataclass(frozen=True, slots=True)
class Slot:
    """One element of a group.

    `many`: the field is a tuple. `always`: written even when empty; what cannot be empty then cannot be written.
    `needed`: a message without it is refused. `key`: a group in which it is empty counts as empty.
    """

    element: str
    field: str
    kind: k.Kind = k.TEXT
    many: bool = False
    always: bool = False
    needed: bool = False
    key: bool = False


Layout = tuple[Slot, ...]


_AGENCY, _COSTS, _ADDRESS = k.Group("agency"), k.Group("costs"), k.Choice("address")
_RECORD_ID, _AUTHENTICATION = k.Group("bibliographicRecordId"), k.Inline("authentication")

_SUPPLYING = Slot("supplyingAgencyId", "supplying", _AGENCY)
_SUPPLYING_ALWAYS = Slot("supplyingAgencyId", "supplying", _AGENCY, always=True)
_REQUESTING = Slot("requestingAgencyId", "requesting", _AGENCY, always=True, needed=True)
_CONSORTIAL = Slot("consortialId", "consortial_id", _AGENCY)
_MULTIPLE = Slot("multipleItemRequestId", "multiple_item_request_id")
_MULTIPLE_ALWAYS = Slot("multipleItemRequestId", "multiple_item_request_id", always=True)
_TIMESTAMP = Slot("timestamp", "timestamp", k.MOMENT, always=True, needed=True)
_REQUESTING_ID = Slot("requestingAgencyRequestId", "requesting_request_id", always=True, needed=True)
_SUPPLYING_ID = Slot("supplyingAgencyRequestId", "supplying_request_id")
_AUTHENTICATED = Slot("requestingAgencyAuthentication", "", _AUTHENTICATION)
_ERRORS = Slot("errorData", "errors", k.Group("errorData"), many=True)
_CONFIRMED = Slot("confirmationHeader", "header", k.Group("confirmationHeader"), always=True, needed=True)
_HEADER = Slot("header", "header", k.Group("header"), always=True, needed=True)
_REQUEST_HEADER = Slot("header", "header", k.Group("requestHeader"), always=True, needed=True)
_IDENTIFIER = Slot("bibliographicItemIdentifier", "identifier", always=True, key=True)
_IDENTIFIER_CODE = Slot("bibliographicItemIdentifierCode", "code", k.CODE, always=True)
_NOTE = Slot("note", "note")
_CONDITIONS = Slot("loanCondition", "conditions", k.CODE, many=True)
_SERVICE_TYPE = Slot("serviceType", "service_type", k.SERVICE_TYPE)
_CONFIRMATION = (
    Slot("supplyingAgencyId", "supplying", _AGENCY),
    Slot("requestingAgencyId", "requesting", _AGENCY),
    Slot("timestamp", "timestamp", k.MOMENT, always=True),
    Slot("requestingAgencyRequestId", "requesting_request_id"),
)
_RECEIVED = (
    Slot("timestampReceived", "timestamp_received", k.MOMENT, always=True),
    Slot("messageStatus", "status", k.MESSAGE_STATUS, always=True, needed=True),
)
_TITLE = (
    Slot("supplierUniqueRecordId", "supplier_unique_record_id"),
    Slot("title", "title"),
    Slot("author", "author"),
)
_REST_OF_TITLE = (
    Slot("subtitle", "subtitle"),
    Slot("seriesTitle", "series_title"),
    Slot("edition", "edition"),
    Slot("titleOfComponent", "title_of_component"),
    Slot("authorOfComponent", "author_of_component"),
    Slot("volume", "volumes", many=True),
    Slot("issue", "issue"),
    Slot("pagesRequested", "pages_requested"),
    Slot("estimatedNoPages", "estimated_pages"),
    Slot("bibliographicItemId", "item_ids", k.Group("bibliographicItemId"), many=True),
    Slot("sponsor", "sponsor"),
    Slot("informationSource", "information_source"),
    Slot("bibliographicRecordId", "record_ids", _RECORD_ID, many=True),
)
_PUBLISHED = (
    Slot("publicationType", "type", k.CODE),
    Slot("publicationDate", "date"),
    Slot("placeOfPublication", "place"),
)
_SERVICE = (
    Slot("requestType", "request_type", k.REQUEST_TYPE),
    Slot("requestSubType", "request_sub_types", k.REQUEST_SUB_TYPE, many=True),
    Slot("requestingAgencyPreviousRequestId", "previous_request_id"),
    Slot("serviceType", "service_type", k.SERVICE_TYPE, always=True, needed=True),
    Slot("serviceLevel", "service_level", k.CODE),
)
_SERVICE_WISHES = (
    Slot("needBeforeDate", "need_before", k.MOMENT),
    Slot("copyrightCompliance", "copyright_compliance", k.CODE),
    Slot("anyEdition", "any_edition", k.YES_NO),
)
_SERVICE_DATES = (Slot("startDate", "start_date", k.MOMENT), Slot("endDate", "end_date", k.MOMENT), _NOTE)
_STREET = (
    Slot("line1", "line1"),
    Slot("line2", "line2"),
    Slot("locality", "locality"),
    Slot("postalCode", "postal_code"),
)
_COUNTRY = Slot("country", "country", k.CODE)
_DELIVER_TO = (Slot("sortOrder", "sort_order", k.WHOLE), Slot("address", "address", _ADDRESS))
_WHY = (
    Slot("reasonForMessage", "reason", k.REASON, always=True, needed=True),
    Slot("answerYesNo", "answer", k.YES_NO),
    _NOTE,
    Slot("reasonUnfilled", "reason_unfilled", k.CODE),
    Slot("reasonRetry", "reason_retry", k.CODE),
)
_SENT = (
    Slot("dateSent", "date_sent", k.MOMENT, always=True),
    Slot("itemId", "item_ids", many=True),
)
_INFO = Slot("messageInfo", "info", k.Group("messageInfo"), always=True, needed=True)
_STATUS = Slot("statusInfo", "status", k.Group("statusInfo"), always=True)
_DELIVERY = Slot("deliveryInfo", "delivery", k.Group("deliveryInfo"))
_RETURN = Slot("returnInfo", "returning", k.Group("returnInfo"))
_ADDRESSES = Slot("address", "addresses", _ADDRESS, many=True)
_SENT_TO_PATRON = Slot("sentToPatron", "sent_to_patron", k.TRUE_FALSE)
_DELIVERY_COSTS = Slot("deliveryCosts", "costs", _COSTS, many=True)
_PAYMENT = Slot("paymentMethod", "payment_method", k.CODE)

_BOTH: dict[str, Layout] = {
    "agency": (
        Slot("agencyIdType", "type", k.CODE, always=True),
        Slot("agencyIdValue", "value", always=True, key=True),
    ),
    "costs": (
        Slot("currencyCode", "currency", k.CODE, always=True),
        Slot("monetaryValue", "amount", k.DECIMAL, always=True, key=True),
    ),
    "authentication": (Slot("accountId", "account_id"), Slot("securityCode", "security_code")),
    "errorData": (
        Slot("errorType", "type", k.ERROR_TYPE, always=True, key=True),
        Slot("errorValue", "value"),
    ),
    "bibliographicRecordId": (
        Slot("bibliographicRecordIdentifierCode", "code", k.CODE, always=True),
        Slot("bibliographicRecordIdentifier", "identifier", always=True, key=True),
    ),
    "supplierInfo": (
        Slot("sortOrder", "sort_order", k.WHOLE),
        Slot("supplierCode", "code", _AGENCY),
        Slot("supplierDescription", "description"),
        Slot("bibliographicRecordId", "record_id", _RECORD_ID),
        Slot("callNumber", "call_number"),
        Slot("summaryHoldings", "holdings"),
        Slot("availabilityNote", "availability_note"),
    ),
    "address": (
        Slot("electronicAddress", "ElectronicAddress", k.Group("electronicAddress")),
        Slot("physicalAddress", "PhysicalAddress", k.Group("physicalAddress")),
    ),
    "electronicAddress": (
        Slot("electronicAddressType", "type", k.CODE, always=True),
        Slot("electronicAddressData", "data", always=True, key=True),
    ),
    "requestingAgencyInfo": (Slot("name", "name"), Slot("contactName", "contact_name"), _ADDRESSES),
    "patronInfo": (
        Slot("patronId", "patron_id"),
        Slot("surname", "surname"),
        Slot("givenName", "given_name"),
        Slot("patronType", "type", k.CODE),
        Slot("sendToPatron", "send_to_patron", k.YES_NO),
        _ADDRESSES,
    ),
    "billingInfo": (
        _PAYMENT,
        Slot("maximumCosts", "maximum_costs", _COSTS),
        Slot("billingMethod", "billing_method", k.CODE),
        Slot("billingName", "billing_name"),
        Slot("address", "address", _ADDRESS),
    ),
    "statusInfo": (
        Slot("status", "status", k.STATUS, always=True),
        Slot("expectedDeliveryDate", "expected_delivery", k.MOMENT),
        Slot("dueDate", "due_date", k.MOMENT),
        Slot("lastChange", "last_change", k.MOMENT, always=True),
    ),
    "returnInfo": (
        Slot("returnAgencyId", "agency", _AGENCY),
        Slot("name", "name"),
        Slot("physicalAddress", "address", k.Group("physicalAddress")),
    ),
    m.MessageKind.REQUEST: (
        _REQUEST_HEADER,
        Slot("bibliographicInfo", "bibliographic", k.Group("bibliographicInfo"), always=True, needed=True),
        Slot("publicationInfo", "publication", k.Group("publicationInfo")),
        Slot("serviceInfo", "service", k.Group("serviceInfo")),
        Slot("supplierInfo", "suppliers", k.Group("supplierInfo"), many=True),
        Slot("requestedDeliveryInfo", "deliveries", k.Group("requestedDeliveryInfo"), many=True),
        Slot("requestingAgencyInfo", "agency", k.Group("requestingAgencyInfo")),
        Slot("patronInfo", "patron", k.Group("patronInfo")),
        Slot("billingInfo", "billing", k.Group("billingInfo")),
    ),
    m.MessageKind.REQUESTING: (
        _HEADER,
        Slot("action", "action", k.ACTION, always=True, needed=True),
        _NOTE,
    ),
    m.MessageKind.REQUEST_CONFIRMATION: (_CONFIRMED, _ERRORS),
    m.MessageKind.SUPPLYING_CONFIRMATION: (
        _CONFIRMED,
        Slot("reasonForMessage", "reason", k.REASON_ECHO),
        _ERRORS,
    ),
    m.MessageKind.REQUESTING_CONFIRMATION: (_CONFIRMED, Slot("action", "action", k.ACTION_ECHO), _ERRORS),
}

_HEADER_OF_2017 = (
    _SUPPLYING_ALWAYS,
    _REQUESTING,
    _MULTIPLE_ALWAYS,
    _TIMESTAMP,
    _REQUESTING_ID,
    _SUPPLYING_ID,
    _AUTHENTICATED,
)

V1_2: dict[str, Layout] = _BOTH | {
    "requestHeader": _HEADER_OF_2017,
    "header": _HEADER_OF_2017,
    "confirmationHeader": (*_CONFIRMATION, _MULTIPLE, *_RECEIVED),
    "bibliographicItemId": (_IDENTIFIER, _IDENTIFIER_CODE),
    "bibliographicInfo": (*_TITLE, *_REST_OF_TITLE),
    "publicationInfo": (Slot("publisher", "publisher"), *_PUBLISHED),
    "serviceInfo": (
        *_SERVICE,
        Slot("preferredFormat", "preferred_format", k.CODE),
        *_SERVICE_WISHES,
        *_SERVICE_DATES,
    ),
    "physicalAddress": (*_STREET, Slot("region", "region", k.CODE), _COUNTRY),
    "requestedDeliveryInfo": _DELIVER_TO,
    "messageInfo": (
        *_WHY,
        Slot("offeredCosts", "offered_costs", _COSTS),
        Slot("retryAfter", "retry_after", k.MOMENT),
        Slot("retryBefore", "retry_before", k.MOMENT),
    ),
    "deliveryInfo": (
        *_SENT,
        Slot("sentVia", "sent_via", k.CODE),
        _SENT_TO_PATRON,
        _CONDITIONS,
        Slot("deliveredFormat", "format", k.CODE),
        _DELIVERY_COSTS,
    ),
    m.MessageKind.SUPPLYING: (_HEADER, _INFO, _STATUS, _DELIVERY, _RETURN),
}
"""v1.2 (2017)."""

V2021_2: dict[str, Layout] = _BOTH | {
    "requestHeader": (
        _SUPPLYING,
        _REQUESTING,
        _CONSORTIAL,
        _MULTIPLE,
        _TIMESTAMP,
        _REQUESTING_ID,
        _AUTHENTICATED,
    ),
    "header": (
        _SUPPLYING_ALWAYS,
        _REQUESTING,
        _CONSORTIAL,
        _TIMESTAMP,
        _REQUESTING_ID,
        _SUPPLYING_ID,
        _AUTHENTICATED,
    ),
    "confirmationHeader": (*_CONFIRMATION, *_RECEIVED),
    "bibliographicItemId": (_IDENTIFIER_CODE, _IDENTIFIER),
    "bibliographicInfo": (*_TITLE, Slot("authorId", "author_id"), *_REST_OF_TITLE),
    "publicationInfo": (Slot("publisher", "publisher"), Slot("publisherId", "publisher_id"), *_PUBLISHED),
    "serviceInfo": (
        *_SERVICE,
        Slot("itemFormat", "preferred_format", k.CODE),
        *_SERVICE_WISHES,
        Slot("preferredEdition", "preferred_edition", k.PREFERRED_EDITION),
        _CONDITIONS,
        *_SERVICE_DATES,
    ),
    "physicalAddress": (*_STREET, Slot("region", "region"), _COUNTRY),
    "requestedDeliveryInfo": (
        *_DELIVER_TO,
        Slot("deliveryMethod", "method", k.CODE),
        Slot("courierName", "courier", k.CODE),
    ),
    "messageInfo": _WHY,
    "retryInfo": (
        _CONDITIONS,
        Slot("edition", "editions", many=True),
        Slot("itemFormat", "formats", k.CODE, many=True),
        Slot("volume", "volumes", many=True),
        _SERVICE_TYPE,
        Slot("serviceLevel", "service_levels", k.CODE, many=True),
        Slot("deliveryMethod", "delivery_methods", k.CODE, many=True),
        Slot("courierName", "couriers", k.CODE, many=True),
        Slot("offeredCosts", "costs", _COSTS, many=True),
        Slot("paymentMethod", "payment_methods", k.CODE, many=True),
        Slot("retryBefore", "retry_before", k.MOMENT),
        Slot("retryAfter", "retry_after", k.MOMENT),
    ),
    "deliveryInfo": (
        *_SENT,
        Slot("URL", "url"),
        Slot("deliveryMethod", "sent_via", k.CODE),
        Slot("address", "address", _ADDRESS),
        _SENT_TO_PATRON,
        _CONDITIONS,
        Slot("itemFormat", "format", k.CODE),
        _SERVICE_TYPE,
        _DELIVERY_COSTS,
        _PAYMENT,
    ),
    "shippingInfo": (
        Slot("courierName", "courier", k.CODE),
        Slot("trackingId", "tracking_ids", many=True),
        Slot("insurance", "insurance", k.YES_NO),
        Slot("insuranceThirdParty", "insurance_third_party", k.YES_NO),
        Slot("thirdPartyName", "third_party_name"),
        Slot("insuranceCosts", "insurance_costs", _COSTS, many=True),
    ),
    m.MessageKind.SUPPLYING: (
        _HEADER,
        _INFO,
        _STATUS,
        Slot("retryInfo", "retry", k.Group("retryInfo")),
        _DELIVERY,
        Slot("shippingInfo", "shipping", k.Group("shippingInfo")),
        _RETURN,
    ),
}
"""2021-2."""

WRITTEN: dict[m.Edition, dict[str, Layout]] = {m.Edition.V1_2: V1_2, m.Edition.V2021_2: V2021_2}

READ: dict[str, dict[str, Slot]] = {
    name: {slot.element: slot for slot in (*V2021_2.get(name, ()), *V1_2.get(name, ()))}
    for name in V1_2 | V2021_2
}
"""Every element of a group in either edition, by its name; where both have it, as in v1.2, which allows a scheme."""
