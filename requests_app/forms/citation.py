"""The fields of a citation as form fields, with the words of each material."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from illservice.citations.data import TEXT_FIELDS
from illservice.citations.identifiers import IdentifierKind
from illservice.citations.kinds import FIELD_LABELS, FIELDS
from illservice.citations.models import IdentifierRow
from requests_app.models import BorrowingRequest

_NARROW = frozenset({"volume", "issue", "part", "date", "pages"})
LONGEST_CODE = 500


def citation_names(material: str, known: Mapping[str, Any]) -> list[str]:
    """The fields to show: those of the material in their order, then others that hold something."""
    listed = [spec.name for spec in FIELDS.get(material, FIELDS["other"])]
    more = [name for name in (*TEXT_FIELDS, *IdentifierKind.values) if name not in listed and known.get(name)]
    return listed + more


def citation_field(material: str, name: str, *, required: bool = False) -> forms.CharField:
    """One field: as long as its column, as wide as what is expected."""
    labels: dict[str, Any] = {spec.name: spec.label for spec in FIELDS.get(material, ())}
    css = "width-s" if name in _NARROW else "width-m number" if name in IdentifierKind.values else "width-l"
    return forms.CharField(
        label=labels.get(name, FIELD_LABELS[name]),
        required=required,
        max_length=_longest(name),
        widget=forms.TextInput(attrs={"class": css, "autocomplete": "off"}),
    )


def _longest(name: str) -> int:
    if name in IdentifierKind.values:
        return LONGEST_CODE
    return int(getattr(BorrowingRequest._meta.get_field(name), "max_length", 0) or 2000)


def identifiers_text(rows: Iterable[IdentifierRow]) -> dict[str, str]:
    """The first identifier of each kind, as it was written."""
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(row.kind, row.raw)
    return found
