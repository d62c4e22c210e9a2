"""Settings from the environment: what is right is read, what is wrong stops the start and says how to mend it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from illservice.apps import unknown_settings
from illservice.core.env import Environment, SettingsProblem

ROOT = Path(__file__).resolve().parents[3]
SECRET = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"

WRONG = [
    ({"ILL_SECRET_KEY": "short"}, "ill.E001", "ILL_SECRET_KEY"),
    ({"ILL_SECRET_KEY": "a" * 60}, "ill.E001", "ILL_SECRET_KEY"),
    ({"ILL_REDIS_URL": "redis://localhost/0"}, "ill.E001", "ILL_SECRET_KEY"),
    ({"ILL_BASE_URL": "https://ill.example.org"}, "ill.E001", "ILL_SECRET_KEY"),
    ({"ILL_DEBUG": "maybe"}, "ill.E002", "ILL_DEBUG"),
    ({"ILL_SECURE_COOKIES": "2"}, "ill.E002", "ILL_SECURE_COOKIES"),
    ({"ILL_BASE_URL": "ftp://example.org"}, "ill.E003", "ILL_BASE_URL"),
    ({"ILL_BASE_URL": "ill.example.org"}, "ill.E003", "ILL_BASE_URL"),
    ({"ILL_DATABASE_URL": "mysql://u:p@host/db"}, "ill.E003", "ILL_DATABASE_URL"),
    ({"ILL_DATABASE_URL": "postgres://u:p@host:port/db"}, "ill.E003", "ILL_DATABASE_URL"),
    ({"ILL_REDIS_URL": "localhost:6379"}, "ill.E003", "ILL_REDIS_URL"),
    ({"ILL_EMAIL_URL": "mail.example.org"}, "ill.E003", "ILL_EMAIL_URL"),
    ({"ILL_EMAIL_URL": "smtp:localhost"}, "ill.E003", "ILL_EMAIL_URL"),
    ({"ILL_UNDO_SECONDS": "ten"}, "ill.E004", "ILL_UNDO_SECONDS"),
    ({"ILL_UNDO_SECONDS": "-1"}, "ill.E004", "ILL_UNDO_SECONDS"),
    ({"ILL_UNDO_SECONDS": "601"}, "ill.E004", "ILL_UNDO_SECONDS"),
    ({"ILL_ALLOWED_HOSTS": "https://ill.example.org/"}, "ill.E005", "ILL_ALLOWED_HOSTS"),
    ({"ILL_TIME_ZONE": "Mars/Olympus"}, "ill.E006", "ILL_TIME_ZONE"),
    ({"ILL_LANGUAGE": "tlh"}, "ill.E007", "ILL_LANGUAGE"),
    ({"ILL_SECRET_KEY_FILE": "/does/not/exist"}, "ill.E008", "ILL_SECRET_KEY_FILE"),
    ({"ILL_SECRET_KEY_FILE": "/etc/hostname", "ILL_SECRET_KEY": SECRET}, "ill.E008", "ILL_SECRET_KEY"),
    (
        {"ILL_TRUSTED_HEADER": "X-User", "ILL_TRUSTED_PROXIES": "10.0.0.1/8"},
        "ill.E009",
        "ILL_TRUSTED_PROXIES",
    ),
    ({"ILL_MAIL_FROM": "the library"}, "ill.E010", "ILL_MAIL_FROM"),
    ({"ILL_TRUSTED_HEADER": "X User", "ILL_TRUSTED_PROXIES": "10.0.0.1"}, "ill.E011", "ILL_TRUSTED_HEADER"),
    ({"ILL_VAR": "/etc/hostname"}, "ill.E012", "ILL_VAR"),
    ({"ILL_TRUSTED_HEADER": "X-User"}, "ill.E013", "ILL_TRUSTED_HEADER"),
    ({"ILL_DOCUMENT_FOLDER": str(ROOT / "static" / "scans")}, "ill.E014", "ILL_DOCUMENT_FOLDER"),
    ({"ILL_LINK_DAYS": "0"}, "ill.E004", "ILL_LINK_DAYS"),
]


def _start(folder: Path, variables: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ILL_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *(words or ("version",))],
        env={**kept, "ILL_VAR": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(("variables", "id_", "name"), WRONG)
def test_a_wrong_value_stops_the_start_with_id_name_and_hint(
    variables: dict[str, str], id_: str, name: str, tmp_path: Path
) -> None:
    done = _start(tmp_path, variables)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{id_}: {name} " in done.stderr
    assert "HINT: " in done.stderr
    assert "Traceback" not in done.stderr


def test_all_wrong_values_are_told_at_once_and_secrets_never(tmp_path: Path) -> None:
    secret = "hunter2hunter2"
    done = _start(
        tmp_path,
        {
            "ILL_DEBUG": "x",
            "ILL_UNDO_SECONDS": "x",
            "ILL_DATABASE_URL": f"pg://u:{secret}@h/d",
            "ILL_SECRET_KEY": secret,
        },
    )
    assert done.returncode == 2
    assert [f"ill.E00{number}" in done.stderr for number in (1, 2, 3, 4)] == [True] * 4
    assert secret not in done.stderr


def test_a_good_production_environment_passes_the_deployment_check(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(f"{SECRET}\n", encoding="utf-8")
    done = _start(
        tmp_path / "var",
        {
            "ILL_SECRET_KEY_FILE": str(key),
            "ILL_BASE_URL": "https://ill.example.org",
            "ILL_REDIS_URL": "redis://localhost:6379/0",
            "ILL_DATABASE_URL": "postgres://u:p@localhost/illservice",
            "ILL_EMAIL_URL": "smtp+tls://u:p%40ss@mail.example.org:587",
            "ILL_MAIL_FROM": "Interlibrary loan <ill@example.org>",
            "ILL_TRUSTED_HEADER": "X-Remote-User",
            "ILL_TRUSTED_PROXIES": "10.0.0.5, 10.1.0.0/16,::1",
        },
        *("check", "--deploy", "--fail-level", "WARNING"),
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_types_are_read_as_people_write_them(tmp_path: Path) -> None:
    file = tmp_path / "value"
    file.write_text("from a file\n", encoding="utf-8")
    environment = Environment(
        {
            "A": " Yes ",
            "B": "",
            "C": "7",
            "D": "a, b,,c",
            "E_FILE": str(file),
            "F": "10.0.0.0/8,::1",
            "G": "X-User",
        }
    )
    assert environment.flag("A", default=False) is True
    assert environment.flag("B", default=True) is True
    assert environment.integer("C", 1, least=0, most=9) == 7
    assert environment.words("D") == ["a", "b", "c"]
    assert environment.text("E") == "from a file"
    assert [str(network) for network in environment.networks("F")] == ["10.0.0.0/8", "::1/128"]
    assert environment.header("G") == "X-User"
    environment.stop_on_problems()
    environment.flag("C", default=False)
    with pytest.raises(SettingsProblem, match=r"ill\.E002: C must be yes or no"):
        environment.stop_on_problems()


def test_a_variable_that_nobody_reads_gives_a_warning_with_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert [message for message in unknown_settings(None) if "ILL_DATABSE_URL" in message.msg] == []
    environment = Environment({"ILL_DATABSE_URL": "x", "ILL_DEBUG_FILE": "x", "OTHER": "x"})
    environment.names = settings.ENVIRONMENT.names
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    messages = list(unknown_settings(None))
    assert [(message.id, message.hint) for message in messages] == [
        ("ill.W001", "Did you mean ILL_DATABASE_URL?")
    ]
