"""Columns that follow from state, holds, questions and marks: queue, wording, who acts next and by when."""

from datetime import datetime, timedelta
from typing import Any

from illservice.directory.calendars import end_of_day
from lending.models import LendingRequest
from lending.workflow import states as s
from lending.workflow.facts import Facts
from lending.workflow.states import HoldKind, NextActor, QuestionKind, Wording

HOLD_ORDER = (HoldKind.WAITING_BORROWER, HoldKind.STATEMENT, HoldKind.DUPLICATE)
QUESTION_ORDER = (QuestionKind.CANCEL, QuestionKind.CONDITIONAL, QuestionKind.RENEWAL)

ASKED_BORROWER = frozenset({HoldKind.WAITING_BORROWER, HoldKind.STATEMENT})
"""Holds that end with the borrower's answer."""

FAR_DAYS = 30
_FALLBACK_DAYS = {NextActor.DESK: 1, NextActor.STACKS: 1}
_BY_CODE = {state.code: state for state in s.STATES}
_OURS = frozenset({NextActor.DESK, NextActor.STACKS})
_WARNINGS = frozenset({"due_soon", "overdue", "lost", "unreturned"})
"""Timers that warn: who acts next has longer than that."""


def queue_of(state: str, facts: Facts) -> str:
    """The queue a request stands in: of its first hold, else of its first question, else of its state."""
    if state == s.NEW:
        held = next((hold.value for hold in HOLD_ORDER if hold in facts.holds), None)
        if held is not None:
            return held
    if state in s.FINAL:
        return state
    return next((each.value for each in QUESTION_ORDER if each in facts.questions), state)


def _wording(state: str, facts: Facts) -> str:
    waits = facts.holds & ASKED_BORROWER or QuestionKind.CONDITIONAL in facts.questions
    if state in s.BEFORE_SHIPPING and waits:
        return Wording.ANSWER_NEEDED
    return str(_BY_CODE[state].wording)


def _next_actor(state: str, facts: Facts) -> str:
    if state == s.NEW and facts.holds & ASKED_BORROWER:
        return NextActor.BORROWER
    if state in s.OPEN and facts.questions & {QuestionKind.CANCEL, QuestionKind.RENEWAL}:
        return NextActor.DESK
    if state in s.OPEN and QuestionKind.CONDITIONAL in facts.questions:
        return NextActor.BORROWER
    return str(_BY_CODE[state].next_actor)


def derive(request: LendingRequest, facts: Facts, at: datetime) -> dict[str, Any]:
    """The derived columns after an act. A borrower has a loan until its due date; otherwise `act_by` keeps its value
    while queue and timers stay as they are."""
    queue, next_actor = queue_of(request.state, facts), _next_actor(request.state, facts)
    timers = [
        timer.due_at
        for timer in request.timers.all()
        if timer.finished_at is None and timer.kind not in _WARNINGS
    ]
    if request.state in s.FINAL:
        act_by = request.closed_at or at
    elif queue == s.ON_LOAN and request.due is not None:
        act_by = end_of_day(request.due, request.library.timezone)
    elif timers and (next_actor not in _OURS or queue == s.NEW):
        act_by = min(timers)
    elif queue == request.queue and request.act_by is not None:
        act_by = request.act_by
    else:
        act_by = min([at + timedelta(days=_FALLBACK_DAYS.get(NextActor(next_actor), FAR_DAYS)), *timers])
    return {
        "queue": queue,
        "wording": _wording(request.state, facts),
        "next_actor": next_actor,
        "act_by": act_by,
        "attention": bool(facts.marks - s.QUIET_MARKS),
    }
