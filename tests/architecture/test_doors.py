"""Doors find things through selectors only; rules never read the clock; nothing hides in a signal."""

import ast

from tests.architecture.source import Source, called, code, imports, name_of

DOORS = ("views", "api", "tasks")
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
SHORT_CUTS = frozenset({"get_object_or_404", "aget_object_or_404", "get_list_or_404", "aget_list_or_404"})
RULES = ("services", "discovery", "selectors", "workflow", "eligibility", "copyright", "calendars", "models")
CLOCKS = ("timezone.now", "clock.now", "datetime.now", "datetime.utcnow", "date.today", "time.time")
CLOCK_MODULE = "illservice/core/clock.py"


def _fetches(source: Source) -> list[str]:
    found = []
    for node in ast.walk(source.tree):
        manager = isinstance(node, ast.Attribute) and node.attr in MANAGERS
        short_cut = isinstance(node, ast.Call) and name_of(node.func).rpartition(".")[2] in SHORT_CUTS
        if manager or short_cut or (isinstance(node, ast.ClassDef) and _names_a_model(node)):
            found.append(source.at(node))
    return found


def _names_a_model(view: ast.ClassDef) -> bool:
    """Generic views fetch by themselves when they are given a model."""
    return any(
        isinstance(line, ast.Assign) and any(name_of(target) == "model" for target in line.targets)
        for line in view.body
    )


def test_doors_fetch_nothing_from_the_database_themselves() -> None:
    assert [place for source in called(*DOORS) for place in _fetches(source)] == []


def test_the_rule_sees_a_fetch_in_a_door() -> None:
    lines = [
        "Request.objects.get(pk=1)",
        "get_object_or_404(Request, pk=1)",
        "class A(DetailView):\n    model = Request",
    ]
    for text in lines:
        assert _fetches(Source("x.py", text, ast.parse(text))) == ["x.py:1"]
    assert _fetches(Source("x.py", "selectors.requests_visible_to(user)", ast.parse("a.b(c)"))) == []


def test_rules_are_told_the_time_and_never_read_the_clock() -> None:
    readers = [
        source.at(node)
        for source in called(*RULES)
        if source.path != CLOCK_MODULE
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call | ast.keyword) and _reads_the_clock(node)
    ]
    assert readers == []


def _reads_the_clock(node: ast.Call | ast.keyword) -> bool:
    """A call of a clock, or a clock handed over to be called (`default=timezone.now`)."""
    return name_of(node.func if isinstance(node, ast.Call) else node.value).endswith(CLOCKS)


def test_nothing_happens_through_signals() -> None:
    signals = ("django.dispatch", "django.db.models.signals")
    found = [
        f"{source.at(node)} {module}"
        for source in code()
        for node, module in imports(source)
        if module.startswith(signals)
    ]
    assert found == []
