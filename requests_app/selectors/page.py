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
from illservice.core.money import PACKED
from illservice.directory.models import Library, Partnership
from patrons.models import PatronBlock
from requests_app.models import (
    BorrowingCharge,
    BorrowingEvent,
    BorrowingRequest,
    CopyrightRecord,
    LenderMessage,
    LenderTry,
    Message,
    Note,
    RequestIdentifier,
)
from requests_app.models.copyright import PACKED_RECORD
from requests_app.selectors.sight import visible_to_staff


def acting_request(library: Library, actor: Actor, number: str) -> BorrowingRequest:
    """One request with what its actions and their forms ask about; NotFound for anybody else's."""
    return one_of(_beside(visible_to_staff(library, actor)).prefetch_related("charges"), number)


def page_facts(library: Library, actor: Actor, number: str) -> PageFacts[BorrowingRequest]:
    """One request with everything but its files; NotFound for anybody else's. Nine statements."""
    identifiers = rows_beside(RequestIdentifier.objects.all(), "kind", "raw", "normalised", "valid")
    charges = rows_beside(BorrowingCharge.objects.all(), *PACKED, "lender_try_id", "policy_id")
    found = _beside(visible_to_staff(library, actor)).prefetch_related(
        Prefetch("events", events_with_names(BorrowingEvent))
    )
    found = found.select_related("acceptance__text", "acceptance__signed")
    copyrights = rows_beside(CopyrightRecord.objects.all(), *PACKED_RECORD)
    packed = {"identifier_rows": identifiers, "charge_rows": charges, "copyright_rows": copyrights}
    request = one_of(found.annotate(**packed), number)
    unpack(request, "copyrights", vars(request)["copyright_rows"])
    unpack(request, "identifiers", vars(request)["identifier_rows"])
    unpack(request, "charges", vars(request)["charge_rows"])
    notes, messages = Note.objects.filter(request=request), Message.objects.filter(request=request)
    lenders = LenderMessage.objects.filter(lender_try__request=request)
    words = PartMessages(lenders, from_them="from_lender", about="lender_try_id")
    return PageFacts(request, written(notes, messages, from_them="from_patron", parts=words))


def keys_of_numbers(library: Library, actor: Actor, numbers: list[str]) -> dict[str, int]:
    """The keys of those of these numbers that this person may see."""
    found = visible_to_staff(library, actor).filter(number__in=numbers)
    return dict(found.values_list("number", "pk"))


def _beside(found: QuerySet[BorrowingRequest]) -> QuerySet[BorrowingRequest]:
    known = Partnership.objects.filter(library=OuterRef("request__library"), partner=OuterRef("partner"))
    tries = (
        LenderTry.objects.select_related("partner", "reason")
        .annotate(address=Subquery(known.values("email")[:1]), phone=Subquery(known.values("phone")[:1]))
        .order_by("ordinal")
    )
    blocks = PatronBlock.objects.filter(patron=OuterRef("patron")).order_by("since")
    found = found.annotate(blocked_since=Subquery(blocks.values("since")[:1]))
    return found.select_related(
        "library",
        "patron__category",
        "patron__home_branch",
        "pickup_branch",
        "location",
        "reason",
        "policy__policy",
    ).prefetch_related(Prefetch("tries", tries), "holds", "questions", "marks", "items")
