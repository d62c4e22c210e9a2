"""Forms about forgetting: a patron's own choice, and a library's rules."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patrons.models import LEAST_YEARS, LONGEST_DAYS, MOST_YEARS, SHORTEST_DAYS, History, PrivacyRules
from patrons.services.privacy import NAMES


class HistoryForm(forms.Form):
    """What happens to past requests, where the library lets patrons choose."""

    history = forms.ChoiceField(
        label=_("What shall happen to your past requests?"),
        required=False,
        widget=forms.RadioSelect,
        choices=(
            (History.LIBRARY, _("As the library does it for everybody")),
            (History.KEEP, _("Keep them in my list, so that I can find them again")),
            (History.FORGET, _("Unlink them from me one day after they are over")),
        ),
    )


def _days(label: Any, hint: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        required=False,
        min_value=SHORTEST_DAYS,
        max_value=LONGEST_DAYS,
        widget=forms.NumberInput(attrs={"class": "width-xs"}),
        error_messages={
            name: _("Give a number of days between 1 and 365, or nothing for never.")
            for name in ("min_value", "max_value", "invalid")
        },
    )


class PrivacyRulesForm(forms.Form):
    """How long the library keeps requests linked to people, and the words of what was asked for."""

    anonymise_days = _days(
        _("Days until a closed request is unlinked from its person"), _("Usually 90. Empty: never by itself.")
    )
    anonymise_days_charged = _days(
        _("Days when something was charged"), _("Usually 180. Empty: never by itself.")
    )
    patrons_choose = forms.BooleanField(
        label=_("Patrons may choose: keep their past requests, or have them unlinked at once"), required=False
    )
    kept_categories = forms.MultipleChoiceField(
        label=_("Categories whose requests stay linked"),
        help_text=_("They are unlinked only when the person is erased."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    imports_too = forms.BooleanField(
        label=_("Requests taken over from another system are unlinked and erased, too"),
        help_text=_("Look at what was taken over before you say so. It cannot be taken back."),
        required=False,
    )
    citation_years = forms.IntegerField(
        label=_("Full years that titles are kept"),
        help_text=_(
            "After the year of the request. The copyright rules of the United States ask for three; then the title and"
            " everything else that says what was asked for is erased. The counts stay."
        ),
        min_value=LEAST_YEARS,
        max_value=MOST_YEARS,
        widget=forms.NumberInput(attrs={"class": "width-xs"}),
        error_messages={
            name: _("Give a number of years between 3 and 30.")
            for name in ("min_value", "max_value", "invalid")
        },
    )

    def __init__(self, *args: Any, categories: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["kept_categories"]
        chosen.choices = list(categories)
        if not categories:
            del self.fields["kept_categories"]

    @classmethod
    def of(
        cls, rules: PrivacyRules, categories: Sequence[tuple[str, str]], data: Any = None
    ) -> "PrivacyRulesForm":
        """The form with the rules as they are."""
        return cls(data, categories=categories, initial={name: getattr(rules, name) for name in NAMES})
