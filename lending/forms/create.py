"""A request that another library made by mail, telephone or in another system, typed in by the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import COPYRIGHT_STATEMENTS
from illservice.citations.forms.staff import TypedInForm
from illservice.core.desk.fields import currency, day, lines, money, short_text, upper
from illservice.directory.models import Partnership, PartnerSystem
from illservice.protocols.openurl.messages import LONGEST_OPENURL
from lending.models import DeliveryWay
from lending.services.intake import NewLending

LONGEST_THEIR_NUMBER = 80


class CreateForm(TypedInForm):
    """What the borrower wants."""

    borrower = forms.CharField(max_length=40, widget=forms.HiddenInput)
    system = forms.ChoiceField(
        label=_("Asked in"), choices=PartnerSystem.choices, widget=forms.Select(attrs={"class": "width-m"})
    )
    borrower_number = short_text(
        _("Their number"), LONGEST_THEIR_NUMBER, _("As it stands in the mail or in the other system."),
        css="width-m number",
    )  # fmt: skip
    need_by = day(_("Needed by"))
    volume_wanted = short_text(_("Volume wanted"), 100)
    any_edition = forms.BooleanField(label=_("Any edition will do"), required=False)
    copyright_statement = forms.ChoiceField(
        label=_("Copyright statement"),
        help_text=_("For a copy: what the borrower says."),
        choices=[("", _("none")), *COPYRIGHT_STATEMENTS.items()],
        required=False,
    )
    max_cost = money(_("Pays up to"))
    max_cost_currency = currency()
    delivery = forms.ChoiceField(label=_("A copy goes by"), choices=DeliveryWay.choices)
    ship_to = lines(_("Ship to"), _("Name and address as they shall stand on the parcel."), rows=4)
    sent_to_patron = forms.BooleanField(label=_("It goes straight to a reader"), required=False)
    rush = forms.BooleanField(label=_("Rush"), required=False)
    note = lines(_("Note from the borrower"), rows=3)

    def __init__(self, data: Any = None, *, partnership: Partnership, material: str, **kwargs: Any) -> None:
        partner = partnership.partner
        address = (partnership.return_address or partner.address).strip()
        usual = {
            "borrower": partner.slug,
            "system": partnership.system,
            "delivery": DeliveryWay.LINK,
            "ship_to": address
            if not address or address.startswith(partner.name)
            else f"{partner.name}\n{address}",
            "max_cost_currency": partnership.library.currency,
        }
        super().__init__(data, material=material, initial=usual | kwargs.pop("initial", {}), **kwargs)

    def clean_max_cost_currency(self) -> str:
        """Capital letters."""
        return upper(self.cleaned_data["max_cost_currency"])

    def new_request(self) -> NewLending:
        """As the service takes it."""
        data = self.cleaned_data
        return NewLending(
            material=data["material"],
            wanted=data["wanted"],
            citation=self.citation,
            system=data["system"],
            borrower_number=data["borrower_number"],
            need_by=data["need_by"],
            any_edition=data["any_edition"],
            volume_wanted=data.get("volume_wanted") or "",
            service_level="rush" if data["rush"] else "",
            max_cost=data["max_cost"],
            max_cost_currency=data["max_cost_currency"] if data["max_cost"] is not None else "",
            copyright_statement=data["copyright_statement"],
            delivery=data["delivery"],
            ship_to=data["ship_to"],
            sent_to_patron=data["sent_to_patron"],
            note=data["note"],
        )


class FindBorrowerForm(forms.Form):
    """Some words of a library's name, or its symbol."""

    q = forms.CharField(
        label=_("Name or symbol of the library"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


class PasteForm(forms.Form):
    """A number or a link that says what is wanted."""

    pasted = forms.CharField(
        label=_("Paste a number or a link that describes it"),
        help_text=_("A DOI, a PubMed number, an ISBN, or a link from a database."),
        required=False,
        max_length=LONGEST_OPENURL,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "width-l"}),
    )

    def clean_pasted(self) -> str:
        """Sent on means that it said too little to go on with."""
        text = str(self.cleaned_data["pasted"])
        if text:
            raise forms.ValidationError(
                _("We found no number or link in this that says what it is. Choose below.")
            )
        return text
