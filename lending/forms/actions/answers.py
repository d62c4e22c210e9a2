"""What the desk says to the borrower before anything leaves, and what the borrower says to it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.desk.fields import CostForm, day, lines
from illservice.core.desk.forms import ActionDoor, ActionForm, never, one_click, versionless, with_facts
from illservice.directory.forms import AskForm, ReasonForm, loan_conditions
from illservice.directory.models import ReasonPurpose
from lending.models import LendingRequest
from lending.services import answers, words
from lending.services.answers import Terms
from lending.workflow.policy import policy_terms

_WORDS = _("Words to the borrower")
_WORDS_HINT = _("Sent with the answer as you write them.")


def words_to_borrower() -> forms.CharField:
    """Words that go out with an answer."""
    return lines(_WORDS, _WORDS_HINT)


def terms_of(data: Mapping[str, Any]) -> Terms:
    """Conditions, charge and words, as the services take them."""
    return Terms(
        conditions=data["conditions"], cost=data["cost"], currency=data["currency"], note=data["note"]
    )


class TermsForm(CostForm):
    """Under what we would lend."""

    conditions = loan_conditions(_("Conditions"))
    note = words_to_borrower()
    field_order: tuple[str, ...] = ("conditions", "cost", "currency", "note")

    def defaults(self, request: LendingRequest) -> dict[str, Any]:
        """What binds already."""
        return super().defaults(request) | {"conditions": request.conditions}

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"terms": terms_of(super().facts)}


class RefuseForm(ReasonForm):
    """Why not."""

    purpose = ReasonPurpose.NOT_SUPPLIED
    demands = True
    note = words_to_borrower()


class RetryForm(ReasonForm, TermsForm):
    """Why not now, and when or how it would be possible."""

    purpose = ReasonPurpose.RETRY
    demands = True
    retry_after = day(_("Possible from"), _("The borrower may ask again from this day on."))
    field_order = ("reason", "retry_after", "conditions", "cost", "currency", "note")

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        retry_after: date | None = data["retry_after"]
        return super().facts | {"reason": data["reason"], "retry_after": retry_after}


class AskBorrowerForm(AskForm):
    """A question that must be answered before it can go on."""

    text = lines(
        _("Question to the borrower"),
        _("It is sent as you write it. The request waits until the borrower answers."),
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
        _("Message to the borrower"),
        _("The borrower gets it by the way it asked, and it stands here."),
        required=True,
        rows=5,
    )


ANSWERS: dict[str, ActionDoor] = {
    "expect": one_click(answers.expect, _("The borrower knows that we are on it")),
    "conditional": with_facts(TermsForm, answers.conditional, _("Conditions named")),
    "conditions_accepted": one_click(answers.conditions_accepted, _("Conditions accepted")),
    "conditions_refused": one_click(answers.conditions_refused, _("Conditions refused"), danger=True),
    "refuse": with_facts(RefuseForm, answers.refuse, _("Refused"), danger=True),
    "retry_later": with_facts(RetryForm, answers.retry_later, _("Put off"), danger=True),
    "cancel": one_click(answers.cancel_asked, _("Cancelled for the borrower"), danger=True),
    "ask_cancel": one_click(answers.cancel_asked, _("Cancellation asked for")),
    "cancel_yes": one_click(answers.cancel_yes, _("Cancelled as asked")),
    "cancel_no": one_click(answers.cancel_no, _("Cancellation refused")),
}

CONVERSATION: dict[str, ActionDoor] = {
    "ask_borrower": with_facts(AskBorrowerForm, words.ask_borrower, _("Question sent to the borrower")),
    "message_borrower": versionless(MessageForm, words.message_borrower, _("Message sent")),
    "reminder": versionless(ActionForm, answers.reminder, _("Reminder noted"), asks=never),
}
