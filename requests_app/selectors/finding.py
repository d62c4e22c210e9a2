"""Search, and what somebody at the desk means who scans or types a code."""

from collections.abc import Collection, Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from illservice.citations.identifiers import IdentifierKind, read_identifier
from illservice.citations.normalise import search_text
from illservice.core.actors import Actor
from illservice.core.numbers import read_number
from illservice.directory.models import Library, Partnership
from requests_app.models import BorrowingRequest, LenderTry, RequestIdentifier, RequestItem
from requests_app.selectors.lists import for_list
from requests_app.selectors.sight import visible_to_staff
from requests_app.workflow import states as s

MOST_WORDS = 8
LONGEST_CODE = 60
MOST_HITS = 200


def search(
    found: QuerySet[BorrowingRequest], text: str, *, persons: bool = True
) -> QuerySet[BorrowingRequest]:
    """Requests that a text names: by a code exactly, else by words.

    Codes: our number, the other system's number, a lender's barcode, a valid identifier. Every word must stand in the
    citation (with its identifiers) or, with `persons`, in the person's name, card number or e-mail.
    """
    exact = exact_hits(found, text)
    return found.filter(number__in=exact) if exact else by_words(found, text, persons=persons)


def by_words(
    found: QuerySet[BorrowingRequest], text: str, *, persons: bool = True
) -> QuerySet[BorrowingRequest]:
    """Requests in which every word stands, in the citation or (with `persons`) in what names the person."""
    words = search_text(_clean(text)).split()[:MOST_WORDS]
    if not words:
        return found.none()
    for word in words:
        condition = Q(search_text__contains=word)
        found = found.filter(condition | Q(person_text__contains=word) if persons else condition)
    return found


def exact_hits(found: QuerySet[BorrowingRequest], text: str) -> list[str]:
    """The numbers of the requests that a code names, at most MOST_HITS; none when the text is no code."""
    exact = exact_match(_clean(text))
    if exact is None:
        return []
    return list(found.filter(exact).order_by().values_list("number", flat=True)[:MOST_HITS])


def exact_match(text: str) -> Q | None:
    """A condition for codes as they are scanned or pasted; None when the text cannot be one."""
    text = _clean(text)
    number = read_number(text)
    if number:
        return Q(number=number)
    return Q(pk__in=_any_of(*_holders_of(text))) if _may_be_code(text) else None


def _may_be_code(text: str) -> bool:
    return bool(text) and len(text.split()) == 1 and len(text) <= LONGEST_CODE


def _any_of(*found: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Keys that any of these name. A union: of alternatives of sub-queries a database reads the whole table."""
    return found[0].union(*found[1:])


def _holders_of(code: str) -> Iterator[QuerySet[Any, Any]]:
    """Keys of the requests that carry a code: each an index look-up."""
    yield LenderTry.objects.filter(system_number=code).order_by().values("request_id")
    yield RequestItem.objects.filter(barcode=code).order_by().values("request_id")
    read = (read_identifier(kind, code) for kind in IdentifierKind.values)
    same = [Q(kind=one.kind, normalised=one.normalised) for one in read if one.valid]
    if same:
        found = RequestIdentifier.objects.filter(reduce(or_, same), valid=True)
        yield found.order_by().values("request_id")


def expected(
    library: Library,
    actor: Actor,
    text: str,
    *,
    states: Collection[str] = s.COMING | {s.READY},
    cards: bool = False,
    limit: int = 20,
) -> list[BorrowingRequest]:
    """What may be meant when somebody at the desk scans or types `text` about an item in one of `states`.

    By our number, the other system's number, the lender's barcode, the code of the hold shelf or (with `cards`) a
    patron's card; else by words of the title among what is in these states. Exact hits in other states are given when
    there is none in these, so that the desk can say where the item is.
    """
    text = _clean(text)
    found = for_list(visible_to_staff(library, actor)).select_related("library")
    found = found.prefetch_related("holds", "questions", "items")
    exact = _scanned(library, text, states if cards else ())
    if exact is not None:
        hits = list(found.filter(exact).order_by("-submitted_at", "-id")[:limit])
        fitting = [each for each in hits if each.state in states]
        if hits:
            return fitting or hits[:1]
    words = search_text(text).split()[:MOST_WORDS]
    if not words:
        return []
    coming = found.filter(closed_at__isnull=True, state__in=states)
    coming = coming.exclude(state=s.READY, sent_at__isnull=True)  # nobody was asked: nothing can come
    for word in words:
        coming = coming.filter(search_text__contains=word)
    return list(coming.order_by("act_by", "id")[:limit])


def _scanned(library: Library, text: str, states_of_card: Collection[str]) -> Q | None:
    """As exact_match; also the code of a hold shelf, and the card of the patron of something in these states."""
    if read_number(text) or not _may_be_code(text):
        return exact_match(text)
    here = BorrowingRequest.objects.filter(library=library).order_by()
    shelf = here.filter(shelf_code=text.upper()).exclude(shelf_code="").values("pk")
    card = here.filter(patron__barcode=text, state__in=states_of_card).values("pk")
    return Q(pk__in=_any_of(*_holders_of(text), shelf, *([card] if states_of_card else [])))


def return_address_of(lender_try: LenderTry) -> str:
    """Where an item of this lender goes back to: as it said this time, else as the library knows it."""
    if lender_try.return_address:
        return lender_try.return_address
    known = Partnership.objects.filter(
        library_id=lender_try.request.library_id, partner_id=lender_try.partner_id
    )
    address = known.values_list("return_address", flat=True).first()
    return address or lender_try.partner.address


def _clean(text: str) -> str:
    """At most 200 characters, without what a database cannot keep."""
    return text.replace("\x00", "").strip()[:200]
