"""Actions while the item is with us, and how a request ends."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.desk.charge_forms import SettleForm
from illservice.core.desk.fields import CostForm, ReopenForm, day
from illservice.core.desk.forms import ActionDoor, ActionForm, one_click, with_facts
from requests_app.models import BorrowingRequest, FillSource
from requests_app.services import closing, loans

_SOURCES = [choice for choice in FillSource.choices if choice[0] not in {FillSource.NONE, FillSource.LENDER}]


class NewDateForm(ActionForm):
    """The lender's new date."""

    lender_due = day(_("New date of the lender"), _("The patron’s date follows from it."), required=True)


class DatesForm(ActionForm):
    """The lender's date, the patron's, or both."""

    lender_due = day(
        _("Due back at the lender"), _("The patron’s date follows from it, unless you give one.")
    )
    patron_due = day(_("Due date for the patron"), _("Never later than the lender’s."))

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """The dates known."""
        return {"lender_due": request.lender_due, "patron_due": request.patron_due}

    @property
    def facts(self) -> dict[str, Any]:
        """Only what changed: a patron's date that stands there from before must not undo the new one."""
        known = {"lender_due": self.request.lender_due, "patron_due": self.request.patron_due}
        return {
            name: self.cleaned_data[name] if self.cleaned_data[name] != value else None
            for name, value in known.items()
        }


class RecallForm(ActionForm):
    """When the lender wants it."""

    back_by = day(_("The lender wants it back by"), required=True)


class SuppliedForm(CostForm):
    """How it was filled without a lender."""

    source = forms.ChoiceField(label=_("Where did it come from?"), choices=_SOURCES, widget=forms.RadioSelect)
    link = forms.URLField(
        label=_("Link for the patron"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "width-l", "autocomplete": "off"}),
    )
    field_order = ("source", "link")

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        return {
            "supplied": closing.Supplied(
                source=data["source"], link=data["link"], cost=data["cost"], currency=data["currency"]
            )
        }


LOANS: dict[str, ActionDoor] = {
    "ask_renewal": one_click(loans.ask_renewal, _("Renewal asked for")),
    "renewal_yes": with_facts(NewDateForm, loans.renewal_yes, _("Renewed")),
    "renewal_no": one_click(loans.renewal_no, _("Renewal refused")),
    "change_due": with_facts(DatesForm, loans.change_due, _("Due date changed")),
    "recall": with_facts(RecallForm, loans.recall, _("Recalled")),
    "claim_returned": one_click(loans.claim_returned, _("To be looked for")),
    "lost": one_click(loans.lost, _("Lost or damaged"), danger=True),
    "found": one_click(loans.found, _("Found again")),
    "settle": with_facts(SettleForm, loans.settle, _("Settled with the lender")),
    "found_later": one_click(loans.found_later, _("Found again")),
    "ask_resend": one_click(loans.ask_resend, _("Better copy asked for")),
    "not_wanted": one_click(closing.not_wanted, _("Noted as not wanted"), danger=True),
    "close_supplied": with_facts(SuppliedForm, closing.close_supplied, _("Closed as supplied")),
    "reopen": with_facts(ReopenForm, closing.reopen, _("Reopened")),
}
