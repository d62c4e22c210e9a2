"""What the person of a borrowing library fills in: what is wanted, how, and words to the lending desk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import COPYRIGHT_STATEMENTS
from illservice.citations.data import CitationData
from illservice.citations.forms.fields import (
    MoneyField,
    TextField,
    citation_fields,
    citation_of,
    future_need,
    volume_wanted,
)
from illservice.citations.kinds import FIELDS, Kind, Material
from illservice.core.desk.forms import DayInput
from lending.models import DeliveryWay
from lending.selectors.borrowers import Dealing

KIND_LABELS: Mapping[str, Any] = {
    Kind.LOAN: _("As a loan: we send it back"),
    Kind.COPY: _("As a copy to keep"),
    Kind.EITHER: _("Either will do"),
}
DELIVERY_LABELS: Mapping[str, Any] = {
    DeliveryWay.LINK: _("By a link that we open"),
    DeliveryWay.MAIL: _("On paper by post"),
}
STATEMENTS = tuple(COPYRIGHT_STATEMENTS.items())
NO_STATEMENT = _("Say which copyright statement applies. This library makes no copies without one.")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the form has to know: who asks whom, today in the lender's zone, whether a copy needs a statement."""

    dealing: Dealing
    today: date
    statement_needed: bool

    @property
    def ship_to(self) -> str:
        """Where a parcel goes unless the form says otherwise."""
        address = self.dealing.address
        name = self.dealing.borrower.name
        return address if not address or address.startswith(name) else f"{name}\n{address}"


class BorrowForm(forms.Form):
    """One thing that a library needs from another: the fields of its material, then how it is wanted.

    A wrong identifier passes; the next page warns of it.
    """

    wanted = forms.ChoiceField(
        label=_("How do you want it?"),
        choices=list(KIND_LABELS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you want to borrow it or a copy.")},
    )
    borrower_number = TextField(
        label=_("Your own number of this request"),
        longest=80,
        required=False,
        help_text=_("It stands on everything that we send you about it."),
        widget=forms.TextInput(attrs={"class": "width-m", "autocomplete": "off"}),
    )
    need_by = forms.DateField(
        label=_("When do you need it by?"),
        required=False,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        help_text=_("The last day on which it is still of use to your reader."),
        error_messages={"invalid": _("Give the day as year, month and day, for example 2030-04-30.")},
    )
    copyright_statement = forms.ChoiceField(
        label=_("For a copy: which copyright statement applies?"),
        choices=STATEMENTS,
        required=False,
        widget=forms.RadioSelect,
    )
    delivery = forms.ChoiceField(
        label=_("How should a copy reach you?"),
        choices=list(DELIVERY_LABELS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how a copy should reach you.")},
    )
    ship_to = TextField(
        label=_("Where should we send it?"),
        longest=2000,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Name and postal address, as they shall stand on the parcel."),
    )
    any_edition = forms.BooleanField(label=_("Any edition will do"), required=False)
    max_cost = MoneyField(required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    note = TextField(
        label=_("Anything else we should know?"),
        longest=2000,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Please write nothing about your reader."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        material: str,
        setting: Setting,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.material = material
        self.setting = setting
        super().__init__(data, initial=self._defaults() | dict(initial or {}))
        self.fields.update(citation_fields(material, self.data if self.is_bound else self.initial))
        self.fields["need_by"].widget = DayInput(min=setting.today.isoformat())
        self.fields["max_cost"].label = _("The most you would pay, in %(currency)s") % {
            "currency": setting.dealing.lender.currency
        }
        self.fields["max_cost"].widget.attrs["class"] = "width-s"
        if "edition" not in self.fields:
            del self.fields["any_edition"]

    def _defaults(self) -> dict[str, Any]:
        return {
            "wanted": Material(self.material).default_kind.value,
            "delivery": DeliveryWay.LINK.value,
            "ship_to": self.setting.ship_to,
        }

    # -- Parts of the page ----------------------------------------------------------------------------------

    def citation_fields(self) -> list[forms.BoundField]:
        """What it is."""
        return self._bound(*(spec.name for spec in FIELDS[self.material]))

    def wish_fields(self) -> list[tuple[forms.BoundField, bool]]:
        """How and when; True for what the answers before make needed or not, where "(optional)" would mislead."""
        names = ("wanted", "borrower_number", "need_by", "copyright_statement", "delivery", "ship_to")
        return [(field, field.name in {"copyright_statement", "ship_to"}) for field in self._bound(*names)]

    def more_fields(self) -> list[forms.BoundField]:
        """What most people leave as it is."""
        return self._bound("any_edition", "max_cost", "note")

    def _bound(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    def __iter__(self) -> Iterator[forms.BoundField]:
        """In the order of the page: the error summary lists the errors so."""
        return iter([*self.citation_fields(), *(f for f, _d in self.wish_fields()), *self.more_fields()])

    # -- Checks ---------------------------------------------------------------------------------------------

    def clean_need_by(self) -> date | None:
        """Not past, and not so far away that it must be a slip."""
        return future_need(self.cleaned_data["need_by"], self.setting.today)

    def clean(self) -> dict[str, Any]:
        """A parcel needs an address; a copy its statement, where the lender insists on one."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.setting.statement_needed and self.as_copy and not values.get("copyright_statement"):
            self.add_error("copyright_statement", NO_STATEMENT)
        posted = not self.as_copy or values.get("delivery") == DeliveryWay.MAIL
        if posted and "ship_to" not in self.errors and not values.get("ship_to"):
            self.add_error("ship_to", _("Fill in the address to which we should send it."))
        return values

    # -- What it comes to -----------------------------------------------------------------------------------

    @property
    def as_copy(self) -> bool:
        """Whether it will be handled as a copy."""
        wanted = self.cleaned_data.get("wanted")
        kind = Material(self.material).default_kind if wanted == Kind.EITHER else wanted
        return kind == Kind.COPY

    @property
    def volume_wanted(self) -> str:
        """The volume of a whole work, where the form asks for it."""
        return volume_wanted(self.material, self.cleaned_data)

    def citation(self, carried: Mapping[str, str]) -> CitationData:
        """The citation; `carried` are values that came along and have no field on this form."""
        return citation_of(self.material, self.cleaned_data, carried)


class SeenForm(forms.Form):
    """The last look. `seen` says which answers the person saw."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=12)


class StatementForm(forms.Form):
    """The copyright statement that the desk waits for."""

    statement = forms.ChoiceField(
        label=_("Which copyright statement applies to this copy?"),
        choices=STATEMENTS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the statements.")},
    )


class FindForm(forms.Form):
    """Search among the library's own requests."""

    q = forms.CharField(
        label=_("Search your requests"),
        required=False,
        max_length=200,
        help_text=_("A number, a title or a name."),
        widget=forms.TextInput(attrs={"type": "search", "class": "width-l"}),
    )
