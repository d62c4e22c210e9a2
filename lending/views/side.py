"""The lending desk, for the pages on which something is done with one request."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor, ActorKind
from illservice.core.desk.history import History
from illservice.core.desk.side import ButtonPlan, Side
from illservice.core.workflow import Row
from lending.forms.actions import ACTIONS
from lending.forms.actions.answers import ANSWERS, CONVERSATION
from lending.forms.actions.charges import CHARGES
from lending.forms.actions.edit import EDIT, EditForm
from lending.forms.actions.items import ITEMS
from lending.forms.actions.loans import LOANS
from lending.models import LendingEvent, LendingRequest
from lending.selectors.page import acting_request, undo_of
from lending.selectors.sight import sees_readers
from lending.services import words
from lending.views.links import LINKS
from lending.views.rows import title_of
from lending.workflow import TABLE
from lending.workflow import states as s
from lending.workflow.facts import facts_of
from lending.workflow.states import QuestionKind
from lending.workflow.steps import next_step

_PANELS: dict[str, tuple[str, ...]] = {
    QuestionKind.CONDITIONAL: ("conditions_accepted", "conditions_refused"),
    QuestionKind.CANCEL: ("cancel_yes", "cancel_no"),
    QuestionKind.RENEWAL: ("renew", "refuse_renewal"),
}
"""The answers to each question: they stand beside it."""

_PROMINENT: dict[str, tuple[str, ...]] = {
    s.NEW: ("pull", "refuse", "conditional", "ask_borrower", "edit"),
    s.TO_PULL: ("item_not_found", "plan_items", "refuse"),
    s.FOUND: ("ship", "send_copy", "refuse"),
    s.ON_LOAN: ("check_in", "remind_borrower", "recall", "ask_renewal"),
    s.COPY_SENT: ("finish_copy", "ask_resend", "send_copy"),
    s.COMING_BACK: ("check_in",),
    s.SETTLING: ("settle", "turned_up", "check_in"),
    s.COMPLETED: ("ask_resend", "reopen"),
    s.NOT_SUPPLIED: ("reopen",),
    s.CANCELLED: ("reopen",),
}
"""What is done often from each state, beside the next step."""

_BY_HAND = frozenset({"arrived", "reminder"})
"""What borrowers say by message; the desk notes it when they say it by mail or telephone."""

_BORROWER_SAID = frozenset(
    {
        "conditions_accepted", "conditions_refused", "cancel", "ask_cancel", "ask_renewal", "ask_resend",
        "sent_back", "lost", "turned_up",
    }
) | _BY_HAND  # fmt: skip

_GROUPS: tuple[tuple[Any, frozenset[str]], ...] = (
    (_("Note what the borrower said"), _BORROWER_SAID),
    (_("Request and borrower"), frozenset(EDIT) | frozenset(CONVERSATION) | {"clear_hold", "rush"}),
    (_("Answer the borrower"), frozenset(ANSWERS)),
    (_("On the shelves"), frozenset(ITEMS)),
    (_("The item"), frozenset(LOANS)),
    (_("Costs"), frozenset(CHARGES)),
    (_("Take it up again"), frozenset({"reopen"})),
)


def _label(request: LendingRequest, row: Row) -> Any:
    """The row's own words, said more closely where the request allows it."""
    if row.action == "rush":
        return _("Take rush away") if request.rush else _("Rush")
    if row.action == "send_copy" and request.shipped_at is not None:
        return _("Send a better copy")
    return row.label


def _usual(request: LendingRequest, actor: Actor, rows: Mapping[str, Row]) -> str:
    step = next_step(request, actor)
    return step.action if step is not None and step.action in rows else ""


SIDE = Side(
    table=TABLE,
    doors=ACTIONS,
    facts=facts_of,
    links=LINKS,
    prefix="/lend/",
    find=acting_request,
    event_model=LendingEvent,
    kept_undo=undo_of,
    undo_last=words.undo_last,
    title=title_of,
    history=History(
        table=TABLE,
        model=LendingRequest,
        unsaid=frozenset(
            {
                "answered_at", "found_at", "borrower_received_at", "borrower_returned_at", "checked_in_at",
                "borrower_id", "max_cost_currency", "renewals",
            }
        ),
        others={
            ActorKind.PATRON: _("the borrower"),
            ActorKind.TOKEN: _("another program"),
            ActorKind.PARTNER: _("the borrower"),
            ActorKind.CLOCK: _("by itself, when its time came"),
            ActorKind.IMPORT: _("taken over from another system"),
        },
    ),
    sees_persons=sees_readers,
    edit_form=EditForm,
    buttons=ButtonPlan(
        panels=_PANELS,
        prominent=_PROMINENT,
        groups=_GROUPS,
        usual=_usual,
        label=_label,
        quiet_while=frozenset({QuestionKind.CONDITIONAL}),
        own_pages=frozenset({"edit"}),
        by_hand=_BY_HAND,
    ),
)  # fmt: skip
