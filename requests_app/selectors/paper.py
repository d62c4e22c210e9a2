"""Requests with what slips, bands and labels say about them."""

from collections.abc import Sequence

from django.db.models import OuterRef, Prefetch, Subquery

from illservice.core.actors import Actor
from illservice.core.lists import all_by_number
from illservice.directory.models import Library, Partnership
from requests_app.models import BorrowingRequest, BorrowingTimer, LenderTry
from requests_app.selectors.lists import HEAVY
from requests_app.selectors.sight import visible_to_staff

SHELF_TIMER = "shelf_expired"


def for_printing(library: Library, actor: Actor, numbers: Sequence[str]) -> list[BorrowingRequest]:
    """Requests by their numbers, in this order, each once. NotFound when one is not there or not theirs to see.

    Five statements however many they are. The patron is not fetched: nothing on paper names one. Each try knows
    `known_address`, where the partnership says that things go back to; open timers are those of the hold shelf.
    """
    known = Partnership.objects.filter(library=library, partner=OuterRef("partner"))
    tries = (
        LenderTry.objects.select_related("partner")
        .annotate(known_address=Subquery(known.values("return_address")[:1]))
        .order_by("ordinal")
    )
    shelf = BorrowingTimer.objects.filter(kind=SHELF_TIMER, finished_at__isnull=True)
    rows = (
        visible_to_staff(library, actor)
        .defer(*HEAVY)
        .select_related("pickup_branch", "location")
        .prefetch_related(Prefetch("tries", tries), Prefetch("timers", shelf), "items", "identifiers")
    )
    found = all_by_number(rows, numbers)
    for request in found:
        request.library = library
    return found
