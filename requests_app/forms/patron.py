"""What a patron fills in: what is needed, how it is wanted, and words to the desk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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
from illservice.core.desk.forms import EMPTY, DayInput
from illservice.directory.models import Branch
from patrons.models import Patron
from requests_app.forms.declaration import DeclarationForm
from requests_app.models import Delivery

ONE_LANGUAGE = frozenset({Material.MAP, Material.SCORE, Material.PATENT})

DELIVERY_LABELS: Mapping[str, Any] = {
    Delivery.BRANCH: _("I pick it up at the library"),
    Delivery.OFFICE: _("Bring it to my office"),
    Delivery.HOME: _("Send it to my home"),
    Delivery.ELECTRONIC: _("As a file I can open online"),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What the form has to know of the patron's library and of today."""

    patron: Patron
    branches: Sequence[Branch]
    today: date

    @property
    def home_branch(self) -> str:
        """The code of the patron's own branch, of the only one, or nothing."""
        codes = [branch.code for branch in self.branches]
        home = next((each.code for each in self.branches if each.pk == self.patron.home_branch_id), "")
        return home or (codes[0] if len(codes) == 1 else "")


class AskForm(forms.Form):
    """One thing that a patron needs: the fields of its material, then how it is wanted.

    `kinds` are the ways in which this patron may have it. A wrong identifier passes; the next page warns of it.
    """

    wanted = forms.ChoiceField(
        label=_("How do you want it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you want to borrow it or a copy.")},
    )
    delivery = forms.ChoiceField(
        label=_("How should it reach you?"),
        choices=list(DELIVERY_LABELS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it should reach you.")},
    )
    branch = forms.ChoiceField(label=_("Where do you want to pick it up?"), required=False)
    delivery_address = TextField(
        label=_("Address"),
        longest=500,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only if we bring or send it to you."),
    )
    need_by = forms.DateField(
        label=_("When do you need it by?"),
        required=False,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        help_text=_("The last day on which it is still of use to you."),
        error_messages={"invalid": _("Give the day as year, month and day, for example 2030-04-30.")},
    )
    any_edition = forms.BooleanField(label=_("Any edition will do"), required=False)
    any_language = forms.BooleanField(label=_("Any language will do"), required=False)
    max_cost = MoneyField(required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    cited_in = TextField(
        label=_("Where did you find it?"),
        longest=300,
        required=False,
        help_text=_("For example the book, the list or the web page that named it."),
    )
    note = TextField(
        label=_("Anything else we should know?"),
        longest=2000,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        material: str,
        setting: Setting,
        kinds: Sequence[str] = tuple(Kind.values),
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.material = material
        self.setting = setting
        self.kinds = kinds
        known = dict(initial or {})
        super().__init__(data, initial=self._defaults(known.get("wanted", "")) | known)
        self.fields.update(citation_fields(material, self.data if self.is_bound else self.initial))
        self._prepare_wishes()

    def _defaults(self, wanted: str) -> dict[str, Any]:
        kind = wanted if wanted in self.kinds else Material(self.material).default_kind.value
        if kind not in self.kinds:
            kind = self.kinds[0]
        return {
            "wanted": kind,
            "delivery": (Delivery.ELECTRONIC if kind == Kind.COPY else Delivery.BRANCH).value,
            "branch": self.setting.home_branch,
        }

    def _prepare_wishes(self) -> None:
        self._choices("wanted", [(each, Kind(each).patron_label) for each in self.kinds])
        branches: list[tuple[str, Any]] = [(each.code, each.name) for each in self.setting.branches]
        self._choices("branch", branches if self.setting.home_branch else [EMPTY, *branches])
        if not self.setting.branches:
            del self.fields["branch"]
        self.fields["need_by"].widget = DayInput(min=self.setting.today.isoformat())
        self.fields["max_cost"].label = _("The most you would pay, in %(currency)s") % {
            "currency": self.setting.patron.library.currency
        }
        self.fields["max_cost"].widget.attrs["class"] = "width-s"
        if self.setting.patron.address:
            self.fields["delivery_address"].help_text = _(
                "Only if we bring or send it to you. Leave it empty for your home address as we know it."
            )
        if "edition" not in self.fields:
            del self.fields["any_edition"]
        if self.material in ONE_LANGUAGE:
            del self.fields["any_language"]

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    # -- Parts of the page ----------------------------------------------------------------------------------

    def citation_fields(self) -> list[forms.BoundField]:
        """What it is."""
        return self._bound(*(spec.name for spec in FIELDS[self.material]))

    def wish_fields(self) -> list[tuple[forms.BoundField, bool]]:
        """How and when; True for what the answer before makes needed or not, where "(optional)" would mislead."""
        names = ("wanted", "delivery", "branch", "delivery_address", "need_by")
        return [(field, field.name in {"branch", "delivery_address"}) for field in self._bound(*names)]

    def more_fields(self) -> list[forms.BoundField]:
        """What most people leave as it is."""
        return self._bound("any_edition", "any_language", "max_cost", "cited_in", "note")

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
        """Only combinations that can be done."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        delivery = values.get("delivery")
        if delivery == Delivery.ELECTRONIC and values.get("wanted") == Kind.LOAN:
            self.add_error("delivery", _("What you borrow cannot be sent as a file. Choose another way."))
        if delivery == Delivery.BRANCH and "branch" in self.fields and not values.get("branch"):
            self.add_error("branch", _("Choose where you want to pick it up."))
        brought = delivery in {Delivery.OFFICE, Delivery.HOME} and "delivery_address" not in self.errors
        known = delivery == Delivery.HOME and self.setting.patron.address
        if brought and not known and not values.get("delivery_address"):
            self.add_error("delivery_address", _("Fill in the address to which we should bring it."))
        return values

    # -- What it comes to -----------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """Where it goes when it is brought or sent; the address on the card where the patron left it empty."""
        delivery = self.cleaned_data["delivery"]
        if delivery not in {Delivery.OFFICE, Delivery.HOME}:
            return ""
        typed: str = self.cleaned_data["delivery_address"]
        return typed or (self.setting.patron.address if delivery == Delivery.HOME else "")

    @property
    def pickup_branch(self) -> Branch | None:
        """The branch chosen, also for what is delivered: something may have to be fetched after all."""
        code = self.cleaned_data.get("branch")
        return next((each for each in self.setting.branches if each.code == code), None)

    @property
    def volume_wanted(self) -> str:
        """The volume of a whole work, where the form asks for it."""
        return volume_wanted(self.material, self.cleaned_data)

    def citation(self, carried: Mapping[str, str]) -> CitationData:
        """The citation; `carried` are values that came along and have no field on this form."""
        return citation_of(self.material, self.cleaned_data, carried)


class CheckForm(DeclarationForm):
    """The last look. `seen` says which answers the patron saw; a copy comes with the text on copyright."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    again_because = TextField(
        label=_("I need it again because…"),
        longest=1000,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
