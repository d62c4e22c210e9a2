"""What a patron fills in: what is needed, how it is wanted, and words to the desk."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from illservice.citations.data import TEXT_FIELDS, CitationData
from illservice.citations.identifiers import LONGEST_RAW, IdentifierKind, read_identifier
from illservice.citations.kinds import FIELDS, PARTS, FieldSpec, Kind, Material, missing_fields
from illservice.citations.text import clean_lines, clean_text
from illservice.core.desk.forms import EMPTY, DayInput
from illservice.directory.models import Branch
from patrons.models import Patron
from requests_app.models import BorrowingRequest, Delivery

LONGEST_WAIT = timedelta(days=3 * 366)
"""A later need-by date is a slip of the hand."""
_MOST_READ = 50_000
"""Characters; a longer text is refused without looking at each of them."""

WHOLE_WORKS = frozenset({Material.BOOK, Material.JOURNAL})
"""Materials whose volume is the volume wanted."""
ONE_LANGUAGE = frozenset({Material.MAP, Material.SCORE, Material.PATENT})

DELIVERY_LABELS: Mapping[str, Any] = {
    Delivery.BRANCH: _("I pick it up at the library"),
    Delivery.OFFICE: _("Bring it to my office"),
    Delivery.HOME: _("Send it to my home"),
    Delivery.ELECTRONIC: _("As a file I can open online"),
}

_HINTS: Mapping[str, Any] = {
    "doi": _("A code that starts with 10. – for example 10.1000/182"),
    "pmid": _("Up to 8 digits."),
    "issn": _("8 digits that stand for the journal, for example 1234-5679."),
    "isbn": _("10 or 13 digits, often on the back cover."),
    "pages": _("For example 45–52."),
    "date": _("For example 2019, or March 2019."),
}
_WIDTHS: Mapping[str, str] = {
    "volume": "width-s", "issue": "width-s", "part": "width-s", "date": "width-s", "pages": "width-s",
    "issn": "width-m", "isbn": "width-m", "ismn": "width-m", "pmid": "width-m", "oclc": "width-m", "eric": "width-m",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """What the form has to know of the patron's library and of today."""

    patron: Patron
    branches: Sequence[Branch]
    today: date

    @property
    def home_branch(self) -> str:
        """The code of the patron's own branch, of the only one, or nothing."""
        codes = [branch.code for branch in self.branches]
        home = next((each.code for each in self.branches if each.pk == self.patron.home_branch_id), "")
        return home or (codes[0] if len(codes) == 1 else "")


class TextField(forms.CharField):
    """Text as people paste it, cleaned. Length is checked here: browsers would cut a long text without a word."""

    def __init__(self, *, longest: int, lines: bool = False, **kwargs: Any) -> None:
        self.longest = longest
        self.lines = lines
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Without control characters and doubled blanks; several lines only where `lines` says so."""
        text = "" if value is None else str(value)
        if len(text) <= _MOST_READ:
            text = clean_lines(text) if self.lines else clean_text(text)
        if len(text) > self.longest:
            words = _("“%(label)s” is too long. Keep it under %(longest)d characters.")
            raise ValidationError(words, params={"label": self.label, "longest": self.longest})
        return text

    def validate(self, value: Any) -> None:
        """The message names the field, because it also stands in the summary at the top of the page."""
        if self.required and not value:
            raise ValidationError(_("Fill in “%(label)s”."), params={"label": self.label}, code="required")


class MoneyField(forms.CharField):
    """An amount as people write it: "15", "15,50", "$ 15.50". Cleaned to Decimal or None."""

    _SHAPE = re.compile(r"[^\W\d]{0,3}[\s$€£]*([0-9]{1,6})(?:[.,]([0-9]{1,2}))?[\s$€£]*[^\W\d]{0,3}")

    def clean(self, value: Any) -> Decimal | None:
        """None for the empty text."""
        text = clean_text(str(value or "")[:100])
        if not text:
            return None
        found = self._SHAPE.fullmatch(text)
        if found is None:
            raise ValidationError(_("Write the most you would pay as a number, for example 15 or 15.50."))
        return Decimal(f"{found[1]}.{found[2] or '00'}")


class AskForm(forms.Form):
    """One thing that a patron needs: the fields of its material, then how it is wanted.

    `kinds` are the ways in which this patron may have it. A wrong identifier passes; the next page warns of it.
    """

    wanted = forms.ChoiceField(
        label=_("How do you want it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you want to borrow it or a copy.")},
    )
    delivery = forms.ChoiceField(
        label=_("How should it reach you?"),
        choices=list(DELIVERY_LABELS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it should reach you.")},
    )
    branch = forms.ChoiceField(label=_("Where do you want to pick it up?"), required=False)
    delivery_address = TextField(
        label=_("Address"),
        longest=500,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only if we bring or send it to you."),
    )
    need_by = forms.DateField(
        label=_("When do you need it by?"),
        required=False,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        help_text=_("The last day on which it is still of use to you."),
        error_messages={"invalid": _("Give the day as year, month and day, for example 2030-04-30.")},
    )
    any_edition = forms.BooleanField(label=_("Any edition will do"), required=False)
    any_language = forms.BooleanField(label=_("Any language will do"), required=False)
    max_cost = MoneyField(required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    cited_in = TextField(
        label=_("Where did you find it?"),
        longest=300,
        required=False,
        help_text=_("For example the book, the list or the web page that named it."),
    )
    note = TextField(
        label=_("Anything else we should know?"),
        longest=2000,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        material: str,
        setting: Setting,
        kinds: Sequence[str] = tuple(Kind.values),
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.material = material
        self.setting = setting
        self.kinds = kinds
        known = dict(initial or {})
        super().__init__(data, initial=self._defaults(known.get("wanted", "")) | known)
        self._add_citation(_known_by_number(material, self.data if self.is_bound else self.initial))
        self._prepare_wishes()

    def _defaults(self, wanted: str) -> dict[str, Any]:
        kind = wanted if wanted in self.kinds else Material(self.material).default_kind.value
        if kind not in self.kinds:
            kind = self.kinds[0]
        return {
            "wanted": kind,
            "delivery": (Delivery.ELECTRONIC if kind == Kind.COPY else Delivery.BRANCH).value,
            "branch": self.setting.home_branch,
        }

    def _add_citation(self, known_by_number: bool) -> None:
        for spec in FIELDS[self.material]:
            self.fields[spec.name] = _citation_field(spec, required=spec.required and not known_by_number)
        if self.material in PARTS and "doi" in self.fields:
            self.fields["doi"].help_text = _(
                "A code that starts with 10. – for example 10.1000/182. With it you can leave the titles empty."
            )

    def _prepare_wishes(self) -> None:
        self._choices("wanted", [(each, Kind(each).patron_label) for each in self.kinds])
        branches: list[tuple[str, Any]] = [(each.code, each.name) for each in self.setting.branches]
        self._choices("branch", branches if self.setting.home_branch else [EMPTY, *branches])
        if not self.setting.branches:
            del self.fields["branch"]
        self.fields["need_by"].widget = DayInput(min=self.setting.today.isoformat())
        self.fields["max_cost"].label = _("The most you would pay, in %(currency)s") % {
            "currency": self.setting.patron.library.currency
        }
        self.fields["max_cost"].widget.attrs["class"] = "width-s"
        if self.setting.patron.address:
            self.fields["delivery_address"].help_text = _(
                "Only if we bring or send it to you. Leave it empty for your home address as we know it."
            )
        if "edition" not in self.fields:
            del self.fields["any_edition"]
        if self.material in ONE_LANGUAGE:
            del self.fields["any_language"]

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    # -- Parts of the page ----------------------------------------------------------------------------------

    def citation_fields(self) -> list[forms.BoundField]:
        """What it is."""
        return self._bound(*(spec.name for spec in FIELDS[self.material]))

    def wish_fields(self) -> list[tuple[forms.BoundField, bool]]:
        """How and when; True for what the answer before makes needed or not, where "(optional)" would mislead."""
        names = ("wanted", "delivery", "branch", "delivery_address", "need_by")
        return [(field, field.name in {"branch", "delivery_address"}) for field in self._bound(*names)]

    def more_fields(self) -> list[forms.BoundField]:
        """What most people leave as it is."""
        return self._bound("any_edition", "any_language", "max_cost", "cited_in", "note")

    def _bound(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    def __iter__(self) -> Iterator[forms.BoundField]:
        """In the order of the page: the error summary lists the errors so."""
        return iter([*self.citation_fields(), *(f for f, _d in self.wish_fields()), *self.more_fields()])

    # -- Checks ---------------------------------------------------------------------------------------------

    def clean_need_by(self) -> date | None:
        """Not past, and not so far away that it must be a slip."""
        day: date | None = self.cleaned_data["need_by"]
        if day is not None and day < self.setting.today:
            raise ValidationError(_("The day you need it by must be today or later."))
        if day is not None and day > self.setting.today + LONGEST_WAIT:
            raise ValidationError(_("The day you need it by is years away. Check the year."))
        return day

    def clean(self) -> dict[str, Any]:
        """Only combinations that can be done."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        delivery = values.get("delivery")
        if delivery == Delivery.ELECTRONIC and values.get("wanted") == Kind.LOAN:
            self.add_error("delivery", _("What you borrow cannot be sent as a file. Choose another way."))
        if delivery == Delivery.BRANCH and "branch" in self.fields and not values.get("branch"):
            self.add_error("branch", _("Choose where you want to pick it up."))
        brought = delivery in {Delivery.OFFICE, Delivery.HOME} and "delivery_address" not in self.errors
        known = delivery == Delivery.HOME and self.setting.patron.address
        if brought and not known and not values.get("delivery_address"):
            self.add_error("delivery_address", _("Fill in the address to which we should bring it."))
        return values

    # -- What it comes to -----------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """Where it goes when it is brought or sent; the address on the card where the patron left it empty."""
        delivery = self.cleaned_data["delivery"]
        if delivery not in {Delivery.OFFICE, Delivery.HOME}:
            return ""
        typed: str = self.cleaned_data["delivery_address"]
        return typed or (self.setting.patron.address if delivery == Delivery.HOME else "")

    @property
    def pickup_branch(self) -> Branch | None:
        """The branch chosen, also for what is delivered: something may have to be fetched after all."""
        code = self.cleaned_data.get("branch")
        return next((each for each in self.setting.branches if each.code == code), None)

    @property
    def volume_wanted(self) -> str:
        """The volume of a whole work, where the form asks for it."""
        return str(self.cleaned_data.get("volume", ""))[:100] if self.material in WHOLE_WORKS else ""

    def citation(self, carried: Mapping[str, str]) -> CitationData:
        """The citation; `carried` are values that came along and have no field on this form."""
        typed = {spec.name: self.cleaned_data[spec.name] for spec in FIELDS[self.material]}
        kept = {name: text for name, text in carried.items() if name not in typed}
        return CitationData.from_mapping(kept | typed)


def _known_by_number(material: str, values: Mapping[str, Any]) -> bool:
    """Whether a valid DOI or PubMed number says what the part is, so that its titles may be missing."""
    given = {kind: str(values.get(kind) or "")[:LONGEST_RAW] for kind in ("doi", "pmid")}
    valid = {kind: text for kind, text in given.items() if text and read_identifier(kind, text).valid}
    return material in PARTS and not missing_fields(material, valid)


def _citation_field(spec: FieldSpec, *, required: bool) -> TextField:
    longest = LONGEST_RAW
    if spec.name in TEXT_FIELDS:
        longest = getattr(BorrowingRequest._meta.get_field(spec.name), "max_length", None) or 2000
    attrs = {"class": _WIDTHS.get(spec.name, "width-l"), "autocomplete": "off"}
    if spec.name in IdentifierKind.values:
        attrs["spellcheck"] = "false"
    return TextField(
        label=spec.label,
        longest=longest,
        required=required,
        help_text=_HINTS.get(spec.name, ""),
        widget=forms.TextInput(attrs=attrs),
    )


class CheckForm(forms.Form):
    """The last look. `seen` says which answers the patron saw."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    again_because = TextField(
        label=_("I need it again because…"),
        longest=1000,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class WriteForm(forms.Form):
    """Words to the desk."""

    text = TextField(
        label=_("Your message"), longest=5000, lines=True, widget=forms.Textarea(attrs={"rows": 4})
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
