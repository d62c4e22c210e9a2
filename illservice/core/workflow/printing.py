"""The table in words and as a diagram, for docs/ and the help page."""

from collections.abc import Iterator

from django.utils.encoding import force_str
from django.utils.translation import override

from illservice.core.workflow.table import START, Row, Table

_COLUMNS = (
    "when it is",
    "this happens",
    "done by",
    "it becomes",
    "only if",
    "and then",
    "undone by",
    "in plain words",
)


def as_markdown(table: Table) -> str:
    """States, rows and diagram of a table as one Markdown page, in English whatever the reader's language is."""
    with override("en"):
        return "\n".join([*_states(table), "", *_rows(table), "", *_diagram(table), ""])


def _states(table: Table) -> Iterator[str]:
    yield f"# The {table.side} workflow"
    yield ""
    yield "Printed from the table in code by `./ill print_workflow`; a test fails when this page is stale."
    yield ""
    yield f"| state | code | the {table.reader} reads | ISO 18626 | who acts next |"
    yield "|---|---|---|---|---|"
    for state in table.states:
        label = force_str(state.label) + (" (final)" if state.final else "")
        partner = state.partner_word or "–"
        yield f"| {label} | `{state.code}` | {_label(state.wording)} | {partner} | {_label(state.next_actor)} |"


def _label(choice: object) -> str:
    return force_str(getattr(choice, "label", choice))


def _rows(table: Table) -> Iterator[str]:
    yield "| " + " | ".join(_COLUMNS) + " |"
    yield "|" + "---|" * len(_COLUMNS)
    for row in table.rows:
        yield "| " + " | ".join(cells(table, row)) + " |"


def cells(table: Table, row: Row) -> tuple[str, ...]:
    """One row in words, in the order of the columns of design §3."""
    return (
        _names(table, row.when),
        force_str(row.label),
        ", ".join(sorted(force_str(who) for who in row.by)),
        _becomes(table, row),
        _only_if(row),
        "; ".join(force_str(effect.words) for effect in row.then) or "–",
        "undo" if row.undo else "–",
        force_str(row.words),
    )


def _only_if(row: Row) -> str:
    names = [guard.name for guard in row.only_if] + [
        f"{guard.name}, unless staff" for guard in row.unless_staff
    ]
    return "; ".join(name.replace("_", " ") for name in names) or "–"


def _names(table: Table, codes: frozenset[str]) -> str:
    if codes == {START}:
        return "–"
    if codes == {state.code for state in table.states}:
        return "any state"
    if codes == {state.code for state in table.states if not state.final}:
        return "any open state"
    return ", ".join(force_str(state.label) for state in table.states if state.code in codes)


def _becomes(table: Table, row: Row) -> str:
    ways = []
    for way in row.becomes:
        label = force_str(table.state(way.state).label)
        ways.append(f"{label} if {way.when.name.replace('_', ' ')}" if way.when else label)
    return ", else ".join(ways) or "stays"


def _diagram(table: Table) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    seen: set[tuple[str, str, str]] = set()
    for row in table.rows:
        for code in sorted(row.when):
            for way in row.becomes:
                edge = (code or "[*]", way.state, row.action)
                if code != way.state and edge not in seen:
                    seen.add(edge)
                    yield f"    {edge[0]} --> {edge[1]}: {row.action}"
    for state in table.states:
        if state.final:
            yield f"    {state.code} --> [*]"
    yield "```"
