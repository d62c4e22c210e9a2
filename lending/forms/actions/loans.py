"""What leaves and comes back."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.desk.charge_forms import SettleForm
from illservice.core.desk.fields import CostForm, day, money, short_text
from illservice.core.desk.forms import (
    ActionDoor,
    ActionForm,
    PickField,
    never,
    one_click,
    versionless,
    with_facts,
)
from illservice.directory.forms import loan_conditions
from illservice.documents.selectors import documents_of
from lending.forms.actions.answers import words_to_borrower
from lending.models import DeliveryWay, LendingRequest
from lending.services import loans
from lending.services.base import granted_date, policy_fee
from lending.workflow.policy import policy_terms

RECALL_DAYS = 10
"""How much time a recall usually leaves; the desk may name another day."""


class SupplyForm(CostForm):
    """What the borrower pays for what leaves."""

    cost = money(_("Cost"), _("Empty: what was agreed, or what the loan policy says. 0: nothing."))

    def usual_cost(self, request: LendingRequest) -> Any:
        """What was agreed, else the policy's fee."""
        return policy_fee(request) if request.cost is None else request.cost


class ShipForm(SupplyForm):
    """What goes into the parcel, and until when."""

    due = day(_("Due back"), _("Our usual time, on an open day, unless you name another."))
    barcode = short_text(_("Item barcode"), 60, css="width-m number")
    conditions = loan_conditions(_("Conditions"))
    note = words_to_borrower()
    field_order = ("due", "barcode", "conditions", "cost", "currency", "note")

    def defaults(self, request: LendingRequest) -> dict[str, Any]:
        """The policy's loan period, and what was agreed and is usual."""
        known = [each.barcode for each in request.items.all() if each.barcode]
        return super().defaults(request) | {
            "due": granted_date(request.library, policy_terms(request).loan_days, self.at),
            "barcode": known[0] if len(known) == 1 else "",
            "conditions": loans.usual_conditions(request),
            "cost": self.usual_cost(request),
        }

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        data = super().facts
        return data | {"conditions": list(data["conditions"])}


class SendCopyForm(SupplyForm):
    """Which scan or link goes out; without one the copy goes on paper."""

    document = PickField(label=_("Scan or link"), required=False)
    note = words_to_borrower()
    field_order = ("document", "cost", "currency", "note")

    def defaults(self, request: LendingRequest) -> dict[str, Any]:
        """The newest document, and the charge that was agreed."""
        self.documents = [each for each in documents_of(request.number, request.library_id) if each.is_there]
        newest = self.documents[-1].key if self.documents else ""
        return super().defaults(request) | {"document": newest, "cost": self.usual_cost(request)}

    def prepare(self) -> None:
        """Offer what is attached."""
        field = self.fields["document"]
        by_link = self.request.delivery == DeliveryWay.LINK
        if isinstance(field, PickField):
            field.offer(
                ((each.key, each.name or each.url, each) for each in self.documents),
                empty=_("– choose –") if by_link else _("none: it goes on paper"),
            )

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        data = super().facts
        document = data.pop("document")
        return data | {"document_id": document.pk if document else None}


class RenewForm(ActionForm):
    """Until when."""

    due = day(_("Due back"), _("Our usual renewal, unless you name another day."))

    def defaults(self, request: LendingRequest) -> dict[str, Any]:
        """The policy's renewal period, never before the date known."""
        granted = granted_date(request.library, policy_terms(request).renewal_days, self.at)
        return {"due": max(granted, request.due or granted)}


class NoteForm(ActionForm):
    """Words only."""

    note = words_to_borrower()


class DueForm(ActionForm):
    """Another date."""

    due = day(_("Due back"), required=True)

    def defaults(self, request: LendingRequest) -> dict[str, Any]:
        """The date known."""
        return {"due": request.due}


class RecallForm(NoteForm):
    """By when we need it back."""

    back_by = day(_("Back here by"), required=True)
    field_order = ("back_by", "note")

    def defaults(self, request: LendingRequest) -> dict[str, Any]:
        """Some days from now."""
        soon: date = granted_date(request.library, RECALL_DAYS, self.at)
        return {"back_by": soon}


class LostForm(CostForm):
    """What is to be paid or replaced."""

    note = words_to_borrower()


LOANS: dict[str, ActionDoor] = {
    "ship": with_facts(ShipForm, loans.ship, _("Sent")),
    "send_copy": with_facts(SendCopyForm, loans.send_copy, _("Copy sent")),
    "arrived": versionless(ActionForm, loans.arrived, _("Arrived at the borrower"), asks=never),
    "ask_renewal": one_click(loans.ask_renewal, _("Renewal asked for")),
    "renew": with_facts(RenewForm, loans.renew, _("Renewed")),
    "refuse_renewal": with_facts(NoteForm, loans.refuse_renewal, _("Renewal refused")),
    "change_due": with_facts(DueForm, loans.change_due, _("Due date changed")),
    "recall": with_facts(RecallForm, loans.recall, _("Recalled")),
    "remind_borrower": one_click(loans.remind_borrower, _("Borrower reminded")),
    "hold_return": one_click(loans.hold_return, _("Asked to keep it")),
    "release_return": one_click(loans.release_return, _("It may come back")),
    "sent_back": one_click(loans.sent_back, _("Sent back by the borrower")),
    "check_in": one_click(loans.check_in, _("Checked in")),
    "lost": with_facts(LostForm, loans.lost, _("Lost or damaged"), danger=True),
    "turned_up": one_click(loans.turned_up, _("Found again")),
    "settle": with_facts(SettleForm, loans.settle, _("Settled with the borrower")),
    "found_later": one_click(loans.found_later, _("Found again")),
    "ask_resend": one_click(loans.ask_resend, _("Better copy wanted")),
    "finish_copy": one_click(loans.finish_copy, _("Finished")),
}
