"""Requests with what slips, labels and bands say about them, and the slips that nobody has printed yet."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import OuterRef, Prefetch, Q, Subquery, Value

from illservice.core.actors import Actor
from illservice.core.lists import all_by_number
from illservice.directory.models import Library, Partnership
from lending.models import ItemPlace, LendingItem, LendingRequest
from lending.selectors.lists import HEAVY
from lending.selectors.sight import sees_readers, visible_to_staff
from lending.workflow import states as s
from lending.workflow.slips import PullSlip, pull_slips, walking_order

NOWHERE = "-"
"""The location of items that have none, in addresses."""


@dataclass(frozen=True, slots=True)
class SlipFilter:
    """Some of the slips: of one location (its code, or NOWHERE), of these branches, not printed yet."""

    location: str = ""
    branches: Collection[int] = ()
    unprinted: bool = False

    def takes(self, slip: PullSlip) -> bool:
        """Whether it is one of them; it belongs to where its first copy stands."""
        item = slip.item
        return (
            (not self.unprinted or not slip.is_printed)
            and (not self.location or location_key(item) == self.location)
            and (not self.branches or item.location_id in self.branches)
        )


def location_key(item: LendingItem) -> str:
    """Where an item stands, as addresses say it."""
    return item.location.code if item.location else NOWHERE


def slips_left(library: Library, actor: Actor, location: str = "") -> list[PullSlip]:
    """What is still to print for the stacks, in walking order; one statement.

    People bound to branches get what stands there.
    """
    to_pull = LendingItem.objects.filter(
        place=ItemPlace.TO_PULL, request__library=library, request__state=s.TO_PULL
    )
    open_ones = to_pull.filter(printed_at__isnull=True).order_by().values("request_id")
    rows = (
        LendingItem.objects.filter(request_id__in=open_ones)
        .select_related("location", "request")
        .defer(*(f"request__{column}" for column in HEAVY))
        .order_by("request_id", "position", "id")
    )
    wanted = SlipFilter(location, actor.branches, unprinted=True)
    found = [
        slip for _key, items in groupby(rows, key=lambda row: row.request_id) for slip in pull_slips(items)
    ]
    return sorted(filter(wanted.takes, found), key=lambda slip: walking_order(slip.item))


def for_printing(library: Library, actor: Actor, numbers: Sequence[str]) -> list[LendingRequest]:
    """Requests by their numbers, in this order, each once. NotFound when one is not there or not theirs to see.

    Four statements however many they are. Each request knows `known_address`, where the partnership says that things
    for the borrower go, and `hides_reader`: it goes straight to a reader whom this actor's work need not know.
    """
    known = Partnership.objects.filter(library=library, partner=OuterRef("borrower"))
    places = LendingItem.objects.select_related("location").order_by("position", "id")
    rows = (
        visible_to_staff(library, actor)
        .defer("raw", "undo", "search_text")
        .select_related("borrower")
        .prefetch_related(Prefetch("items", places), "identifiers")
        .annotate(
            known_address=Subquery(known.values("return_address")[:1]),
            hides_reader=Q(sent_to_patron=True) if not sees_readers(actor) else Value(False),
        )
    )
    found: list[LendingRequest] = [*all_by_number(rows, numbers)]
    for request in found:
        request.library = library
    return found


def requests_of_items(library: Library, actor: Actor, items: Iterable[int]) -> list[LendingRequest]:
    """The requests of these items, as far as this actor sees them."""
    found = visible_to_staff(library, actor).filter(items__in=list(items)).distinct()
    return list(found.defer(*HEAVY).order_by("number"))
