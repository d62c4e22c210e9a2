"""What `up` brings along: a Valkey, one service per folder, private files."""

import os
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis

from illservice.management import embedded
from illservice.management.commands.test import pytest_words
from illservice.management.commands.up import Command, _shown, _web_listener

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def a_valkey(folder: Path) -> Iterator[Path]:
    """One that answers at this socket."""
    path = (
        Path(tempfile.gettempdir(), f"ill-test-{os.getpid()}.sock")
        if len(str(folder)) > 80
        else folder / "valkey.sock"
    )
    words = embedded.valkey_words(embedded.valkey_program(), path, folder)
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if embedded.answers(f"unix://{path}"):
                break
        yield path
    finally:
        process.terminate()
        process.wait(10)


def test_the_valkey_of_the_wheel_answers_on_a_private_socket(tmp_path: Path) -> None:
    with a_valkey(tmp_path) as path:
        assert embedded.answers(f"unix://{path}")
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert not embedded.answers(f"unix://{path}")


def test_what_was_deleted_is_soon_out_of_what_the_valkey_wrote_down(tmp_path: Path) -> None:
    def is_kept() -> bool:
        with suppress(FileNotFoundError):  # it was put in place of an older one meanwhile
            return any(b"Marmalade Lane" in file.read_bytes() for file in tmp_path.rglob("*.aof"))
        return True

    with a_valkey(tmp_path) as path:
        store = redis.Redis.from_url(f"unix://{path}")
        store.set("draft", "77 Marmalade Lane")
        store.delete("draft")
        assert is_kept()
        for _ in range(200):
            store.set("job", "x" * 20_000)
            if not is_kept():
                break
            time.sleep(0.05)
        assert not is_kept()


def test_a_machine_without_any_server_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_runs", lambda program: program.endswith("redis-server"))
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert embedded.valkey_program() == "/usr/bin/redis-server"
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(embedded.CannotRun, match="apt-get install redis-server"):
        embedded.valkey_program()


def test_a_second_service_in_the_same_folder_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    with embedded.only_one(tmp_path):
        refused = pytest.raises(embedded.CannotRun, match=f"already runs in .*process {os.getpid()}")
        with refused, embedded.only_one(tmp_path):
            pass
    with embedded.only_one(tmp_path):
        pass


def test_the_secret_key_is_written_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"
    embedded.keep_secret_key(path, "first")
    embedded.keep_secret_key(path, "second")
    assert path.read_text(encoding="utf-8") == "first\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_of_ours_is_private(tmp_path: Path) -> None:
    folder = embedded.private_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_busy_port_is_said_kindly_and_a_free_one_is_kept() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        refused = pytest.raises(embedded.CannotRun, match=f"port {port} .* already in use.*--port {port + 1}")
        with refused, _web_listener("127.0.0.1", port):
            pass
    with _web_listener("127.0.0.1", 0) as web:
        assert web.getsockname()[1] > 0
    assert [_shown(host) for host in ("127.0.0.1", "0.0.0.0", "ill.example.org", "fd00::1")] == [
        *("localhost", "localhost", "ill.example.org", "[fd00::1]")
    ]


def test_static_files_are_collected_again_only_when_one_changed(tmp_path: Path) -> None:
    file = tmp_path / "a.css"
    file.write_text("a", encoding="utf-8")
    first = embedded.fingerprint(iter([("a.css", file)]))
    assert embedded.fingerprint(iter([("a.css", file)])) == first
    file.write_text("ab", encoding="utf-8")
    assert embedded.fingerprint(iter([("a.css", file)])) != first


def test_the_demo_is_loaded_by_itself_only_where_no_database_is_named() -> None:
    for address, demo in (("", True), ("postgres://u:p@h/d", False)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.conf.settings.ILL_DATABASE_URL", address)
            parser = Command().create_parser("manage.py", "up")
            assert parser.parse_args([]).demo is demo
            assert parser.parse_args(["--no-demo"]).demo is False


@pytest.mark.parametrize(
    ("words", "called"),
    [
        ([], ["-n", "auto", "--dist", "worksteal"]),
        (["-k", "queue"], ["-n", "auto", "--dist", "worksteal", "-k", "queue"]),
        (["-n0", "-x"], ["-n0", "-x"]),
        (["--pdb"], ["--pdb"]),
        (["--color=no"], ["-n", "auto", "--dist", "worksteal", "--color=no"]),
    ],
)
def test_every_word_is_handed_to_pytest(words: list[str], called: list[str]) -> None:
    assert pytest_words(words) == called


def test_the_test_command_passes_pytests_exit_code_on() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "test", "-n0", "--no-such-word"],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 4
