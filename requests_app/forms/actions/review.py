"""Actions before anything is sent, and words to the patron."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.desk import fields
from illservice.core.desk.fields import RushForm, lines
from illservice.core.desk.forms import ActionDoor, ActionForm, never, one_click, versionless, with_facts
from illservice.directory.forms import AskForm
from requests_app.services import review, words
from requests_app.services.copyright.clearing import Ground
from requests_app.workflow.copyright import NOT_USABLE
from requests_app.workflow.policy import policy_terms
from requests_app.workflow.states import HoldKind, MarkKind

CLEARING_REASONS: dict[str, tuple[tuple[str, Any], ...]] = {
    HoldKind.PATRON: (
        ("checked", _("Account checked, all is well")),
        ("exception", _("Allowed all the same")),
    ),
    HoldKind.DUPLICATE: (
        ("different", _("Not the same thing")),
        ("again", _("The same, and needed again")),
    ),
    HoldKind.OWNED: (
        ("not_ours", _("We do not have it, nor is it free online")),
        (NOT_USABLE, _("Ours is missing, on loan or cannot be used")),
    ),
    HoldKind.CITATION: (("checked", _("Citation checked")), ("as_is", _("Good enough to ask with"))),
    HoldKind.LIMIT: (("exception", _("Allowed all the same")), ("room", _("Another request was finished"))),
    HoldKind.COPYRIGHT: tuple((each.value, each.label) for each in Ground if not each.needs_words),
    HoldKind.WAITING_PATRON: (
        ("answered", _("Answered in another way")),
        ("not_needed", _("No answer needed")),
    ),
}
"""What settles each kind of hold, by the code that is kept."""

SETTLED: dict[str, Any] = {
    **dict(Ground.choices),
    "law": _("The rules clear it"),
    "loan": _("A loan makes no copy"),
    "paid": _("The royalty will be paid"),
    "supplier": _("From a document supplier"),
    "buy": _("To be bought"),
}
"""What else settled copyright than its reasons at the hold."""

_FREE_HOLDS = [choice for choice in HoldKind.choices if choice[0] != HoldKind.WAITING_PATRON]


def reason_words(kind: str, code: str) -> Any:
    """The words of a code that settled a hold; the code itself when it is none of these."""
    beside = SETTLED if kind == HoldKind.COPYRIGHT else {}
    return (beside | dict(CLEARING_REASONS.get(kind, ()))).get(code, code)


class HoldForm(ActionForm):
    """Which queue it shall wait in."""

    kind = forms.ChoiceField(label=_("Why is it held back?"), choices=_FREE_HOLDS, widget=forms.RadioSelect)


class ClearHoldForm(fields.ClearHoldForm):
    """Which hold is settled, and how."""

    kinds = HoldKind.choices
    reasons = CLEARING_REASONS


class AskPatronForm(AskForm):
    """A question that must be answered."""

    text = lines(
        _("Question to the patron"),
        _("It is sent as you write it. The request waits until the patron answers."),
        required=True,
        rows=5,
    )

    @property
    def usual_days(self) -> int:  # type: ignore[override]  # as the policy of the request says
        """As long as the policy of the request says."""
        return policy_terms(self.request).reply_days


class MessageForm(ActionForm):
    """A message that waits for no answer."""

    text = lines(
        _("Message to the patron"), _("The patron gets it by mail and sees it here."), required=True, rows=5
    )


class MarkForm(ActionForm):
    """Which mark is settled."""

    kind = forms.ChoiceField(label=_("What is settled?"), choices=MarkKind.choices)


REVIEW: dict[str, ActionDoor] = {
    "open_hold": with_facts(HoldForm, review.open_hold, _("Held back")),
    "clear_hold": with_facts(ClearHoldForm, review.clear_hold, _("Settled"), asks=fields.several_holds),
    "ask_patron": with_facts(AskPatronForm, review.ask_patron, _("Question sent to the patron")),
    "supply_here": one_click(review.supply_here, _("Sent to the stacks")),
    "not_here": one_click(review.not_here, _("Not on our shelves")),
    "found_here": one_click(review.found_here, _("Found on our shelves")),
    "rush": with_facts(RushForm, review.rush, _("Rush changed"), asks=never),
    "clear_mark": versionless(MarkForm, words.clear_mark, _("Settled")),
    "message_patron": versionless(MessageForm, words.message_patron, _("Message sent")),
}
