"""What is fetched: which copies, where they stand, found or not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.desk.fields import short_text
from illservice.core.desk.forms import ActionDoor, ActionForm, PickField, one_click, with_facts
from illservice.directory.selectors import branches_of
from lending.models import ItemPlace, LendingItem, LendingRequest
from lending.services import items
from lending.services.items import MOST_ITEMS, Copy

BLANK_ROWS = 3
_CELLS = ("volume", "call_number", "location", "shelf", "barcode", "pieces")
_LOOKED_FOR = frozenset({ItemPlace.TO_PULL, ItemPlace.NOT_FOUND, ItemPlace.KEPT})


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: its cells as bound fields, and how far the search for the item is."""

    cells: list[forms.BoundField]
    place: Any


class ItemsForm(ActionForm):
    """The copies that would do, one on each row. A row that is emptied goes; empty rows count for nothing."""

    part = "lending/action_items.html"
    submit: ClassVar[Any] = _("Save")
    rows = forms.IntegerField(required=False, min_value=0, max_value=MOST_ITEMS, widget=forms.HiddenInput)

    def known(self) -> list[LendingItem]:
        """The items of the request in their order; their rows come first."""
        return list(self.request.items.all())

    def prepare(self) -> None:
        """One row for each item, and some empty ones."""
        known = self.known()
        count = min(len(known) + BLANK_ROWS, MOST_ITEMS)
        self.initial.setdefault("rows", count)
        self.count = self._sent_count() or count
        branches = [(each.code, each.name, each) for each in branches_of(self.library)]
        for number in range(1, self.count + 1):
            item = known[number - 1] if number <= len(known) else None
            self._add_row(number, item, branches)

    def _sent_count(self) -> int:
        text = str(self.data.get("rows", "")) if self.is_bound else ""
        return min(int(text), MOST_ITEMS) if text.isascii() and text.isdigit() and len(text) < 4 else 0

    def _add_row(self, number: int, item: LendingItem | None, branches: list[tuple[str, str, Any]]) -> None:
        location = PickField(label=_("Location"), required=False)
        location.offer(branches, empty=_("– anywhere –"))
        pieces = forms.IntegerField(
            label=_("Pieces"),
            required=False,
            min_value=1,
            max_value=MOST_ITEMS,
            widget=forms.TextInput(attrs={"class": "width-xs", "inputmode": "numeric"}),
        )
        row: dict[str, forms.Field] = {
            "volume": short_text(_("Volume or part"), 100, css="width-s"),
            "call_number": short_text(_("Call number"), 100, css="width-m"),
            "location": location,
            "shelf": short_text(_("Collection or shelf"), 100, css="width-s"),
            "barcode": short_text(_("Item barcode"), 60, css="width-s number"),
            "pieces": pieces,
        }
        for name, field in row.items():
            self.fields[f"{name}_{number}"] = field
            self.initial.setdefault(f"{name}_{number}", self._value(item, name))

    def _value(self, item: LendingItem | None, name: str) -> Any:
        if item is None:
            return self.request.volume_wanted if name == "volume" and not self.known() else ""
        if name == "location":
            return item.location.code if item.location else ""
        return getattr(item, name)

    def lines(self) -> Iterator[Line]:
        """The table, row by row."""
        known = self.known()
        for number in range(1, self.count + 1):
            place = known[number - 1].get_place_display() if number <= len(known) else ""
            yield Line([self[f"{name}_{number}"] for name in _CELLS], place)

    def copies(self) -> list[Copy]:
        """The rows that say where something stands."""
        known, found = self.known(), []
        for number in range(1, self.count + 1):
            cell = {name: self.cleaned_data.get(f"{name}_{number}") for name in _CELLS}
            if not any(cell[name] for name in ("call_number", "location", "shelf", "barcode")):
                continue
            found.append(
                Copy(
                    call_number=cell["call_number"] or "",
                    barcode=cell["barcode"] or "",
                    volume=cell["volume"] or "",
                    location_id=cell["location"].pk if cell["location"] else None,
                    shelf=cell["shelf"] or "",
                    pieces=cell["pieces"] or 1,
                    item_id=known[number - 1].pk if number <= len(known) else None,
                )
            )
        return found

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"copies": self.copies()}


class PullForm(ItemsForm):
    """The same on the way to the stacks; without rows what is known already is fetched."""

    submit = ""

    @property
    def facts(self) -> dict[str, Any]:
        """None keeps the items as they are, and looks once more for those that were not there."""
        return {"copies": self.copies() if self.cleaned_data.get("rows") else None}


class ItemForm(ActionForm):
    """Which item it is; only one that can be meant need not be named."""

    item = PickField(label=_("Which one?"), required=False)

    def prepare(self) -> None:
        """Offer what is looked for, by its place in the list."""
        self.candidates = looked_for(self.request)
        field = self.fields["item"]
        field.required = len(self.candidates) > 1
        if isinstance(field, PickField):
            listed = list(self.request.items.all())
            field.offer((str(listed.index(each) + 1), _item_words(each), each) for each in self.candidates)

    def clean_item(self) -> LendingItem | None:
        """The only one there is, when none is named."""
        chosen: LendingItem | None = self.cleaned_data.get("item")
        if chosen is None and len(self.candidates) != 1:
            raise forms.ValidationError(_("Say which item you mean."))
        return chosen or self.candidates[0]

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        data = super().facts
        return data | {"item_id": data.pop("item").pk}


class FoundForm(ItemForm):
    """Found, and its barcode where nobody knew it."""

    barcode = short_text(_("Item barcode"), 60, css="width-m number")


def looked_for(request: LendingRequest) -> Sequence[LendingItem]:
    """Items that can be found or not found now: those to fetch, else those once left."""
    listed = list(request.items.all())
    first = [each for each in listed if each.place == ItemPlace.TO_PULL]
    return first or [each for each in listed if each.place in _LOOKED_FOR]


def _item_words(item: LendingItem) -> str:
    where = item.location.name if item.location else ""
    parts = (item.volume, item.call_number, where, item.shelf, item.barcode)
    return " · ".join(part for part in parts if part)


def _several(request: LendingRequest) -> bool:
    return len(looked_for(request)) > 1


def _no_place_known(request: LendingRequest) -> bool:
    return not any(each.place in _LOOKED_FOR for each in request.items.all())


ITEMS: dict[str, ActionDoor] = {
    "plan_items": with_facts(ItemsForm, items.plan_items, _("Call numbers kept")),
    "pull": with_facts(PullForm, items.pull, _("To be fetched"), asks=_no_place_known),
    "item_found": with_facts(FoundForm, items.item_found, _("Found"), asks=_several),
    "item_not_found": with_facts(ItemForm, items.item_not_found, _("Not found"), asks=_several),
    "mark_printed": one_click(items.mark_printed, _("Marked as printed")),
}
