"""What README and docs/ name exists: commands, pages, headings, and the rights of the workflow."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

from illservice.accounts.roles import Role
from illservice.core.workflow import Table
from lending.workflow import TABLE as LENDING
from requests_app.workflow import TABLE as BORROWING
from tests.architecture.source import ROOT

PAGES = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")],
    key=lambda page: page.as_posix(),
)
PRINTED = {ROOT / "docs" / f"workflow-{side}.md" for side in ("borrowing", "lending")}
LONGEST_LINE = 120
PACKAGES = ("illservice", "patrons", "requests_app", "lending")
ALWAYS_THERE = {"help"}
BORROWERS = (Role.STUDENT, Role.BRANCH, Role.BORROWING, Role.COPYRIGHT, Role.HEAD, Role.ADMINISTRATOR)
LENDERS = (Role.STUDENT, Role.BRANCH, Role.LENDING, Role.HEAD, Role.ADMINISTRATOR)
BY_HAND = {"clear_mark", "arrived", "reminder"}
"""Steps that staff take on the request's page though lists have no button for them."""


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _links(text: str) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        if not re.match(r"[a-z]+:", target):
            yield target


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Lines that a writer can break: no tables, no headings, nothing in fences."""
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced and not line.startswith(("|", "#")):
            yield number, line


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"\./ill ([a-z][a-z0-9_]+)", page.read_text(encoding="utf-8")))
    assert named <= set(get_commands()) | ALWAYS_THERE


def test_every_command_of_ours_has_its_contract() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^### `\./ill ([a-z0-9_]+)", page, re.MULTILINE))
    ours = {path.stem for package in PACKAGES for path in (ROOT / package).rglob("commands/[a-z]*.py")}
    assert described == ours


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in _links(page.read_text(encoding="utf-8")):
        path, _hash, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in _anchors(there), target


@pytest.mark.parametrize("page", [each for each in PAGES if each not in PRINTED], ids=_name)
def test_prose_fits_a_window(page: Path) -> None:
    wide = [number for number, line in _prose(page.read_text(encoding="utf-8")) if len(line) > LONGEST_LINE]
    assert not wide


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    here = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert here <= set(_links(index))


@pytest.mark.parametrize(
    ("table", "roles"), [(BORROWING, BORROWERS), (LENDING, LENDERS)], ids=["borrowing", "lending"]
)
def test_the_rights_of_the_administrators_page_are_those_of_the_tables(
    table: Table, roles: tuple[Role, ...]
) -> None:
    page = (ROOT / "docs" / "administrator.md").read_text(encoding="utf-8")
    for line in rights(table, roles):
        assert line in page, f"docs/administrator.md lacks: {line}"


def rights(table: Table, roles: tuple[Role, ...]) -> list[str]:
    """The rows of one of the page's tables: steps that the same roles may take, in the order of the workflow."""
    steps: dict[frozenset[str], list[str]] = {}
    for row in table.rows:
        staff = frozenset(row.by) & frozenset(Role.values)
        if staff and (row.button or row.action in BY_HAND):
            assert staff <= set(roles), "the page has no column for one of them"
            steps.setdefault(staff, []).append(str(row.label))
    return [
        f"| {' · '.join(labels)} | {' | '.join('✓' if role in staff else '–' for role in roles)} |"
        for staff, labels in steps.items()
    ]
