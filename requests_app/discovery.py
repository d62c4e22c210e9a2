"""Finding what is already there: the same thing asked by the same patron, open or lately delivered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from illservice.citations.data import CitationData
from illservice.citations.normalise import same_item
from requests_app.models import BorrowingRequest, Outcome

LATELY = timedelta(days=90)
_MOST = 50


@dataclass(frozen=True, slots=True)
class Twin:
    """A request for the same thing; `why` is the code of `citations.normalise.Reason`."""

    number: str
    wording: str
    submitted_at: datetime
    is_open: bool
    why: str


def duplicates_of(
    patron_id: int, citation: CitationData, *, at: datetime, except_id: int | None = None
) -> list[Twin]:
    """The patron's requests for the same thing that are open or were filled in the last 90 days.

    Compared by words as well as by identifiers; two different valid identifiers are never the same thing.
    """
    candidates = (
        BorrowingRequest.objects.filter(patron_id=patron_id)
        .filter(Q(closed_at__isnull=True) | Q(outcome=Outcome.FILLED, closed_at__gte=at - LATELY))
        .exclude(pk=except_id or 0)
        .prefetch_related("identifiers")
        .order_by("-submitted_at", "-id")[:_MOST]
    )
    twins = []
    for each in candidates:
        known = [row.identifier() for row in each.identifiers.all()]
        sameness = same_item(citation, each.citation(known))
        if sameness:
            twins.append(Twin(each.number, each.wording, each.submitted_at, each.is_open, sameness.reason))
    return twins
