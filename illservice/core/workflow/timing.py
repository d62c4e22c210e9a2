"""Timers of a side: which ones run in which state, and what happens when their time has come (design §2).

Each kind lives in some states; entering them starts it, leaving stops it.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects

from illservice.core.errors import IllError
from illservice.core.models import Timer
from illservice.core.workflow.act import Act

logger = logging.getLogger(__name__)

BATCH = 500

Due = Callable[[Any, datetime], datetime | None]


@dataclass(frozen=True, slots=True)
class TimerKind:
    """`due(request, at)` gives the moment, or None when there is nothing to wait for.

    `fixed` kinds follow their date whatever happens; the others keep the time they began with, but for the actions
    in `anew`, which start them again.
    """

    code: str
    states: frozenset[str]
    due: Due
    words: object
    fixed: bool = False
    anew: frozenset[str] = frozenset()


def in_days(days: int) -> Due:
    """So many days after it began."""
    return lambda _request, at: at + timedelta(days=days)


def question_by(kind: str) -> Due:
    """The moment until which the open question of a kind may be answered."""

    def due(request: Any, _at: datetime) -> datetime | None:
        waiting = (q for q in request.questions.all() if q.kind == kind and not q.answered_at)
        return next((question.reply_by for question in waiting), None)

    return due


def sync_timers(act: Act, kinds: Iterable[TimerKind], model: type[Timer]) -> None:
    """Bring the open timers of a request in line with its state and dates. Those that stay keep their time.

    What is stopped goes away and may start again with the same time; what was worked off at a time does not.
    """
    request = act.subject
    prefetch_related_objects([request], "timers")
    timers = list(request.timers.all())
    open_timers = {timer.kind: timer for timer in timers if timer.finished_at is None}
    fired = {(timer.kind, timer.due_at) for timer in timers if timer.finished_at is not None}
    for kind in kinds:
        timer = open_timers.get(kind.code)
        if request.state not in kind.states:
            due = None
        elif timer is not None and not kind.fixed and act.action not in kind.anew:
            continue
        else:
            due = kind.due(request, act.at)
        if due is not None and (kind.code, due) in fired:
            due = None
        _bring_in_line(act, timer, kind.code, due, model)


def _bring_in_line(act: Act, timer: Any, code: str, due: datetime | None, model: Any) -> None:
    if timer is None and due is not None:
        act.add(model(request=act.subject, kind=code, due_at=due))
    elif timer is not None and due is None:
        act.remove(timer)
    elif timer is not None and due is not None and timer.due_at != due:
        act.set(timer, due_at=due)


Work = Callable[[int, datetime], None]


def run_due(model: Any, lock: Callable[[int], object], work: Mapping[str, Work], at: datetime) -> int:
    """Work off the timers that are due, oldest first, and return how many were. One bad row stops no other."""
    due = model.objects.filter(finished_at__isnull=True, due_at__lte=at).order_by("due_at", "id")
    done = 0
    for timer_id, request_id in due.values_list("pk", "request_id")[:BATCH]:
        try:
            done += _work_off(model, timer_id, partial(lock, request_id), work, at)
        except Exception:
            logger.exception("timer %s failed", timer_id)
    return done


def _work_off(
    model: Any, timer_id: int, lock: Callable[[], object], work: Mapping[str, Work], at: datetime
) -> bool:
    """Finish the timer and do its work in one transaction: whoever finishes it does the work, nobody else."""
    with transaction.atomic():
        lock()
        timer = model.objects.filter(pk=timer_id, finished_at__isnull=True, due_at__lte=at).first()
        if timer is None:
            return False
        timer.finished_at = at
        timer.save(update_fields=["finished_at"])
        try:
            with transaction.atomic():
                work[timer.kind](timer.request_id, at)
        except IllError as refusal:
            # The request has moved on meanwhile: the timer is done with, nothing is forced.
            logger.info("timer %s (%s) had nothing to do: %s", timer_id, timer.kind, refusal.code)
        return True
