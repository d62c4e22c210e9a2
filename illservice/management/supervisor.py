"""Starts the parts of the service together, restarts a part that dies, and leaves nothing behind.

Plain Python. Every part runs in a process group of its own, so that Ctrl-C reaches only us and we can stop the
parts in order. Should we be killed without a chance to stop them, the kernel tells each part (Linux) to end.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 12.0
HEALTHY_SECONDS = 60.0
MOST_RESTARTS = 5
LONGEST_PAUSE = 15.0
LARGEST_LOG = 5_000_000  # bytes
TICK = 0.2  # seconds

Say = Callable[[str], None]


class StartFailed(Exception):
    """A part did not come up; the text says which one and what to look at."""


class StopRequested(BaseException):
    """A signal asked us to stop while we were still setting up."""


@dataclass(frozen=True)
class Part:
    """One program to keep running. `pass_fds` are sockets that it takes over; what others need is stopped last."""

    name: str
    words: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    pass_fds: tuple[int, ...] = ()
    needed_by_others: bool = False


@dataclass
class _Running:
    part: Part
    process: subprocess.Popen[bytes]
    started: float
    restarts: int = 0
    restart_at: float | None = None


class Supervisor:
    """Keeps parts running until it is told to stop. `say` receives one line for people at a time."""

    def __init__(self, *, folder: Path, log_folder: Path | None, say: Say) -> None:
        self._folder = folder
        self._log_folder = log_folder
        self._say = say
        self._running: list[_Running] = []
        self._end_with_us = _pdeathsig_call()
        self._watching = False
        self._starting = False
        self.stopping = False

    def listen_for_signals(self) -> None:
        """SIGINT, SIGTERM and SIGHUP end `watch`, raise StopRequested before it, and change nothing after."""
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGTERM, self._on_signal)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asked to go on
            signal.signal(signal.SIGHUP, self._on_signal)

    def _on_signal(self, _number: int, _frame: object) -> None:
        if not self.stopping:
            self.stopping = True
            if not self._watching and not self._starting:
                raise StopRequested

    def start(self, part: Part) -> None:
        """Starts a part; `wait_until` waits for it to be of use."""
        self._starting = True  # a signal waits until the part is known, or nobody would stop it
        try:
            self._running.append(_Running(part, self._spawn(part), time.monotonic()))
        finally:
            self._starting = False
        if self.stopping:
            raise StopRequested

    def _spawn(self, part: Part) -> subprocess.Popen[bytes]:
        with contextlib.ExitStack() as stack:
            output: IO[bytes] | None = None
            if self._log_folder is not None:
                output = stack.enter_context(_open_log(self._log_folder / f"{part.name}.log"))
            return subprocess.Popen(
                part.words,
                cwd=self._folder,
                env={**os.environ, **part.environment},
                stdin=subprocess.DEVNULL,
                stdout=output or sys.stderr,
                stderr=output or sys.stderr,
                pass_fds=part.pass_fds,
                process_group=0,
                preexec_fn=self._end_with_us,
            )

    def wait_until(self, ready: Callable[[], bool], *, name: str, seconds: float) -> None:
        """Waits for `ready`; raises StartFailed when the part ends first or does not come up in time."""
        give_up = time.monotonic() + seconds
        while not ready():
            ended = [one for one in self._running if one.part.name == name and one.process.poll() is not None]
            if ended or time.monotonic() > give_up:
                what = (
                    f"ended with code {ended[0].process.returncode}"
                    if ended
                    else f"took over {seconds:.0f} s"
                )
                raise StartFailed(f"{name} did not start: it {what}. {self._last_words(name)}")
            time.sleep(0.05)

    def watch(self) -> int:
        """Returns 0 when told to stop, 1 when a part keeps dying."""
        self._watching = True
        while not self.stopping:
            for one in self._running:
                if not self._look_after(one):
                    return 1
            time.sleep(TICK)
        return 0

    def _look_after(self, one: _Running) -> bool:
        """Restarts a dead part after a pause that grows; False when it died too often."""
        now = time.monotonic()
        name = one.part.name
        if one.restart_at is not None:
            if now >= one.restart_at:
                one.process, one.started, one.restart_at = self._spawn(one.part), now, None
            return True
        if one.process.poll() is None:
            return True
        one.restarts = one.restarts + 1 if now - one.started < HEALTHY_SECONDS else 1
        if one.restarts > MOST_RESTARTS:
            self._say(f"{name} died {one.restarts} times in a row: stopping. {self._last_words(name)}")
            return False
        pause = min(2.0 ** (one.restarts - 1), LONGEST_PAUSE)
        self._say(f"{name} ended with code {one.process.returncode}; starting it again in {pause:.0f} s")
        _kill_group(one.process)
        one.restart_at = now + pause
        return True

    def stop(self) -> None:
        """Stops all parts, those that others need at the end; what does not end in time is killed."""
        self.stopping = True
        for needed in (False, True):
            self._stop_these([one for one in reversed(self._running) if one.part.needed_by_others is needed])

    def _stop_these(self, some: Sequence[_Running]) -> None:
        for one in some:
            if one.process.poll() is None:
                one.process.terminate()
        give_up = time.monotonic() + STOP_SECONDS
        for one in some:
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.process.wait(max(0.0, give_up - time.monotonic()))
            _kill_group(one.process)
            one.process.wait()

    def _last_words(self, name: str) -> str:
        if self._log_folder is None:
            return ""
        path = self._log_folder / f"{name}.log"
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-8:] if path.exists() else []
        return f"The end of {path}:\n" + "\n".join(f"    {line}" for line in lines)


def _open_log(path: Path) -> IO[bytes]:
    """Opens a log for appending, readable by its owner only; a large one is put aside first."""
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kills what is left of a part, also children of a leader that has ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _pdeathsig_call() -> Callable[[], None] | None:
    """What a new process does first on Linux: ask the kernel for SIGTERM when its parent dies."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def end_with_parent() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return end_with_parent
