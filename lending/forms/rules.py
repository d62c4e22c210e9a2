"""The rules of the lending desk as a form."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.citations.kinds import Material
from lending.models import LendingDesk, StatementRule
from lending.services.rules import NAMES


class RulesForm(forms.Form):
    """What is lent."""

    names: ClassVar[tuple[str, ...]] = NAMES
    lends_loans = forms.BooleanField(label=_("We lend items"), required=False)
    lends_copies = forms.BooleanField(label=_("We make copies"), required=False)
    refused_materials = forms.MultipleChoiceField(
        label=_("Kinds that we do not lend"),
        help_text=_("A request for one of these is answered no at once."),
        choices=Material.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    statement_rule = forms.ChoiceField(
        label=_("A copy request without a copyright statement"),
        choices=StatementRule.choices,
        widget=forms.RadioSelect,
    )

    @classmethod
    def of(cls, desk: LendingDesk, data: Any = None) -> "RulesForm":
        """The form with the rules as they are."""
        return cls(data, initial={name: getattr(desk, name) for name in NAMES})
