"""The desk's forms that are not actions on one request: a request for a patron, numbers pasted, a new partner."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from illservice.citations.forms.staff import TypedInForm
from illservice.citations.kinds import Kind
from illservice.core.desk.fields import day, lines, money, short_text
from illservice.core.desk.forms import PickField
from illservice.directory.forms import system_choice
from illservice.directory.selectors import pickup_branches
from patrons.models import Patron
from requests_app.models import Delivery, How
from requests_app.selectors.declarations import declaration_of
from requests_app.services.declaring import Declared
from requests_app.services.submit import NewRequest

MOST_LINES = 500
LONGEST_NUMBER = 60
_DECLARING = ("declared_how", "signature")
_BETWEEN = re.compile(r"[\s;,]+")


class CreateForm(TypedInForm):
    """What a patron wants, typed by the desk; for a copy with how the patron declared what the law wants."""

    patron = forms.CharField(max_length=60, widget=forms.HiddenInput)
    need_by = day(_("Needed by"))
    volume_wanted = short_text(_("Volume wanted"), 100)
    any_edition = forms.BooleanField(label=_("Any edition will do"), required=False)
    any_language = forms.BooleanField(label=_("Any language will do"), required=False)
    delivery = forms.ChoiceField(label=_("Delivery"), choices=Delivery.choices)
    pickup_branch = PickField(label=_("Pick up at"), required=False)
    delivery_address = lines(_("Delivery address"), _("Only for office or home."), rows=3)
    max_cost = money(_("Most the patron would pay"))
    cited_in = short_text(_("Where the patron found it"), 300, css="width-l")
    note = lines(_("What the patron said"), rows=3)
    copyright_version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    declared_how = forms.ChoiceField(
        label=_("How did the patron accept this?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Only for what may come as a copy."),
    )
    signature = short_text(_("Name under the declaration"), 200)

    def __init__(self, data: Any = None, *, patron: Patron, material: str, **kwargs: Any) -> None:
        home = patron.home_branch
        self.declaration = declaration_of(patron.library)
        usual = {
            "patron": patron.barcode,
            "pickup_branch": home.code if home else "",
            "copyright_version": self.declaration.version,
            "signature": patron.name,
        }
        super().__init__(data, material=material, initial=usual | kwargs.pop("initial", {}), **kwargs)
        field = self.fields["pickup_branch"]
        if isinstance(field, PickField):
            field.offer((each.code, each.name, each) for each in pickup_branches(patron.library))
        self._prepare_declaration()

    def _prepare_declaration(self) -> None:
        ways = [How.PAPER] if self.declaration.is_signed else [How.PAPER, How.PHONE]
        how = self.fields["declared_how"]
        if isinstance(how, forms.ChoiceField):
            how.choices = [(each.value, each.label) for each in ways]
        if not self.declaration.is_signed:
            del self.fields["signature"]

    def declaration_fields(self) -> list[forms.BoundField]:
        """What stands in the box with the text on copyright."""
        return [self[name] for name in _DECLARING if name in self.fields]

    def main_fields(self) -> list[forms.BoundField]:
        """All other fields that are seen."""
        return [field for field in self.visible_fields() if field.name not in _DECLARING]

    def clean(self) -> dict[str, Any]:
        """What is brought needs an address, what may come as a copy the declaration."""
        data = super().clean()
        if data.get("wanted") not in {None, Kind.LOAN} and not data.get("declared_how"):
            self.add_error("declared_how", _("Choose how the patron accepted the text on copyright."))
        if data.get("delivery") == Delivery.OFFICE and not data.get("delivery_address"):
            self.add_error("delivery_address", _("Fill in where it shall be brought."))
        return data

    def new_request(self, *, again_because: str = "") -> NewRequest:
        """As the service takes it."""
        data, branch = self.cleaned_data, self.cleaned_data.get("pickup_branch")
        return NewRequest(
            material=data["material"],
            wanted=data["wanted"],
            citation=self.citation,
            delivery=data["delivery"],
            pickup_branch_id=branch.pk if branch else None,
            delivery_address=data["delivery_address"],
            need_by=data["need_by"],
            any_edition=data["any_edition"],
            any_language=data["any_language"],
            volume_wanted=data.get("volume_wanted", ""),
            max_cost=data["max_cost"],
            cited_in=data["cited_in"],
            note=data["note"],
            again_because=again_because,
            source="desk",
            declared=self.declared(),
        )

    def declared(self) -> Declared | None:
        """What the patron declared; nothing for a loan."""
        data = self.cleaned_data
        if data["wanted"] == Kind.LOAN:
            return None
        return Declared(
            data["copyright_version"],
            how=data["declared_how"],
            language=get_language() or "en",
            signature=data.get("signature", ""),
        )


class FindPatronForm(forms.Form):
    """A card scanned, or some words."""

    q = forms.CharField(
        label=_("Scan the library card, or type a name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


@dataclass(frozen=True, slots=True)
class NumberLine:
    """One pasted line: our number and theirs, as typed; `problem` when it cannot be read."""

    text: str
    ours: str = ""
    theirs: str = ""
    problem: Any = ""


class NumbersForm(forms.Form):
    """Numbers of another system, one request on each line."""

    system = system_choice()
    pasted = forms.CharField(
        label=_("Our number and theirs"),
        help_text=_(
            "One request on each line: our number, a space or a tab, the number there. At most 500 lines."
        ),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "number"}),
    )

    def clean_pasted(self) -> str:
        """Not more than one transaction each can bear in one go."""
        text = str(self.cleaned_data["pasted"])
        if sum(1 for line in text.splitlines() if line.strip()) > MOST_LINES:
            raise forms.ValidationError(_("These are more than 500 lines. Paste them in parts."))
        return text

    def lines(self) -> list[NumberLine]:
        """The lines that hold something."""
        return [read_line(line) for line in self.cleaned_data["pasted"].splitlines() if line.strip()]


def read_line(text: str) -> NumberLine:
    """Our number first, everything after it is theirs."""
    kept = text.strip()[:200]
    parts = [part for part in _BETWEEN.split(kept, maxsplit=1) if part]
    if len(parts) < 2:
        return NumberLine(kept, problem=_("There is only one number on this line."))
    ours, theirs = parts[0], " ".join(parts[1].split())
    if len(theirs) > LONGEST_NUMBER:
        return NumberLine(kept, ours, theirs, _("The number there is too long."))
    return NumberLine(kept, ours, theirs)
