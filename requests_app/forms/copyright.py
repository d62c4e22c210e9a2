"""Forms of the copyright desk: a library's rules, and the paying of royalties."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import Statement
from illservice.core.desk.fields import day
from requests_app.copyright import WindowMode
from requests_app.copyright.facts import YearBasis
from requests_app.models import CopyrightRules
from requests_app.services.copyright.rules import CHAPTER_STATEMENTS, HIGHEST_LIMIT, NAMES


def _tick(label: Any, hint: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=hint, required=False)


class CopyrightRulesForm(forms.Form):
    """How copies are counted, and what goes on by itself."""

    clear_by_law = _tick(
        _("What the rules clear goes on by itself"),
        _("Without this every copy waits for a person, who sees what the rules say."),
    )
    contu_enabled = _tick(
        _("Copies are counted against a limit"),
        _("The guidelines are no law. Without this nothing is held back because of a number."),
    )
    contu_limit = forms.IntegerField(
        label=_("Copies of one journal or work in a calendar year"),
        help_text=_("The guidelines name five: the sixth waits."),
        min_value=1,
        max_value=HIGHEST_LIMIT,
        widget=forms.NumberInput(attrs={"class": "width-xs"}),
    )
    contu_window_mode = forms.ChoiceField(
        label=_("What is recent?"), choices=WindowMode.choices, widget=forms.RadioSelect
    )
    contu_count_year_basis = forms.ChoiceField(
        label=_("In which year does a copy count?"), choices=YearBasis.choices, widget=forms.RadioSelect
    )
    contu_reserve_pending = _tick(
        _("Open requests hold their place"),
        _("Without this only what came is counted, and more can be asked for than may come."),
    )
    contu_count_royalty_paid = _tick(_("Copies for which a royalty is paid count, too"))
    chapter_rule_enabled = _tick(_("Chapters and other parts are counted by their book"))
    chapter_statement = forms.ChoiceField(
        label=_("What is stated for a chapter?"),
        choices=[(each.value, each.label) for each in CHAPTER_STATEMENTS],
        widget=forms.RadioSelect,
    )
    newspaper_is_periodical = _tick(
        _("Newspapers are counted as journals"),
        _("Without this their articles are counted like parts of other works, whatever their age."),
    )
    aggregator_embargo_counts_as_subscription = _tick(
        _("What an aggregator’s package holds back counts as subscribed")
    )

    @classmethod
    def of(cls, rules: CopyrightRules, data: Any = None) -> "CopyrightRulesForm":
        """The form with the rules as they are."""
        return cls(data, initial={name: getattr(rules, name) for name in NAMES})

    def clean_chapter_statement(self) -> str:
        """As it is stored."""
        return Statement(self.cleaned_data["chapter_statement"]).value


class PaidForm(forms.Form):
    """When a batch was paid."""

    paid_on = day(_("Paid on"), required=True)
