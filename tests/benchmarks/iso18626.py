"""Messages of ISO 18626 per second through the whole handler, beside the bare minimum (P10).

    ILL_DATABASE_URL=postgres://… python -m tests.benchmarks.iso18626 [--rounds 7] [--requests 60] [--threads 4]

Makes a database of its own beside the one named and drops it. A WSGI application gets messages of the same kinds about
different requests: answers of lenders (WillSupply, Loaned, a renewal) about loans that we asked for, and requests of a
library that borrows from us with their StatusRequest and Cancel. They come over HTTP to the web server that the service
is run with (`iso18626_http`): two workers of four threads, as the service is started, or with `--threads 1` of one,
each of which has one message at a time. With --calls two processes call the application and there is no web server.

1. *ours*: the service's own WSGI application with all its middleware: read, known before?, locked, state, event,
   timers, outbox, log, confirmation.
2. *bare*: a WSGI function that parses with lxml, validates against the schema (where the folder has one) and makes
   three writes into the same tables in one transaction: the message, the request, its event.

A service runs for days: before anything is measured, messages about 200 requests are carried out, so that tables are
not empty and the database knows how large they are; and before each round both sides take messages about ten more
requests of each of the eight senders (with --calls, in each process), so that every thread of the web server has
prepared what it asks of the database.

Rounds alternate. Prints one JSON object with messages per second of both, and the median of the rounds' ratios. No
worker is rung for. With --profile one process runs ours once and writes where its time goes to standard error.
"""

import argparse
import cProfile
import hashlib
import io
import json
import logging
import multiprocessing
import pstats
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import django
from django.test.utils import override_settings, setup_databases, setup_test_environment, teardown_databases

from tests.benchmarks.iso18626_http import LANES, App, Letter, letters_per_second

PROCESSES = 2
BEFORE = 200
"""Requests whose messages are carried out before the first round."""
WARM = 10
"""Requests whose messages each sender, or process, of a round takes before it is timed."""
KINDS_OF_MESSAGES = 6
SCHEMAS = Path(__file__).resolve().parents[2].parent / "shared" / "schemas"


@dataclass(frozen=True)
class Task:
    """One message, and the request that the bare one updates."""

    data: bytes
    conversation: int
    request: int

    @property
    def about(self) -> str:
        """What the bare application reads in a header: whose log, and which request."""
        return f"{self.conversation} {self.request}"


def prepare(count: int) -> list[Task]:
    """So many loans asked for at a lender outside, and as many requests of a borrower outside; their messages."""
    from illservice.accounts.roles import Role
    from illservice.exchange.kinds import Side, Transport
    from illservice.exchange.models import Connection, Conversation
    from requests_app.services import lenders
    from tests.exchange.mutants import new_request
    from tests.exchange.pair import connect
    from tests.world import NOON, ask_for, book, make_patron, make_world, new_loan

    if not Connection.objects.exists():
        world = make_world()
        connect(world.north.library, world.south.library, transport=Transport.HTTP)
        connect(world.south.library, world.north.library, transport=Transport.HTTP)
        Run.world = world
    world, tasks = Run.world, []
    desk = world.north.actor(Role.BORROWING)
    for _ in range(count):
        Run.number += 1
        name = f"p{Run.number}"
        world.north.patrons[name] = make_patron(world.north, name)
        new = new_loan(citation=book(f"Voyage {Run.number} to island {Run.number * 7919}"))
        request = ask_for(world.north, new, patron=name)
        lenders.plan_lenders(request_id=request.pk, partner_ids=[world.south.library.pk], actor=desk, at=NOON)
        lenders.ask(request_id=request.pk, actor=desk, at=NOON)
        number = f"{request.number}-1"
        conversation = Conversation.objects.create(
            library=world.north.library,
            partner=world.south.library,
            side=Side.BORROWING,
            requesting_id=number,
            number=request.number,
            topic=request.tries.get().pk,
            began_at=NOON,
        )
        wanted = new_request(f"N-{Run.number}", f"Journey {Run.number} to cape {Run.number * 104729}")
        about = [*_answers(number), wanted, *_wishes(f"N-{Run.number}")]
        tasks += [Task(data, conversation.pk, request.pk) for data in about]
    return tasks


class Run:
    """What stays between rounds."""

    world: Any = None
    number = 0


def _answers(number: str) -> list[bytes]:
    from illservice.protocols.iso18626.messages import Reason, Status
    from tests.exchange.letters import answer

    due = date(2026, 4, 20)
    return [
        answer(number, 1, Status.WILL_SUPPLY, Reason.REQUEST_RESPONSE).data,
        answer(number, 2, Status.LOANED, due=due).data,
        answer(number, 3, Status.LOANED, Reason.RENEW_RESPONSE, yes=True, due=due + timedelta(days=21)).data,
    ]


def _wishes(number: str) -> list[bytes]:
    from illservice.protocols.iso18626.messages import Action
    from tests.exchange.letters import wish

    return [wish(number, 1, Action.STATUS_REQUEST).data, wish(number, 2, Action.CANCEL).data]


def _environ(data: bytes, about: str = "") -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/iso18626", "SCRIPT_NAME": "", "QUERY_STRING": "",
        "SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "testserver", "CONTENT_TYPE": "application/xml", "CONTENT_LENGTH": str(len(data)),
        "HTTP_X_ABOUT": about,
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(data), "wsgi.errors": sys.stderr,
        "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip


def _answered(app: App, environ: dict[str, Any]) -> tuple[str, bytes]:
    status: list[str] = []
    body = app(environ, lambda line, _headers, _info=None: status.append(line))
    answer = b"".join(body)
    close = getattr(body, "close", None)
    if close is not None:
        close()
    return status[0], answer


def _call(app: App, task: Task) -> bytes:
    status, answer = _answered(app, _environ(task.data, task.about))
    if not status.startswith("200") or b">OK<" not in answer:
        raise RuntimeError(f"{status}: {answer[:500]!r}")
    return answer


def _ours(_schemas: Path) -> App:
    from django.core.wsgi import get_wsgi_application

    app = cast("App", get_wsgi_application())
    # The first answer of a process loads addresses and middleware: that is no message's time.
    _answered(app, _environ(b"") | {"REQUEST_METHOD": "GET"})
    return app


def _bare(schemas: Path) -> App:
    """The least that could be done: parse, validate, three writes, one confirmation that never changes."""
    import psycopg2
    from django.db import connection
    from lxml import etree

    names = connection.get_connection_params()
    known_names = ("dbname", "user", "password", "host", "port")
    words = {key: names[key] for key in known_names if names.get(key)}
    mine = threading.local()
    known = schemas / "ISO-18626-2021-2.xsd"
    schema = etree.XMLSchema(etree.parse(known)) if known.is_file() else None

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not hasattr(mine, "link"):
            mine.link = psycopg2.connect(**words)
            mine.parser = etree.XMLParser(resolve_entities=False, no_network=True)
        link = mine.link
        conversation, request = map(int, environ["HTTP_X_ABOUT"].split())
        data = environ["wsgi.input"].read()
        root = etree.fromstring(data, mine.parser)
        if schema is not None:
            schema.assertValid(root)
        now = datetime.now(UTC)
        with link, link.cursor() as cursor:
            cursor.execute(
                _MESSAGE, (conversation, hashlib.sha256(data).hexdigest(), data.decode(), now, now)
            )
            cursor.execute(_REQUEST, (now, request))
            version = cursor.fetchone()[0]
            cursor.execute(_EVENT, (str(uuid.uuid4()), version, now, now, request))
        answer = b"<confirmation><messageStatus>OK</messageStatus></confirmation>"
        start("200 OK", [("Content-Type", "application/xml"), ("Content-Length", str(len(answer)))])
        return [answer]

    return app


_MESSAGE = """INSERT INTO ill_exchange_exchanged (conversation_id, outward, kind, word, digest, edition, body, facts,
    said_at, at, doubled, answer, answer_status, error, remark)
    VALUES (%s, false, 'bare', 'bare', %s, '2021-2', %s, '{}', %s, %s, 0, 'OK', 'OK', '', '')"""
_REQUEST = """UPDATE ill_requests_borrowingrequest SET version = version + 1, queue = 'asked', act_by = %s
    WHERE id = %s RETURNING version"""
_EVENT = """INSERT INTO ill_requests_borrowingevent (act, version, action, from_state, to_state, happened_at,
    recorded_at, actor_kind, cause, changed, blackened, request_id)
    VALUES (%s, %s, 'bare', 'asked', 'asked', %s, %s, 'partner', 'bare', '{}', false, %s)"""

_KINDS: dict[str, Callable[[Path], App]] = {"ours": _ours, "bare": _bare}


def _work(kind: str, tasks: list[Task], schemas: Path, gate: Any, done: Any) -> None:
    """One process: ready, wait for the others, go."""
    from django.db import connections

    connections.close_all()
    app = _KINDS[kind](schemas)
    for task in tasks[: WARM * KINDS_OF_MESSAGES]:
        _call(app, task)
    gate.wait()
    start = time.monotonic()
    for task in tasks[WARM * KINDS_OF_MESSAGES :]:
        _call(app, task)
    done.put((start, time.monotonic()))


def measure_calls(kind: str, tasks: list[Task], schemas: Path) -> float:
    """Messages per second of two processes; messages about one request stay in one process and in order."""
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    gate, done = context.Barrier(PROCESSES), context.Queue()
    half = len(tasks) // PROCESSES
    parts = [tasks[each * half : (each + 1) * half] for each in range(PROCESSES)]
    running = [context.Process(target=_work, args=(kind, part, schemas, gate, done)) for part in parts]
    for process in running:
        process.start()
    times: list[tuple[float, float]] = [done.get(timeout=600) for _ in running]
    for process in running:
        process.join()
    seconds = max(end for _start, end in times) - min(start for start, _end in times)
    return sum(len(part) - WARM * KINDS_OF_MESSAGES for part in parts) / seconds


def measure(kind: str, tasks: list[Task], schemas: Path, threads: int) -> float:
    """Messages per second over HTTP."""
    from django.db import connections

    connections.close_all()
    letters = [Letter(task.data, task.about) for task in tasks]
    # Whole requests: the messages about one stay in order.
    each = len(letters) // KINDS_OF_MESSAGES // LANES * KINDS_OF_MESSAGES
    lanes = [letters[number * each : (number + 1) * each] for number in range(LANES)]
    return letters_per_second(lambda: _KINDS[kind](schemas), lanes, WARM * KINDS_OF_MESSAGES, threads)


def fill(schemas: Path) -> None:
    """A service that has been there for a while."""
    from django.db import connection

    app = _ours(schemas)
    for task in prepare(BEFORE):
        _call(app, task)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def run(rounds: int, count: int, schemas: Path, threads: int) -> dict[str, object]:
    """Alternating rounds; the object to print. No threads: without a web server."""
    warmed = WARM * (LANES if threads else PROCESSES)

    def measured(kind: str, tasks: list[Task], schemas: Path) -> float:
        return measure(kind, tasks, schemas, threads) if threads else measure_calls(kind, tasks, schemas)

    speeds: dict[str, list[float]] = {"ours": [], "bare": []}
    fill(schemas)
    for number in range(rounds):
        for kind in ("ours", "bare") if number % 2 else ("bare", "ours"):
            speeds[kind].append(measured(kind, prepare(count * PROCESSES + warmed), schemas))
        sys.stderr.write(
            f"round {number + 1}: ours {speeds['ours'][-1]:.0f}/s, bare {speeds['bare'][-1]:.0f}/s\n"
        )
    ratios = [ours / bare for ours, bare in zip(speeds["ours"], speeds["bare"], strict=True)]
    return {
        "over": "http" if threads else "calls", "processes": PROCESSES, "threads": threads, "rounds": rounds,
        "messages_per_round": count * PROCESSES * KINDS_OF_MESSAGES,
        "schema": (schemas / "ISO-18626-2021-2.xsd").is_file(),
        "ours_per_second": round(statistics.median(speeds["ours"]), 1),
        "bare_per_second": round(statistics.median(speeds["bare"]), 1),
        "ratio": round(statistics.median(ratios), 3), "ratios": [round(each, 3) for each in ratios],
    }  # fmt: skip


def profile(count: int, schemas: Path) -> dict[str, object]:
    """One process, ours only: where the time goes."""
    tasks = prepare(WARM + count)
    app = _ours(schemas)
    warm, tasks = tasks[: WARM * KINDS_OF_MESSAGES], tasks[WARM * KINDS_OF_MESSAGES :]
    for task in warm:
        _call(app, task)
    watch = cProfile.Profile()
    start = time.process_time()
    watch.runcall(lambda: [_call(app, task) for task in tasks])
    seconds = time.process_time() - start
    pstats.Stats(watch, stream=sys.stderr).sort_stats("cumulative").print_stats(90)
    return {
        "messages": len(tasks),
        "ms_each_with_the_profiler": round(1000 * seconds / len(tasks), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--requests", type=int, default=60, help="distinct requests of each process and round"
    )
    parser.add_argument("--schemas", type=Path, default=SCHEMAS)
    parser.add_argument("--threads", type=int, default=4, help="of each of the two workers")
    parser.add_argument("--calls", action="store_true", help="call the application, without a web server")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    django.setup()
    setup_test_environment()
    logging.disable()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with override_settings(ILL_RING=False):
            if options.profile:
                result = profile(options.requests, options.schemas)
            else:
                threads = 0 if options.calls else options.threads
                result = run(options.rounds, options.requests, options.schemas, threads)
    finally:
        teardown_databases(databases, verbosity=0)
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
