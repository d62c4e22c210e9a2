"""The script `ill`: sets up once, again when the locks change, and says plainly what is missing.

The packages are not installed here: a stand-in for Python notes what it is asked to do.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

STAND_IN = """#!/bin/sh
. "{root}/facts"
echo "$(basename "$0") $*" >>"{notes}"
case "$*" in
    *version_info*) exit $old ;;
    *"import ensurepip"*) exit $no_venv ;;
    "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
    *"-m pip install"*) sleep 0.3; exit $pip ;;
    *"-m pip --version"*) [ -e "{root}/.venv/bin/python" ] ;;
    *fcntl*) exec {python} "$@" ;;
    *manage.py*) echo "ran: $2 $3" ;;
esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the script and two locks."""
    folder = tmp_path / "a project"
    folder.mkdir()
    shutil.copy(ROOT / "ill", folder)
    for name in ("requirements.lock", "requirements-dev.lock"):
        (folder / name).write_text(f"{name}\n", encoding="utf-8")
    return folder


def _machine(project: Path, **facts: int) -> Path:
    """A PATH with nothing but a stand-in for Python and the usual small tools."""
    programs = project.parent / "bin"
    programs.mkdir(exist_ok=True)
    for name in ("sh", "cat", "cksum", "dirname", "basename", "mkdir", "cp", "rm", "sleep", "env"):
        tool = shutil.which(name)
        assert tool is not None
        (programs / name).unlink(missing_ok=True)
        (programs / name).symlink_to(tool)
    real = shutil.which("python3", path="/usr/bin:/usr/local/bin") or shutil.which("python3")
    words = {"old": 0, "no_venv": 0, "pip": 0, **facts}
    (project / "facts").write_text(
        "".join(f"{name}={code}\n" for name, code in words.items()), encoding="utf-8"
    )
    text = STAND_IN.format(notes=project / "notes", root=project, python=real)
    (programs / "python3").write_text(text, encoding="utf-8")
    (programs / "python3").chmod(0o755)
    return programs


def _start(project: Path, programs: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(project / "ill"), *words],
        env={"PATH": str(programs), "HOME": "/nonexistent"},
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _run(project: Path, programs: Path, *words: str) -> tuple[int, str, str]:
    process = _start(project, programs, *words)
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


def _installs(project: Path) -> list[str]:
    notes = (project / "notes").read_text(encoding="utf-8").splitlines()
    return [line.rpartition("/")[2] for line in notes if "pip install" in line]


def test_it_sets_up_once_and_again_when_a_lock_changed(project: Path) -> None:
    programs = _machine(project)
    code, output, errors = _run(project, programs, "up")
    assert (code, output) == (0, "ran: up \n"), errors
    assert "installing what requirements.lock names" in errors
    assert _run(project, programs, "up")[2] == ""
    assert _installs(project) == ["requirements.lock"]
    _run(project, programs, "test", "-x")
    _run(project, programs, "test", "-x")
    assert _installs(project) == ["requirements.lock", "requirements-dev.lock"]
    (project / "requirements.lock").write_text("changed\n", encoding="utf-8")
    _run(project, programs, "up")
    assert _installs(project) == ["requirements.lock", "requirements-dev.lock", "requirements.lock"]


def test_two_at_once_install_once(project: Path) -> None:
    programs = _machine(project)
    both = [_start(project, programs, "up") for _ in range(2)]
    ended = [(process.communicate(timeout=60)[0], process.returncode) for process in both]
    assert [code for _output, code in ended] == [0, 0]
    assert _installs(project) == ["requirements.lock"]


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"old": 1}, "Python 3.11 or newer is needed"),
        ({"no_venv": 1}, "apt-get install python3-venv"),
        ({"pip": 1}, "could not be installed"),
    ],
)
def test_what_is_missing_is_said_plainly_and_nothing_runs(
    project: Path, facts: dict[str, int], word: str
) -> None:
    code, output, errors = _run(project, _machine(project, **facts), "up")
    assert (code, output) == (2, "")
    assert word in errors
    assert _run(project, _machine(project), "up")[0] == 0


def test_it_is_plain_posix_shell_and_executable() -> None:
    assert os.access(ROOT / "ill", os.X_OK)
    assert (ROOT / "ill").read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    shell = shutil.which("dash") or shutil.which("sh")
    assert shell is not None
    assert subprocess.run([shell, "-n", str(ROOT / "ill")]).returncode == 0
