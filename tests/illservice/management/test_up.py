"""`./ill up` as a whole: from an empty folder to the first page, and nothing left after the end."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
MAIL = "from django.core.mail import send_mail as send; send('x', 'x', 'desk@north.example', ['ada@north.example'])"
"""What a command beside the service does when it sends."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("once"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc"),
]


class Service:
    """A service that runs in a folder of its own, on SQLite and its own Valkey."""

    def __init__(self, var: Path, *words: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ILL_", "DJANGO_"))}
        self.var = var
        self.environment = {**kept, "ILL_VAR": str(var)}
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "up", "--port", "0", "--no-demo", *words],
            env=self.environment,
            cwd=var.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def address(self) -> str:
        """Waits for the line that names the address."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"http://\S+", line):
                return found.group()
        assert self.process.stderr is not None
        raise AssertionError(self.process.stderr.read())

    def processes(self) -> list[int]:
        """Everything alive that was started for this folder."""
        mark = f"ILL_VAR={self.var}".encode()
        return [pid for pid in _pids() if mark in _environment(pid)]


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]


def _environment(pid: int) -> list[bytes]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return []


def _health(address: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"{address}healthz", timeout=10) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        return dict(json.load(error))


def _eventually(seconds: float, true: Any) -> bool:
    give_up = time.monotonic() + seconds
    while not true() and time.monotonic() < give_up:
        time.sleep(0.1)
    return bool(true())


@pytest.fixture(params=["in the temp folder", "deep below it"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Odd names must do no harm; a deep folder makes the path of the socket too long for the kernel."""
    if request.param == "deep below it":
        yield tmp_path / ("deep" * 25)
    else:
        with tempfile.TemporaryDirectory(prefix="ill 5% #?") as name:
            yield Path(name) / "var"


@pytest.fixture
def service(folder: Path) -> Iterator[Service]:
    one = Service(folder)
    yield one
    one.process.kill()
    one.process.communicate()
    assert _eventually(30, lambda: one.processes() == [])


def test_the_service_starts_from_nothing_is_well_and_leaves_nothing(service: Service) -> None:
    address = service.address()
    assert _eventually(40, lambda: _health(address)["status"] == "ok"), _health(address)
    second = Service(service.var)
    _output, said = second.process.communicate(timeout=60)
    assert (second.process.returncode, "already runs in" in said) == (2, True)
    assert len(service.processes()) >= 7
    beside = {**service.environment, "DJANGO_SETTINGS_MODULE": "illservice.settings"}
    assert subprocess.run([sys.executable, "-c", MAIL], env=beside, cwd=ROOT, check=False).returncode == 0
    assert _eventually(10, lambda: len(list((service.var / "mail").glob("*.eml"))) == 1), (
        "kept, as up's own are"
    )
    service.process.send_signal(signal.SIGINT)
    assert service.process.wait(40) == 0
    assert service.processes() == []
    assert not (service.var / "mail-catcher").exists()


def test_a_killed_service_leaves_nothing_and_starts_again_at_once(service: Service) -> None:
    service.address()
    service.process.kill()
    again = Service(service.var)
    address = again.address()
    assert _eventually(40, lambda: _health(address)["status"] == "ok"), _health(address)
    again.process.terminate()
    again.process.communicate(timeout=40)
    assert again.process.returncode == 0
    assert _eventually(30, lambda: service.processes() == [])
