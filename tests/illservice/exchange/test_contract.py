"""POST /iso18626: which status comes first, which error a confirmation names, and what the log keeps."""

import base64
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from illservice.exchange.models import Connection, Conversation, Exchanged
from illservice.exchange.services.credentials import digest_of
from illservice.exchange.services.receiving import receive
from illservice.exchange.services.wording import sentence
from illservice.protocols.iso18626.codec import write
from illservice.protocols.iso18626.messages import (
    Action,
    AgencyId,
    Edition,
    PatronInfo,
    Reason,
    RequestConfirmation,
    RequestingMessageConfirmation,
    RequestType,
    Status,
)
from lending.models import LendingRequest
from requests_app.services import lenders, loans
from tests.exchange.pair import borrowed
from tests.illservice.exchange import said
from tests.illservice.exchange.said import errors, post, posted
from tests.requests_app.standing import asked, marks, on_loan, questions
from tests.world import NOON, World, later

GOOD = write(said.request(), Edition.V1_2)
UNSUPPORTED_ACTION, UNSUPPORTED_REASON = "UnsupportedActionType", "UnsupportedReasonForMessageType"
UNRECOGNISED, BADLY_FORMED = "UnrecognisedDataValue", "BadlyFormedMessage"


def basic(username: str, password: str) -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}


def guarded(connection: Connection) -> None:
    """From now on Eastlake must sign in."""
    connection.partner_username, connection.partner_digest = "eastlake", digest_of("open sesame")
    connection.save()


def nothing_happened() -> bool:
    """Neither in the log nor at the desk."""
    return not Exchanged.objects.exists() and not LendingRequest.objects.exists()


def test_the_first_thing_that_is_wrong_is_the_answer(eastlake: Connection) -> None:
    guarded(eastlake)
    long = b"<x>" + b" " * 200_000
    for method in ("get", "put", "delete", "head"):
        came = getattr(Client(), method)("/iso18626", content_type="text/plain")
        assert (came.status_code, came.headers["Allow"]) == (405, "POST")
    assert posted(long, content_type="text/plain").status_code == 415
    assert posted(long, basic("x", "y")).status_code == 413
    assert posted(b"<x>", basic("x", "y")).status_code == 400
    assert posted(GOOD, basic("eastlake", "x")).status_code == 401
    assert nothing_happened()
    came = posted(GOOD, basic("eastlake", "open sesame"))
    assert (came.status_code, errors(said.confirmed(came.content))) == (200, [])
    assert came.headers["Content-Type"] == 'application/xml; charset="utf-8"'


class Chunks(io.BytesIO):
    """What a web server hands on of a message in chunks: it has no length, and an end."""

    def read(self, size: int | None = -1, /) -> bytes:
        if b"broken" in self.getvalue():
            raise ValueError("no size of a chunk")
        return super().read(size)


def in_chunks(body: bytes) -> Any:
    """The HTTP answer to a message in chunks."""
    server: dict[str, Any] = {"wsgi.input": Chunks(body), "wsgi.input_terminated": True}
    server |= {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_TYPE": "application/xml"}
    return Client().generic("POST", "/iso18626", **server)


def test_a_message_in_chunks_is_read_to_its_end(eastlake: Connection) -> None:
    came = in_chunks(GOOD)
    assert (came.status_code, errors(said.confirmed(came.content))) == (200, [])
    assert LendingRequest.objects.count() == 1


def test_a_message_in_chunks_may_be_as_long_as_any_other_and_must_be_whole(
    eastlake: Connection, settings: Any
) -> None:
    settings.ILL_ISO18626_MAX_BYTES = len(GOOD)
    assert in_chunks(GOOD + b" ").status_code == 413
    assert in_chunks(b"broken").status_code == 400
    assert nothing_happened()
    assert in_chunks(GOOD).status_code == 200


@pytest.mark.parametrize("kind", ["application/xml", "text/xml", 'Text/XML; charset="utf-8"'])
def test_both_kinds_of_xml_are_taken(eastlake: Connection, kind: str) -> None:
    assert posted(GOOD, content_type=kind).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"no xml",
        b"<ISO18626Message/>",
        GOOD.replace(b"<ISO18626Message", b"<!DOCTYPE x><ISO18626Message", 1),
        b"\xff\xfe",
    ],
)
def test_what_is_no_message_is_400(eastlake: Connection, body: bytes) -> None:
    came = posted(body)
    assert (came.status_code, came.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert nothing_happened()


def test_a_confirmation_is_no_message(eastlake: Connection) -> None:
    receipt = posted(GOOD).content
    assert posted(receipt).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("eastlake", ""),
        basic("eastlake", "open sesam"),
        basic("other", "open sesame"),
        {"Authorization": "Basic ???"},
        {"Authorization": "Basic é"},
        {"Authorization": "Basic"},
        {"Authorization": "Bearer open sesame"},
        {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe").decode()},
    ],
)
def test_wrong_credentials_are_401_and_leave_no_trace(eastlake: Connection, headers: dict[str, str]) -> None:
    guarded(eastlake)
    came = posted(GOOD, headers)
    assert (came.status_code, came.headers["WWW-Authenticate"][:5]) == (401, "Basic")
    broken = GOOD.replace(b"Loan<", b"Dance<")
    assert posted(broken, headers).status_code == 401
    assert nothing_happened()


def test_the_confirmation_repeats_the_ids_and_the_action(eastlake: Connection) -> None:
    receipt = post(said.request("E-7"))
    assert isinstance(receipt, RequestConfirmation)
    assert (receipt.header.requesting_request_id, receipt.header.supplying) == ("E-7", said.NORTH)
    assert receipt.header.timestamp_received == NOON
    heard = post(said.news(Action.NOTIFICATION, "E-7", note="Thank you."), Edition.V2021_2)
    assert isinstance(heard, RequestingMessageConfirmation)
    assert (heard.action, errors(heard)) == (Action.NOTIFICATION, [])


def test_a_doubled_message_gets_the_same_answer_and_does_nothing(eastlake: Connection) -> None:
    first, second = posted(GOOD).content, posted(GOOD.replace(b"Z<", b".000+00:00<")).content
    assert first == second
    assert LendingRequest.objects.count() == 1
    assert [(row.doubled, row.answer_status) for row in Exchanged.objects.filter(outward=False)] == [
        (1, "OK")
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"<action>Renew<", b"<action>Dance<", UNSUPPORTED_ACTION),
        (b"<action>Renew<", b"<action><", BADLY_FORMED),
        (b"<requestingAgencyRequestId>E-1<", b"<requestingAgencyRequestId>E-2<", UNRECOGNISED),
        (b">EASTLAKE<", b">NOWHERE<", UNRECOGNISED),
        (b">NORTH<", b">NOWHERE<", UNRECOGNISED),
        (b">2026-", b">soon-", UNRECOGNISED),
        (b"</action>", b"</action><colour>red</colour>", "UnrecognisedDataElement"),
        (b"</header>", b"<colour/></header>", "UnrecognisedDataElement"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_its_type(
    eastlake: Connection, old: bytes, new: bytes, expected: str
) -> None:
    posted(GOOD)
    body = write(said.news(Action.RENEW), Edition.V1_2)
    assert body.count(old)
    came = posted(body.replace(old, new))
    assert (came.status_code, errors(said.confirmed(came.content))) == (200, [expected])
    assert Exchanged.objects.filter(kind="requestingAgencyMessage", answer_status="OK").count() == 0


@pytest.mark.parametrize(
    "extra", [b"<title>at the wrong place</title>", b'<x:colour xmlns:x="urn:example">red</x:colour>']
)
def test_what_stands_at_the_wrong_place_or_is_an_addition_of_its_own_is_passed_by(
    eastlake: Connection, extra: bytes
) -> None:
    assert errors(said.confirmed(posted(GOOD.replace(b"</request>", extra + b"</request>")).content)) == []


def test_the_operators_log_says_who_is_refused_and_where_but_not_what_was_said(
    eastlake: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    posted(GOOD.replace(b"Loan<", b"Ada Lovelace<"))
    posted(GOOD.replace(b"</request>", b"<colour>red</colour></request>"))
    posted(GOOD.replace(b"Loan<", b"Dance<").replace(b">EASTLAKE<", b">NOBODY<"))
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "a message of eastlake was refused: UnrecognisedDataValue, serviceType",
        "a message of eastlake was refused: UnrecognisedDataElement, request/colour is not known",
    ]


def test_of_a_partner_that_is_known_for_elements_of_its_own_they_are_passed_by(eastlake: Connection) -> None:
    strange = GOOD.replace(b"</request>", b"<colour>red</colour></request>")
    refused = said.confirmed(posted(strange).content)
    assert isinstance(refused, RequestConfirmation)
    assert [error.value for error in refused.errors] == ["request/colour is not known"]
    assert not LendingRequest.objects.exists()
    eastlake.quirks = ["own_elements"]
    eastlake.save()
    assert errors(said.confirmed(posted(strange).content)) == []
    assert LendingRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"<status>Unfilled<", b"<status>Eaten<", [UNRECOGNISED]),
        (b"<reasonForMessage>StatusChange<", b"<reasonForMessage>Gossip<", [UNSUPPORTED_REASON]),
        (b"NotOnShelf<", b"EatenByMoths<", []),
    ],
)
def test_closed_words_are_refused_and_open_ones_taken(
    world: World, eastlake: Connection, old: bytes, new: bytes, expected: list[str]
) -> None:
    request = asked_by_message(world)
    body = write(said.answer(f"{request.number}-1", Status.UNFILLED, later(hours=1), reason_unfilled="NotOnShelf"),
                 Edition.V1_2)  # fmt: skip
    assert body.count(old)
    came = posted(body.replace(old, new))
    assert errors(said.confirmed(came.content)) == expected
    state = borrowed(request).tries.get(ordinal=1).status
    assert (state == "unfilled") == (not expected)


def asked_by_message(world: World) -> Any:
    """A request whose first lender, Eastlake, got it as a message."""
    request = asked(world)
    conversation_about(world, request)
    return request


def conversation_about(world: World, request: Any) -> None:
    """What Eastlake says of its try is about this request."""
    Conversation.objects.create(
        library=world.north.library, partner=world.eastlake, side="borrowing", number=request.number,
        requesting_id=f"{request.number}-1", topic=request.tries.get(ordinal=1).pk, began_at=NOON,
    )  # fmt: skip


def test_an_answer_to_what_was_never_asked_is_refused(eastlake: Connection) -> None:
    assert errors(post(said.answer("B-99", Status.LOANED, reason=Reason.STATUS_CHANGE))) == [UNRECOGNISED]
    assert errors(post(said.news(Action.CANCEL, "E-99"))) == [UNRECOGNISED]
    reminder = said.request("E-99", kind=RequestType.REMINDER)
    assert errors(post(reminder)) == [UNRECOGNISED]
    assert not LendingRequest.objects.exists()


def test_without_a_recipient_the_only_library_is_meant(world: World, eastlake: Connection) -> None:
    nameless = said.with_header(said.request(), supplying=None)
    assert errors(post(nameless, Edition.V2021_2)) == [UNRECOGNISED]
    assert nothing_happened()
    world.south.library.is_active = False
    world.south.library.save()
    assert errors(post(nameless, Edition.V2021_2)) == []


def test_a_symbol_that_only_this_partner_uses_for_us_is_ours(eastlake: Connection) -> None:
    renamed = said.with_header(said.request(), supplying=AgencyId("ISIL", "XX-OURS"))
    assert errors(post(renamed)) == [UNRECOGNISED]
    eastlake.own_agency = "ISIL:XX-OURS"
    eastlake.save()
    assert errors(post(renamed)) == []


def test_neither_the_reader_nor_a_password_is_kept(eastlake: Connection) -> None:
    secret = replace(said.request(), patron=PatronInfo(patron_id="P-4711", surname="Merriweather"))
    secret = said.with_header(secret, account_id="north-account", security_code="open-sesame")
    assert errors(post(secret)) == []
    kept = Exchanged.objects.get()
    everything = f"{kept.body}{kept.facts}{kept.answer}"
    assert "The northern shore" in everything
    assert not [word for word in ("4711", "Merriweather", "north-account", "sesame") if word in everything]


def test_a_partner_that_is_not_active_is_a_stranger(eastlake: Connection) -> None:
    eastlake.is_active = False
    eastlake.save()
    assert errors(post(said.request())) == [UNRECOGNISED]
    assert nothing_happened()


def test_from_outside_nobody_speaks_as_a_library_of_this_deployment(
    world: World, eastlake: Connection
) -> None:
    eastlake.transport = "loopback"
    eastlake.save()
    assert posted(GOOD).status_code == 401
    assert nothing_happened()
    inside = receive(GOOD, at=NOON, sender_id=world.eastlake.pk)
    assert (inside.status, errors(said.confirmed(inside.body))) == (200, [])


def test_an_id_that_no_request_can_have_is_refused(eastlake: Connection) -> None:
    assert errors(post(said.request("E" * 81))) == [UNRECOGNISED]
    assert nothing_happened()
    assert errors(post(said.request("E" * 80))) == []


@pytest.mark.parametrize("wrong", [datetime(9999, 12, 31, 23, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)])
def test_a_clock_that_is_wrong_by_years_stops_no_later_news(
    world: World, eastlake: Connection, wrong: datetime
) -> None:
    request = asked_by_message(world)
    number = f"{request.number}-1"
    assert errors(post(said.answer(number, Status.EXPECT_TO_SUPPLY, wrong))) == []
    assert borrowed(request).state == "asked"
    assert errors(post(said.answer(number, Status.LOANED, later(hours=1)))) == []
    assert borrowed(request).state == "on_the_way"


def test_a_renewal_without_any_date_is_shown_to_the_desk(world: World, eastlake: Connection) -> None:
    request = on_loan(world, due=None)
    conversation_about(world, request)
    loans.ask_renewal(request_id=request.pk, actor=world.north.actor(), at=later(days=3))
    yes = said.answer(
        f"{request.number}-1", Status.LOANED, later(days=4), reason=Reason.RENEW_RESPONSE, answer=True
    )
    assert errors(post(yes)) == []
    assert "odd_news" in marks(request)
    assert borrowed(request).lender_due is None


@pytest.mark.parametrize(
    ("status", "state"), [(Status.CANCELLED, "cancelled"), (Status.WILL_SUPPLY, "asked")]
)
def test_a_cancellation_answered_by_neither_yes_nor_no_is_what_its_status_says(
    world: World, eastlake: Connection, status: Status, state: str
) -> None:
    request = asked_by_message(world)
    lenders.ask_cancel(request_id=request.pk, actor=world.north.actor(), at=later(hours=3))
    reply = said.answer(
        f"{request.number}-1", status, later(hours=4), reason=Reason.CANCEL_RESPONSE, answer=True
    )
    body, left_out = re.subn(rb"<answerYesNo>.</answerYesNo>", b"", write(reply, Edition.V1_2))
    assert left_out == 1
    assert posted(body).status_code == 200
    assert borrowed(request).state == state
    assert not questions(request)


def test_what_is_not_understood_is_kept_with_its_request_and_shown(eastlake: Connection) -> None:
    posted(GOOD)
    request = LendingRequest.objects.get()
    body = write(said.news(Action.RENEW), Edition.V1_2).replace(b"<action>Renew<", b"<action>Dance<")
    for _delivery in range(2):
        assert errors(said.confirmed(posted(body).content)) == [UNSUPPORTED_ACTION]
    kept = Exchanged.objects.get(answer_status="ERROR")
    assert "Dance" in kept.body
    assert "could not be understood" in sentence(kept)
    assert request.marks.filter(kind="odd_news", cleared_at__isnull=True).count() == 1
    assert not request.questions.exists()
