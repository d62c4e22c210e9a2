"""The rules of the lending desk as a form."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.citations.kinds import Material
from illservice.core.desk.fields import day
from lending.models import LendingDesk, StatementRule
from lending.services.rules import MOST_DAYS, NAMES


def _days(label: Any, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=1,
        max_value=MOST_DAYS,
        widget=forms.NumberInput(attrs={"class": "width-xs"}),
        error_messages={
            "min_value": _("Give a number of days between 1 and 365."),
            "max_value": _("Give a number of days between 1 and 365."),
        },
    )


class RulesForm(forms.Form):
    """What is lent, when the desk is closed, and how long things take."""

    names: ClassVar[tuple[str, ...]] = NAMES
    lends_loans = forms.BooleanField(label=_("We lend items"), required=False)
    lends_copies = forms.BooleanField(label=_("We make copies"), required=False)
    refused_materials = forms.MultipleChoiceField(
        label=_("Kinds that we do not lend"),
        help_text=_("A request for one of these is answered no at once."),
        choices=Material.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    closed_from = day(
        _("No lending from"), _("While we are closed, requests are answered “ask again later”.")
    )
    closed_until = day(_("No lending until"), _("The last day."))
    statement_rule = forms.ChoiceField(
        label=_("A copy request without a copyright statement"),
        choices=StatementRule.choices,
        widget=forms.RadioSelect,
    )
    respond_days = _days(_("Days to answer a request"), _("After that it needs attention."))
    loan_days = _days(_("Days of a loan"))
    renewal_days = _days(_("Days of a renewal"))
    transit_days = _days(_("Days on the way back"), _("So long after the due date a loan counts as overdue."))
    resend_days = _days(_("Days in which a better copy can be asked for"))
    reply_days = _days(_("Days that a borrower has to answer"), _("Conditions without an answer end then."))

    @classmethod
    def of(cls, desk: LendingDesk, data: Any = None) -> "RulesForm":
        """The form with the rules as they are."""
        return cls(data, initial={name: getattr(desk, name) for name in NAMES})

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        data = super().clean() or {}
        first, last = data.get("closed_from"), data.get("closed_until")
        if first and last and last < first:
            self.add_error("closed_until", _("This day lies before the first one."))
        return data
