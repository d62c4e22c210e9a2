"""Actions that ask lenders and note what they answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.desk.fields import currency, day, money, short_text, upper
from illservice.core.desk.forms import ActionDoor, ActionForm, PickField, one_click, with_facts
from illservice.directory.calendars import end_of_day
from illservice.directory.forms import ReasonForm, loan_conditions, system_choice, their_number
from illservice.directory.models import PartnerSystem, ReasonPurpose
from illservice.directory.selectors import partnerships_named
from illservice.exchange.selectors import connection_between
from requests_app.forms.actions.fields import open_try
from requests_app.models import BorrowingRequest, LenderTry, TryStatus
from requests_app.services import closing, lenders
from requests_app.workflow.facts import REACHED_BY_WORDS


def planned_tries(request: BorrowingRequest) -> list[LenderTry]:
    """The lenders still to be asked, in their order."""
    return [each for each in request.tries.all() if each.status == TryStatus.PLANNED]


class PlanForm(ActionForm):
    """The partners to ask, by the short names of their libraries, in order."""

    partners = forms.Field(label=_("Lenders to ask"), required=False, widget=forms.MultipleHiddenInput)

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """The list as it is."""
        return {"partners": [each.partner.slug for each in planned_tries(request)]}

    def clean_partners(self) -> list[int]:
        """The partners' keys, each once, in order; an unknown name is refused."""
        named = self.cleaned_data["partners"] or []
        if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
            raise forms.ValidationError(
                _("Name the lenders by the short names of their libraries, as a list.")
            )
        found = {each.partner.slug: each.partner_id for each in partnerships_named(self.library, named)}
        for slug in named:
            if slug not in found:
                raise forms.ValidationError(
                    _("%(name)s is not among your partners."), params={"name": slug[:60]}
                )
        return [found[slug] for slug in dict.fromkeys(named)]

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"partner_ids": self.cleaned_data["partners"]}


class AskForm(ActionForm):
    """How the first lender of the list is asked."""

    system = system_choice()
    system_number = their_number()

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """As the list says."""
        first = next(iter(planned_tries(request)), None)
        return {"system": first.system if first else PartnerSystem.MAIL}

    def prepare(self) -> None:
        """One click sends no field: then the list says how."""
        self.fields["system"].required = False
        self.fields["system_number"].help_text = _("Not for e-mail and ISO 18626. It can be added later.")

    def clean(self) -> dict[str, Any]:
        """A letter needs an address, a message a connection."""
        data = super().clean() or {}
        first = next(iter(planned_tries(self.request)), None)
        if first is None or "system" not in data:
            return data
        system = data["system"] or first.system
        if system == PartnerSystem.ISO18626 and not connection_between(self.library.pk, first.partner_id):
            self.add_error(
                "system",
                _("There is no connection to this lender’s system. Ask in another way, or have it set up."),
            )
        if system == PartnerSystem.MAIL and not self._address(first):
            self.add_error(
                "system",
                _(
                    "There is no e-mail address for this lender. Add one in the list of lenders, or ask elsewhere."
                ),
            )
        return data

    def _address(self, first: LenderTry) -> str:
        known = partnerships_named(self.library, [first.partner.slug])
        return next((each.email for each in known if each.email), "")


class NumberForm(ActionForm):
    """Their number for our request."""

    lender = PickField(label=_("Lender"), required=False)
    system = system_choice()
    system_number = their_number()

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """Of the lender asked now, else of the first one."""
        lender_try = open_try(request) or next(iter(request.tries.all()), None)
        if lender_try is None:
            return {}
        return {
            "lender": str(lender_try.ordinal),
            "system": lender_try.system,
            "system_number": lender_try.system_number,
        }

    def prepare(self) -> None:
        """Offer the lenders by their place in the list."""
        self.fields["system_number"].required = True
        field = self.fields["lender"]
        if isinstance(field, PickField):
            field.offer((str(each.ordinal), each.partner.name, each) for each in self.request.tries.all())

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        lender_try = self.cleaned_data.get("lender")
        return {
            "system": self.cleaned_data["system"],
            "system_number": self.cleaned_data["system_number"],
            "try_id": lender_try.pk if lender_try else None,
        }


class WillForm(ActionForm):
    """The lender said yes."""

    system_number = their_number()

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """The number known so far."""
        lender_try = open_try(request)
        return {"system_number": lender_try.system_number if lender_try else ""}


class NoForm(ReasonForm):
    """Why the lender cannot."""

    purpose = ReasonPurpose.LENDER_NO


class TermsForm(ActionForm):
    """What the lender wants before it supplies."""

    conditions = loan_conditions()
    cost = money(_("Price"))
    currency = currency()
    note = short_text(_("In the lender’s words"), 500, css="width-l")
    reply_by = day(_("Answer the lender by"))

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """The library's own currency."""
        return {"currency": request.library.currency}

    def clean_currency(self) -> str:
        """Capital letters."""
        return upper(self.cleaned_data["currency"])

    def clean(self) -> dict[str, Any]:
        """Something must have been asked for."""
        data = super().clean() or {}
        if not self.errors and not (
            data.get("conditions") or data.get("note") or data.get("cost") is not None
        ):
            self.add_error(
                "conditions", _("Say what the lender asks for: conditions, a price, or its own words.")
            )
        return data

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        terms = lenders.Terms(
            conditions=data["conditions"],
            cost=data["cost"],
            currency=data["currency"] if data["cost"] is not None else "",
            note=data["note"],
        )
        reply_by = data.get("reply_by")
        return {"terms": terms, "reply_by": end_of_day(reply_by, self.library.timezone) if reply_by else None}


class ShippedForm(WillForm):
    """The lender sent it."""

    lender_due = day(_("Due back at the lender"), _("Empty when the lender has not said."))
    field_order = ("lender_due", "system_number")

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """The date known so far."""
        lender_try = open_try(request)
        return super().defaults(request) | {"lender_due": lender_try.lender_due if lender_try else None}


class CancelAcceptedForm(ReasonForm):
    """Why it ends."""

    purpose = ReasonPurpose.CANCEL


def _run_ask(
    *, request: BorrowingRequest, data: Mapping[str, Any], actor: Actor, at: datetime, version: int | None
) -> None:
    lenders.ask(
        request_id=request.pk,
        actor=actor,
        at=at,
        version=version,
        system=data.get("system", ""),
        system_number=data.get("system_number", ""),
    )


def _in_another_system(request: BorrowingRequest) -> bool:
    first = next(iter(planned_tries(request)), None)
    return first is not None and first.system not in REACHED_BY_WORDS


LENDERS: dict[str, ActionDoor] = {
    "plan_lenders": with_facts(PlanForm, lenders.plan_lenders, _("List of lenders changed")),
    "ask": ActionDoor(AskForm, _run_ask, _("Lender asked"), asks=_in_another_system),
    "remind_lender": one_click(lenders.remind_lender, _("Reminder sent")),
    "record_number": with_facts(NumberForm, lenders.record_number, _("Number noted")),
    "move_on": one_click(lenders.move_on, _("Moved on to the next lender")),
    "lender_will": with_facts(WillForm, lenders.lender_will, _("Promised"), asks=lambda _request: False),
    "lender_no": with_facts(NoForm, lenders.lender_no, _("Lender said no")),
    "lender_conditional": with_facts(TermsForm, lenders.lender_conditional, _("Conditions noted")),
    "accept_conditions": one_click(lenders.accept_conditions, _("Conditions accepted")),
    "refuse_conditions": one_click(lenders.refuse_conditions, _("Conditions refused")),
    "lender_shipped": with_facts(ShippedForm, lenders.lender_shipped, _("On its way")),
    "claim": one_click(lenders.claim, _("Lender told that it has not arrived")),
    "ask_cancel": one_click(lenders.ask_cancel, _("Lender asked to cancel"), danger=True),
    "cancel_accepted": with_facts(CancelAcceptedForm, lenders.cancel_accepted, _("Cancelled"), danger=True),
    "cancel_refused": one_click(lenders.cancel_refused, _("Goes on as before")),
}


class CancelForm(ReasonForm):
    """Why it is cancelled."""

    purpose = ReasonPurpose.CANCEL


class UnfilledForm(ReasonForm):
    """Why nobody can supply it; the patron is told."""

    purpose = ReasonPurpose.UNFILLED
    demands = True


ENDS: dict[str, ActionDoor] = {
    "cancel": with_facts(CancelForm, closing.cancel, _("Cancelled"), danger=True),
    "close_unfilled": with_facts(UnfilledForm, closing.close_unfilled, _("Closed as unfilled"), danger=True),
}
