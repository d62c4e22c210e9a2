"""The borrowing desk, for the pages on which something is done with one request."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor, ActorKind
from illservice.core.desk import reading
from illservice.core.desk.history import History
from illservice.core.desk.side import ButtonPlan, Side
from illservice.core.workflow import Row
from illservice.directory.models import Library
from requests_app.forms.actions import ACTIONS
from requests_app.forms.actions.charges import CHARGES
from requests_app.forms.actions.copyright import COPYRIGHT
from requests_app.forms.actions.edit import EDIT, EditForm
from requests_app.forms.actions.items import ITEMS
from requests_app.forms.actions.lenders import ENDS, LENDERS
from requests_app.forms.actions.loans import LOANS
from requests_app.forms.actions.news import NEWS
from requests_app.models import BorrowingEvent, BorrowingRequest
from requests_app.selectors import sees_persons, visible_to_staff
from requests_app.selectors.page import acting_request
from requests_app.services import closing
from requests_app.views.links import LINKS
from requests_app.views.rows import title_of
from requests_app.workflow import TABLE
from requests_app.workflow import states as s
from requests_app.workflow.facts import facts_of
from requests_app.workflow.states import QuestionKind
from requests_app.workflow.steps import next_step

_PANELS: dict[str, tuple[str, ...]] = {
    QuestionKind.CONDITIONAL: ("accept_conditions", "refuse_conditions"),
    QuestionKind.RETRY: ("accept_retry", "refuse_retry"),
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
    (_("Copyright"), frozenset(COPYRIGHT)),
    (_("Lenders"), frozenset(LENDERS) | frozenset(NEWS)),
    (_("Our own shelves"), frozenset({"supply_here", "not_here", "found_here", "reshelve"})),
    (_("The item"), frozenset(ITEMS) | frozenset(LOANS) - {"not_wanted", "close_supplied", "reopen"}),
    (_("Costs"), frozenset(CHARGES)),
    (_("End it"), frozenset(ENDS) | {"not_wanted", "close_supplied", "reopen"}),
)


def _label(request: BorrowingRequest, row: Row) -> Any:
    """The row's own words, said more closely where the request allows it."""
    if row.action == "rush":
        return _("Take rush away") if request.rush else _("Rush")
    if row.action == "plan_lenders" and not request.tries.all():
        return _("Choose lenders")
    return row.label


def _usual(request: BorrowingRequest, actor: Actor, rows: Mapping[str, Row]) -> str:
    step = next_step(request, actor)
    if step is not None and step.action in rows:
        return step.action
    return "plan_lenders" if request.state == s.READY and "plan_lenders" in rows else ""


def _kept_undo(library: Library, actor: Actor, number: str) -> dict[str, Any] | None:
    return reading.kept_undo(visible_to_staff(library, actor), number)


HISTORY = History(
    table=TABLE,
    model=BorrowingRequest,
    unsaid=frozenset(
        {
            "person_text", "location_id", "fill_source", "cleared_at", "sent_at", "received_at", "delivered_at",
            "returned_at", "shelf_code",
        }
    ),
    others={
        ActorKind.PATRON: _("the patron"),
        ActorKind.TOKEN: _("another program"),
        ActorKind.PARTNER: _("the lender"),
        ActorKind.CLOCK: _("by itself, when its time came"),
        ActorKind.IMPORT: _("taken over from another system"),
    },
)  # fmt: skip

SIDE = Side(
    table=TABLE,
    doors=ACTIONS,
    facts=facts_of,
    links=LINKS,
    prefix="/desk/",
    find=acting_request,
    event_model=BorrowingEvent,
    kept_undo=_kept_undo,
    undo_last=closing.undo_last,
    title=title_of,
    history=HISTORY,
    sees_persons=sees_persons,
    edit_form=EditForm,
    buttons=ButtonPlan(
        panels=_PANELS,
        prominent=_PROMINENT,
        groups=_GROUPS,
        usual=_usual,
        label=_label,
        quiet_while=frozenset({QuestionKind.CONDITIONAL, QuestionKind.RETRY}),
        own_pages=frozenset({"plan_lenders", "edit"}),
        by_hand=frozenset({"lender_overdue"}),
    ),
)
