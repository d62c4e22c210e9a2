"""What the legal entity of a library has of a journal, as the rules of copyright want to know it (CONTU 2(a))."""

from collections.abc import Collection
from dataclasses import fields

from illservice.citations.copyright import HoldingStatus, Unavailable
from illservice.citations.models import Subscription
from illservice.citations.selectors import subscriptions_to
from illservice.directory.models import Library
from requests_app.copyright.holdings import Holding

_FIELDS = tuple(each.name for each in fields(Holding))


def requesting_entity(library: Library) -> tuple[int, ...]:
    """The keys of the libraries that count as one with this one: those of its legal entity."""
    if library.entity_id is None:
        return (library.pk,)
    return tuple(Library.objects.filter(entity=library.entity_id).order_by("pk").values_list("pk", flat=True))


def holdings_of(library: Library, journal_ids: Collection[int]) -> tuple[Holding, ...]:
    """The subscriptions and orders of the entity to these journals. Two statements."""
    return tuple(_holding(each) for each in subscriptions_to(journal_ids, requesting_entity(library)))


def _holding(row: Subscription) -> Holding:
    values = {name: getattr(row, name) for name in _FIELDS}
    known = {"status": HoldingStatus(row.status), "unavailable": Unavailable(row.unavailable)}
    return Holding(**(values | known))
