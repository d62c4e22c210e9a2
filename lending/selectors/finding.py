"""Search, and what somebody at the desk or in the stacks means who scans or types a code."""

from collections.abc import Collection, Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from illservice.citations.identifiers import IdentifierKind, read_identifier
from illservice.citations.normalise import search_text
from illservice.core.actors import Actor
from illservice.core.lists import any_of, clean_query, may_be_code, with_words
from illservice.core.numbers import read_number
from illservice.directory.models import Library
from lending.models import LendingIdentifier, LendingItem, LendingRequest
from lending.selectors.lists import for_list
from lending.selectors.sight import visible_to_staff


def by_words(found: QuerySet[LendingRequest], text: str) -> QuerySet[LendingRequest]:
    """Requests in which every word stands: in the citation, its numbers, or what names the borrower."""
    return with_words(found, search_text(clean_query(text)).split(), ("search_text",))


def exact_match(text: str) -> Q | None:
    """A condition for what is scanned or pasted: our number, the borrower's, a barcode, a call number, an identifier.

    None for nothing. A call number may have blanks, so that any text can be one.
    """
    text = clean_query(text)
    number = read_number(text)
    if number:
        return Q(number=number)
    return Q(pk__in=any_of(*_holders_of(text))) if text else None


def _holders_of(text: str) -> Iterator[QuerySet[Any, Any]]:
    """Keys of the requests that carry a code: each an index look-up."""
    yield (
        LendingRequest.objects.filter(borrower_number=text)
        .exclude(borrower_number="")
        .order_by()
        .values("pk")
    )
    items = LendingItem.objects.order_by()
    yield items.filter(call_number__in={text, text.upper()}).exclude(call_number="").values("request_id")
    if not may_be_code(text):
        return
    yield items.filter(barcode=text).exclude(barcode="").values("request_id")
    read = (read_identifier(kind, text) for kind in IdentifierKind.values)
    same = [Q(kind=one.kind, normalised=one.normalised) for one in read if one.valid]
    if same:
        found = LendingIdentifier.objects.filter(reduce(or_, same), valid=True)
        yield found.order_by().values("request_id")


def scanned(
    library: Library, actor: Actor, text: str, *, states: Collection[str], limit: int = 20
) -> list[LendingRequest]:
    """What may be meant when somebody scans or types `text` about an item in one of `states`.

    By an exact code, else by words among what is in these states. Exact hits in other states are given when there is
    none in these, so that the desk can say where the item is: the latest one.
    """
    text = clean_query(text)
    exact = exact_match(text)
    if exact is None:
        return []
    found = for_list(visible_to_staff(library, actor)).select_related("library")
    found = found.prefetch_related("holds", "questions")
    hits = list(found.filter(exact).order_by("-submitted_at", "-id")[:limit])
    if hits:
        return [each for each in hits if each.state in states] or hits[:1]
    open_ones = found.filter(closed_at__isnull=True, state__in=states)
    words = search_text(text).split()
    return list(with_words(open_ones, words, ("search_text",)).order_by("act_by", "id")[:limit])
