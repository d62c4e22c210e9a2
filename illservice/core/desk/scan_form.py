"""The field that is always ready for the next scan."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ScanForm(forms.Form):
    """One code, or words of a title. `do` is the action chosen for all scans, `quick` receives without asking."""

    do = forms.CharField(widget=forms.HiddenInput, required=False)
    quick = forms.CharField(widget=forms.HiddenInput, required=False)
    code = forms.CharField(
        label=_("Scan or type"),
        help_text=_("Our number, the other system’s number, the lender’s barcode, or words of the title"),
        max_length=200,
        required=False,
        widget=forms.TextInput(
            attrs={
                "data-scan": True,
                "autofocus": True,
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )

    def __init__(self, *args: Any, label: Any = "", hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = label or self.fields["code"].label
        self.fields["code"].help_text = hint or self.fields["code"].help_text
