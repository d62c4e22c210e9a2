"""Migrations outlive the code: they import none of it, and their names say what they do."""

import re

from tests.architecture.source import PACKAGES, all_sources, imports


def test_migrations_import_no_code_of_the_project() -> None:
    found = [
        f"{source.at(node)} {module}"
        for source in all_sources()
        if "migrations" in source.names
        for node, module in imports(source)
        if module.split(".")[0] in PACKAGES
    ]
    assert found == []


def test_migrations_are_named_by_what_they_do() -> None:
    names = [
        source.names[-1]
        for source in all_sources()
        if "migrations" in source.names and source.names[-1] != "__init__"
    ]
    assert [name for name in names if not re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+", name)] == []
    assert [name for name in names if re.search(r"_auto_\d|_and_more|_rename_|_alter_.*_alter_", name)] == []
