"""Messages of ISO 18626 per second through the whole handler, beside the bare minimum (P10).

    ILL_DATABASE_URL=postgres://… python -m tests.benchmarks.iso18626 [--rounds 7] [--requests 40] [--schemas FOLDER]

Makes a database of its own beside the one named and drops it. Two processes call a WSGI application with the same
messages about different requests: answers of lenders (WillSupply, Loaned, a renewal) about loans that we asked for,
and requests of a library that borrows from us with their StatusRequest and Cancel.

1. *ours*: the service's own WSGI application with all its middleware: read, known before?, locked, state, event,
   timers, outbox, log, confirmation.
2. *bare*: a WSGI function that parses with lxml, validates against the schema (where the folder has one) and makes
   three writes into the same tables in one transaction: the message, the request, its event.

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
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import django
from django.test.utils import override_settings, setup_databases, setup_test_environment, teardown_databases

PROCESSES = 2
SCHEMAS = Path(__file__).resolve().parents[2].parent / "shared" / "schemas"


@dataclass(frozen=True)
class Task:
    """One message, and the request that the bare one updates."""

    data: bytes
    conversation: int
    request: int


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


def _environ(data: bytes) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/iso18626", "SCRIPT_NAME": "", "QUERY_STRING": "",
        "SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "testserver", "CONTENT_TYPE": "application/xml", "CONTENT_LENGTH": str(len(data)),
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(data), "wsgi.errors": sys.stderr,
        "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip


App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def _answered(app: App, environ: dict[str, Any]) -> tuple[str, bytes]:
    status: list[str] = []
    body = app(environ, lambda line, _headers, _info=None: status.append(line))
    answer = b"".join(body)
    close = getattr(body, "close", None)
    if close is not None:
        close()
    return status[0], answer


def _call(app: App, data: bytes) -> bytes:
    status, answer = _answered(app, _environ(data))
    if not status.startswith("200") or b">OK<" not in answer:
        raise RuntimeError(f"{status}: {answer[:500]!r}")
    return answer


def _ours(_tasks: list[Task], _schemas: Path) -> Callable[[Task], object]:
    from django.core.wsgi import get_wsgi_application

    app = cast("App", get_wsgi_application())
    # The first answer of a process loads addresses and middleware: that is no message's time.
    _answered(app, _environ(b"") | {"REQUEST_METHOD": "GET"})
    return lambda task: _call(app, task.data)


def _bare(_tasks: list[Task], schemas: Path) -> Callable[[Task], object]:
    """The least that could be done: parse, validate, three writes, one confirmation that never changes."""
    import psycopg2
    from django.db import connection
    from lxml import etree

    names = connection.get_connection_params()
    link = psycopg2.connect(
        **{key: names[key] for key in ("dbname", "user", "password", "host", "port") if names.get(key)}
    )
    known = schemas / "ISO-18626-2021-2.xsd"
    schema = etree.XMLSchema(etree.parse(known)) if known.is_file() else None
    parser = etree.XMLParser(resolve_entities=False, no_network=True)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        task: Task = environ["task"]
        data = environ["wsgi.input"].read()
        root = etree.fromstring(data, parser)
        if schema is not None:
            schema.assertValid(root)
        now = datetime.now(UTC)
        with link, link.cursor() as cursor:
            cursor.execute(
                _MESSAGE, (task.conversation, hashlib.sha256(data).hexdigest(), data.decode(), now, now)
            )
            cursor.execute(_REQUEST, (now, task.request))
            version = cursor.fetchone()[0]
            cursor.execute(_EVENT, (str(uuid.uuid4()), version, now, now, task.request))
        start("200 OK", [("Content-Type", "application/xml")])
        return [b"<confirmation><messageStatus>OK</messageStatus></confirmation>"]

    def call(task: Task) -> bytes:
        return _call(lambda environ, start: app(environ | {"task": task}, start), task.data)

    return call


_MESSAGE = """INSERT INTO ill_exchange_exchanged (conversation_id, outward, kind, word, digest, edition, body, facts,
    said_at, at, doubled, answer, answer_status, error, remark)
    VALUES (%s, false, 'bare', 'bare', %s, '2021-2', %s, '{}', %s, %s, 0, 'OK', 'OK', '', '')"""
_REQUEST = """UPDATE ill_requests_borrowingrequest SET version = version + 1, queue = 'asked', act_by = %s
    WHERE id = %s RETURNING version"""
_EVENT = """INSERT INTO ill_requests_borrowingevent (act, version, action, from_state, to_state, happened_at,
    recorded_at, actor_kind, cause, changed, request_id)
    VALUES (%s, %s, 'bare', 'asked', 'asked', %s, %s, 'partner', 'bare', '{}', %s)"""

_KINDS: dict[str, Callable[[list[Task], Path], Callable[[Task], object]]] = {"ours": _ours, "bare": _bare}


def _work(kind: str, tasks: list[Task], schemas: Path, gate: Any, done: Any) -> None:
    """One process: ready, wait for the others, go."""
    from django.db import connections

    connections.close_all()
    call = _KINDS[kind](tasks, schemas)
    gate.wait()
    start = time.monotonic()
    for task in tasks:
        call(task)
    done.put((start, time.monotonic()))


def measure(kind: str, tasks: list[Task], schemas: Path) -> float:
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
    return sum(map(len, parts)) / seconds


def run(rounds: int, count: int, schemas: Path) -> dict[str, object]:
    """Alternating rounds; the object to print."""
    speeds: dict[str, list[float]] = {"ours": [], "bare": []}
    for number in range(rounds):
        for kind in ("ours", "bare") if number % 2 else ("bare", "ours"):
            speeds[kind].append(measure(kind, prepare(count * PROCESSES), schemas))
        sys.stderr.write(
            f"round {number + 1}: ours {speeds['ours'][-1]:.0f}/s, bare {speeds['bare'][-1]:.0f}/s\n"
        )
    ratios = [ours / bare for ours, bare in zip(speeds["ours"], speeds["bare"], strict=True)]
    return {
        "processes": PROCESSES, "rounds": rounds, "messages_per_round": count * PROCESSES * 6,
        "schema": (schemas / "ISO-18626-2021-2.xsd").is_file(),
        "ours_per_second": round(statistics.median(speeds["ours"]), 1),
        "bare_per_second": round(statistics.median(speeds["bare"]), 1),
        "ratio": round(statistics.median(ratios), 3), "ratios": [round(each, 3) for each in ratios],
    }  # fmt: skip


def profile(count: int, schemas: Path) -> dict[str, object]:
    """One process, ours only: where the time goes."""
    tasks = prepare(count)
    call = _ours(tasks, schemas)
    call(tasks[0])
    watch = cProfile.Profile()
    start = time.process_time()
    watch.runcall(lambda: [call(task) for task in tasks[1:]])
    seconds = time.process_time() - start
    pstats.Stats(watch, stream=sys.stderr).sort_stats("cumulative").print_stats(90)
    return {
        "messages": len(tasks) - 1,
        "ms_each_with_the_profiler": round(1000 * seconds / (len(tasks) - 1), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--requests", type=int, default=40, help="distinct requests of each process and round"
    )
    parser.add_argument("--schemas", type=Path, default=SCHEMAS)
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
                result = run(options.rounds, options.requests, options.schemas)
    finally:
        teardown_databases(databases, verbosity=0)
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
