"""One request with what stands beside it, as the pages of both desks read it. Models are passed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.contrib.auth import get_user_model
from django.db.models import BooleanField, F, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from illservice.core.errors import NotFound
from illservice.core.numbers import read_number

RequestT = TypeVar("RequestT", bound=Model)


@dataclass(frozen=True, slots=True)
class Written:
    """Something that somebody wrote: a note among staff, or a turn of the conversation with the other side."""

    at: datetime
    author: str
    text: str
    is_note: bool
    from_them: bool


@dataclass(frozen=True, slots=True)
class PageFacts(Generic[RequestT]):
    """A request and what was written about it, oldest first."""

    request: RequestT
    written: Sequence[Written]

    @property
    def notes(self) -> list[Written]:
        """The notes among staff."""
        return [each for each in self.written if each.is_note]

    @property
    def conversation(self) -> list[Written]:
        """The conversation with the patron or the borrower."""
        return [each for each in self.written if not each.is_note]


def one_of(found: QuerySet[RequestT], number: str) -> RequestT:
    """The request with this number, however it is written, among those found; otherwise NotFound."""
    canonical = read_number(number)
    request = found.filter(number=canonical).first() if canonical else None
    if request is None:
        raise NotFound(number=number)
    return request


def kept_undo(found: QuerySet[Any], number: str) -> dict[str, Any] | None:
    """What a request keeps of its last act, if that can be taken back."""
    kept: dict[str, Any] | None = (
        found.filter(number=read_number(number) or "").values_list("undo", flat=True).first()
    )
    return kept


def events_with_names(model: Any) -> QuerySet[Any]:
    """Events in order, each with the `actor_name` of the person who acted."""
    people = get_user_model()._default_manager.filter(pk=OuterRef("actor_id")).annotate(name=_name())
    found: QuerySet[Any] = model.objects.annotate(actor_name=Subquery(people.values("name")[:1]))
    return found.order_by("id")


def events_since(model: Any, request_id: int, version: int) -> list[Any]:
    """What made a page of this version stale, oldest first, each with its `actor_name`."""
    return list(events_with_names(model).filter(request_id=request_id, version__gt=version))


def is_undone(model: Any, request_id: int, act: str) -> bool:
    """Whether this act was taken back already (a second click)."""
    events = model.objects.filter(request_id=request_id, reverses__isnull=False)
    return act in {str(each) for each in events.values_list("reverses", flat=True)}


def written(notes: QuerySet[Any], messages: QuerySet[Any], *, from_them: str) -> tuple[Written, ...]:
    """Notes and messages together, oldest first, in one statement. `from_them` names the messages' own column."""
    columns = ("at", "author_name", "text", "is_note", "theirs")
    no, yes = Value(False, BooleanField()), Value(True, BooleanField())
    first = notes.annotate(author_name=_name("author__"), is_note=yes, theirs=no)
    second = messages.annotate(author_name=_name("author__"), is_note=no, theirs=F(from_them))
    rows = first.order_by().values_list(*columns)
    rows = rows.union(second.order_by().values_list(*columns), all=True).order_by("at")
    return tuple(Written(*row) for row in rows)


def _name(path: str = "") -> Coalesce:
    """A person's name, else how they sign in."""
    return Coalesce(NullIf(F(f"{path}display_name"), Value("")), F(f"{path}username"), Value(""))
