"""One request of another library with all that its staff page shows, in a constant number of statements."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from illservice.core.actors import Actor
from illservice.core.desk.reading import PageFacts, events_with_names, kept_undo, one_of, written
from illservice.directory.models import Library, Partnership
from lending.models import LendingEvent, LendingItem, LendingMessage, LendingNote, LendingRequest, Outcome
from lending.selectors.sight import visible_to_staff


@dataclass(frozen=True, slots=True)
class Dealings:
    """What a library asked of us so far: how often, and how it went."""

    asked: int
    still_open: int
    supplied: int
    refused: int


def acting_request(library: Library, actor: Actor, number: str) -> LendingRequest:
    """One request with what its actions and their forms ask about; NotFound for anybody else's."""
    return one_of(_for_acting(visible_to_staff(library, actor)), number)


def page_facts(library: Library, actor: Actor, number: str) -> PageFacts[LendingRequest]:
    """One request with everything; NotFound for anybody else's. Eight statements."""
    found = _for_acting(visible_to_staff(library, actor)).prefetch_related(
        "identifiers", Prefetch("events", events_with_names(LendingEvent))
    )
    request = one_of(found, number)
    notes, messages = (model.objects.filter(request=request) for model in (LendingNote, LendingMessage))
    return PageFacts(request, written(notes, messages, from_them="from_borrower"))


def undo_of(library: Library, actor: Actor, number: str) -> dict[str, Any] | None:
    """What the request keeps of its last act, if that can be taken back."""
    return kept_undo(visible_to_staff(library, actor), number)


def dealings_with(library: Library, borrower_id: int) -> Dealings:
    """The history with one borrower, counted in one statement."""
    counted = LendingRequest.objects.filter(library=library, borrower_id=borrower_id).aggregate(
        asked=Count("pk"),
        still_open=Count("pk", filter=Q(closed_at__isnull=True)),
        supplied=Count("pk", filter=Q(outcome=Outcome.FILLED)),
        refused=Count("pk", filter=Q(outcome=Outcome.UNFILLED)),
    )
    return Dealings(**counted)


def partnership_with(library: Library, borrower_id: int) -> Partnership | None:
    """What the library knows of the borrower."""
    return Partnership.objects.filter(library=library, partner_id=borrower_id).first()


def _for_acting(found: QuerySet[LendingRequest]) -> QuerySet[LendingRequest]:
    places = LendingItem.objects.select_related("location").order_by("position", "id")
    return found.select_related("library__lending_desk", "borrower", "reason", "previous").prefetch_related(
        Prefetch("items", places), "holds", "questions", "marks"
    )
