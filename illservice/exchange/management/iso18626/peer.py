"""`./ill iso18626 peer --port N`: a small stand-in partner for tests and training, with neither database nor queue.

It confirms every message and answers requests as a lender by the scenario that a word in their note or title names.
"""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
from django.core.management.base import CommandParser, OutputWrapper

from illservice.exchange.management.iso18626.scenarios import Case, Scenario, scenario_of
from illservice.exchange.selectors import read_agency
from illservice.protocols.iso18626.codec import LONGEST_MESSAGE, read, write
from illservice.protocols.iso18626.confirm import confirmation, refusal
from illservice.protocols.iso18626.errors import BadValue, CodecError
from illservice.protocols.iso18626.messages import (
    AgencyId,
    Edition,
    ErrorData,
    ErrorType,
    Request,
    RequestingMessage,
    SupplyingMessage,
)

HELP = "Plays a partner's system on this machine, as lender, for tests and training."
HOST, SECONDS = "127.0.0.1", 20

Send = Callable[[bytes], str]
"""Brings a message to the other system; returns what came of it, in a word."""


def add_arguments(parser: CommandParser) -> None:
    """The words after `peer`."""
    parser.add_argument(
        "--port", type=int, required=True, metavar="N", help="where it listens; 0: any free port"
    )
    parser.add_argument(
        "--to", default="", metavar="URL", help="where its answers go; without it none is sent"
    )
    parser.add_argument("--edition", choices=[str(each) for each in Edition], help="usual: the request's")
    parser.add_argument(
        "--symbol", default="", metavar="ISIL:XX", help="its own; usual: as the request names it"
    )
    parser.add_argument(
        "--delay", type=float, default=1.0, metavar="SECONDS", help="before each answer; usual: 1"
    )
    parser.add_argument("--username", default="", help="with which it signs in there")
    parser.add_argument("--password-file", metavar="FILE", help="a file with the password for that")


def run(options: Mapping[str, Any], stdout: OutputWrapper, stderr: OutputWrapper) -> int:
    """Works until Ctrl-C; 1 when it cannot begin. Standard output has its address; each message is a line below."""
    try:
        secret = options["password_file"]
        password = Path(secret).read_text(encoding="utf-8").strip() if secret else ""
        auth = (options["username"], password) if options["username"] else None
        peer = Peer(
            send=poster(options["to"], auth) if options["to"] else None,
            symbol=read_agency(options["symbol"]),
            edition=Edition(options["edition"]) if options["edition"] else None,
            delay=max(options["delay"], 0),
            say=stderr.write,
        )
        peer.start(options["port"])
    except (OSError, OverflowError, UnicodeDecodeError) as problem:
        stderr.write(str(problem))
        return 1
    stdout.write(peer.address)
    stdout.flush()
    try:
        peer.wait_for_ever()
    except KeyboardInterrupt:
        peer.stop()
    return 0


def poster(address: str, auth: tuple[str, str] | None = None) -> Send:
    """Sends by HTTP POST."""

    def send(body: bytes) -> str:
        headers = {"Content-Type": 'application/xml; charset="utf-8"'}
        try:
            answer = requests.post(
                address, data=body, headers=headers, auth=auth, timeout=SECONDS, allow_redirects=False
            )
        except requests.RequestException as problem:
            return type(problem).__name__
        return f"HTTP {answer.status_code}"

    return send


@dataclass(frozen=True, slots=True)
class Reply:
    """What the peer answers on the connection."""

    status: int
    body: bytes
    is_xml: bool = True


@dataclass(slots=True)
class Peer:
    """The stand-in: its cases by the borrower's number, and the answers that wait to be sent."""

    send: Send | None = None
    symbol: AgencyId | None = None
    edition: Edition | None = None
    delay: float = 0
    say: Callable[[str], object] = str
    cases: dict[str, Case] = field(default_factory=dict)
    _waiting: "queue.Queue[bytes | None]" = field(default_factory=queue.Queue)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        """Where it takes messages."""
        return f"http://{HOST}:{self.port}/iso18626"

    @property
    def port(self) -> int:
        """The port it listens on, 0 before it was started."""
        return self._server.server_address[1] if self._server else 0

    def start(self, port: int = 0) -> None:
        """Listen on this machine only, and send in the background."""
        self._server = ThreadingHTTPServer((HOST, port), _door(self))
        for work in (self._server.serve_forever, self._send_all):
            threading.Thread(target=work, daemon=True).start()

    def stop(self) -> None:
        """Stop listening and sending."""
        self._waiting.put(None)
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def wait(self) -> None:
        """Until everything that is to be said has been sent."""
        self._waiting.join()

    def wait_for_ever(self) -> None:
        """Until somebody interrupts."""
        threading.Event().wait()

    def take(self, body: bytes, at: datetime) -> Reply:
        """Take one message: the confirmation at once, what follows from it later."""
        try:
            result = read(body, LONGEST_MESSAGE)
        except BadValue as problem:
            return Reply(200, write(refusal(problem, at), problem.edition))
        except CodecError as problem:
            return Reply(400, str(problem).encode(), is_xml=False)
        message = result.message
        if not isinstance(message, Request | RequestingMessage | SupplyingMessage):
            return Reply(400, b"a confirmation is an answer, not a message", is_xml=False)
        self.say(f"<- {type(message).__name__} {message.header.requesting_request_id}")
        with self._lock:
            return self._answer(message, result.edition, at)

    def _answer(
        self, message: Request | RequestingMessage | SupplyingMessage, edition: Edition, at: datetime
    ) -> Reply:
        errors: list[ErrorData] = []
        said: list[SupplyingMessage] = []
        if isinstance(message, Request):
            if scenario_of(message) == Scenario.HTTP_500:
                return Reply(500, b"this is the scenario", is_xml=False)
            said = self._begin(message, at)
        elif isinstance(message, RequestingMessage):
            case = self.cases.get(message.header.requesting_request_id)
            if case is None:
                errors = [ErrorData(ErrorType.UNRECOGNISED_VALUE, "there is no such request")]
            else:
                said = case.hear(message, at)
        for each in said:
            self._waiting.put(write(each, self.edition or edition))
        return Reply(200, write(confirmation(message, at, *errors), edition))

    def _begin(self, request: Request, at: datetime) -> list[SupplyingMessage]:
        number = request.header.requesting_request_id
        known = self.cases.get(number)
        kind = request.service.request_type if request.service else None
        if known is not None and (kind != "Retry" or known.status != "RetryPossible"):
            return known.again(request, at)
        link = f"http://{HOST}:{self.port}/copy/{number}"
        case = self.cases[number] = Case(request, scenario_of(request), self.symbol, link)
        self.say(f"   scenario: {case.scenario}")
        return case.begin(at)

    def _send_all(self) -> None:
        while (body := self._waiting.get()) is not None:
            time.sleep(self.delay)
            came = self.send(body) if self.send else "not sent: there is no --to"
            self.say(f"-> {came}")
            self._waiting.task_done()


def _door(peer: Peer) -> type[BaseHTTPRequestHandler]:
    """The HTTP side of a peer."""

    class Door(BaseHTTPRequestHandler):
        """POST anywhere takes a message; GET /copy/… is the copy that was promised."""

        def do_POST(self) -> None:
            """Take a message."""
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or int(length) > LONGEST_MESSAGE:
                self._reply(Reply(413, b"too long", is_xml=False))
                return
            self._reply(peer.take(self.rfile.read(int(length)), datetime.now(UTC).replace(microsecond=0)))

        def do_GET(self) -> None:
            """A copy, or that messages are posted here."""
            if self.path.startswith("/copy/"):
                self._reply(Reply(200, b"This is the copy.\n", is_xml=False))
            else:
                self._reply(Reply(405, b"send messages with POST", is_xml=False))

        def _reply(self, reply: Reply) -> None:
            kind = "application/xml" if reply.is_xml else "text/plain"
            self.send_response(reply.status)
            self.send_header("Content-Type", f'{kind}; charset="utf-8"')
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's name
            """Messages are said by the peer itself."""

    return Door
