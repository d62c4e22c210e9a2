"""Correcting a request: its citation, and how it is wanted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.citations.forms.staff import CitationEditForm
from illservice.citations.kinds import Material
from illservice.core.actors import Actor
from illservice.core.desk.fields import day, lines, money, short_text
from illservice.core.desk.forms import ActionDoor, PickField
from illservice.directory.selectors import pickup_branches
from requests_app.models import BorrowingRequest, Delivery, Wanted
from requests_app.services import review

HOW = (
    "material", "kind", "need_by", "any_edition", "any_language", "volume_wanted", "delivery", "pickup_branch",
    "delivery_address", "max_cost", "cited_in",
)  # fmt: skip


class EditForm(CitationEditForm):
    """The citation, and how it is wanted."""

    how = tuple(name for name in HOW if name != "pickup_branch")
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
        branch = request.pickup_branch.code if request.pickup_branch else ""
        return super().defaults(request) | {"pickup_branch": branch}

    def adapt(self, names: list[str]) -> None:
        """Offer the branches; the volume is asked for once."""
        if (
            "volume" in names
            and not Material(self.request.material).is_part
            and not self.request.volume_wanted
        ):
            del self.fields["volume_wanted"]  # the material's own field asks the same
        field = self.fields["pickup_branch"]
        if isinstance(field, PickField):
            field.offer((each.code, each.name, each) for each in pickup_branches(self.library))

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
