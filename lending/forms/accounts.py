"""An account for a person of a partner library."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.errors import InvalidInput
from illservice.directory.models import Library
from illservice.directory.selectors import partnerships_of
from lending.services.accounts import LONGEST_NAME


class AccountForm(forms.Form):
    """Who it is, and for which library the person asks."""

    partner = forms.ChoiceField(
        label=_("Library"),
        widget=forms.Select(attrs={"class": "width-l"}),
        error_messages={"required": _("Choose one of your partners.")},
    )
    name = forms.CharField(
        label=_("Name of the person"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"class": "width-l", "autocomplete": "off"}),
        error_messages={"required": _("Fill in the person’s name.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The person gets a mail with a link to choose a password."),
        widget=forms.EmailInput(attrs={"class": "width-l", "autocomplete": "off"}),
        error_messages={
            "required": _("Fill in the e-mail address."),
            "invalid": _("This is not an e-mail address."),
        },
    )

    def __init__(self, data: Any = None, *, library: Library) -> None:
        super().__init__(data)
        known = partnerships_of(library).filter(is_active=True)
        field = self.fields["partner"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                ("", _("– choose –")),
                *((each.partner.slug, each.partner.name) for each in known),
            ]

    def refuse(self, error: InvalidInput) -> None:
        """Show why the service did not take it, beside the field that it names."""
        for name, message in error.fields.items():
            self.add_error(name if name in self.fields else None, message)
