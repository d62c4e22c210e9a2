"""Fields that actions of both desks have."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.desk.forms import ActionForm, DayInput

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


def upper(text: str) -> str:
    """A currency code as it is stored."""
    return text.upper()


class CostForm(ActionForm):
    """What it cost."""

    cost = money(_("Cost"))
    currency = currency()

    def defaults(self, request: Any) -> dict[str, Any]:
        """The library's own currency."""
        return {"currency": request.library.currency}

    def clean_currency(self) -> str:
        """Capital letters."""
        return upper(self.cleaned_data["currency"])

    @property
    def facts(self) -> dict[str, Any]:
        """A currency says something only beside an amount."""
        data = super().facts
        return data | {"currency": data["currency"] if data["cost"] is not None else ""}


class ReopenForm(ActionForm):
    """Why it is taken up again; becomes a note."""

    why = lines(_("Why is it taken up again?"), _("Kept as a note among staff."), required=True)


class RushForm(ActionForm):
    """On or off; empty turns it round."""

    on = forms.NullBooleanField(label=_("Rush"), required=False, widget=forms.HiddenInput)

    @property
    def facts(self) -> dict[str, Any]:
        """What it shall be."""
        on = self.cleaned_data.get("on")
        return {"on": not self.request.rush if on is None else on}
