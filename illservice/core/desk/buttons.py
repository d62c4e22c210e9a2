"""The buttons of a request's page: exactly what the table allows, the usual next step first."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from illservice.core.actors import Actor
from illservice.core.desk.side import Side
from illservice.core.workflow import Row

MOST_PROMINENT = 5


def button(side: Side, one: Any, slug: str, row: Row, *, primary: bool = False) -> dict[str, Any]:
    """One action as components/_actions.html and desk/request_buttons.html print it."""
    door = side.doors[row.action]
    own_page = row.action in side.buttons.own_pages
    return {
        "code": row.action,
        "label": side.buttons.label(one, row),
        "url": side.links.action(slug, one.number, row.action),
        "primary": primary,
        "method": "get" if own_page or door.asks(one) else "post",
        "own_page": own_page,
        "danger": door.danger,
        "title": row.words,
    }


def buttons(side: Side, one: Any, slug: str, actor: Actor) -> dict[str, Any]:
    """All buttons: `first` (prominent), `panels` (by question), `clears` (holds), `more` (in groups), `rows`."""
    plan = side.buttons
    rows = {row.action: row for row in side.allowed(one, actor)}
    waiting = {each.kind for each in one.questions.all() if each.answered_at is None}
    panels = {
        kind: [
            button(side, one, slug, rows[code], primary=code == codes[0]) for code in codes if code in rows
        ]
        for kind, codes in plan.panels.items()
        if kind in waiting
    }
    placed = {each["code"] for panel in panels.values() for each in panel} | {"clear_mark"}
    clears = "clear_hold" in rows
    if clears:
        placed.add("clear_hold")
    usual = plan.usual(one, actor, rows)
    prominent = [] if waiting & plan.quiet_while else _prominent(side, one, usual, rows)
    first = [code for code in prominent if code not in placed][:MOST_PROMINENT]
    placed.update(first)
    return {
        "first": [button(side, one, slug, rows[code], primary=code == usual) for code in first],
        "panels": panels,
        "clears": clears,
        "more": _grouped(side, one, slug, [row for code, row in rows.items() if code not in placed]),
        "rows": rows,
    }


def _prominent(side: Side, one: Any, usual: str, rows: Mapping[str, Row]) -> list[str]:
    wished = [usual, *(code for code, row in rows.items() if one.state in row.primary)]
    wished += side.buttons.prominent.get(one.state, ())
    return [code for code in dict.fromkeys(wished) if code in rows]


def _grouped(side: Side, one: Any, slug: str, rows: Iterable[Row]) -> list[dict[str, Any]]:
    left = list(rows)
    groups = []
    for heading, codes in side.buttons.groups:
        mine = [row for row in left if row.action in codes]
        left = [row for row in left if row not in mine]
        if mine:
            groups.append({"heading": heading, "actions": [button(side, one, slug, row) for row in mine]})
    if left:
        groups.append({"heading": _("Other"), "actions": [button(side, one, slug, row) for row in left]})
    return groups
