"""The stand-in partner: a word in the request chooses what it plays; over HTTP on this machine and with our desk."""

import io
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.error import HTTPError

import pytest
from django.core.management import call_command

from illservice.core import outbox
from illservice.core.actors import Actor
from illservice.core.models import OutboxRow
from illservice.exchange.management.commands.iso18626 import Command
from illservice.exchange.management.iso18626.peer import Peer, poster
from illservice.exchange.management.iso18626.scenarios import Case, Scenario, scenario_of
from illservice.exchange.services.receiving import receive
from illservice.protocols.iso18626.codec import read, write
from illservice.protocols.iso18626.messages import (
    Action,
    Edition,
    Request,
    RequestType,
    ServiceInfo,
    ServiceType,
    SupplyingMessage,
)
from illservice.protocols.iso18626.notes import Word, with_word
from requests_app.models import BorrowingRequest
from requests_app.services import lenders
from tests.exchange.pair import connect
from tests.illservice.exchange import said
from tests.requests_app.standing import marks, questions
from tests.world import NOON, World, ask_for, book, new_loan


def asked(note: str = "", title: str = "The northern shore", **service: object) -> Request:
    """A request with these words in it."""
    wanted = ServiceInfo(ServiceType.LOAN, note=note, **service)  # type: ignore[arg-type]  # fields of ServiceInfo
    return said.request(title=title, service=wanted)


def statuses(messages: list[SupplyingMessage]) -> list[str]:
    """Reason, status and answer of each, in a word."""
    return [f"{each.info.reason} {each.status.status} {each.info.answer}" for each in messages]


@pytest.mark.parametrize(
    ("note", "title", "expected"),
    [
        ("", "Bees", Scenario.LOANED),
        ("please RETRY", "Unfilled dreams", Scenario.RETRY),
        ("", "Cancel-Refused: a novel", Scenario.CANCEL_REFUSED),
        ("http500", "Bees", Scenario.HTTP_500),
        ("", "Unloaned", Scenario.LOANED),
        ("overdue, then recalled", "", Scenario.OVERDUE),
    ],
)
def test_the_first_word_in_the_note_or_else_in_the_title_chooses(
    note: str, title: str, expected: Scenario
) -> None:
    assert scenario_of(asked(note, title)) == expected


def case(word: str, kind: ServiceType = ServiceType.LOAN) -> Case:
    """A case of this scenario."""
    request = said.request(service=ServiceInfo(kind, note=word))
    return Case(request, scenario_of(request), link="http://127.0.0.1:1/copy/E-1")


def test_each_scenario_says_what_its_name_promises() -> None:
    begun = {word: statuses(case(word).begin(NOON)) for word in Scenario}
    sent = ["RequestResponse WillSupply None", "StatusChange Loaned None"]
    assert begun == {
        Scenario.LOANED: sent,
        Scenario.UNFILLED: ["RequestResponse Unfilled None"],
        Scenario.CONDITIONAL: ["RequestResponse WillSupply None"],
        Scenario.RETRY: ["RequestResponse RetryPossible None"],
        Scenario.OVERDUE: [*sent, "StatusChange Overdue None"],
        Scenario.RECALLED: [*sent, "StatusChange Recalled None"],
        Scenario.CANCEL_REFUSED: ["RequestResponse WillSupply None"],
        Scenario.SILENT: [],
        Scenario.HTTP_500: [],
    }
    copy = case("overdue", ServiceType.COPY).begin(NOON)
    assert statuses(copy)[1:] == ["StatusChange CopyCompleted None"]
    assert copy[1].delivery is not None
    assert copy[1].delivery.link.endswith("/copy/E-1")


def test_what_the_borrower_says_is_answered() -> None:
    loaned = case("loaned")
    loaned.begin(NOON)
    due = loaned.due
    assert statuses(loaned.hear(said.news(Action.RENEW), NOON)) == ["RenewResponse Loaned True"]
    assert due is not None
    assert loaned.due == due + timedelta(days=28)
    assert statuses(loaned.hear(said.news(Action.CANCEL), NOON)) == ["CancelResponse Loaned False"]
    assert loaned.hear(said.news(Action.RECEIVED), NOON) == []
    assert statuses(loaned.hear(said.news(Action.SHIPPED_RETURN), NOON)) == [
        "StatusChange LoanCompleted None"
    ]

    refused = case("cancel refused")
    refused.begin(NOON)
    heard = statuses(refused.hear(said.news(Action.CANCEL), NOON))
    assert heard == ["CancelResponse WillSupply False", "StatusChange Loaned None"]

    conditional = case("conditional")
    conditional.begin(NOON)
    agreed = conditional.hear(said.news(Action.NOTIFICATION, note=with_word(Word.AGREE)), NOON)
    assert statuses(agreed) == ["StatusChange Loaned None"]
    other = case("conditional")
    other.begin(NOON)
    assert statuses(other.hear(said.news(Action.CANCEL), NOON)) == ["CancelResponse Cancelled True"]

    recalled = case("recalled")
    recalled.begin(NOON)
    assert statuses(recalled.hear(said.news(Action.RENEW), NOON)) == ["RenewResponse Recalled False"]
    assert case("silent").hear(said.news(Action.CANCEL), NOON) == []


def test_what_it_says_has_an_order_and_both_editions_can_write_it() -> None:
    for word in Scenario:
        told = case(word)
        messages = [*told.begin(NOON), *told.hear(said.news(Action.LOST), NOON)]
        moments = [each.header.timestamp for each in messages]
        assert moments == sorted(set(moments))
        assert all(read(write(each, edition)) for each in messages for edition in Edition)


@dataclass
class Line:
    """A peer on this machine, and what it sent."""

    peer: Peer
    sent: list[bytes] = field(default_factory=list)

    def bring(self) -> None:
        """Hand everything that it sent to our service."""
        self.peer.wait()
        while self.sent:
            came = receive(self.sent.pop(0), at=NOON)
            assert (came.status, said.errors(said.confirmed(came.body))) == (200, [])


@pytest.fixture
def line() -> Iterator[Line]:
    """It listens on a free port and keeps what it would send."""
    peer = Peer()
    line = Line(peer)

    def keep(body: bytes) -> str:
        line.sent.append(body)
        return "kept"

    peer.send = keep
    peer.start()
    yield line
    peer.stop()


def posted(peer: Peer, body: bytes) -> tuple[int, bytes]:
    """What it answers."""
    asked = urllib.request.Request(peer.address, body, {"Content-Type": "application/xml"})
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, answer.read()
    except HTTPError as refusal:
        return refusal.code, refusal.read()


def test_over_http_it_confirms_refuses_and_serves_the_copy(line: Line) -> None:
    status, body = posted(line.peer, write(asked("unfilled"), Edition.V2021_2))
    assert (status, said.errors(said.confirmed(body))) == (200, [])
    line.peer.wait()
    assert [read(each).edition for each in line.sent] == [Edition.V2021_2]
    _status, body = posted(line.peer, write(said.news(Action.RENEW, "E-99"), Edition.V1_2))
    assert said.errors(said.confirmed(body)) == ["UnrecognisedDataValue"]
    assert posted(line.peer, b"<nothing/>")[0] == 400
    assert posted(line.peer, write(asked("HTTP 500"), Edition.V1_2))[0] == 500
    assert posted(line.peer, b"x" * 200_000)[0] == 413
    with urllib.request.urlopen(line.peer.address.replace("iso18626", "copy/E-1"), timeout=10) as copy:
        assert b"copy" in copy.read()
    with pytest.raises(HTTPError, match="405"):
        urllib.request.urlopen(line.peer.address, timeout=10)


def test_the_same_request_twice_begins_once_and_a_retry_begins_again(line: Line) -> None:
    for _time in range(2):
        posted(line.peer, write(asked("retry"), Edition.V1_2))
    posted(line.peer, write(asked("retry", request_type=RequestType.RETRY), Edition.V1_2))
    line.peer.wait()
    messages = [read(each).message for each in line.sent]
    assert statuses([each for each in messages if isinstance(each, SupplyingMessage)]) == [
        "RequestResponse RetryPossible None",
        "RequestResponse WillSupply None",
        "StatusChange Loaned None",
    ]


def test_its_answers_go_to_where_it_was_told(line: Line) -> None:
    other = Peer(send=poster(line.peer.address))
    assert other.send is not None
    assert other.send(write(asked("silent"), Edition.V1_2)) == "HTTP 200"
    assert poster("http://127.0.0.1:9/")(b"x") == "ConnectionError"


def test_a_command_that_cannot_begin_says_why(line: Line) -> None:
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command(Command(), "peer", "--port", str(line.peer.port), stdout=out, stderr=err)
    assert (out.getvalue(), bool(err.getvalue())) == ("", True)


def ask(world: World, line: Line, word: str) -> BorrowingRequest:
    """Our desk asks the peer for a book with this word in its title, and hears what it has to say."""
    connect(world.north.library, world.eastlake, transport="http", address=line.peer.address)
    request = ask_for(world.north, new_loan(citation=book(f"Bees {word}")))
    actor: Actor = world.north.actor()
    lenders.plan_lenders(request_id=request.pk, partner_ids=[world.eastlake.pk], actor=actor, at=NOON)
    lenders.ask(request_id=request.pk, actor=actor, at=NOON)
    post(line)
    return BorrowingRequest.objects.get(pk=request.pk)


def post(line: Line) -> None:
    """Send what waits for the partner, whenever it was to leave, and hear the answers."""
    for row in OutboxRow.objects.filter(kind="iso18626", state="waiting"):
        outbox.deliver(row.pk, at=row.not_before)
    line.bring()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("word", "state", "beside"),
    [
        ("loaned", "on_the_way", set()),
        ("unfilled", "ready", set()),
        ("conditional", "asked", {"conditional"}),
        ("retry", "ready", {"retry"}),
        ("overdue", "on_the_way", {"lender_overdue"}),
        ("recalled", "on_the_way", {"recalled"}),
        ("silent", "asked", set()),
    ],
)
def test_our_desk_borrows_from_it(world: World, line: Line, word: str, state: str, beside: set[str]) -> None:
    request = ask(world, line, word)
    assert (
        request.state,
        (marks(request) | questions(request)) & {"conditional", "retry", "lender_overdue", "recalled"},
    ) == (
        state,
        beside,
    )


@pytest.mark.django_db
def test_a_refused_cancel_leaves_the_item_on_its_way(world: World, line: Line) -> None:
    request = ask(world, line, "cancel refused")
    assert request.state == "promised"
    lenders.ask_cancel(request_id=request.pk, actor=world.north.actor(), at=NOON)
    post(line)
    request.refresh_from_db()
    assert (request.state, questions(request)) == ("on_the_way", set())


@pytest.mark.django_db
def test_a_broken_partner_is_tried_again_later(world: World, line: Line) -> None:
    request = ask(world, line, "HTTP 500")
    row = OutboxRow.objects.get(kind="iso18626")
    assert (request.state, row.state, row.last_error) == (
        "asked",
        "waiting",
        "the partner's system answered 500",
    )
