"""Royalties for the report: what is to be paid, what waits for its copy, the batches, and the file for who is paid."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from illservice.citations.identifiers import IdentifierKind
from requests_app.models import Royalty, RoyaltyBatch, RoyaltyState
from requests_app.models.copyright import Fate, Way

CENT = Decimal("0.01")
PAGE = 200


@dataclass(frozen=True, slots=True)
class Sums:
    """How much in one currency, and how many royalties it is."""

    currency: str
    fee: Decimal
    count: int


def royalties_of(library_id: int) -> QuerySet[Royalty]:
    """The royalties of a library that its decisions rest on."""
    return Royalty.objects.filter(record__library=library_id, record__way=Way.ROYALTY)


def due_royalties(library_id: int) -> QuerySet[Royalty]:
    """What is to be paid: the copy came, and nobody paid for it yet (filled only)."""
    return royalties_of(library_id).filter(record__fate=Fate.FILLED, status=RoyaltyState.UNPAID)


def settled_apart(library_id: int, year: int) -> QuerySet[Royalty]:
    """Those of a year that were paid in another way or waived: each can be taken back."""
    ways = (RoyaltyState.ELSEWHERE, RoyaltyState.WAIVED)
    return royalties_of_year(library_id, year).filter(status__in=ways)


def open_royalties(library_id: int) -> int:
    """How many are noted whose copy has not come yet."""
    return royalties_of(library_id).filter(record__fate=Fate.OPEN).count()


def sums_of(found: QuerySet[Royalty]) -> list[Sums]:
    """Sums by currency; never added to another one."""
    rows = found.values("currency").annotate(total=Sum("fee"), n=Count("pk")).order_by("currency")
    return [Sums(each["currency"], each["total"].quantize(CENT), each["n"]) for each in rows]


def batches_of(library_id: int) -> list[RoyaltyBatch]:
    """The last batches, newest first, each with `total` and `n`."""
    found = RoyaltyBatch.objects.filter(library=library_id)
    return list(found.annotate(total=Sum("royalties__fee"), n=Count("royalties"))[:PAGE])


def with_citation(found: QuerySet[Royalty]) -> QuerySet[Royalty]:
    """With all that a line of the file says."""
    return (
        found.select_related("record__request", "batch")
        .prefetch_related("record__request__identifiers")
        .order_by("pk")
    )


def royalties_of_year(library_id: int, year: int) -> QuerySet[Royalty]:
    """Those of copies that came, by the year of the request; what was not filled is owed to nobody."""
    return royalties_of(library_id).filter(record__asked_on__year=year, record__fate=Fate.FILLED)


def page_by_page(found: QuerySet[Royalty]) -> Iterator[Royalty]:
    """Every row, some at a time."""
    last = 0
    while rows := list(with_citation(found).filter(pk__gt=last)[:PAGE]):
        yield from rows
        last = rows[-1].pk


def as_record(royalty: Royalty) -> list[str]:
    """One royalty, column by column: amounts with a point, days as ISO 8601."""
    record = royalty.record
    request = record.request
    issns = [
        one.normalised
        for one in request.identifiers.all()
        if one.valid and one.kind in {IdentifierKind.ISSN, IdentifierKind.EISSN}
    ]
    return [
        request.number,
        _plain(record.asked_on),
        _plain(record.filled_on),
        issns[0] if issns else "",
        request.title,
        request.article_title,
        request.article_author or request.author,
        request.volume,
        request.issue,
        str(request.year or ""),
        request.pages,
        str(royalty.pages),
        str(record.copies),
        _plain(royalty.base_fee),
        _plain(royalty.page_fee),
        _plain(royalty.fee),
        royalty.currency,
        royalty.rightsholder,
        royalty.title_number,
        str(RoyaltyState(royalty.status).label),
        str(royalty.batch_id or ""),
        _plain(royalty.paid_on),
    ]


def _plain(value: date | Decimal | None) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value.quantize(CENT))
