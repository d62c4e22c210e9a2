"""What is not read: why, and with which ids, so that it can be refused by a confirmation."""

import random
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from illservice.protocols.iso18626.codec import LONGEST_MESSAGE, read, write
from illservice.protocols.iso18626.confirm import confirmation, refusal
from illservice.protocols.iso18626.errors import BadValue, CodecError, TooLarge, Unreadable
from illservice.protocols.iso18626.messages import (
    Action,
    ConfirmationHeader,
    Edition,
    ErrorData,
    ErrorType,
    Message,
    MessageKind,
    MessageStatus,
    Reason,
    RequestConfirmation,
    RequestingMessageConfirmation,
    SupplyingMessageConfirmation,
)
from tests.illservice.protocols.iso18626.letters import (
    BORROWER,
    LENDER,
    NOON,
    a_request,
    an_answer,
    element,
    header,
    letter,
    request_letter,
    requesting_letter,
    schemas,
    supplying_letter,
)

LATER = NOON + timedelta(seconds=3)
BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
FETCH = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def with_prolog(prolog: str) -> bytes:
    return prolog.encode() + request_letter()


NOT_MESSAGES = {
    "nothing": b"",
    "blank": b" \n ",
    "NUL": b"\0",
    "text": b"hello",
    "JSON": b'{"request": 1}',
    "cut short": request_letter()[:-20],
    "two roots": request_letter() + request_letter(),
    "not UTF-8": request_letter(note="Z\u00fcrich").decode().encode("latin-1"),
    "unknown encoding": with_prolog('<?xml version="1.0" encoding="UTF-7"?>'),
    "encoding of bytes that are none": b"\xff\xfe<\x00",
    "control character": request_letter().replace(b"Ames", b"A\x01mes"),
    "unknown entity": request_letter().replace(b"Ames", b"&who;"),
    "unknown prefix": b"<x:request/>",
    "entities that grow": with_prolog(BOMB).replace(b"Ames", b"&b;"),
    "entity of a file": with_prolog(FETCH).replace(b"Ames", b"&a;"),
    "DOCTYPE of elsewhere": with_prolog('<!DOCTYPE a SYSTEM "http://localhost/a.dtd">'),
    "DOCTYPE after comments": with_prolog('<?xml version="1.0"?>\n<!-- a --><?b c?> <!DOCTYPE request>'),
    "DOCTYPE in UTF-16": with_prolog("<!DOCTYPE request>").decode().encode("utf-16"),
    "comment without end": b"<!-- <request/>",
    "too deep": letter("request", "<a>" * 300 + "</a>" * 300),
    "another root": b"<ncip/>",
    "no message": letter("x").replace(b"<x></x>", b""),
    "another message": letter("cancellation"),
    "two messages": letter("request", header()).replace(b"</request>", b"</request><request/>"),
}


@pytest.mark.parametrize("name", NOT_MESSAGES)
def test_what_is_no_message_is_unreadable(name: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(NOT_MESSAGES[name])
    assert str(refused.value)


def test_a_doctype_is_refused_before_it_is_parsed_and_mentioned_in_a_text_it_is_none() -> None:
    with pytest.raises(Unreadable, match="DOCTYPE"):
        read(with_prolog("<!DOCTYPE request>"))
    for mention in (b"see &lt;!DOCTYPE html>", b"<![CDATA[<!DOCTYPE a>]]>"):
        assert read(request_letter().replace(b"Ames", mention)).ignored == ()


def test_a_message_is_read_up_to_the_limit_and_not_beyond() -> None:
    data = request_letter()
    assert read(data, limit=len(data)).edition is Edition.V1_2
    with pytest.raises(TooLarge):
        read(data, limit=len(data) - 1)
    with pytest.raises(TooLarge):
        read(b"<a>" * LONGEST_MESSAGE)


BAD = {
    "action": (requesting_letter("Dance"), ErrorType.UNSUPPORTED_ACTION),
    "no action": (letter("requestingAgencyMessage", header()), ErrorType.BADLY_FORMED),
    "empty action": (requesting_letter(""), ErrorType.BADLY_FORMED),
    "reason": (supplying_letter(element("reasonForMessage", "Whim")), ErrorType.UNSUPPORTED_REASON),
    "no reason": (supplying_letter(element("note", "x")), ErrorType.BADLY_FORMED),
    "status": (supplying_letter(status=element("status", "Lent")), ErrorType.UNRECOGNISED_VALUE),
    "no status information": (
        letter(
            "supplyingAgencyMessage",
            header(),
            element("messageInfo", element("reasonForMessage", "StatusChange")),
        ),
        ErrorType.BADLY_FORMED,
    ),
    "no status": (supplying_letter(status="<status/>"), ErrorType.BADLY_FORMED),
    "status in small letters": (
        supplying_letter(status=element("status", "loaned")),
        ErrorType.UNRECOGNISED_VALUE,
    ),
    "service type": (request_letter(serviceType="Gift"), ErrorType.UNRECOGNISED_VALUE),
    "no service type": (request_letter(serviceType="", note="x"), ErrorType.BADLY_FORMED),
    "date": (request_letter(needBeforeDate="soon"), ErrorType.UNRECOGNISED_VALUE),
    "date that is none": (request_letter(needBeforeDate="2026-02-30"), ErrorType.UNRECOGNISED_VALUE),
    "yes or no": (request_letter(anyEdition="perhaps"), ErrorType.UNRECOGNISED_VALUE),
    "no title": (letter("request", header()), ErrorType.BADLY_FORMED),
    "amount": (
        supplying_letter("", "", element("deliveryInfo", element("deliveryCosts", monetaryValue="NaN"))),
        ErrorType.UNRECOGNISED_VALUE,
    ),
    "endless amount": (
        supplying_letter("", "", element("deliveryInfo", element("deliveryCosts", monetaryValue="9" * 5000))),
        ErrorType.UNRECOGNISED_VALUE,
    ),
    "order": (
        letter("request", header(), "<bibliographicInfo/>", element("supplierInfo", sortOrder="first")),
        ErrorType.UNRECOGNISED_VALUE,
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_value_that_is_not_understood_is_refused_with_its_error_type_and_the_ids(name: str) -> None:
    data, error_type = BAD[name]
    with pytest.raises(BadValue) as refused:
        read(data)
    problem = refused.value
    assert problem.error_type is error_type
    assert (problem.header.supplying, problem.header.requesting) == (LENDER, BORROWER)
    assert (problem.header.timestamp, problem.header.requesting_request_id) == (NOON, "B-17")


def test_of_a_bad_header_the_good_ids_are_known() -> None:
    with pytest.raises(BadValue) as refused:
        read(letter("requestingAgencyMessage", element("action", "Renew"), header(timestamp="noon")))
    problem = refused.value
    assert problem.error_type is ErrorType.UNRECOGNISED_VALUE
    assert (problem.kind, problem.action) == (MessageKind.REQUESTING, Action.RENEW)
    assert (problem.header.requesting, problem.header.timestamp) == (BORROWER, None)

    with pytest.raises(BadValue) as refused:
        read(letter("supplyingAgencyMessage"))
    assert refused.value.error_type is ErrorType.BADLY_FORMED
    assert refused.value.header.requesting is None


def test_a_message_is_confirmed_with_its_ids_and_its_own_action_or_reason() -> None:
    good = confirmation(an_answer(), LATER)
    assert isinstance(good, SupplyingMessageConfirmation)
    assert (good.reason, good.errors) == (Reason.STATUS_CHANGE, ())
    assert good.header == ConfirmationHeader(LENDER, BORROWER, LATER, "B-17", "", NOON, MessageStatus.OK)

    wrong = ErrorData(ErrorType.UNRECOGNISED_VALUE, "B-17")
    bad = confirmation(a_request(), LATER, wrong)
    assert isinstance(bad, RequestConfirmation)
    assert (bad.header.status, bad.errors) == (MessageStatus.ERROR, (wrong,))


@pytest.mark.parametrize(
    ("data", "kind", "echo"),
    [
        (BAD["date"][0], RequestConfirmation, None),
        (BAD["status"][0], SupplyingMessageConfirmation, Reason.STATUS_CHANGE),
        (BAD["reason"][0], SupplyingMessageConfirmation, None),
        (BAD["action"][0], RequestingMessageConfirmation, None),
        (
            letter("requestingAgencyMessage", element("action", "Renew")),
            RequestingMessageConfirmation,
            Action.RENEW,
        ),
    ],
)
def test_a_refusal_can_be_written_in_both_editions(data: bytes, kind: type, echo: object) -> None:
    with pytest.raises(BadValue) as refused:
        read(data)
    answer = refusal(refused.value, LATER)
    assert isinstance(answer, kind)
    assert answer.header.status is MessageStatus.ERROR
    assert getattr(answer, "action", getattr(answer, "reason", None)) is echo
    for edition in Edition:
        assert read(write(answer, edition)).message == answer


SEEDS = [
    request_letter(requestType="New", needBeforeDate="2026-06-01", anyEdition="Y"),
    supplying_letter("", "", element("deliveryInfo", dateSent="2026-05-04", itemId="1", sentToPatron="true")),
    requesting_letter("Cancel", "no longer wanted"),
    letter(
        "requestConfirmation",
        element(
            "confirmationHeader", timestamp="2026-05-04", timestampReceived="2026-05-04", messageStatus="OK"
        ),
    ),
]
SCRAPS = [
    b"<", b">", b"</", b"/>", b"&", b"&#0;", b"&#x1F600;", b"&amp;", b"\0", b"\xff", b"\xc3", b"\xef\xbb\xbf",
    b"<!DOCTYPE a>", b"<![CDATA[", b"]]>", b"<?x?>", b"<!--", b"-->", b'"', b"'", b" ", b"\n", b"Z", b"+99:99", b"-",
    b"9" * 30, b"", b"<note>", b"<header>", b"</header>", b"<status>", b'xmlns=""', b' ill:scheme="%"', b"0000-00-00",
    b"9999-12-31T23:59:59-14:00", b"0001-01-01T00:00:00Z", b"Lost", b"HoldReturn", b"N", b"1",
]  # fmt: skip
TEXT = re.compile(rb">([^<>]*)<")
ELEMENT = re.compile(rb"<(?P<name>\w+)>[^<>]*</(?P=name)>")


def mutated(chance: random.Random) -> bytes:
    """Bytes, texts or whole elements of a message replaced, doubled, moved or left out."""
    data = chance.choice(SEEDS)
    for _ in range(chance.randint(1, 3)):
        places = [found.span(1) for found in TEXT.finditer(data)]
        elements = [found.span() for found in ELEMENT.finditer(data)]
        byte = chance.randrange(len(data) + 1)
        start, end = chance.choice([*places, *elements] or [(0, 0)])
        if chance.random() < 0.3:
            start, end = byte, byte + chance.choice([0, 1, 2, 8, 40])
        scrap = chance.choice(
            [chance.choice(SCRAPS), data[start:end] * 2, b"", bytes([chance.randrange(256)])]
        )
        data = data[:start] + scrap + data[end:]
        if chance.random() < 0.3:
            data = data[:byte] + data[start:end] + data[byte:]
    return data


def outcome(data: bytes) -> Message | CodecError:
    """The message, or why there is none; anything else that is raised fails the test."""
    try:
        return read(data).message
    except CodecError as refused:
        return refused


def test_a_mutated_message_is_read_and_can_be_written_or_is_refused_with_a_word(shared: Path) -> None:
    chance = random.Random(18626)  # noqa: S311 - the same mutants every time
    known = schemas(shared)
    outcomes: Counter[str] = Counter()
    for _ in range(4000):
        found = outcome(mutated(chance))
        outcomes[type(found).__name__] += 1
        if isinstance(found, CodecError) and not isinstance(found, BadValue):
            assert str(found)
            continue
        message = refusal(found, NOON) if isinstance(found, BadValue) else found
        for edition, schema in known.items():
            if isinstance(message, RequestConfirmation) and not (
                message.header.timestamp or message.header.timestamp_received
            ):
                continue  # a receipt without a date is read, and never sent on
            assert schema.validate(etree.fromstring(write(message, edition))), schema.error_log
    assert min(outcomes[name] for name in ("Request", "SupplyingMessage", "BadValue", "Unreadable")) > 100


@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda text: f"<request>{text}</request>".encode()))
def test_any_bytes_whatever_are_read_or_refused_with_a_word(data: bytes) -> None:
    assert str(outcome(data))
