"""Who sees which requests, and one request by its number."""

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from illservice.accounts.roles import Role
from illservice.core.actors import Actor
from illservice.core.desk.reading import one_of
from illservice.directory.models import Library
from patrons.models import Patron
from patrons.selectors import patrons_in
from requests_app.models import BorrowingEvent, BorrowingRequest, LenderTry

_NEED_NOT_KNOW_WHO = frozenset({Role.LENDING, Role.COPYRIGHT})


def requests_of_library(library: Library) -> QuerySet[BorrowingRequest]:
    """All borrowing requests of one library: what its staff may see."""
    return BorrowingRequest.objects.filter(library=library)


def visible_to_staff(library: Library, actor: Actor) -> QuerySet[BorrowingRequest]:
    """What this staff member may see; people bound to branches see what is or will be handed out there."""
    found = requests_of_library(library)
    if actor.branches:
        found = found.filter(Q(pickup_branch_id__in=actor.branches) | Q(location_id__in=actor.branches))
    return found


def sees_persons(actor: Actor) -> bool:
    """Whether somebody's work needs to know who asked. Copyright and lending do not."""
    return bool(actor.roles - _NEED_NOT_KNOW_WHO)


def patrons_seen_by(library: Library, actor: Actor) -> QuerySet[Patron]:
    """The patrons whom this staff member may look up: people bound to branches find those of their branches, and
    those who pick something up there."""
    found = patrons_in(library)
    if actor.branches:
        here = BorrowingRequest.objects.filter(
            patron=OuterRef("pk"), pickup_branch_id__in=actor.branches, closed_at__isnull=True
        )
        found = found.filter(Q(home_branch_id__in=actor.branches) | Exists(here))
    return found


def own_requests(patron: Patron) -> QuerySet[BorrowingRequest]:
    """A patron's own requests, newest first."""
    return BorrowingRequest.objects.filter(patron=patron).order_by("-submitted_at", "-id")


def request_for_staff(library: Library, actor: Actor, number: str) -> BorrowingRequest:
    """One request by its number, with all that its page shows; NotFound for anybody else's."""
    return one_of(_with_everything(visible_to_staff(library, actor)), number)


def request_for_patron(patron: Patron, number: str) -> BorrowingRequest:
    """One of the patron's own requests by its number, without the notes of staff; NotFound for anybody else's."""
    return one_of(_with_course(own_requests(patron)).prefetch_related("messages"), number)


def is_asked_by(number: str, library_id: int, user_id: int) -> bool:
    """Whether an account is the patron of a request: the copies of it open for nobody else."""
    found = BorrowingRequest.objects.filter(number=number, library_id=library_id, patron__user_id=user_id)
    return found.exists()


def is_seen_by_staff(number: str, library_id: int, actor: Actor) -> bool:
    """Whether a member of a library's staff sees a request, and with it its copies."""
    found = visible_to_staff(Library(pk=library_id), actor)
    return found.filter(number=number).exists()


def open_count(patron_id: int) -> int:
    """How many requests a patron has open."""
    return BorrowingRequest.objects.filter(patron_id=patron_id, closed_at__isnull=True).count()


def _with_everything(found: QuerySet[BorrowingRequest]) -> QuerySet[BorrowingRequest]:
    return _with_course(found).prefetch_related("notes__author", "messages__author")


def _with_course(found: QuerySet[BorrowingRequest]) -> QuerySet[BorrowingRequest]:
    """What was asked and what became of it, without what people wrote."""
    tries = LenderTry.objects.select_related("partner", "reason").order_by("ordinal")
    return found.select_related(
        "library", "patron__category", "pickup_branch", "location", "reason", "acceptance__text"
    ).prefetch_related(
        Prefetch("tries", tries),
        "holds",
        "questions",
        "marks",
        "items",
        "identifiers",
        Prefetch("events", BorrowingEvent.objects.order_by("id")),
    )
