"""Forms about documents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.errors import InvalidInput
from illservice.documents.services.storage import too_large


class OpenForm(forms.Form):
    """The one question before a copy is opened."""

    accepted = forms.BooleanField(
        label=_("I will use this copy only for private study, scholarship or research."),
        error_messages={"required": _("Tick the box to say how you will use the copy.")},
    )


class AttachForm(forms.Form):
    """A file or the address of a copy, one of the two. For the pages of both sides.

    `AttachForm(request.POST, request.FILES, was_too_large=was_too_large(request))`; the errors of `attach_file` and
    `attach_link` name its fields, so `refuse` shows them beside the right one.
    """

    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        help_text=_("PDF, TIFF, JPEG or PNG"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.tif,.tiff,.jpg,.jpeg,.png"}),
    )
    url = forms.CharField(
        label=_("Or the web address of the copy"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"class": "width-l", "autocomplete": "off", "inputmode": "url"}),
    )

    def __init__(self, *args: Any, was_too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._was_too_large = was_too_large

    def clean(self) -> dict[str, Any]:
        """Exactly one of the two."""
        data: dict[str, Any] = super().clean() or {}
        if self._was_too_large:
            self.refuse(too_large())
        elif (data.get("file") is not None) == bool(data.get("url")) and not self.errors:
            self.add_error("file", _("Choose a file, or give the address of the copy: one of the two."))
        return data

    def refuse(self, error: InvalidInput) -> None:
        """Show why a service did not take it, beside the field that it names."""
        for name, message in error.fields.items():
            self.add_error(name if name in self.fields else None, message)
