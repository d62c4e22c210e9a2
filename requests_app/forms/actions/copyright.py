"""The ways out of the copyright queue."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.desk.fields import currency, day, money, short_text, upper
from illservice.core.desk.forms import ActionDoor, ActionForm, one_click, with_facts
from requests_app.models import BorrowingRequest
from requests_app.models.copyright import Way
from requests_app.selectors.declarations import declaration_of
from requests_app.services.copyright import clearing
from requests_app.services.copyright.clearing import LONGEST_REASON, MOST_COPIES, Ground
from requests_app.services.declaring import note_declaration

_NO_NAMES = _(
    "Never name the patron. The ground is kept for years, these words go with the request’s person."
)


def _copies() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Copies it counts as"),
        help_text=_("Two articles in one request are two copies."),
        required=False,
        min_value=1,
        max_value=MOST_COPIES,
        widget=forms.NumberInput(attrs={"class": "width-xs"}),
    )


class CopiesForm(ActionForm):
    """How many copies one request is."""

    copies = _copies()

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """As it counts now."""
        known = next(iter(request.copyrights.all()), None)
        return {"copies": known.copies if known is not None else 1}

    def clean_copies(self) -> int:
        """One, when nothing is said."""
        return self.cleaned_data["copies"] or 1


class ClearCopyrightForm(CopiesForm):
    """On what ground it is cleared."""

    ground = forms.ChoiceField(
        label=_("On what ground?"), choices=Ground.choices, widget=forms.RadioSelect, initial=Ground.WITHIN
    )
    reason = short_text(_("In your words"), LONGEST_REASON, _NO_NAMES, css="width-l")
    field_order = ("ground", "reason", "copies")

    def clean(self) -> dict[str, Any]:
        """Some grounds say too little by themselves."""
        data = super().clean() or self.cleaned_data
        ground = data.get("ground")
        if ground and Ground(ground).needs_words and not data.get("reason"):
            self.add_error("reason", _("Say why."))
        return data


class RoyaltyForm(CopiesForm):
    """The fee of a copy."""

    pages = forms.IntegerField(
        label=_("Pages"), min_value=1, max_value=9999, widget=forms.NumberInput(attrs={"class": "width-xs"})
    )
    base_fee = money(_("Fee for the article"))
    page_fee = money(_("Fee for each page"))
    fee = money(_("Fee in all"), _("Empty: the article and its pages together."))
    currency = currency()
    rightsholder = short_text(_("Publisher or rightsholder"), 200)
    title_number = short_text(_("Number of the title there"), 40)
    field_order = (
        *("pages", "base_fee", "page_fee", "fee", "currency", "rightsholder", "title_number"),
        "copies",
    )

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """The library's own currency, and the publisher that is known."""
        known = {"currency": request.library.currency, "rightsholder": request.publisher[:200]}
        return super().defaults(request) | known

    def clean_currency(self) -> str:
        """Capital letters."""
        return upper(self.cleaned_data["currency"])

    def clean(self) -> dict[str, Any]:
        """Something must be to be paid."""
        data = super().clean() or self.cleaned_data
        if not any(data.get(name) for name in ("fee", "base_fee", "page_fee")):
            self.add_error("fee", _("Give the fee, or what the article and each page cost."))
        return data


class ElsewhereForm(ActionForm):
    """How it shall be got."""

    way = forms.ChoiceField(
        label=_("How shall it be got?"),
        choices=[
            (Way.SUPPLIER.value, _("from a document supplier who pays the royalty")),
            (Way.BUY.value, _("bought")),
        ],
        widget=forms.RadioSelect,
    )
    reason = short_text(_("In your words"), LONGEST_REASON, _NO_NAMES, css="width-l")


class NoteDeclarationForm(ActionForm):
    """What the patron signed on paper."""

    signed = forms.BooleanField(label=_("The patron signed this on paper"))
    signature = short_text(_("Name under the declaration"), 200)
    signed_on = day(_("Signed on"))

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """The patron's own name, today."""
        name = request.patron.name if request.patron is not None else ""
        return {"signature": name, "signed_on": local_date(self.at, request.library.timezone)}

    def prepare(self) -> None:
        """The words of the law stand beside the tick."""
        self.fields["signed"].help_text = declaration_of(self.library).shown

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes them, with the language that the words were read in."""
        known = {name: self.cleaned_data[name] for name in ("signature", "signed_on")}
        return known | {"language": get_language() or "en"}


def _pay(
    *, request: BorrowingRequest, data: Mapping[str, Any], actor: Actor, at: datetime, version: int | None
) -> None:
    fee = clearing.Fee(**{name: value for name, value in data.items() if name != "copies"})
    clearing.pay_royalty(
        request_id=request.pk, fee=fee, copies=data["copies"], actor=actor, at=at, version=version
    )


COPYRIGHT: dict[str, ActionDoor] = {
    "clear_copyright": with_facts(ClearCopyrightForm, clearing.clear_copyright, _("Copyright cleared")),
    "pay_royalty": ActionDoor(RoyaltyForm, _pay, _("Cleared with a royalty"), asks=lambda _request: True),
    "get_elsewhere": with_facts(
        ElsewhereForm, clearing.get_elsewhere, _("To be got without a library’s copy")
    ),
    "note_declaration": with_facts(NoteDeclarationForm, note_declaration, _("Declaration noted")),
    "wait_year": one_click(clearing.wait_year, _("Waits for next year")),
}
