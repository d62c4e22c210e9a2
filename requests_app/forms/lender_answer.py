"""What a lender fills in who answers by the link in our mail: each answer with its form and the service it calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.desk.fields import day, lines, money, short_text
from illservice.core.desk.forms import ActionForm
from illservice.directory.forms import LONGEST_NUMBER, ReasonForm, loan_conditions
from illservice.directory.models import ReasonPurpose
from requests_app.models import BorrowingRequest
from requests_app.services import lenders, loans
from requests_app.services.answer_links import Purpose
from requests_app.services.lenders import Terms


def _own_number() -> Any:
    return short_text(_("Your own number of this request"), LONGEST_NUMBER, css="width-m number")


class WillForm(ActionForm):
    """Yes."""

    system_number = _own_number()


class NoForm(ReasonForm):
    """No, with a reason."""

    purpose = ReasonPurpose.LENDER_NO
    demands = True

    def prepare(self) -> None:
        """The reason is asked of the lender."""
        super().prepare()
        self.fields["reason"].label = _("Why can you not send it?")


class ConditionalForm(ActionForm):
    """Only under conditions."""

    conditions = loan_conditions(_("Your conditions"))
    cost = money(_("Your charge"))
    note = lines(_("Anything else we must agree to?"))

    def prepare(self) -> None:
        """The charge is named in our currency."""
        self.fields["cost"].label = _("Your charge, in %(currency)s") % {"currency": self.library.currency}

    def clean(self) -> dict[str, Any]:
        """Conditions that say nothing cannot be agreed to."""
        data: dict[str, Any] = super().clean() or {}
        if (
            not self.errors
            and not data.get("conditions")
            and data.get("cost") is None
            and not data.get("note")
        ):
            self.add_error("conditions", _("Name a condition or a charge."))
        return data

    @property
    def facts(self) -> dict[str, Any]:
        """The terms as the service takes them."""
        data = super().facts
        currency = self.library.currency if data["cost"] is not None else ""
        return {"terms": Terms(data["conditions"], data["cost"], currency, data["note"])}


class SentForm(ActionForm):
    """It is on its way."""

    lender_due = day(_("When is it due back?"), _("Leave it empty for a copy to keep."))
    system_number = _own_number()


class RenewedForm(ActionForm):
    """More time."""

    lender_due = day(_("Until when may we keep it?"), required=True)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the row of the table that it is, its words, its form and its service."""

    action: str
    label: Any
    form_class: type[ActionForm]
    run: Callable[..., Any]
    primary: bool = False


ANSWERS: Mapping[Purpose, tuple[Answer, ...]] = {
    Purpose.SUPPLY: (
        Answer("lender_will", _("Yes, we will send it"), WillForm, lenders.lender_will, primary=True),
        Answer("lender_shipped", _("It is on its way"), SentForm, lenders.lender_shipped),
        Answer("lender_conditional", _("Only under conditions"), ConditionalForm, lenders.lender_conditional),
        Answer("lender_no", _("No, we cannot send it"), NoForm, lenders.lender_no),
    ),
    Purpose.RENEWAL: (
        Answer("renewal_yes", _("Yes, you may keep it longer"), RenewedForm, loans.renewal_yes, primary=True),
        Answer("renewal_no", _("No, the date stays"), ActionForm, loans.renewal_no),
    ),
    Purpose.CANCEL: (
        Answer(
            "cancel_accepted", _("We have cancelled it"), ActionForm, lenders.cancel_accepted, primary=True
        ),
        Answer("cancel_refused", _("It is too late to cancel"), ActionForm, lenders.cancel_refused),
    ),
}
"""What a lender can answer to each question, in the order of the page."""


def answer_of(purpose: Purpose, action: str) -> Answer | None:
    """The answer of this name to this question."""
    return next((each for each in ANSWERS[purpose] if each.action == action), None)


def citation_facts(request: BorrowingRequest) -> list[tuple[Any, str]]:
    """What is asked for, as the lender may know it: nothing of a patron."""
    numbers = ", ".join(
        f"{each.get_kind_display()} {each.normalised}" for each in request.identifiers.all() if each.valid
    )
    facts = [
        (_("Part"), request.article_title),
        (_("Title"), request.title),
        (_("Author"), (request.article_author if request.article_title else "") or request.author),
        (_("Edition"), request.edition),
        (_("Date"), request.date),
        (_("Volume"), request.volume),
        (_("Issue"), request.issue),
        (_("Pages"), request.pages),
        (_("Volume wanted"), request.volume_wanted),
        (_("Numbers"), numbers),
    ]
    return [(label, value) for label, value in facts if value]
