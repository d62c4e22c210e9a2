"""The first question: what is needed, or a number or address that says it. Read here and now, nothing is looked up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from illservice.citations.forms.fields import TextField
from illservice.citations.identifiers import read_identifier
from illservice.citations.kinds import Material
from illservice.citations.text import clean_text
from illservice.protocols.identifiers import isbns_in, issns_in
from illservice.protocols.openurl.codec import parse_openurl
from illservice.protocols.openurl.messages import LONGEST_OPENURL

_DOI = re.compile(r"\b10\.[0-9]{4,9}/[^\s\"<>]+")
_PMID = re.compile(
    r"(?:\bpmid\s*:?\s*|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)([0-9]{1,8})\b", re.I
)
_PMCID = re.compile(r"\b(PMC[0-9]{3,9})\b", re.I)
_OCLC = re.compile(
    r"(?:\boclc\s*(?:number|no\.?)?\s*:?\s*|\bworldcat\.org/(?:title/[^\s]*)?oclc/)([0-9]{4,12})\b", re.I
)
_ERIC = re.compile(r"\b(E[DJ][0-9]{6,7})\b", re.I)
_ADDRESS = re.compile(r"https?://\S+", re.I)
_MOST_READ = 10_000


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a pasted text says. `material` is empty when it does not tell."""

    material: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values)


def read_pasted(text: str) -> Pasted:
    """A link with the whole description, a DOI, PubMed number, ISBN, ISSN, OCLC or ERIC number, or a web address."""
    text = text.strip()
    described = _described(text)
    if described:
        return described
    text = clean_text(text[:_MOST_READ])
    for kind, shape, material in (
        ("doi", _DOI, Material.ARTICLE),
        ("pmid", _PMID, Material.ARTICLE),
        ("pmcid", _PMCID, Material.ARTICLE),
        ("oclc", _OCLC, Material.BOOK),
        ("eric", _ERIC, Material.REPORT),
    ):
        found = shape.search(text)
        if found:
            one = read_identifier(kind, found[found.lastindex or 0])
            if one.valid:
                return Pasted(material, {kind: one.normalised} | _address(text))
    return _numbers_alone(text)


def _numbers_alone(text: str) -> Pasted:
    address = _address(text)
    if re.fullmatch(r"[0-9]{5,8}", text):
        return Pasted(Material.ARTICLE, {"pmid": text})
    isbns, issns = isbns_in(text), issns_in(text)
    if isbns:
        return Pasted(Material.BOOK, {"isbn": isbns[0]} | address)
    if issns and not address:
        return Pasted(Material.ARTICLE, {"issn": issns[0]})
    return Pasted("", address)


def _address(text: str) -> dict[str, str]:
    found = _ADDRESS.search(text)
    return {"cited_in": found[0][:300]} if found and "doi.org/" not in found[0] else {}


def _described(text: str) -> Pasted | None:
    """A link that carries the description in its keys (OpenURL)."""
    if "=" not in text or len(text) > LONGEST_OPENURL:
        return None
    parsed = parse_openurl(text)
    said = {key: value for key, value in parsed.citation.items() if key != "source"}
    if "not_openurl" in parsed.warnings or not said:
        return None
    return Pasted(parsed.material, parsed.citation, parsed.as_dict())


class StartForm(forms.Form):
    """One of the two is enough; the choice wins over what the pasted text says."""

    pasted = TextField(
        label=_("If you have a number or a web address for it, paste it here"),
        longest=LONGEST_OPENURL,
        required=False,
        help_text=_("For example a DOI, a PubMed number, an ISBN, or a link from a database."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "width-l"}),
    )
    material = forms.ChoiceField(
        label=_("What is it?"),
        required=False,
        choices=[(each.value, each.patron_label) for each in Material],
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        """Something must tell what is needed."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return values
        values["found"] = found = read_pasted(values["pasted"])
        if values["material"] or found.material:
            return values
        if found:
            self.add_error("material", _("Choose what it is. The address alone does not say it."))
        elif values["pasted"]:
            words = _("We could not find a number or an address in this. Choose what it is and go on.")
            raise ValidationError({"pasted": words})
        else:
            self.add_error("material", _("Choose what you need, or paste a number or a web address."))
        return values
