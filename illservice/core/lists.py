"""Lists of what moves through a workflow table: lists that cut across queues, true counts, orders, words, last acts.

Knows of the rows only what every subject has (`illservice.core.models.Subject`); other columns are named by the caller.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import CharField, Count, DateField, Expression, F, Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Left, Lower, NullIf

from illservice.core.digest import Line
from illservice.core.errors import NotFound
from illservice.core.numbers import read_number
from illservice.core.paging import ASC, DESC, Order

SubjectT = TypeVar("SubjectT", bound=Model)

RUSH, ATTENTION, CLOSED = "rush", "attention", "closed"
"""Lists that cut across the queues."""

NO_DATE = date(9999, 12, 31)
TEXT_LENGTH = 80
MOST_WORDS = 8
MOST_HITS = 200
LONGEST_CODE = 60

CLOSED_ORDERS: Mapping[str, Order] = {
    "newest": (("closed_at", DESC), ("id", DESC)),
    "oldest": (("closed_at", ASC), ("id", ASC)),
}
FOUND_ORDERS: Mapping[str, Order] = {
    "newest": (("submitted_at", DESC), ("id", DESC)),
    "oldest": (("submitted_at", ASC), ("id", ASC)),
}
"""Lists that reach into history have an index for each order they offer."""


@dataclass(frozen=True, slots=True)
class Counts:
    """True counts of the open requests: by queue, of those that need attention or are rush, and of lists of a desk's
    own (`more`)."""

    queues: Mapping[str, int]
    total: int
    attention: int
    rush: int
    more: Mapping[str, int]


def counts_of(visible: QuerySet[Any], more: Mapping[str, Q] | None = None) -> Counts:
    """One statement over the open requests, and the few closed ones that need attention (partial indexes)."""
    more = more or {}
    is_open = Q(closed_at__isnull=True)
    rows = (
        visible.filter(is_open | Q(attention=True))
        .values("queue")
        .annotate(
            n=Count("id", is_open),
            marked=Count("id", Q(attention=True)),
            hurried=Count("id", is_open & Q(rush=True)),
            **{f"more_{name}": Count("id", is_open & condition) for name, condition in more.items()},
        )
        .order_by()
    )
    found = list(rows)
    return Counts(
        queues={row["queue"]: row["n"] for row in found if row["n"]},
        total=sum(row["n"] for row in found),
        attention=sum(row["marked"] for row in found),
        rush=sum(row["hurried"] for row in found),
        more={name: sum(row[f"more_{name}"] for row in found) for name in more},
    )


def in_queue(found: QuerySet[SubjectT], queue: str) -> QuerySet[SubjectT]:
    """The requests of one list: of a queue, rush, those that need attention, the closed ones, or ("") all open."""
    if queue == ATTENTION:  # also on closed requests: somebody wrote, a second copy came
        return found.filter(attention=True)
    if queue == CLOSED:
        return found.filter(closed_at__isnull=False)
    found = found.filter(closed_at__isnull=True)
    if queue == RUSH:
        return found.filter(rush=True)
    return found.filter(queue=queue) if queue else found


def date_or_last(column: str) -> Expression:
    """A date to sort by; no date sorts last."""
    return Coalesce(column, Value(NO_DATE, output_field=DateField()), output_field=DateField())


def text_to_sort(*columns: str) -> Expression:
    """The first of these texts that says something, without case, as far as a list is sorted by it."""
    last = F(columns[-1])
    filled = [NullIf(column, Value("")) for column in columns[:-1]]
    text = Coalesce(*filled, last) if filled else last
    return Left(Lower(text), TEXT_LENGTH, output_field=CharField(max_length=TEXT_LENGTH))


def sortable(
    found: QuerySet[SubjectT], order: Order, computed: Mapping[str, Expression]
) -> QuerySet[SubjectT]:
    """Add those of the `computed` columns that an order needs beside those of the table."""
    names = {name for name, _direction in order}
    added: QuerySet[SubjectT] = found.annotate(
        **{name: value for name, value in computed.items() if name in names}
    )
    return added


def with_words(
    found: QuerySet[SubjectT], words: Iterable[str], columns: Collection[str]
) -> QuerySet[SubjectT]:
    """Requests in which every word stands, each in one of these columns; nothing for no words."""
    known = list(words)[:MOST_WORDS]
    if not known:
        return found.none()
    for word in known:
        condition = Q()
        for column in columns:
            condition |= Q(**{f"{column}__contains": word})
        found = found.filter(condition)
    return found


def numbers_of(found: QuerySet[Any], exact: Q | None) -> list[str]:
    """The numbers of the requests that a condition names, at most MOST_HITS; none without one."""
    if exact is None:
        return []
    return list(found.filter(exact).order_by().values_list("number", flat=True)[:MOST_HITS])


def all_by_number(found: QuerySet[SubjectT], numbers: Iterable[str]) -> list[SubjectT]:
    """The requests with these numbers, in this order, each once; NotFound when one of them is not among `found`."""
    wanted = list(dict.fromkeys(read_number(number) or "" for number in numbers))
    known = {getattr(each, "number", ""): each for each in found.filter(number__in=wanted)}
    missing = [number for number in wanted if number not in known]
    if missing:
        raise NotFound(number=missing[0])
    return [known[number] for number in wanted]


def clean_query(text: str) -> str:
    """At most 200 characters, without what a database cannot keep."""
    return text.replace("\x00", "").strip()[:200]


def may_be_code(text: str) -> bool:
    """Whether a text can be something scanned or pasted: one word, not too long."""
    return bool(text) and len(text.split()) == 1 and len(text) <= LONGEST_CODE


def any_of(*found: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Keys that any of these name. A union: of alternatives of sub-queries a database reads the whole table."""
    return found[0].union(*found[1:])


def last_act(model: type[Model], pk: int) -> tuple[str, bool] | None:
    """The last act of a request that can still be taken back: its key, and whether it sends something."""
    kept = model._default_manager.filter(pk=pk).values_list("undo", flat=True).first()
    return (kept["act"], bool(kept.get("sends"))) if kept else None


def digest_lines(
    visible: QuerySet[Any], ours: Collection[str], labels: Mapping[str, Any], attention: Any, *, at: datetime
) -> list[Line]:
    """By queue the open requests that wait for our own staff, with how many of them wait too long; then those that
    need attention. Two statements."""
    waiting = visible.filter(closed_at__isnull=True, next_actor__in=ours)
    rows = (
        waiting.order_by().values("queue").annotate(n=Count("id"), late=Count("id", filter=Q(act_by__lt=at)))
    )
    found = {row["queue"]: (row["n"], row["late"]) for row in rows}
    lines = [Line(label, *found[queue]) for queue, label in labels.items() if queue in found]
    marked = visible.filter(attention=True).count()
    return [*lines, *([Line(attention, marked)] if marked else [])]


def late_count(visible: QuerySet[Any], ours: Collection[str], *, at: datetime) -> int:
    """How many open requests wait for our own people (`ours`, of `next_actor`) longer than they should."""
    found: QuerySet[Any] = visible.filter(closed_at__isnull=True, act_by__lt=at, next_actor__in=ours)
    return found.count()
