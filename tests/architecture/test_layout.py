"""Files are in their place and of a size that one person can hold in mind."""

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement

from tests.architecture.source import PACKAGES, ROOT, code

TOP_LEVEL = frozenset(
    {
        *(
            ".ci",
            ".env.example",
            ".gitignore",
            "CHANGELOG.md",
            "LICENSE",
            "README.md",
            "docker-compose.yml",
            "docs",
        ),
        *("ill", "illservice", "lending", "manage.py", "patrons", "pyproject.toml", "requests_app"),
        *("requirements-dev.lock", "requirements.lock", "static", "templates", "tests"),
    }
)
NOT_MIRRORED = frozenset(
    {"architecture", "benchmarks", "browser", "data", "design", "exchange", "journeys", "privacy"}
)
MOST_LINES = 400
MOST_FUNCTION_LINES = 40


def _tracked() -> list[str]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    done = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for path in done.stdout.split("\0") if path]


def test_the_top_level_holds_only_what_belongs_there() -> None:
    assert {path.split("/")[0] for path in _tracked()} - TOP_LEVEL == set()


def test_tests_mirror_the_code() -> None:
    folders = {path.split("/")[1] for path in _tracked() if path.startswith("tests/") and path.count("/") > 1}
    assert folders - NOT_MIRRORED - set(PACKAGES) == set()


def test_no_build_product_or_secret_is_tracked() -> None:
    unwanted = (".pyc", ".sqlite3", ".log", ".pem", ".key", ".env", "package-lock.json", "uv.lock")
    assert [path for path in _tracked() if path.endswith(unwanted)] == []


def test_locks_name_versions_and_hashes_but_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert not [line for line in text.splitlines() if line.startswith("-")]
        assert text.count("--hash=sha256:") > text.count("==")


def test_the_developers_lock_holds_every_locked_package_of_the_service() -> None:
    service, developers = (_pins(name) for name in ("requirements.lock", "requirements-dev.lock"))
    assert service - developers == set()


def test_the_locks_hold_every_package_that_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for lock, wanted in (
        ("requirements.lock", project["dependencies"]),
        ("requirements-dev.lock", project["dependencies"] + project["optional-dependencies"]["dev"]),
    ):
        pins = dict(pin.split("==") for pin in _pins(lock))
        needs = [Requirement(line) for line in wanted]
        assert [str(need) for need in needs if need.name not in pins] == []
        assert [str(need) for need in needs if not need.specifier.contains(pins[need.name])] == []


def _pins(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {re.sub(r"\[.*\]", "", line.split(" ")[0]) for line in lines if "==" in line}


def test_the_locks_name_the_extras_that_packages_ask_of_each_other() -> None:
    """pip looks for the newest version of `name[extra]` when a lock with hashes pins `name` alone, and gives up."""
    locked = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    asked = {
        f"{need.name}[{extra}]=="
        for package in distributions()
        for need in map(Requirement, package.requires or ())
        for extra in need.extras
        if need.marker is None or need.marker.evaluate({"extra": ""})
    }
    assert {each for each in asked if f"\n{each}" not in locked} == set()


def test_no_file_is_longer_than_one_can_hold_in_mind() -> None:
    assert {source.path: lines for source in code() if (lines := source.text.count("\n")) > MOST_LINES} == {}


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring and decorators."""
    first = function.body[0]
    described = ast.get_docstring(function) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if described else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def test_no_function_is_longer_than_one_can_hold_in_mind() -> None:
    found = {
        f"{source.at(function)} {function.name}": _length(function)
        for source in code()
        for function in _functions(source.tree)
        if _length(function) > MOST_FUNCTION_LINES
    }
    assert found == {}
