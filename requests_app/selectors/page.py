"""One request with all that its staff page shows, in a constant number of statements."""

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from illservice.core.actors import Actor
from illservice.core.desk.reading import (
    PageFacts,
    PartMessages,
    events_with_names,
    one_of,
    rows_beside,
    unpack,
    written,
)
from illservice.directory.models import Library, Partnership
from requests_app.models import (
    BorrowingEvent,
    BorrowingRequest,
    LenderMessage,
    LenderTry,
    Message,
    Note,
    RequestIdentifier,
)
from requests_app.selectors.sight import visible_to_staff


def acting_request(library: Library, actor: Actor, number: str) -> BorrowingRequest:
    """One request with what its actions and their forms ask about; NotFound for anybody else's."""
    return one_of(_for_acting(visible_to_staff(library, actor)), number)


def page_facts(library: Library, actor: Actor, number: str) -> PageFacts[BorrowingRequest]:
    """One request with everything but its files; NotFound for anybody else's. Nine statements."""
    identifiers = rows_beside(RequestIdentifier.objects.all(), "kind", "raw", "normalised", "valid")
    found = _for_acting(visible_to_staff(library, actor)).prefetch_related(
        Prefetch("events", events_with_names(BorrowingEvent))
    )
    request = one_of(found.annotate(identifier_rows=identifiers), number)
    unpack(request, "identifiers", vars(request)["identifier_rows"])
    notes, messages = Note.objects.filter(request=request), Message.objects.filter(request=request)
    lenders = LenderMessage.objects.filter(lender_try__request=request)
    words = PartMessages(lenders, from_them="from_lender", about="lender_try_id")
    return PageFacts(request, written(notes, messages, from_them="from_patron", parts=words))


def keys_of_numbers(library: Library, actor: Actor, numbers: list[str]) -> dict[str, int]:
    """The keys of those of these numbers that this person may see."""
    found = visible_to_staff(library, actor).filter(number__in=numbers)
    return dict(found.values_list("number", "pk"))


def _for_acting(found: QuerySet[BorrowingRequest]) -> QuerySet[BorrowingRequest]:
    known = Partnership.objects.filter(library=OuterRef("request__library"), partner=OuterRef("partner"))
    tries = (
        LenderTry.objects.select_related("partner", "reason")
        .annotate(address=Subquery(known.values("email")[:1]), phone=Subquery(known.values("phone")[:1]))
        .order_by("ordinal")
    )
    return found.select_related(
        "library", "patron__category", "patron__home_branch", "pickup_branch", "location", "reason"
    ).prefetch_related(Prefetch("tries", tries), "holds", "questions", "marks", "items")
