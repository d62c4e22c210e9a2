"""Fields of the forms in which somebody says what is wanted: patrons, other libraries, and the desks for them."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from illservice.citations.data import TEXT_FIELDS, CitationData
from illservice.citations.identifiers import LONGEST_RAW, IdentifierKind, read_identifier
from illservice.citations.kinds import FIELDS, PARTS, FieldSpec, Material, missing_fields
from illservice.citations.models import CitationFields
from illservice.citations.text import clean_lines, clean_text

LONGEST_WAIT = timedelta(days=3 * 366)
"""A later need-by date is a slip of the hand."""
WHOLE_WORKS = frozenset({Material.BOOK, Material.JOURNAL})
"""Materials whose volume is the volume wanted."""
_MOST_READ = 50_000
"""Characters; a longer text is refused without looking at each of them."""

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


def citation_fields(material: str, values: Mapping[str, Any]) -> dict[str, TextField]:
    """The fields of one material by name. A number among the `values` that says it all lets the titles be missing."""
    known = known_by_number(material, values)
    fields = {
        spec.name: _citation_field(spec, required=spec.required and not known) for spec in FIELDS[material]
    }
    if material in PARTS and "doi" in fields:
        fields["doi"].help_text = _(
            "A code that starts with 10. – for example 10.1000/182. With it you can leave the titles empty."
        )
    return fields


def citation_of(material: str, cleaned: Mapping[str, Any], carried: Mapping[str, str]) -> CitationData:
    """The citation that a form holds; `carried` are values that came along and have no field on it."""
    typed = {spec.name: cleaned[spec.name] for spec in FIELDS[material]}
    kept = {name: text for name, text in carried.items() if name not in typed}
    return CitationData.from_mapping(kept | typed)


def volume_wanted(material: str, cleaned: Mapping[str, Any]) -> str:
    """The volume of a whole work, where the form asks for it."""
    return str(cleaned.get("volume", ""))[:100] if material in WHOLE_WORKS else ""


def future_need(day: date | None, today: date) -> date | None:
    """A need-by date that is not past, and not so far away that it must be a slip."""
    if day is not None and day < today:
        raise ValidationError(_("The day you need it by must be today or later."))
    if day is not None and day > today + LONGEST_WAIT:
        raise ValidationError(_("The day you need it by is years away. Check the year."))
    return day


def known_by_number(material: str, values: Mapping[str, Any]) -> bool:
    """Whether a valid DOI or PubMed number says what the part is, so that its titles may be missing."""
    given = {kind: str(values.get(kind) or "")[:LONGEST_RAW] for kind in ("doi", "pmid")}
    valid = {kind: text for kind, text in given.items() if text and read_identifier(kind, text).valid}
    return material in PARTS and not missing_fields(material, valid)


def _citation_field(spec: FieldSpec, *, required: bool) -> TextField:
    longest = LONGEST_RAW
    if spec.name in TEXT_FIELDS:
        longest = getattr(CitationFields._meta.get_field(spec.name), "max_length", None) or 2000
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


class WriteForm(forms.Form):
    """Words to the desk; `key` lets a form that is sent twice write once."""

    text = TextField(
        label=_("Your message"), longest=5000, lines=True, widget=forms.Textarea(attrs={"rows": 4})
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
