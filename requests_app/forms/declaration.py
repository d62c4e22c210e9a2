"""The declaration on copyright as fields: statements are ticked, the text accepted, signed where the law wants it."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from illservice.citations.forms.fields import TextField
from illservice.core.desk.forms import DayInput
from requests_app.copyright.declarations import Declaration, DeclaredField
from requests_app.services.declaring import Declared

LONGEST_NAME = 200
_PREFIX = "declare_"


class DeclarationForm(forms.Form):
    """A form that ends with the declaration of a country; without one it asks for nothing.

    Nothing is ticked beforehand. `copyright_version` is the text that the person saw: when another holds by now, it is
    shown again.
    """

    def __init__(
        self, data: Any = None, *, declaration: Declaration | None = None, today: date, **kwargs: Any
    ) -> None:
        self.declaration = declaration
        super().__init__(data, **kwargs)
        if declaration is None:
            return
        self.fields["copyright_version"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.initial["copyright_version"] = declaration.version
        for each in declaration.fields:
            self.fields[_PREFIX + each.name] = _field(each)
            if each.kind == "date":
                self.initial[_PREFIX + each.name] = today
        self.fields["accepts_copyright"] = _tick(declaration.accept)

    @property
    def version(self) -> str:
        """The version of the text that is shown; empty without one."""
        return self.declaration.version if self.declaration else ""

    def declaration_fields(self) -> list[forms.BoundField]:
        """What stands in the box, in order."""
        if self.declaration is None:
            return []
        return [*(self[_PREFIX + each.name] for each in self.declaration.fields), self["accepts_copyright"]]

    def clean(self) -> dict[str, Any]:
        """What was accepted must be what holds now."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.declaration is not None and data.get("copyright_version") != self.version:
            self.add_error("accepts_copyright", _("The text on copyright has changed. Please read it again."))
        return data

    def declared(self) -> Declared | None:
        """What was declared, when it was asked for."""
        if self.declaration is None:
            return None
        known = {each.kind: self.cleaned_data[_PREFIX + each.name] for each in self.declaration.fields}
        return Declared(
            self.version,
            language=get_language() or "en",
            signature=known.get("text", ""),
            signed_on=known.get("date"),
        )


def _field(each: DeclaredField) -> forms.Field:
    if each.kind == "text":
        return TextField(label=each.label, longest=LONGEST_NAME)
    if each.kind == "date":
        return forms.DateField(
            label=str(each.label), widget=DayInput(), input_formats=["%Y-%m-%d", "%d.%m.%Y"]
        )
    return _tick(each.label)


def _tick(label: Any) -> forms.BooleanField:
    words = _("Tick “%(label)s” to ask for a copy.") % {"label": label}
    return forms.BooleanField(label=label, error_messages={"required": words})
