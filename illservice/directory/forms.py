"""Fields and forms about partners and reasons that both desks have."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.clock import local_date
from illservice.core.desk.fields import day, lines, short_text
from illservice.core.desk.forms import ActionForm, PickField
from illservice.directory.calendars import end_of_day
from illservice.directory.kinds import CONDITION_WORDS
from illservice.directory.models import PartnerSystem, ReasonPurpose
from illservice.directory.selectors import reasons_for

LONGEST_NUMBER = 60


def loan_conditions(label: Any = "") -> forms.MultipleChoiceField:
    """Conditions by their ISO 18626 codes."""
    return forms.MultipleChoiceField(
        label=label or _("Conditions of the lender"),
        required=False,
        choices=list(CONDITION_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )


def system_choice() -> forms.ChoiceField:
    """The system in which a library is asked."""
    return forms.ChoiceField(
        label=_("Asked in"), choices=PartnerSystem.choices, widget=forms.Select(attrs={"class": "width-m"})
    )


def their_number() -> forms.CharField:
    """The number that a request has in the lender's system."""
    return short_text(_("Number of the request there"), LONGEST_NUMBER, css="width-m number")


class ReasonForm(ActionForm):
    """A form with a reason of one purpose. Required where `demands` says so and the library has any to offer."""

    purpose: ReasonPurpose
    demands = False
    reason = PickField(label=_("Reason"), required=False)

    def prepare(self) -> None:
        """Offer the library's own reasons before the shared ones."""
        found = sorted(reasons_for(self.library, self.purpose), key=lambda each: each.library_id is None)
        offered = sorted(found, key=lambda each: (each.position, each.code))
        own = {each.code for each in found if each.library_id}
        field = self.fields["reason"]
        field.required = self.demands and bool(offered)
        if isinstance(field, PickField):
            field.offer(
                (each.code, each.staff_text, each)
                for each in offered
                if each.library_id or each.code not in own
            )


class AskForm(ActionForm):
    """A question that must be answered, with the day by which: `usual_days` unless somebody says another."""

    text = lines(_("Question"), required=True, rows=5)
    reply_by = day(_("Answer by"))
    usual_days = 7

    def defaults(self, request: Any) -> dict[str, Any]:
        """The usual time, as the service would take it."""
        today = local_date(self.at, request.library.timezone)
        return {"reply_by": today + timedelta(days=self.usual_days)}

    @property
    def facts(self) -> dict[str, Any]:
        """The date as the end of that day in the library."""
        reply_by = self.cleaned_data.get("reply_by")
        moment = end_of_day(reply_by, self.library.timezone) if reply_by else None
        return {"text": self.cleaned_data["text"], "reply_by": moment}

    def clean_reply_by(self) -> Any:
        """Not in the past."""
        wanted = self.cleaned_data.get("reply_by")
        if wanted and wanted < local_date(self.at, self.library.timezone):
            raise forms.ValidationError(_("That day is over. Choose a later one."))
        return wanted


class NewPartnerForm(forms.Form):
    """A library that nobody asked before."""

    name = forms.CharField(label=_("Name of the library"), max_length=200)
    symbol = short_text(_("Symbol"), 40, _("Its ISIL or OCLC symbol, if you know it."), css="width-s")
    email = forms.EmailField(
        label=_("E-mail for requests"), required=False, widget=forms.EmailInput(attrs={"class": "width-l"})
    )
    system = forms.ChoiceField(
        label=_("Asked in"), choices=PartnerSystem.choices, widget=forms.Select(attrs={"class": "width-m"})
    )

    def clean(self) -> dict[str, Any]:
        """A letter needs an address."""
        data = super().clean() or {}
        if data.get("system") == PartnerSystem.MAIL and not data.get("email") and "email" not in self.errors:
            self.add_error(
                "email", _("Requests by e-mail need an address. Choose another way if there is none.")
            )
        return data
