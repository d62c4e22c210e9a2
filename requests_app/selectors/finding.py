"""Search, and what somebody at the desk means who scans or types a code."""

from collections.abc import Collection, Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from illservice.citations.identifiers import IdentifierKind, read_identifier
from illservice.citations.normalise import search_text
from illservice.core.actors import Actor
from illservice.core.lists import any_of, clean_query, may_be_code, numbers_of, with_words
from illservice.core.numbers import read_number
from illservice.directory.models import Library, Partnership
from requests_app.models import BorrowingRequest, LenderTry, RequestIdentifier, RequestItem
from requests_app.selectors.lists import for_list
from requests_app.selectors.sight import visible_to_staff
from requests_app.workflow import states as s


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
    columns = ("search_text", "person_text") if persons else ("search_text",)
    return with_words(found, search_text(clean_query(text)).split(), columns)


def exact_hits(found: QuerySet[BorrowingRequest], text: str) -> list[str]:
    """The numbers of the requests that a code names, at most MOST_HITS; none when the text is no code."""
    return numbers_of(found, exact_match(text))


def exact_match(text: str) -> Q | None:
    """A condition for codes as they are scanned or pasted; None when the text cannot be one."""
    text = clean_query(text)
    number = read_number(text)
    if number:
        return Q(number=number)
    return Q(pk__in=any_of(*_holders_of(text))) if may_be_code(text) else None


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
    text = clean_query(text)
    found = for_list(visible_to_staff(library, actor)).select_related("library")
    found = found.prefetch_related("holds", "questions", "items")
    exact = _scanned(library, text, states if cards else ())
    if exact is not None:
        hits = list(found.filter(exact).order_by("-submitted_at", "-id")[:limit])
        fitting = [each for each in hits if each.state in states]
        if hits:
            return fitting or hits[:1]
    coming = found.filter(closed_at__isnull=True, state__in=states)
    coming = coming.exclude(state=s.READY, sent_at__isnull=True)  # nobody was asked: nothing can come
    coming = with_words(coming, search_text(text).split(), ("search_text",))
    return list(coming.order_by("act_by", "id")[:limit])


def _scanned(library: Library, text: str, states_of_card: Collection[str]) -> Q | None:
    """As exact_match; also the code of a hold shelf, and the card of the patron of something in these states."""
    if read_number(text) or not may_be_code(text):
        return exact_match(text)
    here = BorrowingRequest.objects.filter(library=library).order_by()
    shelf = here.filter(shelf_code=text.upper()).exclude(shelf_code="").values("pk")
    card = here.filter(patron__barcode=text, state__in=states_of_card).values("pk")
    return Q(pk__in=any_of(*_holders_of(text), shelf, *([card] if states_of_card else [])))


def return_address_of(lender_try: LenderTry) -> str:
    """Where an item of this lender goes back to: as it said this time, else as the library knows it."""
    if lender_try.return_address:
        return lender_try.return_address
    known = Partnership.objects.filter(
        library_id=lender_try.request.library_id, partner_id=lender_try.partner_id
    )
    address = known.values_list("return_address", flat=True).first()
    return address or lender_try.partner.address
