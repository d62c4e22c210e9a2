"""A citation as the desks correct it: the fields of the material, and those that hold something."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.citations.data import TEXT_FIELDS, CitationData
from illservice.citations.identifiers import IdentifierKind
from illservice.citations.kinds import FIELD_LABELS, FIELDS, Kind, Material, missing_fields
from illservice.citations.models import CitationFields, IdentifierRow
from illservice.core.desk.forms import ActionForm

_NARROW = frozenset({"volume", "issue", "part", "date", "pages"})
LONGEST_CODE = 500


def citation_names(material: str, known: Mapping[str, Any]) -> list[str]:
    """The fields to show: those of the material in their order, then others that hold something."""
    listed = [spec.name for spec in FIELDS.get(material, FIELDS["other"])]
    more = [name for name in (*TEXT_FIELDS, *IdentifierKind.values) if name not in listed and known.get(name)]
    return listed + more


def citation_labels(material: str) -> dict[str, Any]:
    """The text fields of a citation with their words, those of the material first."""
    own = {spec.name: spec.label for spec in FIELDS[material] if spec.name in TEXT_FIELDS}
    return own | {name: FIELD_LABELS[name] for name in TEXT_FIELDS if name not in own}


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
    return int(getattr(CitationFields._meta.get_field(name), "max_length", 0) or 2000)


def identifiers_text(rows: Iterable[IdentifierRow]) -> dict[str, str]:
    """The first identifier of each kind, as it was written."""
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(row.kind, row.raw)
    return found


class CitationEditForm(ActionForm):
    """The fields of the material and those that hold something; `how` names the columns that stand beside them.

    Each field carries what the person saw, so that after a conflict only what was really typed is kept apart.
    """

    how: ClassVar[tuple[str, ...]] = ()
    material = forms.ChoiceField(label=_("What it is"), choices=Material.choices)

    def defaults(self, request: Any) -> dict[str, Any]:
        """The request as it is now."""
        how = {name: getattr(request, name) for name in self.how}
        texts = {name: getattr(request, name) for name in TEXT_FIELDS}
        return how | texts | identifiers_text(request.identifiers.all())

    def prepare(self) -> None:
        """Add the citation's fields before the others."""
        material = str(self.data.get("material") or self.request.material)
        names = citation_names(material, self.initial)
        if self.is_bound:
            # A program may name any field of a citation; a page sends those that it showed.
            known = (*TEXT_FIELDS, *IdentifierKind.values)
            names += [name for name in known if name in self.data and name not in names]
        for name in names:
            self.fields[name] = citation_field(material, name)
        self.adapt(names)
        for name, each in self.fields.items():
            each.show_hidden_initial = name != "version"
        self.order_fields(["material", *names, *self.base_fields])

    def adapt(self, names: list[str]) -> None:
        """What else depends on the request; `names` are the citation's fields that are shown."""

    @property
    def citation(self) -> CitationData:
        """The corrected citation; fields that were not shown keep what they hold."""
        kept = {name: str(self.initial.get(name) or "") for name in (*TEXT_FIELDS, *IdentifierKind.values)}
        typed = {name: self.cleaned_data[name] for name in kept if name in self.cleaned_data}
        untouched = [
            row.identifier()
            for row in self.request.identifiers.all()
            if typed.get(row.kind, kept.get(row.kind)) == kept.get(row.kind)
        ]
        changed = {name: text for name, text in (kept | typed).items() if text != kept[name]}
        texts = {name: (kept | typed)[name] for name in TEXT_FIELDS}
        read = CitationData.from_mapping(
            texts | {name: text for name, text in changed.items() if name in IdentifierKind.values}
        )
        return read.with_identifiers((*untouched, *read.identifiers))


@dataclass(frozen=True, slots=True)
class Checked:
    """What speaks against a request before it is sent in, for the desk to weigh."""

    findings: tuple[Any, ...] = ()
    twins: tuple[Any, ...] = ()
    missing: tuple[Any, ...] = ()
    wrong_identifiers: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.findings or self.twins or self.missing or self.wrong_identifiers)


class TypedInForm(forms.Form):
    """A request that the desk types in for somebody. Nothing is a wall but a request for nothing at all."""

    token = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    material = forms.ChoiceField(choices=Material.choices, widget=forms.HiddenInput)
    wanted = forms.ChoiceField(
        label=_("Wanted as"),
        choices=[
            (Kind.LOAN.value, _("a loan")),
            (Kind.COPY.value, _("a copy")),
            (Kind.EITHER.value, _("either")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, material: str, initial: Mapping[str, Any], **kwargs: Any) -> None:
        self.kind_of_thing = Material(material)
        usual = {"material": material, "wanted": self.kind_of_thing.default_kind.value}
        super().__init__(data, initial=usual | dict(initial), **kwargs)
        names = [spec.name for spec in FIELDS[material]]
        for name in names:
            self.fields[name] = citation_field(material, name)
        if "volume" in names and not self.kind_of_thing.is_part:
            self.fields.pop("volume_wanted", None)
        self.order_fields([*names, "wanted"])

    def clean(self) -> dict[str, Any]:
        """Something must be asked for."""
        data = super().clean() or {}
        told = ("title", "article_title", *IdentifierKind.values)
        if not self.errors and not any(data.get(name) for name in told):
            first = FIELDS[self.kind_of_thing][0].name
            self.add_error(first, _("Give at least a title or a number such as an ISBN or a DOI."))
        return data

    @property
    def citation(self) -> CitationData:
        """The citation as typed."""
        known = (*TEXT_FIELDS, *IdentifierKind.values)
        return CitationData.from_mapping({name: self.cleaned_data.get(name, "") for name in known})

    def missing(self) -> tuple[Any, ...]:
        """Fields without which it is hard to find, by their words."""
        citation = self.citation
        identifiers = {str(one.kind): one.raw for one in citation.identifiers}
        names = missing_fields(self.kind_of_thing, citation.texts() | identifiers)
        return tuple(self.fields[name].label if name in self.fields else FIELD_LABELS[name] for name in names)

    def wrong_identifiers(self) -> tuple[dict[str, Any], ...]:
        """Identifiers that are none."""
        return tuple(
            {"label": one.kind.label, "raw": one.raw} for one in self.citation.identifiers if not one.valid
        )
