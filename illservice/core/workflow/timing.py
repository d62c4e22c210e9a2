"""Timers of a side: which ones run in which state, and what happens when their time has come (design §2).

Each kind lives in some states; entering them starts it, leaving stops it.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from illservice.core.errors import IllError
from illservice.core.models import Timer
from illservice.core.timers import ELSEWHERE, FAILED, MOVED_ON, Stuck, Tally
from illservice.core.workflow.act import Act
from illservice.core.workflow.reading import read_beside

logger = logging.getLogger(__name__)

BATCH = 500
"""Timers of one batch; the sweeper asks for the next one while there is time."""
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
MOST_SHOWN = 50
TELL_AFTER = 2
"""Failures in a row before staff are told: the first one may have been the database's."""

Moments = datetime | Sequence[datetime] | None
Due = Callable[[Any, datetime], Moments]


@dataclass(frozen=True, slots=True)
class TimerKind:
    """`due(request, at)` gives the moment, or None when there is nothing to wait for; a kind with several steps gives
    the moment of each, by their order.

    `fixed` kinds follow their date whatever happens; the others keep the time they began with, but for the actions
    in `anew`, which start them again.
    """

    code: str
    states: frozenset[str]
    due: Due
    words: object
    fixed: bool = False
    anew: frozenset[str] = frozenset()

    def moments(self, request: Any, at: datetime) -> dict[int, datetime]:
        """The moment of each step, by its number from 0; empty where the state has no such timer."""
        due = self.due(request, at) if request.state in self.states else None
        if due is None or isinstance(due, datetime):
            return {} if due is None else {0: due}
        return dict(enumerate(due))


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
    read_beside(request, ("timers",))
    timers = list(request.timers.all())
    fired = {(each.kind, each.step, each.due_at) for each in timers if each.finished_at is not None}
    for kind in kinds:
        running = {each.step: each for each in timers if each.kind == kind.code and each.finished_at is None}
        keeps = running and not kind.fixed and act.action not in kind.anew
        if keeps and request.state in kind.states:
            continue
        wanted = kind.moments(request, act.at)
        for step in sorted({*running, *wanted}):
            due = wanted.get(step)
            if (kind.code, step, due) in fired:
                due = None
            _bring_in_line(act, running.get(step), (kind.code, step), due, model)


def _bring_in_line(act: Act, timer: Any, name: tuple[str, int], due: datetime | None, model: Any) -> None:
    if timer is None and due is not None:
        act.add(model(request=act.subject, kind=name[0], step=name[1], due_at=due))
    elif timer is not None and due is None:
        act.remove(timer)
    elif timer is not None and due is not None and timer.due_at != due:
        act.set(timer, due_at=due)


def move_timers(act: Act, kinds: Iterable[TimerKind], change: Callable[[], None]) -> None:
    """Run `change`, which makes other terms hold. Timers that keep the time they began with then move by as much as
    their time became longer; of the others, what was done stays done."""
    request = act.subject
    began = [kind for kind in kinds if not kind.fixed and request.state in kind.states]
    before = {kind.code: kind.moments(request, act.at) for kind in began}
    change()
    after = {kind.code: kind.moments(request, act.at) for kind in began}
    for timer in list(request.timers.all()):
        was = before.get(timer.kind, {}).get(timer.step)
        now = after.get(timer.kind, {}).get(timer.step)
        if timer.finished_at is None and was and now and was != now:
            act.set(timer, due_at=timer.due_at + (now - was))
    for kind in kinds:
        if kind.fixed:
            _renumber(act, kind)


def _renumber(act: Act, kind: TimerKind) -> None:
    """A step that was taken keeps its day: it gets the number that this day has among the steps now, so that nobody
    is told twice."""
    request = act.subject
    steps: dict[datetime, list[int]] = defaultdict(list)
    for step, due in kind.moments(request, act.at).items():
        steps[due].append(step)
    done = [t for t in request.timers.all() if t.kind == kind.code and t.finished_at is not None]
    for timer in sorted(done, key=lambda each: each.step not in steps[each.due_at]):
        free = steps[timer.due_at]
        if timer.step in free:
            free.remove(timer.step)
        elif free:
            act.set(timer, step=free.pop(0))


@dataclass(frozen=True, slots=True)
class Stepped:
    """Work that asks which step it is, counted from 0."""

    run: Callable[[int, datetime, int], None]


Work = Callable[[int, datetime], None] | Stepped
Tell = Callable[[int, datetime], None]


@dataclass(frozen=True, slots=True)
class Side:
    """Whose timers are worked off: their model, how a request is locked, what each kind does when its time has come.

    `tell` puts a request before staff, for which something failed more than once.
    """

    model: Any
    lock: Callable[[int], object]
    work: Mapping[str, Work]
    tell: Tell


def due_timers(model: Any, at: datetime) -> Any:
    """The timers whose time has come, oldest first, but for those that wait after a failure."""
    due = model.objects.filter(finished_at__isnull=True, due_at__lte=at)
    return due.filter(Q(wait_until__isnull=True) | Q(wait_until__lte=at)).order_by("due_at", "id")


def run_due(side: Side, at: datetime) -> dict[str, Tally]:
    """Work off one batch of the timers that are due, oldest first, and count them by kind. One bad row stops no other:
    it is pushed away and tried again later."""
    tallies: dict[str, Tally] = {}
    found = list(due_timers(side.model, at).only("kind", "request_id", "attempts")[:BATCH])
    for timer in found:
        # What is done now may start a timer that is due as well: asked again until nothing is.
        tally = tallies.setdefault(timer.kind, Tally(more=True))
        tally.looked_at += 1
        tally.due += 1
        try:
            passed_over = _work_off(side, timer, at)
        except Exception as error:
            # Push away first, then let the error be seen: one bad row must not stop the others.
            _push_away(side, timer, at, error)
            logger.exception("timer %s failed", timer.pk)
            passed_over = FAILED
        if passed_over:
            tally.skip(passed_over)
        else:
            tally.done += 1
    return tallies


def _work_off(side: Side, found: Timer, at: datetime) -> str:
    """Finish the timer and do its work in one transaction: whoever finishes it does the work, nobody else. Returns why
    nothing was done, or nothing."""
    with transaction.atomic():
        side.lock(_request_id(found))
        timer = side.model.objects.filter(pk=found.pk, finished_at__isnull=True, due_at__lte=at).first()
        if timer is None:
            return ELSEWHERE
        timer.finished_at = at
        timer.save(update_fields=["finished_at"])
        try:
            with transaction.atomic():
                _do(side.work[timer.kind], timer, at)
        except IllError as refusal:
            # The request has moved on meanwhile: the timer is done with, nothing is forced.
            logger.info("timer %s (%s) had nothing to do: %s", timer.pk, timer.kind, refusal.code)
            return MOVED_ON
        return ""


def _do(work: Work, timer: Any, at: datetime) -> None:
    if isinstance(work, Stepped):
        work.run(timer.request_id, at, timer.step)
    else:
        work(timer.request_id, at)


def _push_away(side: Side, timer: Timer, at: datetime, error: Exception) -> None:
    wait = BACK_OFF[min(timer.attempts, len(BACK_OFF) - 1)]
    mine = side.model.objects.filter(pk=timer.pk, finished_at__isnull=True, attempts=timer.attempts)
    pushed = mine.update(
        attempts=timer.attempts + 1, wait_until=at + wait, last_error=type(error).__name__[:80]
    )
    if pushed and timer.attempts + 1 == TELL_AFTER:
        try:
            side.tell(_request_id(timer), at)
        except Exception:
            logger.exception("nobody was told that timer %s fails again and again", timer.pk)


def _request_id(timer: Any) -> int:
    return int(timer.request_id)


def total(tallies: Mapping[str, Tally]) -> int:
    """How many timers were worked off, with those that had nothing left to do."""
    return sum(tally.done + tally.skipped.get(MOVED_ON, 0) for tally in tallies.values())


def stuck_of(model: Any, library_id: int) -> list[Stuck]:
    """The open timers of a library whose work failed, those that failed most first, at most fifty."""
    failing = model.objects.filter(
        finished_at__isnull=True, attempts__gt=0, request__library_id=library_id
    ).order_by("-attempts", "id")
    values = failing.values_list("request__number", "kind", "last_error", "attempts", "wait_until")
    return [Stuck(*row) for row in values[:MOST_SHOWN]]
