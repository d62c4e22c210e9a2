"""The web server that the service ships with, and clients that send it messages over HTTP, for `iso18626`.

Gunicorn with two workers, as `docs/operator.md` starts it, serves what is measured, and so it serves the bare
application. Two client processes have four senders each, and each message comes on a connection of its own, as
partners' systems and our own send them (on connections that stay, chance gave one worker more of them than the other);
messages about one request stay with one sender and in order. What the clients need of the two cores both pay alike.
"""

import http.client
import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # it says none

WORKERS = 2
CLIENTS = 2
SENDERS = 4
"""Of each client."""
LANES = CLIENTS * SENDERS

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Letter:
    """A message with the header by which the bare application knows what it is about."""

    body: bytes
    about: str


class _Served(BaseApplication):  # type: ignore[misc]  # gunicorn says no types
    def __init__(self, make: Callable[[], App], port: int, threads: int) -> None:
        self._make, self._port, self._threads = make, port, threads
        super().__init__()

    def load_config(self) -> None:
        """As the service is started (`up`, docs/operator.md)."""
        words = {
            "bind": f"127.0.0.1:{self._port}", "worker_class": "gthread", "workers": WORKERS, "threads": self._threads,
            "loglevel": "critical", "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,
        }  # fmt: skip
        for name, value in words.items():
            self.cfg.set(name, value)

    def load(self) -> App:
        """In each worker."""
        return self._make()


def _serve(make: Callable[[], App], port: int, threads: int) -> None:
    _Served(make, port, threads).run()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web server did not start")


def _send(port: int, letter: Letter) -> None:
    headers = {"Content-Type": "application/xml", "X-About": letter.about, "Connection": "close"}
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("POST", "/iso18626", letter.body, headers)
    answer = link.getresponse()
    body = answer.read()
    link.close()
    if answer.status != 200 or b">OK<" not in body:
        raise RuntimeError(f"{answer.status}: {body[:500]!r}")


def _lane(
    letters: Sequence[Letter], warm: int, port: int, gate: Any, times: list[tuple[float, float]]
) -> None:
    """One sender: the first `warm` letters are not timed."""
    for letter in letters[:warm]:
        _send(port, letter)
    gate.wait(120)
    start = time.monotonic()
    for letter in letters[warm:]:
        _send(port, letter)
    times.append((start, time.monotonic()))


def _client(lanes: Sequence[Sequence[Letter]], warm: int, port: int, gate: Any, done: Any) -> None:
    times: list[tuple[float, float]] = []
    threads = [threading.Thread(target=_lane, args=(each, warm, port, gate, times)) for each in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.put(times if len(times) == len(lanes) else None)


def letters_per_second(
    make: Callable[[], App], lanes: Sequence[Sequence[Letter]], warm: int, threads: int
) -> float:
    """Serve what `make` gives, by so many threads of each worker, and send all LANES rows of letters."""
    context = multiprocessing.get_context("fork")
    port = _free_port()
    server = context.Process(target=_serve, args=(make, port, threads))
    server.start()
    try:
        _wait_for(port)
        gate, done = context.Barrier(len(lanes)), context.Queue()
        parts = [lanes[each * SENDERS : (each + 1) * SENDERS] for each in range(CLIENTS)]
        clients = [context.Process(target=_client, args=(each, warm, port, gate, done)) for each in parts]
        for client in clients:
            client.start()
        found = [done.get(timeout=600) for _ in clients]
        for client in clients:
            client.join()
    finally:
        server.terminate()
        server.join()
    if None in found:
        raise RuntimeError("a sender broke off")
    times = [each for part in found for each in part]
    seconds = max(end for _start, end in times) - min(start for start, _end in times)
    return float(sum(len(lane) - warm for lane in lanes) / seconds)
