"""The queues of the borrowing desk: true counts, light rows, the orders a list may have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet, Value

from illservice.core import lists
from illservice.core.actors import Actor
from illservice.core.lists import (
    Counts,
    counts_of,
    date_or_last,
    late_count,
    text_to_sort,
)
from illservice.core.numbers import read_number
from illservice.core.paging import ASC, DESC, Order
from illservice.directory.models import Branch, Library, Partnership
from patrons.models import Patron
from requests_app.models import BorrowingMark, BorrowingRequest, LenderTry
from requests_app.selectors.sight import visible_to_staff
from requests_app.workflow import states as s
from requests_app.workflow.states import HoldKind, NextActor, QuestionKind

HEAVY = ("raw", "asked", "undo", "search_text", "person_text", "delivery_address", "patron_note")
"""Columns that a list never shows."""

QUEUES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("review", (*HoldKind.values, s.IN_REVIEW)),
    ("sending", (s.READY, s.SUPPLY_HERE)),
    ("lenders", (QuestionKind.CONDITIONAL, QuestionKind.RETRY, s.ASKED, s.PROMISED, QuestionKind.CANCEL)),
    ("coming", (s.ON_THE_WAY, s.AT_DESK, s.TO_BRANCH)),
    ("patrons", (s.ON_SHELF, s.COPY_DELIVERED, s.ON_LOAN, QuestionKind.RENEWAL)),
    ("back", (s.FROM_BRANCH, s.BACK_AT_DESK, s.RETURNED, s.SETTLING)),
)
"""The queues of the borrowing desk, in groups, in the order of the day."""

ORDERS: Mapping[str, Order] = {
    "act_by": (("rush", DESC), ("act_by", ASC), ("id", ASC)),
    "newest": (("rush", DESC), ("submitted_at", DESC), ("id", DESC)),
    "oldest": (("rush", DESC), ("submitted_at", ASC), ("id", ASC)),
    "need_by": (("rush", DESC), ("need_order", ASC), ("id", ASC)),
    "title": (("title_order", ASC), ("id", ASC)),
}
"""How a list of open requests can be sorted; rush requests stand first, but not in the alphabet."""

_COMPUTED = {"need_order": date_or_last("need_by"), "title_order": text_to_sort("article_title", "title")}


def queue_counts(library: Library, actor: Actor) -> Counts:
    """True counts of what this staff member sees."""
    return counts_of(visible_to_staff(library, actor))


def for_list(found: QuerySet[BorrowingRequest]) -> QuerySet[BorrowingRequest]:
    """A list's rows: light columns, patron, branch, lenders and marks in a constant number of statements."""
    return (
        found.defer(*HEAVY)
        .select_related("patron", "pickup_branch", "location")
        .prefetch_related(
            Prefetch("tries", LenderTry.objects.select_related("partner").order_by("ordinal")),
            Prefetch("marks", BorrowingMark.objects.filter(cleared_at__isnull=True).order_by("at", "id")),
        )
    )


def sortable(found: QuerySet[BorrowingRequest], order: Order) -> QuerySet[BorrowingRequest]:
    """Add the columns that an order needs beside those of the table: no date sorts last, titles without case."""
    return lists.sortable(found, order, _COMPUTED)


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What a list can be narrowed by, as key and name."""

    branches: list[tuple[str, str]]
    lenders: list[tuple[str, str]]


def filter_choices(library: Library) -> FilterChoices:
    """Branches and lenders of a library in one statement."""
    branches = Branch.objects.filter(library=library).values_list(Value("branch"), "pk", "name")
    lenders = Partnership.objects.filter(library=library).values_list(
        Value("lender"), "partner_id", "partner__name"
    )
    rows = branches.order_by().union(lenders.order_by(), all=True)
    found: dict[str, list[tuple[str, str]]] = {"branch": [], "lender": []}
    for kind, key, name in sorted(rows, key=lambda row: str(row[2]).casefold()):
        found[kind].append((str(key), name))
    return FilterChoices(found["branch"], found["lender"])


def by_numbers(library: Library, actor: Actor, numbers: Iterable[str]) -> list[BorrowingRequest]:
    """Several requests at once, by number, with what the forms of actions ask; what is not visible is left out."""
    known = [each for each in numbers if read_number(each) == each]
    found = for_list(visible_to_staff(library, actor)).filter(number__in=known)
    return list(found.select_related("library").prefetch_related("holds", "questions", "items"))


def last_act(request_id: int) -> tuple[str, bool] | None:
    """The last act of a request that can still be taken back: its key, and whether it sends something."""
    return lists.last_act(BorrowingRequest, request_id)


def late_at_desk(library: Library, actor: Actor, *, at: datetime) -> int:
    """How many open requests wait for our own staff longer than they should."""
    ours = (NextActor.DESK, NextActor.STACKS, NextActor.BRANCH)
    return late_count(visible_to_staff(library, actor), ours, at=at)


def requests_of_patron(library: Library, actor: Actor, patron: Patron) -> QuerySet[BorrowingRequest]:
    """A patron's requests as far as this staff member may see them, unsorted."""
    return visible_to_staff(library, actor).filter(patron=patron)
