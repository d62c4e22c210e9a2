"""The answer to "do you still need it?"."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.citations.forms.fields import future_need
from illservice.core.desk.fields import day
from illservice.core.desk.forms import DayInput


class StillNeededForm(forms.Form):
    """Until when; no day means that it may take as long as it takes."""

    need_by = day(_("Until when do you need it?"), _("Leave it empty if the day does not matter."))

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today
        self.fields["need_by"].widget = DayInput(min=today.isoformat())

    def clean_need_by(self) -> date | None:
        """Today or later, and no slip."""
        return future_need(self.cleaned_data["need_by"], self.today)
