"""What staff type of journals, subscriptions and licences."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import HoldingStatus, IllTerms, Unavailable
from illservice.citations.models import IssnKind, Journal, LicenceTerms, PeriodicalSort, Subscription
from illservice.citations.models.titles import HOLDING_FACTS, LICENCE_FACTS, seen_of
from illservice.core.desk.fields import day, lines, short_text
from illservice.core.desk.forms import EMPTY

MOST_MONTHS = 32_000
EARLIER, LATER = "earlier", "later"


class FindJournalForm(forms.Form):
    """An ISSN, or words of a title."""

    q = forms.CharField(
        label=_("ISSN, or words of the title"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class JournalForm(forms.Form):
    """The title and the publisher of a journal."""

    title = forms.CharField(
        label=_("Title"),
        max_length=500,
        widget=forms.TextInput(attrs={"class": "width-l", "autocomplete": "off"}),
    )
    publisher = short_text(_("Publisher"), 300, css="width-l")
    sort = forms.ChoiceField(
        label=_("Sort of periodical"),
        required=False,
        choices=PeriodicalSort.choices,
        help_text=_("Some laws of copyright treat newspapers and magazines otherwise than journals."),
    )


class NewJournalForm(JournalForm):
    """The same with ISSNs."""

    issns = short_text(_("ISSNs"), 200, _("Several with a blank between them."))

    def issn_list(self) -> list[str]:
        """The ISSNs as typed."""
        return str(self.cleaned_data["issns"]).replace(",", " ").replace(";", " ").split()


class IssnForm(forms.Form):
    """An ISSN of a journal."""

    issn = forms.CharField(
        label="ISSN",
        max_length=40,
        widget=forms.TextInput(attrs={"class": "width-s number", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("Edition"), choices=IssnKind.choices, initial=IssnKind.UNKNOWN.value)
    is_linking = forms.BooleanField(label=_("It is the linking ISSN (ISSN-L)"), required=False)


class LinkForm(forms.Form):
    """Which other journal it was, or became."""

    issn = forms.CharField(
        label=_("ISSN of the other journal"),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "width-s number", "autocomplete": "off"}),
    )
    other_is = forms.ChoiceField(
        label=_("The other journal is"),
        choices=[(EARLIER, _("the earlier title")), (LATER, _("the later title"))],
        widget=forms.RadioSelect,
    )
    changed_on = day(_("Changed on"))
    count_together = forms.BooleanField(
        label=_("Count the two as one journal"),
        required=False,
        initial=True,
        help_text=_("For the limit of copies in a year."),
    )


class SubscriptionForm(forms.Form):
    """A subscription or order of a journal. `seen` is what the person saw of it."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    status = forms.ChoiceField(
        label=_("Status"), choices=HoldingStatus.choices, initial=HoldingStatus.ACTIVE.value
    )
    ordered_on = day(
        _("Ordered on"), _("A request after this day counts as one for a journal that you have.")
    )
    starts = day(_("Subscribed from"))
    ends = day(_("Subscribed until"))
    covers_from = day(_("Covers issues from"), _("Empty: from the first one."))
    covers_to = day(_("Covers issues until"), _("Empty: until today."))
    first_volume = short_text(_("First volume"), 20, css="width-s")
    last_volume = short_text(_("Last volume"), 20, css="width-s")
    embargo_months = forms.IntegerField(
        label=_("Newest months that are held back"), min_value=0, max_value=MOST_MONTHS, required=False
    )
    rolling_months = forms.IntegerField(
        label=_("Only so many of the newest months"), min_value=0, max_value=MOST_MONTHS, required=False
    )
    is_aggregator = forms.BooleanField(label=_("In an aggregator’s package"), required=False)
    source = short_text(_("Package"), 100, _("As the file of the package is called, if it comes from one."))
    unavailable = forms.ChoiceField(label=_("Your own copy"), choices=Unavailable.choices, required=False)
    licence = forms.ChoiceField(label=_("Licence"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        licences: Iterable[LicenceTerms],
        row: Subscription | None = None,
    ) -> None:
        initial: dict[str, Any] = {}
        if row is not None:
            initial = {name: getattr(row, name) for name in HOLDING_FACTS}
            initial |= {"licence": row.licence_id or "", "seen": seen_of(row, HOLDING_FACTS)}
        super().__init__(data, initial=initial)
        field = self.fields["licence"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [EMPTY, *((str(each.pk), each.name) for each in licences)]

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes them."""
        data = self.cleaned_data
        facts = {name: data[name] for name in HOLDING_FACTS if name in data}
        months = {name: data[name] or 0 for name in ("embargo_months", "rolling_months")}
        return facts | months | {"licence_id": int(data["licence"]) if data["licence"] else None}


class EndForm(forms.Form):
    """The last day of a subscription."""

    on = day(_("Last day"), required=True)


class LicenceForm(forms.Form):
    """What a licence says of interlibrary loan. `seen` is what the person saw of it."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name of the licence"),
        max_length=150,
        widget=forms.TextInput(attrs={"class": "width-l", "autocomplete": "off"}),
    )
    terms = forms.ChoiceField(
        label=_("Copies to other libraries"),
        choices=IllTerms.choices,
        widget=forms.RadioSelect,
        initial=IllTerms.SILENT.value,
    )
    starts = day(_("In force from"))
    ends = day(_("In force until"))
    note = lines(_("Note"))

    def __init__(self, data: Any = None, *, row: LicenceTerms | None = None) -> None:
        known = {name: getattr(row, name) for name in LICENCE_FACTS} if row else {}
        super().__init__(data, initial=known | ({"seen": seen_of(row, LICENCE_FACTS)} if row else {}))

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes them."""
        return {name: self.cleaned_data[name] for name in LICENCE_FACTS}


def journal_form(data: Any, journal: Journal) -> JournalForm:
    """The form of a journal that is known."""
    return JournalForm(
        data, initial={name: getattr(journal, name) for name in ("title", "publisher", "sort")}
    )
