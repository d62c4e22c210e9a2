"""Fields that actions of both desks have."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

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


class ClearHoldForm(ActionForm):
    """Which hold is settled, and how. `kinds` are the side's holds in words, `reasons` the ways out of each."""

    kinds: ClassVar[Sequence[tuple[str, Any]]] = ()
    reasons: ClassVar[Mapping[str, Sequence[tuple[str, Any]]]] = {}
    kind = forms.ChoiceField(label=_("What is settled?"))
    reason = forms.ChoiceField(label=_("How was it settled?"), required=False)

    def prepare(self) -> None:
        """Only open holds can be settled; the reasons are those of the hold when there is just one."""
        held = [each.kind for each in self.request.holds.all() if each.cleared_at is None]
        named = self.data.get("kind") or self.initial.get("kind")
        self._fill("kind", [choice for choice in self.kinds if choice[0] in held])
        kinds = [named] if named in dict(self.kinds) else held
        reasons = dict(reason for kind in kinds for reason in self.reasons[kind])
        self._fill("reason", list(reasons.items()))
        if len(kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
            self.initial.setdefault("kind", kinds[0])

    def _fill(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


def several_holds(request: Any) -> bool:
    """Whether it must be said which hold is meant."""
    return sum(1 for each in request.holds.all() if each.cleared_at is None) > 1
