"""`./ill up`: the whole service on one machine, set up, started and stopped together."""

import argparse
import contextlib
import errno
import io
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from socket import socket
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from illservice.celery import app
from illservice.management import embedded
from illservice.management.supervisor import Part, StartFailed, StopRequested, Supervisor

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Command(BaseCommand):
    help = "Sets everything up and runs the service on this machine until Ctrl-C."
    requires_migrations_checks = False

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
        parser.add_argument(
            "--demo",
            action=argparse.BooleanOptionalAction,
            default=not settings.ILL_DATABASE_URL,
            help="fill an empty database with the demo library (usual when ILL_DATABASE_URL is not given)",
        )

    def handle(self, *, host: str, port: int, demo: bool, verbosity: int, **_options: Any) -> None:
        try:
            var = embedded.private_folder(settings.ILL_VAR)
            with embedded.only_one(var), _web_listener(host, port) as web:
                code = self._run(web, host, demo=demo, to_terminal=verbosity > 1)
        except (embedded.CannotRun, StartFailed) as error:
            raise CommandError(str(error), returncode=2) from error
        if code:
            sys.exit(code)

    def _run(self, web: socket, host: str, *, demo: bool, to_terminal: bool) -> int:
        log_folder = embedded.private_folder(settings.ILL_VAR / "log")
        supervisor = Supervisor(
            folder=settings.BASE_DIR, log_folder=None if to_terminal else log_folder, say=self._say
        )
        supervisor.listen_for_signals()
        try:
            self._start(supervisor, web, host, demo=demo)
            return supervisor.watch()
        except StopRequested:
            return 0
        finally:
            self._say("stopping")
            supervisor.stop()
            settings.ILL_MAIL_CATCHER.unlink(missing_ok=True)
            if settings.ILL_VALKEY_SOCKET.parent != settings.ILL_VAR:
                with contextlib.suppress(OSError):
                    settings.ILL_VALKEY_SOCKET.parent.rmdir()

    def _start(self, supervisor: Supervisor, web: socket, host: str, *, demo: bool) -> None:
        port = web.getsockname()[1]
        address = settings.ILL_BASE_URL if "ILL_BASE_URL" in os.environ else f"http://{_shown(host)}:{port}"
        environment = {"ILL_VAR": str(settings.ILL_VAR), "ILL_BASE_URL": address}
        embedded.keep_secret_key(settings.ILL_SECRET_KEY_FILE, settings.SECRET_KEY)
        if not settings.ILL_REDIS_URL:
            self._start_valkey(supervisor)
        if not settings.ILL_EMAIL_URL:
            environment["ILL_EMAIL_URL"] = self._start_mail_catcher(supervisor)
        self._migrate()
        self._collect_static()
        sign_ins = self._demo() if demo else ""
        connections.close_all()
        supervisor.start(_web_part(web, environment))
        supervisor.wait_until(lambda: _page_answers(host, port), name="web", seconds=60)
        supervisor.start(_celery_part("worker", environment, *_WORKER_WORDS))
        supervisor.start(
            _celery_part("beat", environment, "--schedule", str(settings.ILL_VAR / "beat"), "--pidfile=")
        )
        app.send_task("ill_core.sweep")  # beat's first tick comes later
        self._greet(address, host, sign_ins)

    def _start_valkey(self, supervisor: Supervisor) -> None:
        self._wait_for_the_last_one()
        words = embedded.valkey_words(
            embedded.valkey_program(),
            embedded.private_folder(settings.ILL_VALKEY_SOCKET.parent) / settings.ILL_VALKEY_SOCKET.name,
            embedded.private_folder(settings.ILL_VAR / "valkey"),
        )
        supervisor.start(Part("valkey", words, needed_by_others=True))
        supervisor.wait_until(lambda: embedded.answers(settings.REDIS_LOCATION), name="valkey", seconds=30)

    def _wait_for_the_last_one(self) -> None:
        """A server whose supervisor was killed removes the socket when it ends: not ours, please."""
        give_up = time.monotonic() + 15
        while embedded.answers(settings.REDIS_LOCATION):
            if time.monotonic() > give_up:
                raise embedded.CannotRun(
                    f"another server answers at {settings.ILL_VALKEY_SOCKET}. Stop it first."
                )
            time.sleep(0.1)

    def _start_mail_catcher(self, supervisor: Supervisor) -> str:
        listener = embedded.listener("127.0.0.1", 0)
        folder = embedded.private_folder(settings.ILL_VAR / "mail")
        words = [
            sys.executable,
            "-m",
            "illservice.management.mail_catcher",
            str(listener.fileno()),
            str(folder),
        ]
        supervisor.start(Part("mail", words, pass_fds=(listener.fileno(),), needed_by_others=True))
        port = listener.getsockname()[1]
        listener.detach()  # stays open, so that a restarted catcher takes the same port
        address = f"smtp://127.0.0.1:{port}"
        settings.ILL_MAIL_CATCHER.write_text(address, encoding="utf-8")
        return address

    def _migrate(self) -> None:
        executor = MigrationExecutor(connections["default"])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("bringing the database up to date")
            call_command("migrate", interactive=False, verbosity=0)

    def _collect_static(self) -> None:
        if settings.DEBUG:
            return
        stamp = settings.ILL_VAR / "static.stamp"
        seen = embedded.fingerprint(_static_files())
        if not stamp.exists() or stamp.read_text(encoding="ascii") != seen:
            self._say("collecting the static files")
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)
            stamp.write_text(seen, encoding="ascii")

    def _demo(self) -> str:
        """Fills an empty database; returns the demo sign-ins as text, '' when the library is not the demo's."""
        output = io.StringIO()
        call_command("demo", if_empty=True, stdout=output, stderr=self.stderr)
        return output.getvalue().strip()

    def _greet(self, address: str, host: str, sign_ins: str) -> None:
        self.stdout.write(f"\nillservice runs at {address}/\n")
        if sign_ins:
            self.stdout.write(f"\n{sign_ins}\n")
        if not settings.ILL_EMAIL_URL:
            self.stdout.write(f"\nMail is not sent but kept in {settings.ILL_VAR / 'mail'}")
        self.stdout.write(f"Logs are in {settings.ILL_VAR / 'log'}. Ctrl-C stops everything.")
        self.stdout.flush()
        if host not in LOOPBACK and "ILL_ALLOWED_HOSTS" not in os.environ:
            self._say("other machines are answered once ILL_BASE_URL names the address that they use")

    def _say(self, text: str) -> None:
        self.stderr.write(f"up: {text}", ending="\n")
        self.stderr.flush()


_WORKER_WORDS = ("--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO")


def _web_part(web: socket, environment: dict[str, str]) -> Part:
    memory = Path("/dev/shm")  # heartbeat files of the web workers, on a disk they may stall
    words = [
        *(
            sys.executable,
            "-m",
            "gunicorn",
            "illservice.wsgi:application",
            "--preload",
            "--no-control-socket",
        ),
        *("--bind", f"fd://{web.fileno()}", "--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        *("--timeout", "60", "--graceful-timeout", "8", "--max-requests", "20000"),
        *("--limit-request-line", "8190"),  # an OpenURL may be long; a longer line is answered 414
        *(("--worker-tmp-dir", str(memory)) if os.access(memory, os.W_OK) else ()),
    ]
    return Part("web", words, environment, pass_fds=(web.fileno(),))


def _celery_part(name: str, environment: dict[str, str], *words: str) -> Part:
    return Part(
        name, [sys.executable, "-m", "celery", "--app", "illservice.celery", name, *words], environment
    )


@contextlib.contextmanager
def _web_listener(host: str, port: int) -> Iterator[socket]:
    """Takes the port before anything else is started, and keeps it while the web part is started again."""
    try:
        web = embedded.listener(host, port)
    except OSError as error:
        why = "is already in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error}"
        raise embedded.CannotRun(
            f"port {port} on {host} {why}. Choose another: ./ill up --port {port + 1}"
        ) from error
    with web:
        yield web


def _shown(host: str) -> str:
    """The host as a browser on this machine writes it."""
    if host in LOOPBACK or host in ("0.0.0.0", "::"):
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _page_answers(host: str, port: int) -> bool:
    """Whether /healthz answers with the database well; the sweeper starts after the web."""
    local = "127.0.0.1" if host in ("0.0.0.0", "localhost") else ("[::1]" if ":" in host else host)
    request = urllib.request.Request(f"http://{local}:{port}/healthz", headers={"Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code == 503
    except OSError:
        return False


def _static_files() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield name, Path(storage.path(name))
