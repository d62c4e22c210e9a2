"""What each edition is given of a message, element by element, and what is moved to where a person sees it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest
from lxml import etree

from illservice.protocols.iso18626.codec import adapt, write
from illservice.protocols.iso18626.codec.layouts import WRITTEN
from illservice.protocols.iso18626.errors import CannotWrite
from illservice.protocols.iso18626.messages import (
    Action,
    AgencyId,
    Code,
    ConfirmationHeader,
    DeliveryInfo,
    Edition,
    ErrorData,
    ErrorType,
    Message,
    MessageInfo,
    MessageKind,
    Money,
    PhysicalAddress,
    PreferredEdition,
    Reason,
    Request,
    RequestConfirmation,
    RequestedDelivery,
    RequestingMessage,
    RequestingMessageConfirmation,
    RequestSubType,
    RetryInfo,
    ServiceInfo,
    ServiceType,
    ShippingInfo,
    Status,
    SupplierInfo,
    SupplyingMessage,
)
from tests.illservice.protocols.iso18626.letters import HEADER, NOON, SCHEMAS, a_request, an_answer

XSD = "{http://www.w3.org/2001/XMLSchema}"
ALIASES = {
    "agency": "type_agencyId",
    "costs": "type_costs",
    "authentication": "requestingAgencyAuthentication",
}


AnyMessage = TypeVar("AnyMessage", bound=Message)


def in_edition(message: AnyMessage, edition: Edition) -> AnyMessage:
    adapted = adapt(message, edition)
    assert isinstance(adapted, type(message))
    return adapted


@pytest.mark.parametrize("edition", Edition)
def test_every_group_is_written_in_the_order_of_the_schema_and_with_all_its_elements(
    shared: Path, edition: Edition
) -> None:
    tree = etree.parse(shared / "schemas" / SCHEMAS[edition])
    named = {
        one.get("name"): one for one in tree.getroot() if one.tag in {f"{XSD}element", f"{XSD}complexType"}
    }
    headers = (
        {"requestHeader": "type_requestHeader", "header": "type_requestingAgencyMessageHeader"}
        if edition is Edition.V2021_2
        else {"requestHeader": "header"}
    )
    for layout, slots in WRITTEN[edition].items():
        group = named[(ALIASES | headers).get(layout, layout)]
        elements = [
            one.get("name") or one.get("ref") for one in group.iter(f"{XSD}element") if one is not group
        ]
        assert [slot.element for slot in slots] == elements, layout
    assert set(MessageKind) <= set(WRITTEN[edition])


@pytest.mark.parametrize("action", [Action.LOST, Action.HOLD_RETURN])
def test_an_action_of_2021_is_a_notification_with_its_word_in_the_note(action: Action) -> None:
    message = RequestingMessage(HEADER, action, "on the bus")

    earlier = in_edition(message, Edition.V1_2)

    assert (earlier.action, earlier.note) == (Action.NOTIFICATION, f"on the bus\naction: {action}")
    assert in_edition(message, Edition.V2021_2) == message
    receipt = RequestingMessageConfirmation(ConfirmationHeader(), action)
    assert in_edition(receipt, Edition.V1_2).action is None


def test_a_hold_on_the_return_is_told_in_1_2_without_looking_like_a_renewal() -> None:
    message = an_answer(Status.HOLD_RETURN)
    earlier = in_edition(message, Edition.V1_2)
    assert (earlier.status.status, earlier.info.reason) == (Status.LOANED, Reason.NOTIFICATION)
    assert earlier.info.note == "status: HoldReturn"
    asked = in_edition(an_answer(Status.RELEASE_HOLD_RETURN, Reason.STATUS_REQUEST_RESPONSE), Edition.V1_2)
    assert asked.info.reason is Reason.STATUS_REQUEST_RESPONSE


def test_what_1_2_cannot_say_of_a_delivery_stands_in_the_note() -> None:
    euro = [Money(Decimal(amount), "EUR") for amount in ("5.00", "1.50")]
    delivery = DeliveryInfo(
        date_sent=NOON,
        item_ids=("1", "2"),
        sent_via="Courier",
        conditions=("LibraryUseOnly", "NoReproduction"),
        costs=tuple(euro),
        url="https://lender.example/1",
        service_type=ServiceType.LOAN,
    )
    message = replace(
        an_answer(),
        info=MessageInfo(Reason.STATUS_CHANGE, note="Dear all"),
        delivery=delivery,
        shipping=ShippingInfo(courier="Post", tracking_ids=("T1", "T2")),
    )

    earlier = in_edition(message, Edition.V1_2)

    assert earlier.info.note.splitlines() == [
        "Dear all",
        "URL: https://lender.example/1",
        "itemId: 2",
        "loanCondition: NoReproduction",
        "deliveryCosts: 1.50 EUR",
        "courierName: Post",
        "trackingId: T1",
        "trackingId: T2",
    ]
    assert earlier.delivery is not None
    assert earlier.delivery.conditions == ("LibraryUseOnly",)
    assert (earlier.delivery.item_ids, earlier.delivery.costs) == (("1",), (euro[0],))


def test_a_link_to_a_copy_goes_where_systems_of_1_2_look_for_it() -> None:
    link = "https://lender.example/1"
    message = replace(an_answer(Status.COPY_COMPLETED), delivery=DeliveryInfo(date_sent=NOON, url=link))

    earlier = in_edition(message, Edition.V1_2).delivery

    assert earlier is not None
    assert (earlier.sent_via, earlier.item_ids, earlier.url) == ("URL", (link,), "")
    assert earlier.link == link
    assert DeliveryInfo(sent_via=link).link == link
    assert DeliveryInfo(item_ids=(link,), sent_via="Mail").link == ""
    assert DeliveryInfo(item_ids=("javascript:x",), sent_via="URL").link == ""


def test_the_offer_of_a_new_attempt_stands_where_each_edition_has_it() -> None:
    costs = [Money(Decimal(amount), "EUR") for amount in (7, 9)]
    info = MessageInfo(Reason.REQUEST_RESPONSE, offered_costs=costs[0], retry_before=NOON)
    retry = RetryInfo(conditions=("LibraryUseOnly",), service_type=ServiceType.COPY, other_costs=(costs[1],))
    message = replace(an_answer(Status.RETRY_POSSIBLE), info=info, retry=retry)

    earlier = in_edition(message, Edition.V1_2)
    assert earlier.info.offered_costs == costs[0]
    assert earlier.info.note.splitlines() == [
        "loanCondition: LibraryUseOnly",
        "serviceType: Copy",
        "offeredCosts: 9 EUR",
    ]
    assert b"<retryInfo>" not in write(message, Edition.V1_2)
    later = write(message, Edition.V2021_2)
    assert b"<retryBefore>2026-05-04T12:00:00Z</retryBefore></retryInfo>" in later
    assert later.count(b"<offeredCosts>") == 2


def test_wishes_of_2021_stand_in_the_note_of_the_request() -> None:
    service = ServiceInfo(
        ServiceType.LOAN,
        request_sub_types=tuple(RequestSubType),
        preferred_edition=PreferredEdition.MOST_RECENT,
        conditions=("LibraryUseOnly",),
        note="thanks",
    )
    deliveries = (RequestedDelivery(PhysicalAddress("1 Main Street"), method="Courier", courier="Post"),)
    message = replace(
        a_request(),
        header=replace(HEADER, consortial_id=AgencyId("ISIL", "XX-ALL")),
        bibliographic=replace(a_request().bibliographic, volumes=("1", "3"), author_id="0000"),
        service=service,
        deliveries=deliveries,
    )

    earlier = in_edition(message, Edition.V1_2)

    assert earlier.service is not None
    assert earlier.service.any_edition is True
    assert len(earlier.service.request_sub_types) == 3
    assert earlier.service.note.splitlines() == [
        "thanks",
        "loanCondition: LibraryUseOnly",
        "deliveryMethod: Courier",
        "courierName: Post",
        "preferredEdition: MostRecentEdition",
    ]
    assert earlier.bibliographic.volumes == ("1; 3",)
    assert earlier.header.consortial_id is None
    this = replace(a_request(), service=replace(service, preferred_edition=PreferredEdition.THIS))
    adapted = in_edition(this, Edition.V1_2).service
    assert adapted is not None
    assert adapted.any_edition is False


def test_what_2021_has_no_place_for_is_left_out_and_what_it_needs_is_there() -> None:
    header = replace(HEADER, multiple_item_request_id="M", account_id="a", security_code="s")
    message = Request(
        header, a_request().bibliographic, suppliers=(SupplierInfo(-1, call_number="QA"), SupplierInfo(0))
    )
    later = in_edition(message, Edition.V2021_2)
    assert later.service == ServiceInfo(ServiceType.COPY_OR_LOAN)
    assert [one.sort_order for one in later.suppliers] == [None, 0]
    assert (later.header.supplying_request_id, later.header.multiple_item_request_id) == ("", "M")

    answer = in_edition(replace(an_answer(), header=header), Edition.V2021_2)
    assert answer.header == replace(header, multiple_item_request_id="", account_id="", security_code="")


@pytest.mark.parametrize("edition", Edition)
def test_what_senders_leave_out_and_the_schemas_want_is_filled_so_that_it_moves_nothing(
    edition: Edition,
) -> None:
    silent = replace(an_answer(None, Reason.NOTIFICATION), delivery=DeliveryInfo(item_ids=("1",)))
    silent = replace(silent, status=replace(silent.status, last_change=None))
    whole = in_edition(silent, edition)
    assert (whole.status.status, whole.status.last_change) == (Status.REQUEST_RECEIVED, NOON)
    assert whole.delivery is not None
    assert whole.delivery.date_sent == NOON


def test_a_request_for_whoever_can_supply_names_nobody_in_2021_and_an_empty_agency_in_1_2() -> None:
    message = replace(a_request(), header=replace(HEADER, supplying=None))
    assert b"supplyingAgencyId" not in write(message, Edition.V2021_2)
    assert (
        b"<supplyingAgencyId><agencyIdType></agencyIdType><agencyIdValue></agencyIdValue></supplyingAgencyId>"
        in write(message, Edition.V1_2)
    )


def test_several_errors_are_one_in_1_2() -> None:
    errors = (ErrorData(ErrorType.BADLY_FORMED, "a"), ErrorData(ErrorType.UNRECOGNISED_VALUE, "b"))
    message = RequestConfirmation(ConfirmationHeader(timestamp=NOON, timestamp_received=NOON), errors)
    assert in_edition(message, Edition.V1_2).errors == errors[:1]
    assert in_edition(message, Edition.V2021_2).errors == errors


@pytest.mark.parametrize("edition", Edition)
def test_one_date_of_a_confirmation_stands_for_the_other(edition: Edition) -> None:
    whole = RequestConfirmation(ConfirmationHeader(timestamp=NOON, timestamp_received=NOON))
    for header in (ConfirmationHeader(timestamp=NOON), ConfirmationHeader(timestamp_received=NOON)):
        assert write(RequestConfirmation(header), edition) == write(whole, edition)


def test_it_is_written_as_it_is_sent() -> None:
    sent = RequestingMessage(replace(HEADER, timestamp=NOON + timedelta(microseconds=9)), Action.RECEIVED)
    text = write(sent, Edition.V1_2).decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<ISO18626Message xmlns=')
    assert ' ill:version="1.2">' in text
    assert "<timestamp>2026-05-04T12:00:00Z</timestamp>" in text
    assert "<multipleItemRequestId></multipleItemRequestId>" in text
    assert write(sent, Edition.V1_2, declaration=False).decode() == text.partition("\n")[2]


def test_texts_are_escaped_and_lose_only_what_xml_cannot_carry() -> None:
    message = RequestingMessage(HEADER, Action.NOTIFICATION, 'a<b & "c" ]]>\r\nd\0\x07\ud800\uffffé')
    assert "<note>a&lt;b &amp; &quot;c&quot; ]]&gt;&#13;\ndé</note>" in write(message, Edition.V1_2).decode()


@pytest.mark.parametrize(
    ("scheme", "kept"),
    [
        ("http://illtransactions.org/ISO18626/OpenCodeList/ReasonUnfilled-V1.0", True),
        ("https://lists.example:8080/a/b?c=d&e#f", True),
        ("urn:iso:std:iso:4217", True),
        ("two words", False),
        ("http://lists.example:port/", False),
        ("%zz", False),
        ('http://x/"><evil/>', False),
    ],
)
def test_the_list_of_a_word_is_named_where_it_is_an_address(scheme: str, kept: bool) -> None:
    info = MessageInfo(Reason.REQUEST_RESPONSE, reason_unfilled=Code("NotHeld", scheme))
    text = write(replace(an_answer(Status.UNFILLED), info=info), Edition.V1_2).decode()
    mark = f' ill:scheme="{scheme.replace("&", "&amp;")}"' if kept else ""
    assert f"<reasonUnfilled{mark}>NotHeld</reasonUnfilled>" in text


@pytest.mark.parametrize(
    "message",
    [
        RequestConfirmation(ConfirmationHeader()),
        RequestingMessage(replace(HEADER, timestamp=NOON.replace(tzinfo=None)), Action.RECEIVED),
        replace(an_answer(), info=MessageInfo(Reason.NOTIFICATION, offered_costs=Money(Decimal("NaN")))),
    ],
)
@pytest.mark.parametrize("edition", Edition)
def test_what_cannot_be_said_validly_is_not_written(message: Message, edition: Edition) -> None:
    with pytest.raises(CannotWrite):
        write(message, edition)


def test_an_answer_is_written_the_same_however_often() -> None:
    message: SupplyingMessage = an_answer()
    assert write(message, Edition.V1_2) == write(message, Edition.V1_2)
