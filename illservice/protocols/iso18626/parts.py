"""The groups of elements that messages are made of, for both editions (ISO 18626:2017 v1.2 and 2021-2).

A text that was not sent is "", a list that was not sent is (), anything else None. A group whose fields are all empty
is the same as none and is not written. Moments are aware: UTC, except the end or beginning of a day in another
offset, which keeps that offset so that its date is not lost (`moments`). Texts marked "coded" are words of open lists:
`str`, or `Code` with the address of the list. Fields marked "2021" are lost or moved to the note in a message of 1.2;
`codec.editions` says which.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from illservice.protocols.iso18626.codes import (
    ErrorType,
    MessageStatus,
    PreferredEdition,
    Reason,
    RequestSubType,
    RequestType,
    ServiceType,
    Status,
)


@dataclass(frozen=True, slots=True)
class AgencyId:
    """A library: `type` (coded) is the list of symbols, such as ISIL; `value` is the symbol."""

    type: str
    value: str

    def __str__(self) -> str:
        return f"{self.type}:{self.value}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount; `currency` (coded) is a code of ISO 4217, or what the sender took for one."""

    amount: Decimal
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """Whose message it is, and of which request.

    `supplying` may be None in a request only (2021). `multiple_item_request_id` is of requests in 2021, of every
    message in 1.2. `account_id` and `security_code` are requestingAgencyAuthentication. `consortial_id` is 2021.
    """

    supplying: AgencyId | None
    requesting: AgencyId
    timestamp: datetime
    requesting_request_id: str
    supplying_request_id: str = ""
    multiple_item_request_id: str = ""
    account_id: str = ""
    security_code: str = ""
    consortial_id: AgencyId | None = None


@dataclass(frozen=True, slots=True)
class ConfirmationHeader:
    """Which message is confirmed, and whether it was taken.

    `timestamp` is the moment of the confirmation, `timestamp_received` the timestamp of the message it answers. They
    are None only in what others sent; a confirmation with neither is not written.
    """

    supplying: AgencyId | None = None
    requesting: AgencyId | None = None
    timestamp: datetime | None = None
    requesting_request_id: str = ""
    multiple_item_request_id: str = ""
    timestamp_received: datetime | None = None
    status: MessageStatus = MessageStatus.OK


@dataclass(frozen=True, slots=True)
class ErrorData:
    """One reason for which a message was refused; `value` says what was wrong, for people."""

    type: ErrorType
    value: str = ""


@dataclass(frozen=True, slots=True)
class BibliographicItemId:
    """A number of the work: `code` (coded) is ISBN, ISSN or ISMN."""

    identifier: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class BibliographicRecordId:
    """A number of its record in a catalogue: `code` (coded) is OCLC, LCCN, PMID …."""

    identifier: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class BibliographicInfo:
    """What is wanted. `title` and `author` are the journal's or book's, `..._of_component` the part's.

    `author_id` and several `volumes` are 2021.
    """

    supplier_unique_record_id: str = ""
    title: str = ""
    author: str = ""
    author_id: str = ""
    subtitle: str = ""
    series_title: str = ""
    edition: str = ""
    title_of_component: str = ""
    author_of_component: str = ""
    volumes: tuple[str, ...] = ()
    issue: str = ""
    pages_requested: str = ""
    estimated_pages: str = ""
    item_ids: tuple[BibliographicItemId, ...] = ()
    sponsor: str = ""
    information_source: str = ""
    record_ids: tuple[BibliographicRecordId, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicationInfo:
    """Where and when it was published. `type` is coded; `date` is free text; `publisher_id` is 2021."""

    publisher: str = ""
    publisher_id: str = ""
    type: str = ""
    date: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """How it is wanted.

    `service_level`, `preferred_format`, `copyright_compliance` and `conditions` are coded. `need_before`,
    `start_date` and `end_date` are read as dates with `moments.calendar_date`. `preferred_edition` and `conditions`
    are 2021.
    """

    service_type: ServiceType
    request_type: RequestType | None = None
    request_sub_types: tuple[RequestSubType, ...] = ()
    previous_request_id: str = ""
    service_level: str = ""
    preferred_format: str = ""
    need_before: datetime | None = None
    copyright_compliance: str = ""
    any_edition: bool | None = None
    preferred_edition: PreferredEdition | None = None
    conditions: tuple[str, ...] = ()
    start_date: datetime | None = None
    end_date: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SupplierInfo:
    """A library that could supply, in the order in which to ask."""

    sort_order: int | None = None
    code: AgencyId | None = None
    description: str = ""
    record_id: BibliographicRecordId | None = None
    call_number: str = ""
    holdings: str = ""
    availability_note: str = ""


@dataclass(frozen=True, slots=True)
class ElectronicAddress:
    """`type` (coded) is Email, FTP, URL …; `data` the address."""

    type: str
    data: str = ""


@dataclass(frozen=True, slots=True)
class PhysicalAddress:
    """A postal address. `region` and `country` are coded (ISO 3166-2, ISO 3166-1)."""

    line1: str = ""
    line2: str = ""
    locality: str = ""
    postal_code: str = ""
    region: str = ""
    country: str = ""


Address = ElectronicAddress | PhysicalAddress


@dataclass(frozen=True, slots=True)
class RequestedDelivery:
    """Where to deliver; the lowest `sort_order` is tried first. `method` and `courier` (both coded) are 2021."""

    address: Address | None = None
    sort_order: int | None = None
    method: str = ""
    courier: str = ""


@dataclass(frozen=True, slots=True)
class AgencyInfo:
    """The requesting library, for people."""

    name: str = ""
    contact_name: str = ""
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class PatronInfo:
    """The reader; `type` is coded, `send_to_patron` whether the item goes straight to them."""

    patron_id: str = ""
    surname: str = ""
    given_name: str = ""
    type: str = ""
    send_to_patron: bool | None = None
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class BillingInfo:
    """Who pays and how. `payment_method` and `billing_method` are coded."""

    payment_method: str = ""
    maximum_costs: Money | None = None
    billing_method: str = ""
    billing_name: str = ""
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """Why the supplying library writes, and its answer.

    `answer` is needed with RENEW_RESPONSE and CANCEL_RESPONSE and wins over the status. `reason_unfilled` and
    `reason_retry` are coded. `offered_costs`, `retry_after` and `retry_before` stand in messageInfo in 1.2 and in
    retryInfo in 2021; here they are in one place.
    """

    reason: Reason
    answer: bool | None = None
    note: str = ""
    reason_unfilled: str = ""
    reason_retry: str = ""
    offered_costs: Money | None = None
    retry_after: datetime | None = None
    retry_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatusInfo:
    """Where the request stands.

    `status` None: the sender left it empty (some do with notifications); it is written as RequestReceived, which moves
    nothing. `last_change` None is written as the message's timestamp. `due_date` is read with `moments.calendar_date`
    and made with `moments.due_moment`.
    """

    status: Status | None
    expected_delivery: datetime | None = None
    due_date: datetime | None = None
    last_change: datetime | None = None


@dataclass(frozen=True, slots=True)
class RetryInfo:
    """What a new attempt should ask for (2021). All texts but `editions` and `volumes` are coded.

    `other_costs` are the offers after the first, which is `MessageInfo.offered_costs`.
    """

    conditions: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    service_type: ServiceType | None = None
    service_levels: tuple[str, ...] = ()
    delivery_methods: tuple[str, ...] = ()
    couriers: tuple[str, ...] = ()
    other_costs: tuple[Money, ...] = ()
    payment_methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryInfo:
    """What was sent. `sent_via`, `conditions`, `format` and `payment_method` are coded.

    `date_sent` None is written as the message's timestamp. `url`, `address`, `service_type`, `payment_method`, and
    more than one of `item_ids`, `conditions`, `costs` are 2021.
    """

    date_sent: datetime | None = None
    item_ids: tuple[str, ...] = ()
    sent_via: str = ""
    sent_to_patron: bool | None = None
    conditions: tuple[str, ...] = ()
    format: str = ""
    costs: tuple[Money, ...] = ()
    url: str = ""
    address: Address | None = None
    service_type: ServiceType | None = None
    payment_method: str = ""

    @property
    def link(self) -> str:
        """Where a copy can be fetched, "" for nowhere: `url`, or a web address where systems of 1.2 put it.

        1.2 has no element for it: some send "URL" as the way and the address as item id, some the address as the way.
        """
        if self.url:
            return self.url
        elsewhere = self.item_ids if self.sent_via.upper() == "URL" else (self.sent_via,)
        return next((word for word in elsewhere if word.lower().startswith(("http://", "https://"))), "")


@dataclass(frozen=True, slots=True)
class ShippingInfo:
    """How it travels (2021). `courier` is coded."""

    courier: str = ""
    tracking_ids: tuple[str, ...] = ()
    insurance: bool | None = None
    insurance_third_party: bool | None = None
    third_party_name: str = ""
    insurance_costs: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnInfo:
    """Where it goes back to."""

    agency: AgencyId | None = None
    name: str = ""
    address: PhysicalAddress | None = None
