"""The help page: a workflow's own table, in words."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.workflow import Row, Table


def help_context(
    table: Table, *, wording: Callable[[str], Any], next_actor: Callable[[str], Any], who: Mapping[str, Any]
) -> dict[str, Any]:
    """States and rows as templates/desk/workflow.html prints them. `who` has words for roles and kinds of actors."""
    whole = frozenset(state.code for state in table.states)
    final = frozenset(state.code for state in table.states if state.final)
    return {
        "states": [
            {
                "label": state.label,
                "wording": wording(state.wording),
                "next": next_actor(state.next_actor),
                "rows": [
                    row.label
                    for row in table.rows_from(state.code)
                    if row.button and not row.when >= whole - final
                ],
            }
            for state in table.states
        ],
        "rows": [
            _row(table, row) | {"by": [who.get(code, code) for code in sorted(row.by)]} for row in table.rows
        ],
    }


def _row(table: Table, row: Row) -> dict[str, Any]:
    return {
        "code": row.action,
        "when": _when(table, row),
        "what": row.label,
        "becomes": [table.state(way.state).label for way in row.becomes],
        "only_if": [guard.words for guard in (*row.only_if, *row.unless_staff)],
        "then": [effect.words for effect in row.then],
        "undo": row.undo,
        "words": row.words,
    }


def _when(table: Table, row: Row) -> list[Any]:
    whole = frozenset(state.code for state in table.states)
    final = frozenset(state.code for state in table.states if state.final)
    sets = (
        (whole, _("any time")),
        (whole - final, _("while it is open")),
        (final, _("after it has ended")),
    )
    for states, words in sets:
        if row.when == states:
            return [words]
    return [state.label for state in table.states if state.code in row.when] or [_("at the beginning")]
