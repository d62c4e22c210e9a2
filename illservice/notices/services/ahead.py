"""While a mail server takes a letter, the next one of the batch gets its words: else half of the time is spent waiting.

Nothing of it leaves before its turn, nor when its turn comes late: then it is made anew, from the facts of that moment.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from illservice.core.models import OutboxRow

FRESH = 0.5  # seconds for which a letter counts as made now; with those of the facts in it no more than one

T = TypeVar("T")


@dataclass(slots=True)
class _Made(Generic[T]):
    """A letter, or why there is none; said when its turn comes, either way."""

    row_id: int
    at: float
    letter: T | None
    problem: Exception | None = None


class _Run:
    """The rows of a batch in their order, and what was made of the next one."""

    def __init__(self, rows: Sequence[OutboxRow]) -> None:
        self.following = {row.pk: after for row, after in pairwise(rows)}
        self.made: _Made[object] | None = None


_run: ContextVar[_Run | None] = ContextVar("notices_run", default=None)


@contextmanager
def in_turn(rows: Sequence[OutboxRow]) -> Iterator[None]:
    """Around the delivery of these rows, one after the other."""
    token = _run.set(_Run(rows))
    try:
        yield
    finally:
        _run.reset(token)


def make_next(row: OutboxRow, make: Callable[[OutboxRow], object]) -> None:
    """Make what follows the row, if anything does. Raises nothing."""
    run = _run.get()
    following = run.following.get(row.pk) if run is not None else None
    if run is None or following is None or (run.made is not None and run.made.row_id == following.pk):
        return
    began = time.monotonic()
    try:
        run.made = _Made(following.pk, began, make(following))
    except Exception as problem:  # noqa: BLE001 - it is said at the row's own turn
        run.made = _Made(following.pk, began, None, problem)


def made_or(row: OutboxRow, make: Callable[[OutboxRow], T]) -> T:
    """What was made of the row a moment ago, else made now."""
    run = _run.get()
    made, kept = (run.made, run) if run is not None else (None, None)
    if made is None or kept is None or made.row_id != row.pk:
        return make(row)
    kept.made = None
    if time.monotonic() - made.at > FRESH:
        return make(row)
    if made.problem is not None:
        raise made.problem
    return made.letter  # type: ignore[return-value]  # one `make` for all rows of a run
