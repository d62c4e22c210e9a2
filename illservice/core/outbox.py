"""The outbox: everything that happens outside is a row first (design §2, dependencies: Celery facts).

The database is the truth. Celery only rings; a sweeper finds what nobody rang for. A row is claimed by a
conditional UPDATE that exactly one process wins, on SQLite and PostgreSQL alike.
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from kombu.exceptions import OperationalError

from illservice.core import results
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.statements import Prepared, Slot, insert_new, moment

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=100)
"""Longer than a task may take (CELERY_TASK_SOFT_TIME_LIMIT), so that a slow delivery is never a second one."""
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
OPEN = (OutboxState.WAITING, OutboxState.LEASED)
BATCH_SECONDS = 20.0
"""Rows claimed together but not begun after this time go back, well before their lease runs out."""


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
Around = Callable[[Sequence[OutboxRow], datetime], AbstractContextManager[None]]
_handlers: dict[str, Handler] = {}
_around: dict[str, Around] = {}


def register(kind: str, handler: Handler, *, around: Around | None = None) -> None:
    """Name who delivers rows of a kind. The handler returns a short result (a Message-ID).

    `around` is entered with all rows of the kind that one process is about to deliver one after the other, so that
    what they share is read once.
    """
    _handlers[kind] = handler
    if around is not None:
        _around[kind] = around


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a service hands over: `key` is unique for ever, rows of one `stream` leave in order.

    Rows of one `bundle` that are due at once may leave as one (`core.bundles`). They wait for the sweeper, so that
    all of them are written before the first one leaves, and are never taken from anybody who could still undo them.
    """

    kind: str
    key: str
    stream: str
    payload: dict[str, Any]
    subject: str = ""
    library: int | None = None
    bundle: str = ""


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
        bundle=parcel.bundle,
        created_at=at,
        not_before=not_before or at,
    )
    # Nearly every key is new: the database is asked for the others by the constraint alone.
    if not insert_new(row):
        return
    if not _silent.get() and not row.bundle:
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


def ring_for_help() -> None:
    """Ask another worker to deliver what is due, too. Nobody is missed when nobody comes."""
    if not settings.ILL_RING:
        return
    try:
        current_app.send_task("ill_core.drain", expires=30)
    except OperationalError:
        logger.warning("broker unreachable, the sweeper goes on alone")


def due_rows(*, at: datetime, limit: int = 200) -> list[int]:
    """Keys of the rows that may leave now, oldest first; not of those that wait behind a row for a later time."""
    rows = _due_now(limit).rows(at=at) if read_clock.get() is None else _due(at, limit)
    return [key for key, _kind in rows]


def _due(at: "datetime | Slot", limit: int) -> "QuerySet[OutboxRow, tuple[int, str]]":
    waits = Exists(older_in_stream().exclude(claimable(at)))
    waits_in_bundle = ~Q(bundle="") & Exists(_older_in_bundle().exclude(claimable(at)))
    due = OutboxRow.objects.filter(
        claimable(at), ~waits, ~waits_in_bundle, state__in=OPEN, not_before__lte=at
    )
    # Sorted by what no index has: by the key's own one a database would walk through all that ever was sent.
    return due.order_by(F("id") + 0).values_list("pk", "kind")[:limit]


@cache
def _due_now(limit: int) -> "Prepared[tuple[int, str]]":
    return Prepared(lambda: _due(moment("at"), limit))


read_clock: ContextVar[Callable[[], datetime] | None] = ContextVar("outbox_read_clock", default=None)
"""Set while rows are delivered as of another time than the present: what the service is delivering now, by this clock,
is left to it, although its lease is over by that time."""


def claimable(at: "datetime | Slot") -> Q:
    """Waiting and due, or left behind by somebody whose lease ran out."""
    over = Q(state=OutboxState.LEASED, leased_until__lt=at)
    clock = read_clock.get()
    if clock is not None:
        now = clock()
        over &= ~Q(leased_until__gte=now, leased_until__lte=now + LEASE)
    return Q(state=OutboxState.WAITING, not_before__lte=at) | over


def older_in_stream() -> "QuerySet[OutboxRow]":
    """What must leave before the row of the query around it."""
    return OutboxRow.objects.filter(stream=OuterRef("stream"), pk__lt=OuterRef("pk"), state__in=OPEN)


def _older_in_bundle() -> "QuerySet[OutboxRow]":
    older = OutboxRow.objects.exclude(bundle="").filter(bundle=OuterRef("bundle"))
    return older.filter(pk__lt=OuterRef("pk"), state__in=OPEN)


def _first_of_all(at: datetime) -> Q:
    """Due, and nothing older of its stream or bundle is open: of a bundle only the oldest row can be claimed."""
    return claimable(at) & ~Q(Exists(older_in_stream())) & (Q(bundle="") | ~Q(Exists(_older_in_bundle())))


def claim(row_id: int, *, at: datetime) -> OutboxRow | None:
    """Take a due row whose stream and bundle have nothing older open, or None when somebody else has it."""
    lease = uuid.uuid4()
    won = OutboxRow.objects.filter(_first_of_all(at), pk=row_id).update(
        state=OutboxState.LEASED, lease=lease, leased_until=at + LEASE, attempts=F("attempts") + 1
    )
    return OutboxRow.objects.get(pk=row_id) if won else None


def _claim_many(row_ids: Sequence[int], at: datetime) -> list[OutboxRow]:
    with transaction.atomic():
        # Locked in order and without waiting, so that two sweeps never wait for each other.
        free = OutboxRow.objects.filter(_first_of_all(at), pk__in=row_ids).order_by("id")
        rows = list(free.select_for_update(skip_locked=True, of=("self",)))
        lease = uuid.uuid4()
        OutboxRow.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=OutboxState.LEASED, lease=lease, leased_until=at + LEASE, attempts=F("attempts") + 1
        )
    for row in rows:
        row.state, row.lease, row.leased_until = OutboxState.LEASED, lease, at + LEASE
        row.attempts += 1
    return rows


def deliver(row_id: int, *, at: datetime) -> OutboxState | None:
    """Claim, deliver outside any transaction, write the result. None when there was nothing to claim."""
    row = claim(row_id, at=at)
    if row is None:
        return None
    state = _deliver_claimed(row, at)
    if state in _ENDED:
        _ring_next(row)
    return state


def deliver_batch(
    row_ids: Sequence[int], *, at: datetime, count: Callable[[OutboxState], None] = lambda _state: None
) -> int:
    """Claim many due rows at once and deliver them one after the other; each result is written before the next row is
    begun, and counted. Those that time does not suffice for go back as they were. Returns how many were worked on."""
    began = time.monotonic()
    rows = _claim_many(row_ids, at)
    done = 0
    with ExitStack() as shared:
        for kind, around in _around.items():
            if of_kind := [row for row in rows if row.kind == kind]:
                shared.enter_context(around(of_kind, at))
        for place, row in enumerate(rows):
            if time.monotonic() - began > BATCH_SECONDS:
                _give_back(rows[place:])
                break
            done += 1
            try:
                count(_deliver_claimed(row, at))
            except Exception:
                logger.exception("outbox row %s could not be worked on", row.pk)
    return done


def _deliver_claimed(row: OutboxRow, at: datetime) -> OutboxState:
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
        return _postpone(row, until=reason.until, error=str(reason), counts=False)
    except TemporaryFailure as reason:
        return _again(row, at=at, error=str(reason))
    except Exception as error:
        # Push away first, then let the error be seen: one bad row must not stop the others.
        logger.exception("delivery of outbox row %s failed", row.pk)
        return _again(row, at=at, error=type(error).__name__)
    return _finish(row, at=at, state=OutboxState.DONE, result=result)


def mine(rows: Sequence[OutboxRow]) -> "QuerySet[OutboxRow]":
    """The rows as far as the lease under which they were claimed still holds."""
    return OutboxRow.objects.filter(
        pk__in=[row.pk for row in rows], lease=rows[0].lease, state=OutboxState.LEASED
    )


def _finish(
    row: OutboxRow, *, at: datetime, state: OutboxState, result: str = "", error: str = ""
) -> OutboxState:
    end([row, *row.along], at=at, state=state, result=result, error=error)
    return state


_ENDED = (OutboxState.DONE, OutboxState.FAILED, OutboxState.SUPERSEDED)


def end(
    rows: Sequence[OutboxRow], *, at: datetime, state: OutboxState, result: str = "", error: str = ""
) -> None:
    """Write the result. Where the lease ran out somebody else has the row: what becomes of it is theirs to say."""
    held = set(mine(rows).values_list("pk", flat=True)) if state == OutboxState.FAILED else set()
    results.write(
        rows,
        state=state,
        result=result[:200],
        last_error=error[:200],
        finished_at=at,
        lease=None,
        leased_until=None,
    )
    for row in rows:
        if row.pk in held:
            _tell_listeners(row, at)


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
    return _postpone(row, until=at + BACK_OFF[row.attempts - 1], error=error, counts=True)


def _postpone(row: OutboxRow, *, until: datetime, error: str, counts: bool) -> OutboxState:
    mine([row, *row.along]).update(
        state=OutboxState.WAITING,
        not_before=until,
        attempts=F("attempts") - (0 if counts else 1),
        last_error=error[:200],
        lease=None,
        leased_until=None,
    )
    return OutboxState.WAITING


def _give_back(rows: Sequence[OutboxRow]) -> None:
    every = [each for row in rows for each in (row, *row.along)]
    mine(every).update(state=OutboxState.WAITING, attempts=F("attempts") - 1, lease=None, leased_until=None)


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
    """Give a failed row another life, alone. False when it was not failed (a second click)."""
    changed = OutboxRow.objects.filter(pk=row_id, state=OutboxState.FAILED).update(
        state=OutboxState.WAITING, attempts=0, not_before=at, finished_at=None, bundle=""
    )
    if changed:
        transaction.on_commit(partial(ring, row_id), robust=True)
    return bool(changed)
