"""Correcting a request: its citation, and how it is wanted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.citations.data import TEXT_FIELDS, CitationData
from illservice.citations.identifiers import IdentifierKind
from illservice.citations.kinds import Material
from illservice.core.actors import Actor
from illservice.core.desk.fields import day, lines, money, short_text
from illservice.core.desk.forms import ActionDoor, ActionForm, PickField
from illservice.directory.selectors import pickup_branches
from requests_app.forms.citation import citation_field, citation_names, identifiers_text
from requests_app.models import BorrowingRequest, Delivery, Wanted
from requests_app.services import review

HOW = (
    "material", "kind", "need_by", "any_edition", "any_language", "volume_wanted", "delivery", "pickup_branch",
    "delivery_address", "max_cost", "cited_in",
)  # fmt: skip


class EditForm(ActionForm):
    """The fields of the material, those that hold something, and how it is wanted.

    Each field carries what the person saw, so that after a conflict only what was really typed is kept apart.
    """

    material = forms.ChoiceField(label=_("What it is"), choices=Material.choices)
    kind = forms.ChoiceField(
        label=_("Handled as"), choices=[(Wanted.LOAN.value, _("a loan")), (Wanted.COPY.value, _("a copy"))]
    )
    need_by = day(_("Needed by"))
    any_edition = forms.BooleanField(label=_("Any edition will do"), required=False)
    any_language = forms.BooleanField(label=_("Any language will do"), required=False)
    volume_wanted = short_text(_("Volume wanted"), 100)
    delivery = forms.ChoiceField(label=_("Delivery"), choices=Delivery.choices)
    pickup_branch = PickField(label=_("Pick up at"), required=False)
    delivery_address = lines(_("Delivery address"), rows=3)
    max_cost = money(_("Most the patron would pay"))
    cited_in = short_text(_("Where the patron found it"), 300, css="width-l")

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """The request as it is now."""
        how = {name: getattr(request, name) for name in HOW if name != "pickup_branch"}
        texts = {name: getattr(request, name) for name in TEXT_FIELDS}
        branch = request.pickup_branch.code if request.pickup_branch else ""
        return how | texts | identifiers_text(request.identifiers.all()) | {"pickup_branch": branch}

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
        if (
            "volume" in names
            and not Material(self.request.material).is_part
            and not self.request.volume_wanted
        ):
            del self.fields["volume_wanted"]  # the material's own field asks the same
        field = self.fields["pickup_branch"]
        if isinstance(field, PickField):
            field.offer((each.code, each.name, each) for each in pickup_branches(self.library))
        for name, each in self.fields.items():
            each.show_hidden_initial = name != "version"
        self.order_fields(["material", *names, *HOW[1:]])

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

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        values = {name: data[name] for name in HOW if name != "pickup_branch" and name in data}
        branch = data.get("pickup_branch")
        values["pickup_branch_id"] = branch.pk if branch else None
        return {"values": values, "citation": self.citation}


def _edit(
    *, request: BorrowingRequest, data: Mapping[str, Any], actor: Actor, at: datetime, version: int | None
) -> None:
    review.edit(
        request_id=request.pk,
        values=data["values"],
        citation=data["citation"],
        actor=actor,
        at=at,
        version=version,
    )


EDIT: dict[str, ActionDoor] = {
    "edit": ActionDoor(EditForm, _edit, _("Request corrected"), asks=lambda _request: True),
}
