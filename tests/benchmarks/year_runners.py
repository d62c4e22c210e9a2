"""The processes of `year`: runners that tick and may be killed, and a mail server that keeps what it got."""

import contextlib
import email
import json
import multiprocessing
import os
import signal
import socket
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from email.policy import default
from io import StringIO
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LONGEST_ROUND = 600.0


@dataclass(frozen=True)
class Mail:
    """What stands on one mail that came."""

    message_id: str
    to: str
    number: str


class _Keep:
    def __init__(self, got: list[Mail]) -> None:
        self.got = got

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        head = email.message_from_bytes(raw, policy=default)
        number = str(head["X-Library-Request"] or "")
        self.got.extend(Mail(str(head["Message-ID"]), to, number) for to in envelope.rcpt_tos)
        return "250 kept"


class MailServer:
    """Takes every mail on this machine's own loopback."""

    def __init__(self) -> None:
        self.got: list[Mail] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._controller = Controller(
            _Keep(self.got), hostname="127.0.0.1", port=self._port, ready_timeout=60
        )
        self._controller.start()

    def settings(self) -> dict[str, Any]:
        """How the service finds it."""
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": self._port,
            "EMAIL_USE_SSL": False,
            "EMAIL_USE_TLS": False,
            "EMAIL_HOST_USER": "",
        }

    def stop(self) -> None:
        """Take no more mail."""
        self._controller.stop()


def _serve(pipe: Connection) -> None:
    """One runner: a moment comes in, the tick's own object goes out."""
    from django.core.management import call_command

    while True:
        at = pipe.recv()
        out = StringIO()
        with contextlib.suppress(SystemExit):  # a clock broke off: the object says which
            call_command("tick", "--at", at, "--deliver", "--json", stdout=out)
        pipe.send(out.getvalue())


class _Runner:
    def __init__(self) -> None:
        from django.db import connections

        connections.close_all()  # nobody shares a connection with a child
        context = multiprocessing.get_context("fork")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self.process.start()
        self.was_killed = False
        theirs.close()

    def kill(self) -> None:
        if self.process.pid is not None:
            self.was_killed = True
            os.kill(self.process.pid, signal.SIGKILL)

    def answer(self) -> dict[str, Any] | None:
        """The object of the tick, None when the runner was killed meanwhile."""
        try:
            if not self.pipe.poll(LONGEST_ROUND):
                raise TimeoutError("a runner did not come back")
            found: dict[str, Any] = json.loads(self.pipe.recv())
        except (EOFError, ConnectionResetError):
            return None
        return found


class Runners:
    """So many at once; one that was killed is replaced before the next round."""

    def __init__(self, count: int, random: Random) -> None:
        self.random, self.killed = random, 0
        self._runners = [_Runner() for _ in range(count)]
        self._usual = 0.3

    def tick_together(self, at: datetime, kills: float) -> list[dict[str, Any] | None]:
        """All of them for the same moment; each is killed with the probability `kills`, at a random point."""
        began = time.monotonic()
        bombs = []
        for runner in self._runners:
            runner.pipe.send(at.isoformat())
            if self.random.random() < kills:
                bomb = threading.Timer(self.random.uniform(0, self._usual), runner.kill)
                bomb.start()
                bombs.append(bomb)
        results = [runner.answer() for runner in self._runners]
        for bomb in bombs:
            bomb.cancel()
            bomb.join()
        self._usual = max(0.05, (self._usual + time.monotonic() - began) / 2)
        for place, runner in enumerate(self._runners):
            # Also when the bomb went off after the answer.
            if runner.was_killed:
                runner.process.join()
                self.killed += 1
                self._runners[place] = _Runner()
        return results

    def tick_alone(self, at: datetime) -> dict[str, Any]:
        """One of them, in peace."""
        self._runners[0].pipe.send(at.isoformat())
        found = self._runners[0].answer()
        if found is None:
            raise RuntimeError("a runner that nobody killed is gone")
        return found

    def stop(self) -> None:
        """End them all."""
        for runner in self._runners:
            runner.kill()
            runner.process.join()
