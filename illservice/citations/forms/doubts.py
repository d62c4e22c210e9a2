"""What looks wrong or is missing in an answer, without stopping anybody."""

from collections.abc import Callable, Mapping
from typing import Any

from illservice.citations.data import CitationData
from illservice.citations.identifiers import IdentifierKind
from illservice.citations.kinds import FIELDS, Need, missing_fields

FieldUrl = Callable[[str], str]
"""The address of a field on the form, by the field's name."""


def wrong_identifiers(material: str, citation: CitationData, field_url: FieldUrl) -> list[dict[str, Any]]:
    """Identifiers that do not look right: `label`, `value` and `url` of the field, if the form has it."""
    asked = {spec.name: spec.label for spec in FIELDS[material]}
    return [
        {
            "label": asked.get(one.kind, IdentifierKind(one.kind).label),
            "value": one.raw[:80],
            "url": field_url(one.kind) if one.kind in asked else "",
        }
        for one in citation.identifiers
        if not one.valid
    ]


def helpful_fields(material: str, cleaned: Mapping[str, Any], field_url: FieldUrl) -> list[dict[str, Any]]:
    """What is not needed but makes finding it faster; nothing where a number says it all."""
    values = {name: str(value) for name, value in cleaned.items() if value}
    by_number = not missing_fields(material, {"doi": values.get("doi", "")})
    if by_number or any(values.get(kind) for kind in ("isbn", "pmid", "oclc", "ismn")):
        return []
    return [
        {"label": spec.label, "url": field_url(spec.name)}
        for spec in FIELDS[material]
        if spec.need is Need.WANTED and not values.get(spec.name)
    ]
