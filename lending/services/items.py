"""What is fetched from the shelves: which copies, where they stand, found or not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput
from illservice.core.workflow import Act
from illservice.core.workflow.beside import mark, unmark
from illservice.directory.models import Branch
from lending.models import ItemPlace, LendingItem, LendingRequest
from lending.services.answers import ANSWERED
from lending.services.base import acting, answered
from lending.workflow.facts import volumes
from lending.workflow.slips import pull_slips
from lending.workflow.states import MarkKind

MOST_ITEMS = 50


@dataclass(frozen=True, slots=True)
class Copy:
    """One item that would do. Copies of the same `volume` stand for each other, in their order."""

    call_number: str = ""
    barcode: str = ""
    volume: str = ""
    location_id: int | None = None
    shelf: str = ""
    pieces: int = 1
    item_id: int | None = None


def plan_items(
    *, request_id: int, copies: Sequence[Copy], actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Make these the items to look for, in this order. Those named by `item_id` keep how far their search is."""
    with acting("plan_items", request_id=request_id, actor=actor, at=at, version=version) as act:
        _plan(act, copies)


def _plan(act: Act, copies: Sequence[Copy]) -> None:
    request: LendingRequest = act.subject
    _check(request, copies)
    known = {item.pk: item for item in request.items.all()}
    keep = {copy.item_id for copy in copies}
    for item in known.values():
        if item.pk not in keep:
            act.remove(item)
    for position, copy in enumerate(copies):
        values = {
            "call_number": copy.call_number,
            "barcode": copy.barcode,
            "volume": copy.volume,
            "location_id": copy.location_id,
            "shelf": copy.shelf,
            "pieces": copy.pieces,
            "position": position,
        }
        if copy.item_id in known:
            act.set(known[copy.item_id], **values)
        else:
            act.add(LendingItem(request=request, **values))


def _check(request: LendingRequest, copies: Sequence[Copy]) -> None:
    if len(copies) > MOST_ITEMS:
        raise InvalidInput({"copies": _("Those are too many items for one request.")})
    branches = {copy.location_id for copy in copies if copy.location_id}
    if Branch.objects.filter(library_id=request.library_id, pk__in=branches).count() != len(branches):
        raise InvalidInput({"location": _("Choose a branch of your library.")})
    for copy in copies:
        if not (copy.call_number or copy.barcode or copy.shelf or copy.location_id):
            raise InvalidInput(
                {"call_number": _("Say where it stands: a call number, a barcode or a place.")}
            )
        if not 1 <= copy.pieces <= MOST_ITEMS:
            raise InvalidInput({"pieces": _("Say how many pieces it has.")})


def pull(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    copies: Sequence[Copy] | None = None,
    version: int | None = None,
) -> None:
    """We can supply it: the stacks fetch it. With `copies` their places are noted in the same step."""
    with acting("pull", request_id=request_id, actor=actor, at=at, version=version) as act:
        if copies is not None:
            _plan(act, copies)
        for item in list(act.subject.items.all()):
            if item.place == ItemPlace.NOT_FOUND and copies is None:
                # A second search begins: what was not there last time is looked for again.
                act.set(item, place=ItemPlace.TO_PULL, looked_at=None, printed_at=None)
        answered(act)
        unmark(act, *ANSWERED)


def item_found(
    *,
    request_id: int,
    item_id: int,
    actor: Actor,
    at: datetime,
    barcode: str = "",
    version: int | None = None,
) -> None:
    """This copy is here; other copies of the same volume need not be fetched."""
    with acting("item_found", request_id=request_id, actor=actor, at=at, version=version) as act:
        item = _item(act, item_id)
        act.set(item, place=ItemPlace.FOUND, looked_at=at, barcode=barcode or item.barcode)
        for other in list(act.subject.items.all()):
            if other.pk != item.pk and other.volume == item.volume and other.place == ItemPlace.TO_PULL:
                act.set(other, place=ItemPlace.KEPT)


def item_not_found(
    *, request_id: int, item_id: int, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """It is not where it should be. The next copy of the volume is looked for; with none left the desk decides."""
    with acting("item_not_found", request_id=request_id, actor=actor, at=at, version=version) as act:
        item = _item(act, item_id)
        act.set(item, place=ItemPlace.NOT_FOUND, looked_at=at)
        left, lost = volumes(act.subject.items.all())
        if lost and not left:
            mark(act, MarkKind.NOT_ON_SHELF)


def _item(act: Act, item_id: int) -> LendingItem:
    known: list[LendingItem] = list(act.subject.items.all())
    item = next((each for each in known if each.pk == item_id), None)
    if item is None:
        raise InvalidInput({"item": _("That item is not part of this request.")})
    if item.place not in {ItemPlace.TO_PULL, ItemPlace.NOT_FOUND, ItemPlace.KEPT}:
        raise InvalidInput({"item": _("That item was found already.")})
    return item


def mark_printed(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    item_ids: Collection[int] | None = None,
    version: int | None = None,
) -> None:
    """The slips of this request are on paper: a list of what is still to print leaves them out.

    With `item_ids` only the slips of these items. A copy elsewhere, which has its turn when this one is not found, gets
    a slip of its own then.
    """
    with acting("mark_printed", request_id=request_id, actor=actor, at=at, version=version) as act:
        slips = [slip for slip in pull_slips(act.subject.items.all()) if not slip.is_printed]
        if item_ids is not None:
            slips = [slip for slip in slips if slip.item.pk in item_ids]
        if not slips:
            raise InvalidInput({"item": _("These slips are marked already, or no longer needed.")})
        for item in (item for slip in slips for item in slip.covers if item.printed_at is None):
            act.set(item, printed_at=at)
