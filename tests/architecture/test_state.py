"""The state of a request is written in one place: the workflow engine."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import Source, code

WRITERS = ("illservice/core/workflow/",)
OTHER_STATES = (
    "illservice/core/outbox.py",
    "illservice/core/bundles.py",
)  # rows of the outbox have a state of their own
UPDATES = frozenset({"update", "bulk_update", "update_or_create", "aupdate"})


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from ast.walk(target)  # type: ignore[misc]
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        yield node.target


def _is_state(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == "state"


def _writes(node: ast.AST) -> bool:
    """Whether the node assigns `.state`, sets it by name, or hands it to an update."""
    if any(isinstance(target, ast.Attribute) and target.attr == "state" for target in _targets(node)):
        return True
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id == "setattr" and len(node.args) > 1 and _is_state(node.args[1])
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in UPDATES:
        return False
    words = any(keyword.arg == "state" for keyword in node.keywords)
    return words or any(
        _is_state(part) for argument in (*node.args, *node.keywords) for part in ast.walk(argument)
    )


def state_writes(source: Source) -> list[str]:
    """Where a file writes a state."""
    return [source.at(node) for node in ast.walk(source.tree) if _writes(node)]


def test_only_the_workflow_engine_writes_a_state() -> None:
    found = [
        place
        for source in code()
        if not source.path.startswith(WRITERS + OTHER_STATES)
        for place in state_writes(source)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "request.state = 'x'",
        "a.state, b = 'x', 1",
        "request.state: str = 'x'",
        "setattr(request, 'state', 'x')",
        "Request.objects.filter(pk=1).update(state='x')",
        "Request.objects.update(**{'state': 'x'})",
        "Request.objects.bulk_update(rows, ['state'])",
        "Request.objects.bulk_update(rows, fields=['state'])",
    ],
)
def test_the_rule_sees_every_way_to_write_it_and_nothing_else(text: str) -> None:
    assert state_writes(Source("x.py", text, ast.parse(text))) == ["x.py:1"]
    harmless = "print(request.state)\nrows.filter(state='x')\nrow.update(other=1)"
    assert state_writes(Source("x.py", harmless, ast.parse(harmless))) == []
