"""A policy as a form: for whom, from when, and every term with its hint. The ladder has a row for each step."""

from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from illservice.citations.kinds import Kind, Material
from illservice.core.desk.fields import day, money, short_text
from illservice.core.desk.forms import PickField
from illservice.directory.kinds import CONDITION_WORDS
from illservice.directory.models import Agreement, Library
from illservice.directory.selectors import partnerships_of
from illservice.policies.services import Selector, Wording
from illservice.policies.terms import OverdueStep, Side, Terms
from patrons.models import PatronCategory

MOST_DAYS = 730
MOST_STEPS = 20
_EVERY = _("– all –")
_KINDS = (("", _EVERY), (Kind.LOAN.value, Kind.LOAN.label), (Kind.COPY.value, Kind.COPY.label))


def _number(label: Any, hint: Any = "", *, required: bool = True, least: int = 0) -> forms.IntegerField:
    words = _("Give a whole number between %(least)s and %(most)s.") % {"least": least, "most": MOST_DAYS}
    return forms.IntegerField(
        label=label,
        help_text=hint,
        required=required,
        min_value=least,
        max_value=MOST_DAYS,
        widget=forms.NumberInput(attrs={"class": "width-xs"}),
        error_messages={"min_value": words, "max_value": words, "invalid": words},
    )


class DaysField(forms.CharField):
    """Several numbers of days in one field: `7, 3, 1`."""

    def __init__(self, label: Any, hint: Any) -> None:
        super().__init__(
            label=label, help_text=hint, required=False, widget=forms.TextInput(attrs={"class": "width-s"})
        )

    def prepare_value(self, value: Any) -> Any:
        """As people write it."""
        return ", ".join(str(each) for each in value) if isinstance(value, tuple | list) else value

    def clean(self, value: Any) -> Any:
        """The days, the most distant first, each once."""
        words = str(super().clean(value) or "").replace(",", " ").split()
        # Counted before read: Python refuses to read a number of thousands of digits at all.
        readable = all(word.isdecimal() and len(word) <= len(str(MOST_DAYS)) for word in words)
        if not readable or len(words) > MOST_STEPS or any(int(word) > MOST_DAYS for word in words):
            raise ValidationError(_("Write numbers of days with commas between them, for example 7, 3, 1."))
        return tuple(sorted({int(word) for word in words}, reverse=True))


class SelectorForm(forms.Form):
    """For whom and for what a new policy shall be."""

    partner = PickField(
        label=_("Partner"), required=False, help_text=_("One library. Beats everything wider.")
    )
    agreement = PickField(
        label=_("Agreement"), required=False, help_text=_("A group of libraries with the same terms.")
    )
    category = forms.ChoiceField(label=_("Patron category"), required=False)
    material = forms.ChoiceField(
        label=_("Material"), required=False, choices=[("", _EVERY), *Material.choices]
    )
    kind = forms.ChoiceField(label=_("Loan or copy"), required=False, choices=_KINDS)

    def __init__(self, data: Any = None, *, library: Library, side: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.side = side
        offered = [(each.partner.slug, each.partner.name, each.partner) for each in partnerships_of(library)]
        _field(self, "partner", PickField).offer(offered, empty=_EVERY)
        agreements = Agreement.objects.filter(library=library)
        _field(self, "agreement", PickField).offer(
            [(each.code, each.name, each) for each in agreements], empty=_EVERY
        )
        categories = PatronCategory.objects.filter(library=library).values_list("code", "name")
        _field(self, "category", forms.ChoiceField).choices = [("", _EVERY), *categories]
        if side == Side.LENDING:
            del self.fields["category"]

    def clean(self) -> dict[str, Any]:
        """A partner or its agreement, not both."""
        data = super().clean() or {}
        if data.get("partner") and data.get("agreement"):
            self.add_error("agreement", _("Choose a partner or an agreement, not both."))
        return data

    def selector(self) -> Selector:
        """What was chosen."""
        data = self.cleaned_data
        partner, agreement = data.get("partner"), data.get("agreement")
        return Selector(
            side=self.side,
            partner_id=partner.pk if partner else None,
            agreement_id=agreement.pk if agreement else None,
            category=data.get("category", ""),
            material=data["material"],
            kind=data["kind"],
        )


def _field(form: forms.Form, name: str, kind: type[Any]) -> Any:
    field = form.fields[name]
    if not isinstance(field, kind):
        raise TypeError(name)
    return field


class TermsForm(forms.Form):
    """Name, dates of validity, and all terms. Fields that a side does not use are left out."""

    groups: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = (
        (_("Name and dates"), ("name", "valid_from", "valid_until")),
        (
            _("How long"),
            ("loan_days", "renewals", "renewal_days", "renewal_silence_days", "auto_renew_days",
             "return_buffer_days", "need_by_days", "open_limit"),
        ),
        (
            _("Answers and parcels"),
            ("answer_working_days", "answer_cap_days", "reply_days", "ship_days", "shipping_days_out",
             "shipping_days_back", "unconfirmed_days", "resend_days", "shelf_days"),
        ),
        (_("When it is late"), ("due_soon_days", "grace_days", "lost_days", "replacement_charge")),
        (_("Money and conditions"), ("max_cost", "fee", "conditions")),
    )  # fmt: skip
    only: ClassVar[Mapping[str, tuple[str, ...]]] = {
        Side.LENDING: ("return_buffer_days", "need_by_days", "shelf_days", "ship_days", "max_cost",
                       "auto_renew_days", "shipping_days_out"),
        Side.BORROWING: ("shipping_days_back",),
    }  # fmt: skip
    """What the named side does not use."""

    name = short_text(_("Name"), 100, _("For staff: “Faculty books”, “State consortium”."))
    valid_from = day(_("Valid from"), required=True)
    valid_until = day(_("Valid until"), _("The last day. Empty: until it is changed."))
    loan_days = _number(_("Days of a loan"), least=1)
    renewals = _number(_("Renewals"), _("How often at most. 0: none."))
    renewal_days = _number(_("Days of a renewal"), least=1)
    renewal_silence_days = _number(
        _("No answer to a renewal means yes after"),
        _("Days. Empty: no answer means no."),
        required=False,
        least=1,
    )
    auto_renew_days = _number(
        _("Ask for a renewal by itself"),
        _("Days before the due date. Empty: never."),
        required=False,
        least=1,
    )
    return_buffer_days = _number(_("Days between the patron’s and the lender’s due date"))
    need_by_days = _number(
        _("Needed within"),
        _("Days, where the patron names no date. Empty: no date."),
        required=False,
        least=1,
    )
    open_limit = _number(
        _("Open requests at once"), _("For each patron. Empty: no limit."), required=False, least=1
    )
    answer_working_days = _number(
        _("Working days to answer"),
        _("After that the next lender is asked, or the desk is reminded."),
        least=1,
    )
    answer_cap_days = _number(_("But never more days than"), _("Calendar days."), least=1)
    reply_days = _number(_("Days to answer a question"), least=1)
    ship_days = _number(_("Days between a promise and the parcel"), least=1)
    shipping_days_out = _number(_("Days until a parcel counts as not arrived"), least=1)
    shipping_days_back = _number(_("Days on the way home before it counts as overdue"))
    unconfirmed_days = _number(_("Days until a return that nobody confirmed counts as received"), least=1)
    resend_days = _number(_("Days in which a better copy can be asked for"), least=1)
    shelf_days = _number(_("Days on the hold shelf"), least=1)
    due_soon_days = DaysField(
        _("Reminders before the due date"), _("Days before it, for example 7, 3. Empty: none.")
    )
    grace_days = _number(_("Days of grace"), _("Nothing happens in the first days after the due date."))
    lost_days = _number(
        _("Counts as lost after"),
        _("Days after the due date. Empty: never by itself."),
        required=False,
        least=1,
    )
    replacement_charge = money(_("Replacement charge"), _("In the library’s currency."))
    max_cost = money(_("Pay without asking up to"), _("In the library’s currency."))
    fee = money(_("Fee"), _("What the reader, or the borrowing library, pays for each request."))
    conditions = forms.MultipleChoiceField(
        label=_("Conditions that go with every loan"),
        choices=list(CONDITION_WORDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, side: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["name"].required = True
        for name in self.only[side]:
            del self.fields[name]
        if side == Side.LENDING:
            self.fields["unconfirmed_days"].label = _("Days until a return that has not come is looked for")
            self.fields["open_limit"].help_text = _(
                "For each library; over it the answer is: ask again later. Empty: no limit."
            )

    @classmethod
    def showing(cls, terms: Terms, *, side: str, **more: Any) -> "TermsForm":
        """The form filled with terms; `more` are name and dates."""
        return cls(side=side, initial={name: getattr(terms, name) for name in _TERM_NAMES} | more)

    def fieldsets(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields in their groups, as the page draws them."""
        groups = (
            (title, [self[name] for name in names if name in self.fields]) for title, names in self.groups
        )
        return [(title, found) for title, found in groups if found]

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        data = super().clean() or {}
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("This day lies before the first one."))
        return data

    def wording(self, base: Terms, steps: tuple[OverdueStep, ...]) -> Wording:
        """What a version shall say; terms that the side does not use stay as in `base`."""
        data = self.cleaned_data
        said = {name: getattr(base, name) for name in _TERM_NAMES}
        said |= {name: data[name] for name in _TERM_NAMES if name in data}
        said["conditions"] = tuple(said["conditions"])
        said["overdue"] = steps
        return Wording(data["name"], data["valid_from"], Terms(**said), data["valid_until"])


_TERM_NAMES = tuple(each.name for each in dataclass_fields(Terms))


class StepForm(forms.Form):
    """One step of the ladder; a row without a day is no step."""

    day = _number(_("Days after the due date"), required=False)
    notice = forms.BooleanField(label=_("tell"), required=False)
    block = forms.BooleanField(label=_("block"), required=False)
    bill = forms.BooleanField(label=_("bill"), required=False)

    def clean(self) -> dict[str, Any]:
        """What shall happen needs its day, and a day needs something that happens."""
        data = super().clean() or {}
        acts = any(data.get(name) for name in ("notice", "block", "bill"))
        if "day" in data and (data["day"] is None) == acts:
            self.add_error("day", _("Give the day and at least one thing that happens then."))
        return data

    def step(self) -> OverdueStep | None:
        """The step, None for an empty row."""
        data = self.cleaned_data
        if data.get("day") is None:
            return None
        return OverdueStep(data["day"], data["notice"], data["block"], data["bill"])


if TYPE_CHECKING:
    _Steps = forms.BaseFormSet["StepForm"]
else:
    _Steps = forms.BaseFormSet


class _Ladder(_Steps):
    """All steps together."""

    def clean(self) -> None:
        """Two steps of one day would be one: what happens on a day stands in one row."""
        if any(self.errors):
            return
        days = [step.day for form in self if (step := form.step()) is not None]
        for form in self:
            if days.count(form.cleaned_data.get("day", -1)) > 1:
                form.add_error("day", _("Another step has this day. Put what happens on one day in one row."))


StepForms = forms.formset_factory(StepForm, formset=_Ladder, extra=2, max_num=MOST_STEPS, validate_max=True)


def steps_of(terms: Terms) -> list[dict[str, Any]]:
    """The ladder as the formset begins."""
    return [
        {"day": each.day, "notice": each.notice, "block": each.block, "bill": each.bill}
        for each in terms.overdue
    ]


def read_steps(formset: Any) -> tuple[OverdueStep, ...]:
    """The ladder of a valid formset, in order."""
    return tuple(sorted(step for form in formset if (step := form.step()) is not None))


class QuestionForm(forms.Form):
    """Which rule wins? Any combination can be typed in."""

    side = forms.ChoiceField(
        label=_("Side"), choices=[(Side.BORROWING, _("borrowing")), (Side.LENDING, _("lending"))]
    )
    partner = PickField(label=_("Partner"), required=False)
    category = forms.ChoiceField(label=_("Patron category"), required=False)
    material = forms.ChoiceField(label=_("Material"), required=False, choices=[("", "–"), *Material.choices])
    kind = forms.ChoiceField(label=_("Loan or copy"), required=False, choices=_KINDS)
    on = day(_("On"), _("Empty: today."))

    def __init__(self, data: Any = None, *, library: Library, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offered = [(each.partner.slug, each.partner.name, each.partner) for each in partnerships_of(library)]
        _field(self, "partner", PickField).offer(offered, empty="–")
        categories = PatronCategory.objects.filter(library=library).values_list("code", "name")
        _field(self, "category", forms.ChoiceField).choices = [("", "–"), *categories]
