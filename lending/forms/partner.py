"""What the lending desk says about a borrower, and which library asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.desk.fields import day
from illservice.directory.models import BorrowerStanding


class StandingForm(forms.Form):
    """Whether we lend to a library."""

    standing = forms.ChoiceField(label=_("Do we lend to it?"), choices=BorrowerStanding.choices)
    suspended_until = day(_("Suspended until"), _("The last day. Empty: until somebody changes it."))

    def clean(self) -> dict[str, Any]:
        """The day says something only of a suspension."""
        data = super().clean() or {}
        if data.get("standing") != BorrowerStanding.SUSPENDED:
            data["suspended_until"] = None
        return data
