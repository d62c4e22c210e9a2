"""What every test gets: fast hashing, cache and broker in memory, no network but this machine's own."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connections
from django.test.utils import override_settings
from django.utils import translation

from illservice.celery import app as celery_app

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", "", "0.0.0.0"})

TEST_SETTINGS: dict[str, Any] = {
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    "STORAGES": {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
}

_scratch: list[Path] = []

# How long an example takes says something of the machine and nothing of the code.
hypothesis.settings.register_profile(
    "ill", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("ill")


def pytest_configure(config: pytest.Config) -> None:
    override_settings(
        **TEST_SETTINGS, STATIC_ROOT=_scratch_folder(), ILL_DOCUMENT_FOLDER=_scratch_folder()
    ).enable()
    celery_app.conf.update(broker_url="memory://", broker_transport_options={})
    _use_a_database_file()
    _stay_on_this_machine()


def pytest_unconfigure(config: pytest.Config) -> None:
    for folder in _scratch:
        shutil.rmtree(folder, ignore_errors=True)


def _scratch_folder() -> Path:
    """A folder that goes when the tests end."""
    _scratch.append(Path(tempfile.mkdtemp(prefix="illservice-tests-")))
    return _scratch[-1]


def _use_a_database_file() -> None:
    """SQLite in memory knows neither WAL nor waiting for a lock; a file behaves as it does in service."""
    database = connections.settings["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(_scratch_folder() / "test.sqlite3")


def _stay_on_this_machine() -> None:
    """A connection to any other machine fails the test that tries it."""
    real_connect = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and str(address[0]) not in LOOPBACK:
            raise RuntimeError(f"a test may not reach {address[0]}")
        real_connect(self, address)

    pytest.MonkeyPatch().setattr(socket.socket, "connect", connect)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A page drawn in German leaves its language behind in the thread; every test begins in English."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _no_kept_terms() -> Iterator[None]:
    """A version of a policy never changes, but the next test may give its key to another one."""
    yield
    import_module("illservice.policies.selectors").kept_terms.cache_clear()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared reading and data beside the checkout; tests that need it are skipped without it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("there is no folder `shared` beside the checkout")
    return folder


@pytest.fixture
def on_postgresql() -> None:
    """Skips on SQLite what only PostgreSQL can show."""
    if not _is_postgresql():
        pytest.skip("needs PostgreSQL")


@pytest.fixture(scope="session")
def once() -> None:
    """Skips on PostgreSQL what is slow and shows nothing of the database; ILL_TEST_THOROUGH=1 runs it there, too."""
    if _is_postgresql() and not os.environ.get("ILL_TEST_THOROUGH"):
        pytest.skip("is run with SQLite: shows nothing of the database")


def _is_postgresql() -> bool:
    return str(connections.settings["default"]["ENGINE"]).endswith("postgresql")
