"""The help page: the workflow's own table, in words."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.core.workflow import Row
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from requests_app.workflow import TABLE
from requests_app.workflow import states as s
from requests_app.workflow.states import NextActor, Wording

_OTHERS = {
    ActorKind.PATRON.value: _("the patron"),
    ActorKind.CLOCK.value: _("the clock"),
    ActorKind.IMPORT.value: _("an import"),
    ActorKind.PARTNER.value: _("the lender"),
}
_SETS = (
    (s.ALL, _("any time")),
    (s.OPEN, _("while it is open")),
    (s.FINAL, _("after it has ended")),
)


@require_safe
@staff_page
def show(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """GET /desk/<slug>/help/workflow/."""
    context = {
        "states": [
            {
                "label": state.label,
                "wording": Wording(state.wording).label,
                "next": NextActor(state.next_actor).label,
                "rows": [
                    row.label for row in TABLE.rows_from(state.code) if row.button and not _everywhere(row)
                ],
            }
            for state in TABLE.states
        ],
        "rows": [_row(row) for row in TABLE.rows],
    }
    return render(request, "desk/workflow.html", context)


def _everywhere(row: Row) -> bool:
    return row.when >= s.OPEN


def _row(row: Row) -> dict[str, Any]:
    return {
        "code": row.action,
        "when": _when(row),
        "what": row.label,
        "by": [_by(code) for code in sorted(row.by)],
        "becomes": [TABLE.state(way.state).label for way in row.becomes],
        "only_if": [guard.words for guard in row.only_if],
        "then": [effect.words for effect in row.then],
        "undo": row.undo,
        "words": row.words,
    }


def _when(row: Row) -> list[Any]:
    for states, words in _SETS:
        if row.when == states:
            return [words]
    return [state.label for state in TABLE.states if state.code in row.when] or [_("at the beginning")]


def _by(code: str) -> Any:
    return Role(code).label if code in Role.values else _OTHERS.get(code, code)
