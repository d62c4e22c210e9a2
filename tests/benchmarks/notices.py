"""Notices per second from the outbox to the mail server, beside a bare SMTP client (P8).

    ILL_DATABASE_URL=postgres://… python -m tests.benchmarks.notices [--rounds 9] [--requests 150] [--workers 1]

Makes a database of its own beside the one named and drops it. A mail server in another process takes everything.

1. *ours*: the outbox is emptied as the sweeper does it: rows claimed, facts read and checked, text and HTML rendered,
   the calendar file attached, sent, the result written. Each request has a confirmation and a reminder; every request
   has a patron of its own, so that nothing is bundled and every notice is a mail.
2. *bare*: `smtplib` sends the very bytes of those mails, made beforehand, over one connection.

With --pipelining the mail server offers what most offer and aiosmtpd does not (RFC 2920): ours makes use of it, smtplib
does not.

Rounds alternate. Prints one JSON object with notices per second of both, and the median of the rounds' ratios. With
--profile ours runs once more and writes where its time goes to standard error.
"""
# ruff: noqa: N802 - aiosmtpd calls its handlers by these names

import argparse
import cProfile
import json
import logging
import multiprocessing
import pstats
import smtplib
import socket
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from unittest import mock

import django
from django.test.utils import override_settings, setup_databases, teardown_databases


class Sink:
    """Takes every mail and forgets it. `pipelining`: it says that it understands commands that come together."""

    def __init__(self, *, pipelining: bool) -> None:
        self.pipelining = pipelining

    async def handle_EHLO(
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        offers = ["250-PIPELINING"] if self.pipelining else []
        return [*responses[:-1], *offers, responses[-1]]

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:
        return "250 OK"


def serve(port: int, ready: Any, *, pipelining: bool = False) -> None:
    """The mail server, in a process of its own."""
    from aiosmtpd.controller import Controller

    logging.disable(logging.WARNING)
    Controller(Sink(pipelining=pipelining), hostname="127.0.0.1", port=port).start()
    ready.set()
    time.sleep(3600)


def prepare(count: int) -> Any:
    """So many requests on loan and due soon; returns the moment at which their notices may leave."""
    from illservice.core import outbox
    from illservice.core.outbox import Parcel
    from requests_app.models import BorrowingRequest
    from tests.world import NOON, ask_for, book, make_patron, make_world, new_loan

    world = make_world()
    at = NOON + timedelta(days=1, hours=4)
    with outbox.without_bell():
        for number in range(count):
            name = f"p{number}"
            world.north.patrons[name] = make_patron(world.north, name)
            new = new_loan(citation=book(f"Voyage {number} to island {number * 7919}"))
            request = ask_for(world.north, new, patron=name)
            BorrowingRequest.objects.filter(pk=request.pk).update(
                state="on_loan", patron_due=date(2026, 3, 5)
            )
            outbox.enqueue(
                Parcel(
                    "notice",
                    f"{request.number}:due_soon:1",
                    f"{request.number}:patron:reminders",
                    {"notice": "due_soon", "request": request.pk, "about": None},
                    request.number,
                    world.north.library.pk,
                    f"patron:{request.patron_id}",
                ),
                at=NOON,
            )
    return at


def drain(at: Any) -> None:
    """What a worker does who joins in: the task itself, as if it were `at`."""
    from illservice.core import clock, tasks

    with mock.patch.object(clock, "now", return_value=at):
        tasks.drain()


workers: list[Any] = []
helpers: list[Any] = []
"""The ends at which we hold the other workers."""


def help_out(end: Any) -> None:
    """Another worker: drains whenever it is told to."""
    while True:
        drain(end.recv())
        end.send("done")


def ours(at: Any) -> float:
    """Notices per second, all of them sent."""
    from illservice.core.models import OutboxRow, OutboxState

    total = OutboxRow.objects.update(state=OutboxState.WAITING, attempts=0, result="", finished_at=None)
    began = time.perf_counter()
    for helper in helpers:
        helper.send(at)
    drain(at)
    for helper in helpers:
        helper.recv()
    seconds = time.perf_counter() - began
    states = set(OutboxRow.objects.values_list("state", "last_error"))
    if states != {(OutboxState.DONE.value, "")}:
        raise SystemExit(f"not everything was sent: {states}")
    return total / seconds


def made_mails(at: Any) -> list[tuple[str, str, bytes]]:
    """Sender, reader and bytes of the mails that ours sends."""
    from django.core import mail

    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        ours(at)
        sent = mail.outbox
    return [
        (
            each.from_email,
            each.to[0],
            each.message().as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
        )
        for each in sent
    ]


def bare(mails: list[tuple[str, str, bytes]], port: int) -> float:
    """Mails per second over one connection."""
    with smtplib.SMTP("127.0.0.1", port) as connection:
        connection.ehlo()
        began = time.perf_counter()
        for sender, reader, content in mails:
            connection.sendmail(sender, [reader], content)
        return len(mails) / (time.perf_counter() - began)


def _busy(work: Callable[[], float]) -> float:
    """Seconds of processor time that this process needed; says something on a busy machine, too."""
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(options: argparse.Namespace, port: int) -> dict[str, Any]:
    """All rounds."""
    at = prepare(options.requests)
    from django.db import connections

    connections.close_all()  # nobody shares one
    fork = multiprocessing.get_context("fork")
    for _number in range(options.workers - 1):
        here, there = fork.Pipe()
        worker = fork.Process(target=help_out, args=(there,), daemon=True)
        worker.start()
        workers.append(worker)
        helpers.append(here)
    with_all, helpers[:] = list(helpers), []
    mails = made_mails(at)
    helpers[:] = with_all
    ours(at)
    bare(mails, port)
    rounds = []
    for number in range(options.rounds):
        if number % 2:
            mine, theirs = ours(at), bare(mails, port)
        else:
            theirs, mine = bare(mails, port), ours(at)
        rounds.append((mine, theirs))
    busy = [(_busy(lambda: ours(at)), _busy(lambda: bare(mails, port))) for _ in range(3)]
    ratios = [mine / theirs for mine, theirs in rounds]
    if options.profile:
        profile = cProfile.Profile(time.process_time)
        profile.runcall(ours, at)
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(40)
    return {
        "workers": options.workers,
        "pipelining": options.pipelining,
        "notices": len(mails),
        "bytes each": round(statistics.mean(len(content) for _sender, _reader, content in mails)),
        "ours per second": round(statistics.median(mine for mine, _ in rounds)),
        "bare per second": round(statistics.median(theirs for _, theirs in rounds)),
        "ratio": round(statistics.median(ratios), 3),
        "ours, ms of processor each": round(min(mine for mine, _ in busy) / len(mails) * 1000, 2),
        "bare, ms of processor each": round(min(theirs for _, theirs in busy) / len(mails) * 1000, 2),
        "ratios": [round(each, 3) for each in sorted(ratios)],
    }


def main() -> None:
    """Set up, measure, take down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=150)
    parser.add_argument("--workers", type=int, default=1, help="processes that empty the outbox together")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--pipelining", action="store_true", help="the mail server offers it (RFC 2920)")
    options = parser.parse_args()
    django.setup()
    logging.disable(logging.WARNING)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    ready = multiprocessing.get_context("spawn").Event()
    sink = multiprocessing.get_context("spawn").Process(
        target=serve, args=(port, ready), kwargs={"pipelining": options.pipelining}, daemon=True
    )
    sink.start()
    ready.wait(60)
    found = setup_databases(verbosity=0, interactive=False)
    try:
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
            PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ):
            print(json.dumps(measure(options, port), indent=1))  # noqa: T201 - its result
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()
        teardown_databases(found, verbosity=0)
        sink.terminate()


if __name__ == "__main__":
    main()
