"""A message that comes twice is recognised however it is spelled, and two messages are never taken for one."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from illservice.protocols.iso18626.codec import canonical_digest, read, write
from illservice.protocols.iso18626.messages import Edition, Message, MessageInfo, Money, Reason, Status
from tests.illservice.protocols.iso18626.letters import HEADER, NOON, a_request, an_answer, request_letter


def test_another_spelling_of_a_message_has_the_same_digest() -> None:
    data = request_letter(note="Zürich")
    text = data.decode()
    for other in (
        text.replace("><", ">\n  <"),
        text.replace("ill:", "x:").replace("xmlns:ill", "xmlns:x"),
        text.replace(' ill:version="1.2"', ' version="1.1"'),
        text.replace("12:00:00Z", "14:00:00+02:00"),
        text.replace("</header>", "<supplyingAgencyRequestId/></header>"),
        text.replace(
            "<serviceType>Loan</serviceType><note>Zürich</note>",
            "<note>Zürich</note><serviceType>Loan</serviceType>",
        ),
        text.replace("ü", "&#252;"),
    ):
        assert other != text
        assert canonical_digest(other.encode()) == canonical_digest(data)
    assert canonical_digest(read(data).message) == canonical_digest(data)
    assert len(canonical_digest(data)) == 64


def test_both_editions_of_a_plain_message_have_the_same_digest() -> None:
    message = an_answer()
    assert len({canonical_digest(write(message, edition)) for edition in Edition}) == 1


def test_messages_that_say_something_else_have_other_digests() -> None:
    answer = an_answer()
    offers = [Money(Decimal(text), "EUR") for text in ("10", "10.00", "11")]
    others: list[Message] = [
        a_request(),
        answer,
        an_answer(Status.OVERDUE),
        replace(answer, header=replace(HEADER, timestamp=NOON + timedelta(seconds=1))),
        replace(answer, header=replace(HEADER, requesting_request_id="B-18")),
        replace(answer, info=MessageInfo(Reason.STATUS_CHANGE, answer=True)),
        replace(answer, info=MessageInfo(Reason.STATUS_CHANGE, answer=False)),
        replace(answer, info=MessageInfo(Reason.STATUS_CHANGE, offered_costs=offers[0])),
        replace(answer, info=MessageInfo(Reason.STATUS_CHANGE, offered_costs=offers[2])),
    ]
    assert len({canonical_digest(one) for one in others}) == len(others)
    same = replace(answer, info=MessageInfo(Reason.STATUS_CHANGE, offered_costs=offers[1]))
    assert canonical_digest(same) == canonical_digest(others[-2])
