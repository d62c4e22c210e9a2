"""Which slips the stacks need: one for each volume that nobody has found, however many copies would do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from illservice.citations.normalise import shelf_key
from lending.models import ItemPlace, LendingItem

_HERE = frozenset({ItemPlace.FOUND, ItemPlace.SENT, ItemPlace.BACK})


@dataclass(frozen=True, slots=True)
class PullSlip:
    """The copy of a volume that is looked for next, and `others` that would do as well, in their order."""

    item: LendingItem
    others: tuple[LendingItem, ...]

    @property
    def is_printed(self) -> bool:
        """Whether somebody said that it is on paper."""
        return self.item.printed_at is not None

    @property
    def covers(self) -> list[LendingItem]:
        """What one walk with this slip looks for: a copy in another location needs a slip there when its turn comes."""
        same = [other for other in self.others if other.location_id == self.item.location_id]
        return [self.item, *same]


def pull_slips(items: Iterable[LendingItem]) -> list[PullSlip]:
    """The slips of one request, whose items come in their order."""
    volumes: dict[str, list[LendingItem]] = {}
    for item in items:
        volumes.setdefault(item.volume, []).append(item)
    found = []
    for copies in volumes.values():
        wanted = [copy for copy in copies if copy.place == ItemPlace.TO_PULL]
        if wanted and not any(copy.place in _HERE for copy in copies):
            found.append(PullSlip(wanted[0], tuple(wanted[1:])))
    return found


def slips_left(items: Iterable[LendingItem]) -> bool:
    """Whether a slip is still to print."""
    return any(not slip.is_printed for slip in pull_slips(items))


def walking_order(item: LendingItem, *, rush_first: bool = False) -> tuple[Any, ...]:
    """Sorts items as somebody walks past them: location (none last), collection, call number.

    `rush_first` puts those of rush requests first in their location.
    """
    place = item.location.name if item.location else ""
    rush = rush_first and item.request.rush
    return (
        not place,
        place.casefold(),
        not rush,
        item.shelf.casefold(),
        shelf_key(item.call_number),
        item.pk,
    )
