"""The buttons of a request's page: exactly what the table allows, the usual next step first."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.workflow import Row
from illservice.directory.models import Library
from requests_app.forms.actions import ACTIONS
from requests_app.forms.actions.edit import EDIT
from requests_app.forms.actions.items import ITEMS
from requests_app.forms.actions.lenders import ENDS, LENDERS
from requests_app.forms.actions.loans import LOANS
from requests_app.models import BorrowingRequest
from requests_app.views.links import action_url
from requests_app.workflow import TABLE
from requests_app.workflow import states as s
from requests_app.workflow.facts import facts_of
from requests_app.workflow.states import QuestionKind
from requests_app.workflow.steps import next_step

IN_PANELS: dict[str, tuple[str, ...]] = {
    QuestionKind.CONDITIONAL: ("accept_conditions", "refuse_conditions"),
    QuestionKind.CANCEL: ("cancel_accepted", "cancel_refused"),
    QuestionKind.RENEWAL: ("renewal_yes", "renewal_no"),
}
"""The answers to each question: they stand beside it."""

_PROMINENT: dict[str, tuple[str, ...]] = {
    s.IN_REVIEW: ("ask_patron", "edit"),
    s.READY: ("plan_lenders", "edit"),
    s.SUPPLY_HERE: ("not_here", "deliver_copy"),
    s.ASKED: ("lender_will", "lender_no", "lender_conditional", "lender_shipped"),
    s.PROMISED: ("lender_shipped", "deliver_copy"),
    s.ON_THE_WAY: ("claim", "deliver_copy"),
    s.AT_DESK: ("shelve", "send_to_branch", "hand_over", "deliver_copy"),
    s.ON_SHELF: ("not_collected",),
    s.ON_LOAN: ("ask_renewal",),
    s.SETTLING: ("found", "settle"),
    s.COPY_DELIVERED: ("finish_copy", "ask_resend"),
    s.UNFILLED: ("reopen",),
    s.CANCELLED: ("reopen",),
}
"""What is done often from each state, beside the next step."""

_GROUPS: tuple[tuple[Any, frozenset[str]], ...] = (
    (
        _("Request and patron"),
        frozenset(EDIT) | {"message_patron", "ask_patron", "open_hold", "clear_hold", "rush"},
    ),
    (_("Lenders"), frozenset(LENDERS)),
    (_("Our own shelves"), frozenset({"supply_here", "not_here", "found_here", "reshelve"})),
    (_("The item"), frozenset(ITEMS) | frozenset(LOANS) - {"not_wanted", "close_supplied", "reopen"}),
    (_("End it"), frozenset(ENDS) | {"not_wanted", "close_supplied", "reopen"}),
)


def allowed_rows(request: BorrowingRequest, actor: Actor) -> list[Row]:
    """What the table allows now, for those who have a button."""
    rows = TABLE.allowed(request.state, actor, facts_of(request))
    return [row for row in rows if row.button and row.action in ACTIONS]


def button(request: BorrowingRequest, library: Library, row: Row, *, primary: bool = False) -> dict[str, Any]:
    """One action as components/_actions.html and desk/request_buttons.html print it."""
    door = ACTIONS[row.action]
    asks = row.action == "plan_lenders" or door.asks(request)
    return {
        "code": row.action,
        "label": _label(request, row),
        "url": action_url(library.slug, request.number, row.action),
        "primary": primary,
        "method": "get" if asks else "post",
        "danger": door.danger,
        "title": row.words,
    }


def _label(request: BorrowingRequest, row: Row) -> Any:
    """The row's own words, said more closely where the request allows it."""
    if row.action == "rush":
        return _("Take rush away") if request.rush else _("Rush")
    if row.action == "plan_lenders" and not request.tries.all():
        return _("Choose lenders")
    return row.label


def buttons(request: BorrowingRequest, library: Library, actor: Actor) -> dict[str, Any]:
    """All buttons: `first` (prominent), `panels` (by question), `holds` (may they be cleared?), `more` (in groups)."""
    rows = {row.action: row for row in allowed_rows(request, actor)}
    open_questions = {each.kind for each in request.questions.all() if each.answered_at is None}
    panels = {
        kind: [
            button(request, library, rows[code], primary=code == codes[0]) for code in codes if code in rows
        ]
        for kind, codes in IN_PANELS.items()
        if kind in open_questions
    }
    placed = {each["code"] for panel in panels.values() for each in panel}
    clears = "clear_hold" in rows
    if clears:
        placed.add("clear_hold")
    prominent = _prominent(request, actor, rows) if QuestionKind.CONDITIONAL not in open_questions else []
    first = [each for each in prominent if each not in placed][:5]
    placed.update(first)
    usual = _next(request, actor, rows)
    return {
        "first": [button(request, library, rows[code], primary=code == usual) for code in first],
        "panels": panels,
        "clears": clears,
        "more": _grouped(request, library, [row for code, row in rows.items() if code not in placed]),
        "rows": rows,
    }


def _next(request: BorrowingRequest, actor: Actor, rows: dict[str, Row]) -> str:
    step = next_step(request, actor)
    if step is not None and step.action in rows:
        return step.action
    return "plan_lenders" if request.state == s.READY and "plan_lenders" in rows else ""


def _prominent(request: BorrowingRequest, actor: Actor, rows: dict[str, Row]) -> list[str]:
    wished = [_next(request, actor, rows)]
    wished += [code for code, row in rows.items() if request.state in row.primary]
    wished += _PROMINENT.get(request.state, ())
    return [code for code in dict.fromkeys(wished) if code in rows]


def _grouped(request: BorrowingRequest, library: Library, rows: Iterable[Row]) -> list[dict[str, Any]]:
    left = list(rows)
    groups = []
    for heading, codes in _GROUPS:
        mine = [row for row in left if row.action in codes]
        left = [row for row in left if row not in mine]
        if mine:
            groups.append({"heading": heading, "actions": [button(request, library, row) for row in mine]})
    if left:
        groups.append({"heading": _("Other"), "actions": [button(request, library, row) for row in left]})
    return groups
