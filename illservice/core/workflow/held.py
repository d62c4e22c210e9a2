"""What a message may leave out while it is carried out: reading a subject twice, and a way back for each step.

The subject that was locked and read already is taken over by the act inside `holding` instead of being read again.
The lock stays until the transaction ends, so nobody else can have changed what was read since. The first act uses it
up: it may have changed more than it shows, so the next one reads it anew.

A step that is refused is taken back alone, which needs a savepoint. Nearly none is refused: so the first attempt goes
without savepoints, and where a refusal is to be answered inside the transaction, `take_care` gives the attempt up and
everything begins once more, with them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.db import transaction
from django.db.transaction import Atomic

from illservice.core.models import Subject

SubjectT = TypeVar("SubjectT", bound=Subject)
ResultT = TypeVar("ResultT")

_known: ContextVar[dict[tuple[type[Subject], int], Subject] | None] = ContextVar(
    "held_subjects", default=None
)
_bold: ContextVar[bool] = ContextVar("without_savepoints", default=False)


class _Refused(Exception):
    """Something was refused that must be taken back alone."""


def holding(work: Callable[[], ResultT]) -> ResultT:
    """Do the work in one transaction. Inside, locked subjects are kept for the first act.

    `work` may run twice, the second time after everything that the first one did was taken back.
    """
    try:
        with _attempt(bold=True):
            return work()
    except _Refused:
        with _attempt(bold=False):
            return work()


@contextmanager
def _attempt(*, bold: bool) -> Iterator[None]:
    known, attempt = _known.set({}), _bold.set(bold)
    try:
        with transaction.atomic():
            yield
    finally:
        _known.reset(known)
        _bold.reset(attempt)


def step() -> Atomic:
    """The transaction of one service: what it did is taken back with it, or with everything around it."""
    return transaction.atomic(savepoint=not _bold.get())


def take_care() -> None:
    """To be called before going on after a refusal."""
    if _bold.get():
        raise _Refused


def held(model: type[SubjectT], key: int, lock: Callable[[], SubjectT | None]) -> SubjectT | None:
    """The subject with this key as it was locked before, else what `lock` finds."""
    known = _known.get()
    subject = known.get((model, key)) if known else None
    if isinstance(subject, model):
        return subject
    found = lock()
    if found is not None:
        hold(found)
    return found


def hold(subject: Subject) -> None:
    """Keep a subject that was just locked and read whole, if anybody asked to."""
    known = _known.get()
    if known is not None:
        known[type(subject), subject.pk] = subject


@contextmanager
def used_up(subject: Subject) -> Iterator[None]:
    """Whatever happens inside, afterwards the subject is not as it was read."""
    try:
        yield
    finally:
        known = _known.get()
        if known is not None:
            known.pop((type(subject), subject.pk), None)
