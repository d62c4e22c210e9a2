"""The project's own source, read once as text and as syntax trees."""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("illservice", "patrons", "requests_app", "lending")
APPS = (
    "illservice/core",
    "illservice/citations",
    "illservice/accounts",
    "illservice/directory",
    "illservice/notices",
    "illservice/documents",
    "illservice/exchange",
    "patrons",
    "requests_app",
    "lending",
)


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the top of the project, with slashes, and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def names(self) -> tuple[str, ...]:
        """The parts of the path without `.py`: ("patrons", "services", "loading")."""
        return tuple(self.path.removesuffix(".py").split("/"))

    def at(self, node: ast.AST) -> str:
        """Where a node stands, as `path:line`."""
        return f"{self.path}:{getattr(node, 'lineno', 0)}"


@functools.cache
def all_sources() -> tuple[Source, ...]:
    """Every Python file of the packages, migrations too, tests not."""
    files = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return tuple(_read(file) for file in files if file.suffix == ".py")


def _read(file: Path) -> Source:
    text = file.read_text(encoding="utf-8")
    return Source(file.relative_to(ROOT).as_posix(), text, ast.parse(text))


def code() -> Iterator[Source]:
    """Every Python file but the migrations."""
    return (source for source in all_sources() if "migrations" not in source.names)


def called(*file_names: str) -> Iterator[Source]:
    """Files of apps with one of these names, or inside a package of that name (`services.py`, `services/x.py`)."""
    for source in code():
        app = next((app for app in APPS if source.path.startswith(f"{app}/")), None)
        if app and source.names[app.count("/") + 1] in file_names:
            yield source


def imports(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Every module imported, also by `from a import b`, which may be the module a.b."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield node, module
            for alias in node.names:
                yield node, f"{module}.{alias.name}"


def name_of(node: ast.AST) -> str:
    """The dotted name of an expression: `timezone.now`; '' when it is not a plain one."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = name_of(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""
