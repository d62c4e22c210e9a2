"""Two installations that run side by side: two folders, two databases, two ports, each with its own worker."""

import os
import re
import subprocess
import sys
from pathlib import Path
from socket import create_server
from typing import IO

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port that nobody listens on now."""
    with create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Installation:
    """One service, started as its user would start it; what is held for Undo leaves at once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.port = free_port()
        self.address = f"http://localhost:{self.port}/"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ILL_", "DJANGO_"))}
        self.environment = {
            **kept,
            "ILL_VAR": str(folder / "var"),
            "ILL_BASE_URL": self.address.rstrip("/"),
            "ILL_UNDO_SECONDS": "0",
            "DJANGO_SETTINGS_MODULE": "illservice.settings",
        }
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(self.port), "--no-demo"],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def wait(self) -> None:
        """Until it says where it is."""
        out: IO[str] | None = self.process.stdout
        if out is None or not any(re.search(r"http://\S+", line) for line in out):
            raise AssertionError("the service did not start")

    def set_up(self, *words: str) -> str:
        """Run the set-up in its environment."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.browser.instance_setup", *words],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(done.stderr)
        return done.stdout

    def stop(self) -> None:
        """As with Ctrl-C."""
        self.process.terminate()
        self.process.wait(timeout=60)


def start_two(folder: Path) -> tuple[Installation, Installation]:
    """One that borrows and one that lends, connected with each other."""
    borrower, lender = Installation(folder / "borrower"), Installation(folder / "lender")
    try:
        for each in (borrower, lender):
            each.wait()
        for_lender = borrower.set_up("borrower", lender.address)
        for_borrower = lender.set_up("lender", borrower.address)
        borrower.set_up("borrower", lender.address, "--passwords", for_borrower)
        lender.set_up("lender", borrower.address, "--passwords", for_lender)
    except BaseException:
        borrower.stop()
        lender.stop()
        raise
    return borrower, lender
