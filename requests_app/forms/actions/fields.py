"""Fields that several actions have."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.directory.models import PartnerSystem, ReasonPurpose
from illservice.directory.selectors import pickup_branches, reasons_for
from requests_app.forms.base import ActionForm, DayInput, PickField
from requests_app.models import BorrowingRequest, LenderTry
from requests_app.notices.lender import CONDITION_WORDS

LONGEST_NUMBER = 60
MOST_MONEY = 9


def day(label: Any, hint: Any = "", *, required: bool = False) -> forms.DateField:
    """A calendar date in the library's own zone."""
    return forms.DateField(
        label=label, help_text=hint, required=required, widget=DayInput(), input_formats=["%Y-%m-%d"]
    )


class MoneyField(forms.DecimalField):
    """An amount as people write it: with a point or with a comma."""

    def to_python(self, value: Any) -> Any:
        """A single comma is a decimal one."""
        if isinstance(value, str) and value.count(",") == 1 and "." not in value:
            value = value.replace(",", ".")
        return super().to_python(value)


def money(label: Any, hint: Any = "") -> forms.DecimalField:
    """An amount; the currency stands beside it."""
    return MoneyField(
        label=label,
        help_text=hint,
        required=False,
        min_value=0,
        max_digits=MOST_MONEY,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "width-xs", "inputmode": "decimal", "autocomplete": "off"}),
    )


def currency() -> forms.RegexField:
    """A currency code (ISO 4217)."""
    return forms.RegexField(
        r"^[A-Za-z]{3}$",
        label=_("Currency"),
        required=False,
        max_length=3,
        widget=forms.TextInput(attrs={"class": "width-xs"}),
        error_messages={"invalid": _("Three letters, for example USD or EUR.")},
    )


def short_text(label: Any, longest: int, hint: Any = "", *, css: str = "width-m") -> forms.CharField:
    """One line that may stay empty."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=longest,
        widget=forms.TextInput(attrs={"class": css, "autocomplete": "off"}),
    )


def lines(label: Any, hint: Any = "", *, required: bool = False, rows: int = 3) -> forms.CharField:
    """Several lines."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def loan_conditions() -> forms.MultipleChoiceField:
    """Conditions by their ISO 18626 codes."""
    return forms.MultipleChoiceField(
        label=_("Conditions of the lender"),
        required=False,
        choices=list(CONDITION_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )


def system_choice() -> forms.ChoiceField:
    """The system in which a lender is asked."""
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


class BranchForm(ActionForm):
    """A form with a branch of the library; `branch_id` is what services take."""

    branch = PickField(label=_("Branch"), required=False)
    empty: Any = _("– where the patron picks it up –")

    def prepare(self) -> None:
        """Offer the branches where patrons pick up, by name."""
        field = self.fields["branch"]
        if isinstance(field, PickField):
            field.offer(
                ((each.code, each.name, each) for each in pickup_branches(self.library)), empty=self.empty
            )

    @property
    def facts(self) -> dict[str, Any]:
        """The branch by its key, as services take it."""
        branch = self.cleaned_data.get("branch")
        return {"branch_id": branch.pk if branch else None}


def open_try(request: BorrowingRequest) -> LenderTry | None:
    """The lender that is being asked, or the last one asked."""
    tries = [each for each in request.tries.all() if each.asked_at]
    return next((each for each in tries if each.open), tries[-1] if tries else None)


def upper(text: str) -> str:
    """A currency code as it is stored."""
    return text.upper()
