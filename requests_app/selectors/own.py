"""A patron's own requests as a list."""

from django.db.models import Case, IntegerField, Value, When

from illservice.core.paging import DESC, Page, keyset_page
from patrons.models import Patron
from requests_app.models import BorrowingRequest
from requests_app.selectors.lists import HEAVY
from requests_app.selectors.sight import own_requests

OWN_PAGE = 25


def own_page(patron: Patron, cursor: str | None = None) -> Page[BorrowingRequest]:
    """Open requests first, then closed ones, each newest first, with what the list says of each."""
    is_open = Case(When(closed_at__isnull=True, then=Value(1)), default=Value(0), output_field=IntegerField())
    found = (
        own_requests(patron)
        .defer(*HEAVY)
        .select_related("pickup_branch", "location", "reason")
        .prefetch_related("marks", "questions")
        .annotate(standing=is_open)
    )
    order = (("standing", DESC), ("submitted_at", DESC), ("id", DESC))
    return keyset_page(found, order=order, cursor=cursor, size=OWN_PAGE)
