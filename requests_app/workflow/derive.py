"""Columns that follow from state, holds, questions and marks: queue, wording, who acts next and by when."""

from datetime import datetime, timedelta
from typing import Any

from requests_app.models import BorrowingRequest
from requests_app.workflow import states as s
from requests_app.workflow.facts import Facts
from requests_app.workflow.states import HoldKind, NextActor, QuestionKind, Wording
from requests_app.workflow.timers import COPYRIGHT_YEAR

HOLD_ORDER = (
    HoldKind.PATRON,
    HoldKind.DUPLICATE,
    HoldKind.LIMIT,
    HoldKind.OWNED,
    HoldKind.CITATION,
    HoldKind.COPYRIGHT,
    HoldKind.WAITING_PATRON,
)
QUESTION_ORDER = (QuestionKind.CONDITIONAL, QuestionKind.RETRY, QuestionKind.RENEWAL, QuestionKind.CANCEL)

DESK_DAYS = 1
FAR_DAYS = 30
_FALLBACK_DAYS = {NextActor.DESK: DESK_DAYS, NextActor.STACKS: DESK_DAYS, NextActor.BRANCH: 2}


_NOT_THE_END = frozenset({"need_by", "due_soon", "shelf_reminder", "recall_reminder", "auto_renew"})
"""Timers that warn: who acts next has longer than that."""


def queue_of(state: str, facts: Facts) -> str:
    """The queue a request stands in: of its first hold, else of its first question, else of its state."""
    if state == s.IN_REVIEW:
        return next((hold.value for hold in HOLD_ORDER if hold in facts.holds), state)
    if state in s.FINAL:
        return state
    return next((each.value for each in QUESTION_ORDER if each in facts.questions), state)


def _wording(state: str, facts: Facts, tried: bool) -> str:
    if state == s.IN_REVIEW and HoldKind.WAITING_PATRON in facts.holds:
        return Wording.ANSWER_NEEDED
    if state == s.READY and tried:
        return Wording.ASKING
    return str(BY_CODE[state].wording)


def _next_actor(state: str, facts: Facts) -> str:
    if state == s.IN_REVIEW and facts.holds == {HoldKind.WAITING_PATRON}:
        return NextActor.PATRON
    if state in s.OPEN and facts.questions & {QuestionKind.CONDITIONAL, QuestionKind.RETRY}:
        return NextActor.DESK
    if state in s.OPEN and facts.questions:
        return NextActor.LENDER
    return str(BY_CODE[state].next_actor)


def _waits_until(request: BorrowingRequest) -> datetime | None:
    """What waits for the next year is nobody's work before."""
    return next(
        (
            timer.due_at
            for timer in request.timers.all()
            if timer.kind == COPYRIGHT_YEAR and timer.finished_at is None
        ),
        None,
    )


def derive(request: BorrowingRequest, facts: Facts, at: datetime) -> dict[str, Any]:
    """The derived columns after an act. `act_by` keeps its value while queue and timers stay as they are."""
    queue = queue_of(request.state, facts)
    next_actor = _next_actor(request.state, facts)
    timers = [
        timer.due_at
        for timer in request.timers.all()
        if timer.finished_at is None and timer.kind not in _NOT_THE_END
    ]
    if request.state in s.FINAL:
        act_by = request.closed_at or at
    elif timers and next_actor not in {NextActor.DESK, NextActor.STACKS, NextActor.BRANCH}:
        act_by = min(timers)
    elif queue == HoldKind.COPYRIGHT and (until := _waits_until(request)) is not None:
        act_by = until
    elif queue == request.queue and request.act_by is not None:
        act_by = request.act_by
    else:
        act_by = min([at + timedelta(days=_FALLBACK_DAYS.get(NextActor(next_actor), FAR_DAYS)), *timers])
    return {
        "queue": queue,
        "wording": _wording(request.state, facts, tried=request.sent_at is not None),
        "next_actor": next_actor,
        "act_by": act_by,
        "attention": bool(facts.marks - s.QUIET_MARKS),
    }


BY_CODE = {state.code: state for state in s.STATES}
