"""The queues of the lending desk: true counts, light rows, the orders a list may have, and what is to be fetched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, Q, QuerySet, Value

from illservice.core import lists
from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.lists import Counts, counts_of, date_or_last, late_count, text_to_sort
from illservice.core.numbers import read_number
from illservice.core.paging import ASC, DESC, Order
from illservice.directory.models import Branch, Library, Partnership
from lending.models import ItemPlace, LendingItem, LendingMark, LendingRequest
from lending.selectors.sight import visible_to_staff
from lending.workflow import states as s
from lending.workflow.slips import walking_order
from lending.workflow.states import HoldKind, NextActor, QuestionKind

HEAVY = ("raw", "undo", "search_text", "ship_to", "borrower_note")
"""Columns that a list never shows."""

QUEUES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("answer", (s.NEW, HoldKind.STATEMENT, HoldKind.DUPLICATE, HoldKind.WAITING_BORROWER)),
    ("fetch", (s.TO_PULL, s.FOUND, QuestionKind.CONDITIONAL, QuestionKind.CANCEL)),
    ("away", (s.ON_LOAN, QuestionKind.RENEWAL, s.COPY_SENT)),
    ("back", (s.COMING_BACK, s.SETTLING)),
)
"""The queues of the lending desk, in groups, in the order of the day."""

OVERDUE = "overdue"
"""A list of the desk's own that cuts across the queues."""

ORDERS: Mapping[str, Order] = {
    "act_by": (("rush", DESC), ("act_by", ASC), ("id", ASC)),
    "newest": (("rush", DESC), ("submitted_at", DESC), ("id", DESC)),
    "oldest": (("rush", DESC), ("submitted_at", ASC), ("id", ASC)),
    "due": (("due_order", ASC), ("id", ASC)),
    "need_by": (("rush", DESC), ("need_order", ASC), ("id", ASC)),
    "title": (("title_order", ASC), ("id", ASC)),
    "borrower": (("borrower_order", ASC), ("id", ASC)),
}
"""How a list of open requests can be sorted; rush requests stand first, but not by due date and in alphabets."""

_COMPUTED = {
    "due_order": date_or_last("due"),
    "need_order": date_or_last("need_by"),
    "title_order": text_to_sort("article_title", "title"),
    "borrower_order": text_to_sort("borrower__name"),
}


def is_overdue(library: Library, at: datetime) -> Q:
    """Out on loan, and the due date is over: whether or not the days on the way have passed as well."""
    return Q(state=s.ON_LOAN, due__lt=local_date(at, library.timezone))


def queue_counts(library: Library, actor: Actor, *, at: datetime) -> Counts:
    """True counts of what this staff member sees, with those of the overdue ones."""
    return counts_of(visible_to_staff(library, actor), {OVERDUE: is_overdue(library, at)})


def for_list(found: QuerySet[LendingRequest]) -> QuerySet[LendingRequest]:
    """A list's rows: light columns, borrower, items and marks in a constant number of statements."""
    return (
        found.defer(*HEAVY)
        .select_related("borrower")
        .prefetch_related(
            Prefetch("items", LendingItem.objects.select_related("location").order_by("position", "id")),
            Prefetch("marks", LendingMark.objects.filter(cleared_at__isnull=True).order_by("at", "id")),
        )
    )


def sortable(found: QuerySet[LendingRequest], order: Order) -> QuerySet[LendingRequest]:
    """Add the columns that an order needs beside those of the table: no date sorts last, texts without case."""
    return lists.sortable(found, order, _COMPUTED)


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What a list can be narrowed by, as key and name."""

    branches: list[tuple[str, str]]
    borrowers: list[tuple[str, str]]


def filter_choices(library: Library) -> FilterChoices:
    """Branches and borrowers of a library in one statement."""
    branches = Branch.objects.filter(library=library).values_list(Value("branch"), "pk", "name")
    borrowers = Partnership.objects.filter(library=library).values_list(
        Value("borrower"), "partner_id", "partner__name"
    )
    rows = branches.order_by().union(borrowers.order_by(), all=True)
    found: dict[str, list[tuple[str, str]]] = {"branch": [], "borrower": []}
    for kind, key, name in sorted(rows, key=lambda row: str(row[2]).casefold()):
        found[kind].append((str(key), name))
    return FilterChoices(found["branch"], found["borrower"])


def by_numbers(library: Library, actor: Actor, numbers: Iterable[str]) -> list[LendingRequest]:
    """Several requests at once, by number, with what the forms of actions ask; what is not visible is left out."""
    known = [each for each in numbers if read_number(each) == each]
    found = for_list(visible_to_staff(library, actor)).filter(number__in=known)
    return list(found.select_related("library").prefetch_related("holds", "questions"))


def last_act(request_id: int) -> tuple[str, bool] | None:
    """The last act of a request that can still be taken back: its key, and whether it sends something."""
    return lists.last_act(LendingRequest, request_id)


def late_at_desk(library: Library, actor: Actor, *, at: datetime) -> int:
    """How many open requests wait for our own staff longer than they should."""
    return late_count(visible_to_staff(library, actor), (NextActor.DESK, NextActor.STACKS), at=at)


MOST_TO_FETCH = 200


def to_fetch(library: Library, actor: Actor, *, branch_id: int | None = None) -> list[LendingItem]:
    """Items to look for, in the order of a walk through the stacks: location, shelf, call number.

    At most MOST_TO_FETCH of them: more than anybody carries; what was fetched makes room for the rest. Rush requests
    stand first within their location. People bound to branches see what stands there.
    """
    found = LendingItem.objects.filter(
        place=ItemPlace.TO_PULL, request__library=library, request__state=s.TO_PULL
    )
    if actor.branches:
        found = found.filter(location_id__in=actor.branches)
    if branch_id is not None:
        found = found.filter(location_id=branch_id)
    found = found.select_related("location", "request__borrower").defer(
        *(f"request__{column}" for column in HEAVY)
    )
    order = (F("location__name").asc(nulls_last=True), "-request__rush", "shelf", "call_number", "id")
    first = found.order_by(*order)[:MOST_TO_FETCH]
    return sorted(first, key=lambda item: walking_order(item, rush_first=True))
