"""What other systems send is understood, however they spell it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from illservice.protocols.iso18626.codec import read
from illservice.protocols.iso18626.messages import (
    Action,
    AgencyId,
    Edition,
    ErrorData,
    ErrorType,
    Message,
    MessageStatus,
    Money,
    Reason,
    Request,
    RequestConfirmation,
    RequestingMessage,
    ServiceType,
    Status,
    StatusInfo,
    SupplyingMessage,
    scheme_of,
)
from illservice.protocols.iso18626.moments import calendar_date
from tests.illservice.protocols.iso18626.letters import (
    BORROWER,
    LENDER,
    NOON,
    element,
    header,
    letter,
    request_letter,
    requesting_letter,
    supplying_letter,
)


def request_in(data: bytes) -> Request:
    message = read(data).message
    assert isinstance(message, Request)
    return message


def answer_in(data: bytes) -> SupplyingMessage:
    message = read(data).message
    assert isinstance(message, SupplyingMessage)
    return message


def test_a_request_is_read_with_its_ids_and_what_it_wants() -> None:
    message = request_in(request_letter(requestType="New", note="for a class"))

    assert (message.header.supplying, message.header.requesting) == (LENDER, BORROWER)
    assert (message.header.timestamp, message.header.requesting_request_id) == (NOON, "B-17")
    assert (message.bibliographic.title, message.bibliographic.author) == ("The northern shore", "Ames, L.")
    assert message.service is not None
    assert message.service.service_type is ServiceType.LOAN
    assert message.service.note == "for a class"


SPELLINGS = {
    "no namespace": lambda text: text.replace(' xmlns="http://illtransactions.org/2013/iso18626"', ""),
    "another namespace": lambda text: text.replace("2013/iso18626", "1999/other"),
    "prefixed elements": lambda text: (
        text.replace("</", "</ill:").replace("<", "<ill:").replace("<ill:/ill:", "</ill:")
    ),
    "attribute unqualified": lambda text: text.replace("ill:version", "version"),
    "no version": lambda text: text.replace(' ill:version="1.2"', ""),
    "no wrapper": lambda text: text[text.index(">") + 1 :].replace("</ISO18626Message>", ""),
    "indented": lambda text: text.replace("><", ">\n\t <"),
    "comments": lambda text: text.replace("><", "><!-- - --><?x y?><"),
    "old offset": lambda text: text.replace("00Z", "00+0000"),
    "other offset": lambda text: text.replace("12:00:00Z", "14:00:00+02:00"),
    "no offset": lambda text: text.replace("12:00:00Z", "12:00:00"),
    "declaration": lambda text: '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text,
    "byte order mark": lambda text: "\ufeff" + text,
    "empty elements": lambda text: text.replace(
        "</header>", "<supplyingAgencyRequestId/><requestingAgencyAuthentication/></header>"
    ),
    "character data": lambda text: text.replace(">Loan<", "><![CDATA[Loan]]><"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_a_message_is_the_same_message(spelling: str) -> None:
    plain = request_letter()
    other = SPELLINGS[spelling](plain.decode()).encode()
    assert other != plain
    assert read(other).message == read(plain).message
    assert read(other).ignored == ()


def test_other_encodings_are_read_by_what_they_say() -> None:
    text = request_letter(note="Zürich").decode()
    declared = '<?xml version="1.0" encoding="%s"?>'
    for encoded in (
        text.encode("utf-16"),
        (declared % "ISO-8859-1" + text).encode("latin-1"),
        (declared % "windows-1252" + text).encode("cp1252"),
        (declared % "utf-16" + text).encode(),
    ):
        assert read(encoded).message == read(text.encode()).message


@pytest.mark.parametrize(
    ("version", "edition"),
    [
        ("1.0", Edition.V1_2),
        ("1.1", Edition.V1_2),
        ("1.2", Edition.V1_2),
        ("v1_2_2017", Edition.V1_2),
        ("", Edition.V1_2),
        ("nonsense", Edition.V1_2),
        ("2021-2", Edition.V2021_2),
        ("2021-3", Edition.V2021_2),
        ("1_3_2021", Edition.V2021_2),
    ],
)
def test_the_edition_is_worked_out_from_the_version(version: str, edition: Edition) -> None:
    result = read(letter("request", header(), "<bibliographicInfo/>", version=f' version="{version}"'))
    assert (result.version, result.edition) == (version, edition)


def test_the_elements_of_either_edition_count_in_any_order() -> None:
    data = letter(
        "supplyingAgencyMessage",
        element(
            "retryInfo",
            *[element("offeredCosts", currencyCode="EUR", monetaryValue=amount) for amount in ("7.50", "9")],
            loanCondition="LibraryUseOnly",
            retryBefore="2026-06-01",
        ),
        element("deliveryInfo", sentVia="Courier", itemFormat="Paper", itemId="1", dateSent="2026-05-04"),
        element("statusInfo", lastChange="2026-05-04T12:00:00Z", status="RetryPossible"),
        element(
            "messageInfo", note="dear", reasonRetry="CostExceedsMaxCost", reasonForMessage="RequestResponse"
        ),
        header(),
    )

    message = answer_in(data)

    assert message.info.offered_costs == Money(Decimal("7.5"), "EUR")
    assert message.retry.other_costs == (Money(Decimal(9), "EUR"),)
    assert message.retry.conditions == ("LibraryUseOnly",)
    assert message.info.retry_before == datetime(2026, 6, 1, 23, 59, 59, tzinfo=UTC)
    assert message.delivery is not None
    assert (message.delivery.sent_via, message.delivery.format) == ("Courier", "Paper")
    assert message.header.requesting == BORROWER


def test_a_word_of_an_open_list_is_kept_with_the_list_it_is_from() -> None:
    reason = '<reasonUnfilled ill:scheme="http://lists.example/unfilled">transfer</reasonUnfilled>'
    message = answer_in(
        supplying_letter(
            element("reasonForMessage", "RequestResponse") + reason, element("status", "Unfilled")
        )
    )
    assert message.info.reason_unfilled == "transfer"
    assert scheme_of(message.info.reason_unfilled) == "http://lists.example/unfilled"
    bare = supplying_letter(
        element("reasonForMessage", "RequestResponse") + reason.replace("ill:", ""),
        element("status", "Unfilled"),
    )
    assert scheme_of(answer_in(bare).info.reason_unfilled) == "http://lists.example/unfilled"


@pytest.mark.parametrize(
    ("word", "answer"), [("Y", True), ("N", False), ("true", True), ("0", False), ("y", True), ("", None)]
)
def test_yes_and_no_are_read_in_every_spelling(word: str, answer: bool | None) -> None:
    info = element("reasonForMessage", "CancelResponse") + element("answerYesNo", word)
    assert answer_in(supplying_letter(info)).info.answer is answer


def test_a_due_date_keeps_its_day_wherever_the_library_is() -> None:
    zone = ZoneInfo("America/Los_Angeles")
    for sent in (
        "2026-06-01T23:59:59Z",
        "2026-06-01",
        "2026-06-01T00:00:00+0000",
        "2026-06-01T23:59:59-04:00",
    ):
        status = element("status", "Loaned") + element("dueDate", sent)
        due = answer_in(supplying_letter(status=status)).status.due_date
        assert due is not None
        assert calendar_date(due, zone) == date(2026, 6, 1)


def test_a_notification_without_a_status_is_read() -> None:
    message = answer_in(supplying_letter(element("reasonForMessage", "Notification"), "<status/>"))
    assert message.status.status is None
    reason = element("messageInfo", element("reasonForMessage", "Notification"))
    assert answer_in(letter("supplyingAgencyMessage", header(), reason)).status == StatusInfo(None)


def test_unknown_elements_are_passed_by_and_named() -> None:
    extra = element("colour", "red")
    result = read(
        letter(
            "requestingAgencyMessage",
            header(extra, extra),
            element("action", "Renew"),
            element("action", "Cancel"),
        )
    )
    assert isinstance(result.message, RequestingMessage)
    assert result.message.action is Action.RENEW
    assert result.ignored == (
        "requestingAgencyMessage/header/colour",
        "requestingAgencyMessage/header/colour",
        "requestingAgencyMessage/action",
    )
    assert result.unknown == "requestingAgencyMessage/header/colour"


def test_a_thousand_unknown_elements_are_not_all_named() -> None:
    assert (
        len(
            read(
                letter("requestingAgencyMessage", header(), element("action", "Renew"), "<a/>" * 1000)
            ).ignored
        )
        == 20
    )


def test_half_a_group_counts_as_none() -> None:
    message = request_in(
        letter(
            "request",
            header(),
            element(
                "bibliographicInfo", element("bibliographicItemId", bibliographicItemIdentifierCode="ISBN")
            ),
            element("billingInfo", element("maximumCosts", currencyCode="EUR")),
            element("requestedDeliveryInfo", "<address/>"),
        )
    )
    assert message.bibliographic.item_ids == ()
    assert message.billing.maximum_costs is None
    assert message.deliveries == ()
    assert message.service is None


def confirmation(*content: str, status: str = "ERROR") -> Message:
    head = element("confirmationHeader", messageStatus=status)
    return read(letter("requestConfirmation", head, *content)).message


def test_a_confirmation_without_ids_and_dates_is_still_an_answer() -> None:
    message = confirmation(status="OK")
    assert isinstance(message, RequestConfirmation)
    assert message.header.status is MessageStatus.OK
    assert message.header.requesting is None
    assert message.header.timestamp is None


def test_error_words_of_other_systems_are_kept() -> None:
    message = confirmation(
        element("errorData", errorType="UnrecognizedDataElement", errorValue="x"),
        element("errorData", errorType="UnableToFindRequest", errorValue="B-17"),
        element("errorData", errorType="NoActiveRequest"),
        element("errorData", errorType="BadlyFormedMessage"),
        element("errorData", errorValue="no type"),
    )
    assert isinstance(message, RequestConfirmation)
    assert message.errors == (
        ErrorData(ErrorType.UNRECOGNISED_ELEMENT, "x"),
        ErrorData(ErrorType.UNRECOGNISED_VALUE, "UnableToFindRequest: B-17"),
        ErrorData(ErrorType.UNRECOGNISED_VALUE, "NoActiveRequest"),
        ErrorData(ErrorType.BADLY_FORMED),
    )


def test_an_action_that_is_echoed_and_not_known_does_not_spoil_a_confirmation() -> None:
    head = element("confirmationHeader", messageStatus="OK")
    message = read(letter("requestingAgencyMessageConfirmation", head, element("action", "Dance"))).message
    assert message == read(letter("requestingAgencyMessageConfirmation", head)).message


def test_an_agency_without_a_symbol_is_none() -> None:
    empty = element("supplyingAgencyId", element("agencyIdType", "ISIL"), "<agencyIdValue/>")
    data = (
        request_letter()
        .decode()
        .replace(element("supplyingAgencyId", agencyIdType="ISIL", agencyIdValue="XX-LEND"), empty)
    )
    assert request_in(data.encode()).header.supplying is None
    assert str(AgencyId("ISIL", "XX-LEND")) == "ISIL:XX-LEND"


def test_the_actions_and_statuses_of_2021_are_read_in_either_edition() -> None:
    message = read(requesting_letter("HoldReturn")).message
    assert isinstance(message, RequestingMessage)
    assert message.action is Action.HOLD_RETURN
    status = element("status", "ReleaseHoldReturn")
    assert answer_in(supplying_letter(status=status)).status.status is Status.RELEASE_HOLD_RETURN
    assert answer_in(supplying_letter()).info.reason is Reason.STATUS_CHANGE
