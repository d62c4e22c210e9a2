"""The outbox: everything that happens outside is a row first (design §2, dependencies: Celery facts).

The database is the truth. Celery only rings; a sweeper finds what nobody rang for. A row is claimed by a
conditional UPDATE that exactly one process wins, on SQLite and PostgreSQL alike.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from kombu.exceptions import OperationalError

from illservice.core.models import OutboxRow, OutboxState

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=100)
"""Longer than a task may take (CELERY_TASK_SOFT_TIME_LIMIT), so that a slow delivery is never a second one."""
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
OPEN = (OutboxState.WAITING, OutboxState.LEASED)


class TemporaryFailure(Exception):
    """The other side may take it later. The text must hold no personal data."""


class PermanentFailure(Exception):
    """It will never be taken as it is: shown to staff at once. The text must hold no personal data."""


class NotNow(Exception):
    """It is known that it cannot be taken before `until`; the wait does not count as an attempt."""

    def __init__(self, until: datetime, reason: str) -> None:
        self.until = until
        super().__init__(reason)


class Superseded(Exception):
    """What the row wanted to say is no longer true; it is not sent."""


Handler = Callable[[OutboxRow, datetime], str]
_handlers: dict[str, Handler] = {}


def register(kind: str, handler: Handler) -> None:
    """Name who delivers rows of a kind. The handler returns a short result (a Message-ID)."""
    _handlers[kind] = handler


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a service hands over: `key` is unique for ever, rows of one `stream` leave in order."""

    kind: str
    key: str
    stream: str
    payload: dict[str, Any]
    subject: str = ""
    library: int | None = None


def enqueue(
    parcel: Parcel, *, at: datetime, not_before: datetime | None = None, act: uuid.UUID | None = None
) -> None:
    """Write the row in the caller's transaction and ring after its commit. A known key is left as it is."""
    row = OutboxRow(
        key=parcel.key,
        kind=parcel.kind,
        stream=parcel.stream,
        payload=parcel.payload,
        subject=parcel.subject,
        library=parcel.library,
        act=act,
        created_at=at,
        not_before=not_before or at,
    )
    try:
        # Nearly every key is new: the database is asked for the others by the constraint alone.
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if not OutboxRow.objects.filter(key=parcel.key).exists():
            raise
        return
    if not _silent.get():
        delay = max((row.not_before - at).total_seconds(), 0)
        transaction.on_commit(partial(ring, row.pk, delay), robust=True)


_silent: ContextVar[bool] = ContextVar("outbox_silent", default=False)


@contextmanager
def without_bell() -> Iterator[None]:
    """Rows written inside wait for the sweeper: for many at once, or for a past that is only being told."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def take_as_sent(*, library: int, before: datetime, result: str) -> int:
    """Finish what a library has waiting since before a moment as if it had left then: the past of a told story,
    which nobody wants to hear of now. Returns how many rows that were."""
    waiting = OutboxRow.objects.filter(
        library=library, state=OutboxState.WAITING, attempts=0, not_before__lt=before
    )
    return waiting.update(state=OutboxState.DONE, result=result[:200], finished_at=F("not_before"))


def ring(row_id: int, delay: float = 0) -> None:
    """Tell a worker that a row waits. A lost ring loses nothing: the sweeper finds the row."""
    if not settings.ILL_RING:
        return
    try:
        current_app.send_task("ill_core.deliver", kwargs={"row_id": row_id}, countdown=delay or None)
    except OperationalError:
        logger.warning("broker unreachable, row %s waits for the sweeper", row_id)


def due_rows(*, at: datetime, limit: int = 200) -> list[int]:
    """Keys of the rows that may leave now, oldest first; not of those whose stream waits for a later time."""
    stuck = _older_in_stream().exclude(_claimable(at))
    due = OutboxRow.objects.filter(_claimable(at), ~Exists(stuck)).order_by("id")
    return list(due.values_list("pk", flat=True)[:limit])


def _claimable(at: datetime) -> Q:
    return Q(state=OutboxState.WAITING, not_before__lte=at) | Q(state=OutboxState.LEASED, leased_until__lt=at)


def _older_in_stream() -> "QuerySet[OutboxRow]":
    return OutboxRow.objects.filter(stream=OuterRef("stream"), pk__lt=OuterRef("pk"), state__in=OPEN)


def claim(row_id: int, *, at: datetime) -> OutboxRow | None:
    """Take a due row whose stream has nothing older open, or None when somebody else has it."""
    lease = uuid.uuid4()
    won = OutboxRow.objects.filter(_claimable(at), ~Exists(_older_in_stream()), pk=row_id).update(
        state=OutboxState.LEASED, lease=lease, leased_until=at + LEASE, attempts=F("attempts") + 1
    )
    return OutboxRow.objects.get(pk=row_id) if won else None


def deliver(row_id: int, *, at: datetime) -> OutboxState | None:
    """Claim, deliver outside any transaction, write the result. None when there was nothing to claim."""
    row = claim(row_id, at=at)
    if row is None:
        return None
    handler = _handlers.get(row.kind)
    if handler is None:
        return _finish(row, at=at, state=OutboxState.FAILED, error=f"no handler for {row.kind}")
    try:
        result = handler(row, at)
    except Superseded as reason:
        return _finish(row, at=at, state=OutboxState.SUPERSEDED, error=str(reason))
    except PermanentFailure as reason:
        return _finish(row, at=at, state=OutboxState.FAILED, error=str(reason))
    except NotNow as reason:
        return _postpone(row, until=reason.until, error=str(reason), attempts=row.attempts - 1)
    except TemporaryFailure as reason:
        return _again(row, at=at, error=str(reason))
    except Exception as error:
        # Push away first, then let the error be seen: one bad row must not stop the others.
        logger.exception("delivery of outbox row %s failed", row.pk)
        return _again(row, at=at, error=type(error).__name__)
    return _finish(row, at=at, state=OutboxState.DONE, result=result)


def _finish(
    row: OutboxRow, *, at: datetime, state: OutboxState, result: str = "", error: str = ""
) -> OutboxState:
    mine = OutboxRow.objects.filter(pk=row.pk, lease=row.lease, state=OutboxState.LEASED)
    written = mine.update(
        state=state,
        result=result[:200],
        last_error=error[:200],
        finished_at=at,
        lease=None,
        leased_until=None,
    )
    if not written:
        # The lease ran out and somebody else has the row: what becomes of it is theirs to say.
        return state
    if state == OutboxState.FAILED:
        _tell_listeners(row, at)
    _ring_next(row)
    return state


def _tell_listeners(row: OutboxRow, at: datetime) -> None:
    for listener in _failure_listeners:
        try:
            listener(row, at)
        except Exception:
            # The row stands among the failed ones all the same; the next rows must not wait for this.
            logger.exception("nobody was told that outbox row %s failed", row.pk)


def _again(row: OutboxRow, *, at: datetime, error: str) -> OutboxState:
    if row.attempts > len(BACK_OFF):
        return _finish(row, at=at, state=OutboxState.FAILED, error=error)
    return _postpone(row, until=at + BACK_OFF[row.attempts - 1], error=error, attempts=row.attempts)


def _postpone(row: OutboxRow, *, until: datetime, error: str, attempts: int) -> OutboxState:
    mine = OutboxRow.objects.filter(pk=row.pk, lease=row.lease, state=OutboxState.LEASED)
    mine.update(
        state=OutboxState.WAITING,
        not_before=until,
        attempts=attempts,
        last_error=error[:200],
        lease=None,
        leased_until=None,
    )
    return OutboxState.WAITING


def _ring_next(row: OutboxRow) -> None:
    following = (
        OutboxRow.objects.filter(stream=row.stream, pk__gt=row.pk, state=OutboxState.WAITING)
        .order_by("id")
        .values_list("pk", flat=True)
        .first()
    )
    if following is not None:
        ring(following)


FailureListener = Callable[[OutboxRow, datetime], None]
_failure_listeners: list[FailureListener] = []


def on_failure(listener: FailureListener) -> None:
    """Be told when a row is given up, to show it to staff."""
    _failure_listeners.append(listener)


def cancel_act(act: uuid.UUID, *, at: datetime) -> bool:
    """Cancel what an act still holds back. False when anything of it has left: then nothing may be undone.

    Needs the caller's transaction, which it must roll back on False.
    """
    OutboxRow.objects.filter(act=act, state=OutboxState.WAITING, attempts=0).update(
        state=OutboxState.CANCELLED, finished_at=at
    )
    return not OutboxRow.objects.filter(act=act).exclude(state=OutboxState.CANCELLED).exists()


def send_again(row_id: int, *, at: datetime) -> bool:
    """Give a failed row another life. False when it was not failed (a second click)."""
    changed = OutboxRow.objects.filter(pk=row_id, state=OutboxState.FAILED).update(
        state=OutboxState.WAITING, attempts=0, not_before=at, finished_at=None
    )
    if changed:
        transaction.on_commit(partial(ring, row_id), robust=True)
    return bool(changed)
