"""What many notices have in common is read once while one process sends them one after the other."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import partial
from typing import TypeVar

from illservice.core import bundles
from illservice.core.models import OutboxRow
from illservice.directory.calendars import OpenDays
from illservice.directory.models import Library
from illservice.directory.selectors import open_days
from illservice.notices import selectors
from illservice.notices.kinds import Texts, all_kinds
from illservice.notices.kinds.hours import Hours, next_moment
from illservice.notices.models import NoticeRules
from illservice.notices.services import ahead

T = TypeVar("T")

_read: ContextVar[dict[tuple[object, ...], object] | None] = ContextVar("notices_read", default=None)


@contextmanager
def together(rows: Sequence[OutboxRow], at: datetime) -> Iterator[None]:
    """Around the delivery of these rows: rules and texts are read once, and what the rows are about in one go."""
    token = _read.set({})
    try:
        take_along([row for row in rows if row.bundle and leaves_bundled(row, at)], at)
        with ExitStack() as shared:
            shared.enter_context(ahead.in_turn(rows))
            for read_ahead in {kind.read_ahead for kind in all_kinds() if kind.read_ahead is not None}:
                codes = {kind.code for kind in all_kinds() if kind.read_ahead is read_ahead}
                every = [each for row in rows for each in (row, *row.along)]
                payloads = [row.payload for row in every if row.payload.get("notice") in codes]
                if payloads:
                    shared.enter_context(read_ahead(payloads))
            yield
    finally:
        _read.reset(token)


def leaves_bundled(row: OutboxRow, at: datetime) -> bool:
    """Whether this row may leave now, and in one mail with others of its bundle."""
    library = row.library or 0
    return rules_of(library).bundle and open_hour(library, at) <= at


def take_along(rows: Sequence[OutboxRow], at: datetime) -> None:
    """Let each row take its bundle along, once."""
    known = _read.get()
    taken: set[int] = set() if known is None else known.setdefault(("taken",), set())  # type: ignore[assignment]
    if fresh := [row for row in rows if row.pk not in taken]:
        bundles.take_along(fresh, at=at)
        taken.update(row.pk for row in fresh)


def once(key: tuple[object, ...], read: Callable[[], T]) -> T:
    """What `read` gives, read once while notices are delivered together. The key says what it is, and of whom."""
    known = _read.get()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    return known[key]  # type: ignore[return-value]  # the key says what was read


def rules_of(library_id: int) -> NoticeRules:
    """The library's rules."""
    return once(("rules", library_id), partial(selectors.rules_of, library_id))


def library_of(library_id: int) -> Library:
    """The library itself."""
    return once(("library", library_id), lambda: Library.objects.select_related("entity").get(pk=library_id))


def calendar_of(library_id: int) -> tuple[str, OpenDays]:
    """The library's zone and its open days."""

    def read() -> tuple[str, OpenDays]:
        library = library_of(library_id)
        return library.timezone, open_days(library)

    return once(("calendar", library_id), read)


def own_texts(library_id: int, kind: str, language: str) -> Texts | None:
    """The library's own text in use."""
    read = partial(selectors.own_texts, library_id=library_id, kind=kind, language=language)
    return once(("texts", library_id, kind, language), read)


def open_hour(library_id: int, at: datetime) -> datetime:
    """The first moment from `at` on at which the library's reminders may leave."""
    rules, (zone, days) = rules_of(library_id), calendar_of(library_id)
    hours = Hours(rules.quiet_from, rules.quiet_until)
    return next_moment(at, zone=zone, hours=hours, days=days if rules.open_days_only else None)
