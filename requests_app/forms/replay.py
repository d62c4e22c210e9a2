"""A year of somebody's requests, to be decided again by other settings of copyright."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.copyright import Settings, WindowMode

MOST_LINES = 20_000
"""Lines of a file that a page takes the time for (some seconds); longer ones are for the command."""
MOST_BYTES = 20 * 1024 * 1024
MOST_COPIES = 1000


class ReplayForm(forms.Form):
    """The file is read and forgotten: nothing of it is stored."""

    file = forms.FileField(
        label=_("Export of borrowing from ILLiad"),
        allow_empty_file=True,
        help_text=_(
            "CSV, at most 20,000 lines and 20 MB. It is decided here and not kept. Larger ones: ./ill copyright_replay"
        ),
        error_messages={"required": _("Choose a file that is not too large.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv"}),
    )
    mode = forms.ChoiceField(
        label=_("What is recent?"),
        choices=WindowMode.choices,
        initial=WindowMode.ROLLING.value,
        widget=forms.RadioSelect,
    )
    limit = forms.IntegerField(
        label=_("Copies of one journal in a year"),
        min_value=0,
        max_value=MOST_COPIES,
        initial=Settings().contu_limit,
        help_text=_("The next one is over the limit. Usual: 5"),
        widget=forms.NumberInput(attrs={"class": "width-xs"}),
    )

    def clean_file(self) -> Any:
        """No more than a page may take the time and the memory for."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES or sum(_ends(chunk) for chunk in file.chunks()) > MOST_LINES:
            raise forms.ValidationError(
                _(
                    "The file has more than 20,000 lines or 20 MB. An operator reads it: ./ill copyright_replay"
                )
            )
        file.seek(0)
        return file

    @property
    def settings(self) -> Settings:
        """What would have held."""
        return Settings(
            contu_window_mode=WindowMode(self.cleaned_data["mode"]), contu_limit=self.cleaned_data["limit"]
        )


def _ends(chunk: bytes) -> int:
    """Ends of lines, as LF or as CR alone."""
    return max(chunk.count(b"\n"), chunk.count(b"\r"))
