"""Fields and forms about partners, reasons and calendars that both desks have."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from illservice.core.clock import local_date
from illservice.core.desk.fields import day, lines, short_text
from illservice.core.desk.forms import EMPTY, ActionForm, PickField
from illservice.directory.calendars import countries, end_of_day, regions
from illservice.directory.kinds import CONDITION_WORDS
from illservice.directory.models import Calendar, PartnerSystem, ReasonPurpose
from illservice.directory.selectors import reasons_for

LONGEST_NUMBER = 60


def loan_conditions(label: Any = "") -> forms.MultipleChoiceField:
    """Conditions by their ISO 18626 codes."""
    return forms.MultipleChoiceField(
        label=label or _("Conditions of the lender"),
        required=False,
        choices=list(CONDITION_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )


def system_choice() -> forms.ChoiceField:
    """The system in which a library is asked."""
    return forms.ChoiceField(
        label=_("Asked in"), choices=PartnerSystem.choices, widget=forms.Select(attrs={"class": "width-m"})
    )


def their_number() -> forms.CharField:
    """The number that a request has in the lender's system."""
    return short_text(_("Number of the request there"), LONGEST_NUMBER, css="width-m number")


class ReasonForm(ActionForm):
    """A form with a reason of one purpose. Required where `demands` says so and the library has any to offer."""

    purpose: ReasonPurpose
    demands = False
    reason = PickField(label=_("Reason"), required=False)

    def prepare(self) -> None:
        """Offer the library's own reasons before the shared ones."""
        found = sorted(reasons_for(self.library, self.purpose), key=lambda each: each.library_id is None)
        offered = sorted(found, key=lambda each: (each.position, each.code))
        own = {each.code for each in found if each.library_id}
        field = self.fields["reason"]
        field.required = self.demands and bool(offered)
        if isinstance(field, PickField):
            field.offer(
                (each.code, each.for_staff, each)
                for each in offered
                if each.library_id or each.code not in own
            )


class AskForm(ActionForm):
    """A question that must be answered, with the day by which: `usual_days` unless somebody says another."""

    text = lines(_("Question"), required=True, rows=5)
    reply_by = day(_("Answer by"))
    usual_days = 7

    def defaults(self, request: Any) -> dict[str, Any]:
        """The usual time, as the service would take it."""
        today = local_date(self.at, request.library.timezone)
        return {"reply_by": today + timedelta(days=self.usual_days)}

    @property
    def facts(self) -> dict[str, Any]:
        """The date as the end of that day in the library."""
        reply_by = self.cleaned_data.get("reply_by")
        moment = end_of_day(reply_by, self.library.timezone) if reply_by else None
        return {"text": self.cleaned_data["text"], "reply_by": moment}

    def clean_reply_by(self) -> Any:
        """Not in the past."""
        wanted = self.cleaned_data.get("reply_by")
        if wanted and wanted < local_date(self.at, self.library.timezone):
            raise forms.ValidationError(_("That day is over. Choose a later one."))
        return wanted


class UsualDaysForm(forms.Form):
    """The weekly closed days and the place whose public holidays count."""

    closed_weekdays = forms.MultipleChoiceField(
        label=_("Closed every week on"),
        required=False,
        choices=[(str(number + 1), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    country = forms.ChoiceField(
        label=_("Public holidays of"),
        required=False,
        help_text=_(
            "Holidays of this year and the next two are entered by themselves, and later ones every year."
        ),
        widget=forms.Select(attrs={"class": "width-l"}),
    )
    region = forms.ChoiceField(
        label=_("Region"),
        required=False,
        help_text=_("Some holidays are kept in a part of the country only."),
        widget=forms.Select(attrs={"class": "width-m"}),
    )

    def __init__(self, data: Any = None, *, calendar: Calendar) -> None:
        initial = {
            "closed_weekdays": list(calendar.library.closed_weekdays),
            "country": calendar.country,
            "region": calendar.region,
        }
        super().__init__(data, initial=initial)
        self._offer("country", _("no country: closed days are entered by hand"), countries().items())
        self.known = regions(calendar.country)
        if self.known:
            self._offer("region", _("the whole country"), self.known.items())
        else:
            del self.fields["region"]

    def _offer(self, name: str, empty: Any, choices: Iterable[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", empty), *choices]

    def facts(self) -> dict[str, str]:
        """As the service takes it. A region of the country before says nothing about another one."""
        country, region = self.cleaned_data["country"], self.cleaned_data.get("region", "")
        return {
            "closed_weekdays": "".join(self.cleaned_data["closed_weekdays"]),
            "country": country,
            "region": region if region in regions(country) and country == self.initial["country"] else "",
        }


class ClosureForm(forms.Form):
    """Closed once: a day or a span of days."""

    first_day = day(_("First day"), required=True)
    last_day = day(_("Last day"), _("Leave it empty for one day."))
    name = short_text(_("Why"), 200, _("For example: inventory, works festival."), css="width-l")


class VacationForm(forms.Form):
    """Borrowing, lending or both stop for a time."""

    first_day = day(_("First day"), required=True)
    last_day = day(_("Last day"), _("Leave it empty when you do not know yet: it lasts until you remove it."))
    stops = forms.MultipleChoiceField(
        label=_("What stops"),
        choices=[
            ("borrowing", _("Borrowing: patrons can ask, and nothing is sent to lenders by itself")),
            ("lending", _("Lending: libraries that ask are answered at once")),
        ],
        initial=["borrowing", "lending"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what stops.")},
    )
    patron_words = short_text(
        _("Words for patrons"), 500, _("They stand beside the day from which you work again."), css="width-l"
    )
    partner_words = short_text(
        _("Words for partners"), 500, _("They go with the answer to libraries that ask."), css="width-l"
    )

    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "stops"}
        stops = self.cleaned_data["stops"]
        return data | {"stops_borrowing": "borrowing" in stops, "stops_lending": "lending" in stops}


class NewPartnerForm(forms.Form):
    """A library that nobody asked before."""

    name = forms.CharField(label=_("Name of the library"), max_length=200)
    symbol = short_text(_("Symbol"), 40, _("Its ISIL or OCLC symbol, if you know it."), css="width-s")
    email = forms.EmailField(
        label=_("E-mail for requests"), required=False, widget=forms.EmailInput(attrs={"class": "width-l"})
    )
    system = forms.ChoiceField(
        label=_("Asked in"), choices=PartnerSystem.choices, widget=forms.Select(attrs={"class": "width-m"})
    )

    def clean(self) -> dict[str, Any]:
        """A letter needs an address."""
        data = super().clean() or {}
        if data.get("system") == PartnerSystem.MAIL and not data.get("email") and "email" not in self.errors:
            self.add_error(
                "email", _("Requests by e-mail need an address. Choose another way if there is none.")
            )
        return data


MOST_LINES = 20_000
"""Lines of a file that a page reads; longer ones are for the command."""


class TitlesForm(forms.Form):
    """A file of journals. It is only looked at unless somebody says that it counts."""

    file = forms.FileField(
        label=_("File of titles"),
        allow_empty_file=True,
        help_text=_("KBART (tab-separated) or CSV, at most 20,000 lines. Longer ones: ./ill import_titles"),
        error_messages={"required": _("Choose a file that is not too large.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.tsv,.csv,.kbart"}),
    )
    package = short_text(
        _("Package"),
        100,
        _("The name of the package that the file lists, if it is one. The next file has the same."),
    )
    licence = forms.ChoiceField(
        label=_("Licence"),
        required=False,
        help_text=_("For every line of the file that names none itself."),
    )
    aggregator = forms.BooleanField(label=_("In an aggregator’s package"), required=False)
    for_good = forms.BooleanField(
        label=_("Take it over"), help_text=_("Without this the file is only checked."), required=False
    )

    def __init__(self, *args: Any, licences: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["licence"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [EMPTY, *((each, each) for each in licences)]

    @property
    def usual(self) -> dict[str, str]:
        """What holds for every line, by the columns of the file."""
        data = self.cleaned_data
        return {"licence": data["licence"], "aggregator": "yes" if data["aggregator"] else ""}

    def clean_file(self) -> Any:
        """No more lines than a page may take the time for."""
        file = self.cleaned_data["file"]
        if sum(chunk.count(b"\n") for chunk in file.chunks()) > MOST_LINES:
            raise forms.ValidationError(
                _("The file has more than 20,000 lines. An operator reads it by command.")
            )
        file.seek(0)
        return file
