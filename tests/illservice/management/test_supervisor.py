"""The supervisor: starts parts, restarts what dies, leaves nothing behind, however it ends."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from illservice.management import supervisor as supervisor_module
from illservice.management.supervisor import Part, StartFailed, StopRequested, Supervisor

ROOT = Path(__file__).resolve().parents[3]
FOREVER = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    one = Supervisor(folder=tmp_path, log_folder=tmp_path, say=said.append)
    yield one
    one.stop()


def _within(seconds: float, true: Callable[[], bool]) -> bool:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if true():
            return True
        time.sleep(0.02)
    return true()


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _pid(path: Path) -> int:
    return int(path.read_text(encoding="ascii") or 0) if path.exists() else 0


def _writes_its_pid(path: Path, then: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        f"import os, time; open({str(path)!r}, 'w').write(str(os.getpid())); {then}",
    ]


def test_a_part_that_ends_at_once_or_never_gets_ready_fails_with_its_last_words(
    supervisor: Supervisor,
) -> None:
    supervisor.start(Part("broken", ["sh", "-c", "echo no such database >&2; exit 3"]))
    with pytest.raises(
        StartFailed, match=r"(?s)broken did not start: it ended with code 3.*no such database"
    ):
        supervisor.wait_until(lambda: False, name="broken", seconds=20)
    supervisor.start(Part("slow", FOREVER))
    with pytest.raises(StartFailed, match="slow did not start: it took over 0 s"):
        supervisor.wait_until(lambda: False, name="slow", seconds=0.2)


def test_a_part_that_dies_is_started_again(supervisor: Supervisor, said: list[str], tmp_path: Path) -> None:
    supervisor.start(Part("part", _writes_its_pid(tmp_path / "pid", "time.sleep(600)")))
    assert _within(10, lambda: _pid(tmp_path / "pid") > 0)
    first = _pid(tmp_path / "pid")
    watcher = threading.Thread(target=supervisor.watch)
    watcher.start()
    os.kill(first, signal.SIGKILL)
    assert _within(10, lambda: _pid(tmp_path / "pid") not in (0, first))
    supervisor.stop()
    watcher.join(10)
    assert said == ["part ended with code -9; starting it again in 1 s"]
    assert not _alive(_pid(tmp_path / "pid"))


def test_a_part_that_keeps_dying_stops_everything_with_a_clear_word(
    supervisor: Supervisor, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(supervisor_module, "TICK", 0.01)
    supervisor.start(Part("good", FOREVER))
    supervisor.start(Part("bad", ["sh", "-c", "echo out of luck >&2; exit 7"]))
    assert supervisor.watch() == 1
    assert said[0] == "bad ended with code 7; starting it again in 0 s"
    assert said[-1].startswith("bad died 6 times in a row: stopping.")
    assert "out of luck" in said[-1]


def test_stopping_ends_children_of_parts_and_parts_that_ignore_the_word(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(supervisor_module, "STOP_SECONDS", 0.3)
    child = " ".join(["sleep 600 & echo $! >", str(tmp_path / "child"), "; wait"])
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    supervisor.start(Part("parent", ["sh", "-c", child]))
    supervisor.start(Part("deaf", _writes_its_pid(tmp_path / "deaf", deaf), needed_by_others=True))
    assert _within(10, lambda: _pid(tmp_path / "deaf") > 0 and _pid(tmp_path / "child") > 0)
    time.sleep(0.2)
    supervisor.stop()
    assert _within(5, lambda: not _alive(_pid(tmp_path / "deaf")) and not _alive(_pid(tmp_path / "child")))


PROGRAM = """
import pathlib, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also where the tests themselves run under nohup
sys.path.insert(0, sys.argv[1])
from illservice.management.supervisor import Part, Supervisor
folder = pathlib.Path(sys.argv[2])
one = Supervisor(folder=folder, log_folder=folder, say=print)
one.listen_for_signals()
words = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)"
one.start(Part("part", [sys.executable, "-c", words]))
try:
    code = one.watch()
finally:
    one.stop()
sys.exit(code)
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells a process that its parent died"
)
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGHUP, 0)]
)
def test_nothing_is_left_however_it_ends(number: signal.Signals, code: int, tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(ROOT), str(tmp_path)])
    assert _within(20, lambda: _pid(tmp_path / "pid") > 0)
    time.sleep(0.3)
    process.send_signal(number)
    assert process.wait(20) == code
    assert _within(10, lambda: not _alive(_pid(tmp_path / "pid")))


def test_a_signal_while_a_part_is_being_started_leaves_no_part_unknown(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, started = signal.getsignal(signal.SIGTERM), []

    class Interrupted(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            started.append(self.pid)
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    try:
        signal.signal(signal.SIGTERM, supervisor._on_signal)
        with pytest.raises(StopRequested):
            supervisor.start(Part("slow", FOREVER))
        supervisor.stop()
        assert not _alive(started[0])
    finally:
        signal.signal(signal.SIGTERM, before)
