"""One request with all that its staff page shows, in a constant number of statements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, F, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from illservice.accounts.models import User
from illservice.core.actors import Actor
from illservice.core.errors import NotFound
from illservice.core.numbers import read_number
from illservice.directory.models import Library, Partnership
from requests_app.models import BorrowingEvent, BorrowingRequest, LenderTry, Message, Note
from requests_app.selectors.sight import visible_to_staff


@dataclass(frozen=True, slots=True)
class Written:
    """Something that somebody wrote: a note among staff, or a turn of the conversation."""

    at: datetime
    author: str
    text: str
    is_note: bool
    from_patron: bool


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A request and what was written about it, oldest first."""

    request: BorrowingRequest
    written: tuple[Written, ...]

    @property
    def notes(self) -> list[Written]:
        """The notes among staff."""
        return [each for each in self.written if each.is_note]

    @property
    def conversation(self) -> list[Written]:
        """The conversation with the patron."""
        return [each for each in self.written if not each.is_note]


def acting_request(library: Library, actor: Actor, number: str) -> BorrowingRequest:
    """One request with what its actions and their forms ask about; NotFound for anybody else's."""
    return _one(_for_acting(visible_to_staff(library, actor)), number)


def page_facts(library: Library, actor: Actor, number: str) -> PageFacts:
    """One request with everything; NotFound for anybody else's. Ten statements."""
    found = _for_acting(visible_to_staff(library, actor)).prefetch_related(
        "identifiers", Prefetch("events", _events())
    )
    request = _one(found, number)
    return PageFacts(request, tuple(Written(*row) for row in _written(request)))


def events_since(request_id: int, version: int) -> list[BorrowingEvent]:
    """What made a page of this version stale, oldest first, each with its `actor_name`."""
    return list(_events().filter(request_id=request_id, version__gt=version))


def kept_undo(library: Library, actor: Actor, number: str) -> dict[str, Any] | None:
    """What the request keeps of its last act, if that can be taken back."""
    found = visible_to_staff(library, actor).filter(number=read_number(number) or "")
    kept: dict[str, Any] | None = found.values_list("undo", flat=True).first()
    return kept


def keys_of_numbers(library: Library, actor: Actor, numbers: list[str]) -> dict[str, int]:
    """The keys of those of these numbers that this person may see."""
    found = visible_to_staff(library, actor).filter(number__in=numbers)
    return dict(found.values_list("number", "pk"))


def _one(found: QuerySet[BorrowingRequest], number: str) -> BorrowingRequest:
    canonical = read_number(number)
    request = found.filter(number=canonical).first() if canonical else None
    if request is None:
        raise NotFound(number=number)
    return request


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


def _name(path: str = "") -> Coalesce:
    """A person's name, else how they sign in."""
    return Coalesce(NullIf(F(f"{path}display_name"), Value("")), F(f"{path}username"), Value(""))


def _events() -> QuerySet[BorrowingEvent]:
    people = User.objects.filter(pk=OuterRef("actor_id")).annotate(name=_name())
    return BorrowingEvent.objects.annotate(actor_name=Subquery(people.values("name")[:1])).order_by("id")


def _written(request: BorrowingRequest) -> list[tuple[Any, ...]]:
    columns = ("at", "author_name", "text", "is_note", "by_patron")
    no, yes = Value(False, BooleanField()), Value(True, BooleanField())
    notes = (
        Note.objects.filter(request=request)
        .annotate(author_name=_name("author__"), is_note=yes, by_patron=no)
        .order_by()
        .values_list(*columns)
    )
    messages = (
        Message.objects.filter(request=request)
        .annotate(author_name=_name("author__"), is_note=no, by_patron=F("from_patron"))
        .order_by()
        .values_list(*columns)
    )
    return list(notes.union(messages, all=True).order_by("at"))


def is_undone(request_id: int, act: str) -> bool:
    """Whether this act was taken back already (a second click)."""
    events = BorrowingEvent.objects.filter(request_id=request_id, reverses__isnull=False)
    return act in {str(each) for each in events.values_list("reverses", flat=True)}
