"""Correcting what was asked for, and how."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.citations.forms.staff import CitationEditForm
from illservice.citations.kinds import Kind
from illservice.core.desk.fields import day, lines, short_text
from illservice.core.desk.forms import ActionDoor, with_facts
from lending.models import DeliveryWay
from lending.services import editing
from lending.services.editing import Correction

KINDS = [(Kind.LOAN.value, _("a loan")), (Kind.COPY.value, _("a copy"))]


class EditForm(CitationEditForm):
    """The citation, and how it is wanted."""

    how = ("material", "kind", "need_by", "borrower_number", "copyright_statement", "delivery", "ship_to")
    kind = forms.ChoiceField(label=_("Handled as"), choices=KINDS)
    need_by = day(_("Needed by"))
    borrower_number = short_text(_("Borrower’s number"), 80, css="width-m number")
    copyright_statement = short_text(_("Copyright statement"), 60, _("As the borrower says it: CCG, CCL …"))
    delivery = forms.ChoiceField(label=_("Delivery"), choices=DeliveryWay.choices)
    ship_to = lines(_("Ship to"), rows=4)

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        values = {name: self.cleaned_data[name] for name in self.how}
        return {"correction": Correction(citation=self.citation, **values)}


EDIT: dict[str, ActionDoor] = {"edit": with_facts(EditForm, editing.edit, _("Request corrected"))}
