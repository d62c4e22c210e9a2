"""One request of another library with all that its staff page shows, in a constant number of statements."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, IntegerField, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum

from illservice.citations.data import CitationData
from illservice.citations.normalise import fingerprint
from illservice.core.actors import Actor
from illservice.core.desk.reading import (
    PageFacts,
    events_with_names,
    kept_undo,
    one_of,
    rows_beside,
    unpack,
    written,
)
from illservice.core.models import OutboxRow
from illservice.core.money import PACKED
from illservice.core.statements import Slot
from illservice.directory.models import Library, Partnership
from illservice.documents.models import Document
from lending.models import (
    LendingCharge,
    LendingDesk,
    LendingEvent,
    LendingItem,
    LendingMessage,
    LendingNote,
    LendingRequest,
    Outcome,
)
from lending.selectors.sight import visible_to_staff

LATELY = timedelta(days=30)
"""What was asked for again in this time may be a duplicate."""
MOST_TWINS = 20


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What the library knows of the borrower, and how often it dealt with it. `standing` None: no partner of ours."""

    standing: str | None
    suspended_until: date | None
    suspended_for: str
    suspended_since: date | None
    email: str
    phone: str
    address: str
    asked: int
    still_open: int
    supplied: int


@dataclass(frozen=True, slots=True)
class Sent:
    """One message to the borrower's system as staff see it; `word` is what it says."""

    word: str
    state: str
    at: datetime
    error: str


def acting_request(library: Library, actor: Actor, number: str) -> LendingRequest:
    """One request with what its actions and their forms ask about; NotFound for anybody else's."""
    return one_of(_beside(visible_to_staff(library, actor)).prefetch_related("charges"), number)


def page_facts(library: Library, actor: Actor, number: str) -> PageFacts[LendingRequest]:
    """One request with everything; NotFound for anybody else's. Eight statements."""
    charges = rows_beside(LendingCharge.objects.all(), *PACKED, "policy_id")
    found = _with_neighbour(_beside(visible_to_staff(library, actor))).prefetch_related(
        "identifiers", Prefetch("events", events_with_names(LendingEvent))
    )
    request = one_of(found.annotate(charge_rows=charges), number)
    unpack(request, "charges", vars(request)["charge_rows"])
    notes, messages = (model.objects.filter(request=request) for model in (LendingNote, LendingMessage))
    return PageFacts(request, written(notes, messages, from_them="from_borrower"))


def undo_of(library: Library, actor: Actor, number: str) -> dict[str, Any] | None:
    """What the request keeps of its last act, if that can be taken back."""
    return kept_undo(visible_to_staff(library, actor), number)


def neighbour_of(request: LendingRequest) -> Neighbour:
    """What `page_facts` fetched about the borrower along with the request."""
    return Neighbour(
        standing=getattr(request, "near_standing", None),
        suspended_until=getattr(request, "near_suspended_until", None),
        suspended_for=getattr(request, "near_suspended_for", None) or "",
        suspended_since=getattr(request, "near_suspended_since", None),
        email=getattr(request, "near_email", None) or "",
        phone=getattr(request, "near_phone", None) or "",
        address=getattr(request, "near_return_address", None) or "",
        asked=getattr(request, "dealt_asked", None) or 0,
        still_open=getattr(request, "dealt_open", None) or 0,
        supplied=getattr(request, "dealt_supplied", None) or 0,
    )


def asked_lately(library: Library, borrower_id: int, words: str, *, at: datetime) -> QuerySet[LendingRequest]:
    """What a borrower asked for lately in the same words (a fingerprint), open or supplied, the newest first."""
    return asked_since(library.pk, borrower_id, words, at - LATELY)


def asked_since(
    library_id: int | Slot, borrower_id: int | Slot, words: str | Slot, since: datetime | Slot
) -> QuerySet[LendingRequest]:
    """The same since a moment; with slots for a prepared query."""
    found = LendingRequest.objects.filter(
        library_id=library_id, borrower_id=borrower_id, fingerprint=words, submitted_at__gte=since
    )
    return found.exclude(outcome__in=[Outcome.UNFILLED, Outcome.CANCELLED]).order_by("-pk")


def same_lately(
    library: Library, borrower_id: int, citation: CitationData, *, at: datetime
) -> list[LendingRequest]:
    """The same for a citation that nobody has sent in yet."""
    words = fingerprint(citation)
    return list(asked_lately(library, borrower_id, words, at=at)[:MOST_TWINS]) if words else []


def desk_of_library(library: Library) -> LendingDesk:
    """The library's lending rules; the defaults, not saved, where it has set none."""
    known = LendingDesk.objects.filter(library=library).first()
    if known is None:
        known = LendingDesk(library=library)
        known.statement_rule = known.rule_without_statement
    return known


def sent_to(number: str) -> list[Sent]:
    """Every message to the borrower's system about a request, oldest first."""
    rows = OutboxRow.objects.filter(subject=number, kind="iso18626").order_by("id")
    return [
        Sent(str(row.payload.get("word", "")), row.state, row.finished_at or row.not_before, row.last_error)
        for row in rows
    ]


def files_of(request: LendingRequest) -> list[Document]:
    """What is attached, the oldest first, each with `views`, `until` (of its newest link) and `is_open`."""
    lives = Q(links__ended_at__isnull=True)
    found = Document.objects.filter(
        library_id=request.library_id, subject=request.number, removed_at__isnull=True
    )
    return list(
        found.annotate(views=Sum("links__views"), until=Max("links__expires_at", filter=lives)).order_by("id")
    )


def _with_neighbour(found: QuerySet[LendingRequest]) -> QuerySet[LendingRequest]:
    """Columns of the partnership and counts of earlier requests, in the statement of the request itself."""
    known = Partnership.objects.filter(library=OuterRef("library"), partner=OuterRef("borrower"))
    near = {
        f"near_{name}": Subquery(known.values(name)[:1])
        for name in (
            "standing",
            "suspended_until",
            "suspended_for",
            "suspended_since",
            "email",
            "phone",
            "return_address",
        )
    }
    return found.annotate(
        **near,
        dealt_asked=_count(Q()),
        dealt_open=_count(Q(closed_at__isnull=True)),
        dealt_supplied=_count(Q(outcome=Outcome.FILLED)),
    )


def _count(condition: Q) -> Subquery:
    others = LendingRequest.objects.filter(
        condition, library=OuterRef("library"), borrower=OuterRef("borrower")
    )
    counted = others.order_by().values("borrower").annotate(n=Count("pk")).values("n")
    return Subquery(counted, output_field=IntegerField())


def _beside(found: QuerySet[LendingRequest]) -> QuerySet[LendingRequest]:
    places = LendingItem.objects.select_related("location").order_by("position", "id")
    return found.select_related(
        "library", "borrower", "reason", "previous", "policy__policy"
    ).prefetch_related(Prefetch("items", places), "holds", "questions", "marks")
