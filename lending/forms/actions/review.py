"""What holds a request back, marks, rush, and taking it up again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.desk import fields
from illservice.core.desk.fields import ReopenForm, RushForm
from illservice.core.desk.forms import ActionDoor, ActionForm, never, versionless, with_facts
from lending.services import words
from lending.workflow.states import HoldKind, MarkKind

CLEARING_REASONS: dict[str, tuple[tuple[str, Any], ...]] = {
    HoldKind.STATEMENT: (
        ("named", _("The borrower named its copyright statement")),
        ("not_needed", _("No statement is needed here")),
    ),
    HoldKind.DUPLICATE: (
        ("different", _("Not the same thing")),
        ("again", _("The same, and needed again")),
    ),
    HoldKind.WAITING_BORROWER: (
        ("answered", _("Answered in another way")),
        ("without", _("Going on without an answer")),
    ),
}
"""How each hold can be settled: codes for statistics, in words."""


class ClearHoldForm(fields.ClearHoldForm):
    """Which hold is settled, and how."""

    kinds = HoldKind.choices
    reasons = CLEARING_REASONS


class MarkForm(ActionForm):
    """Which mark is settled."""

    kind = forms.ChoiceField(label=_("What is settled?"), choices=MarkKind.choices)


REVIEW: dict[str, ActionDoor] = {
    "clear_hold": with_facts(ClearHoldForm, words.clear_hold, _("Settled"), asks=fields.several_holds),
    "rush": with_facts(RushForm, words.rush, _("Rush changed"), asks=never),
    "clear_mark": versionless(MarkForm, words.clear_mark, _("Settled")),
    "reopen": with_facts(ReopenForm, words.reopen, _("Reopened")),
}
