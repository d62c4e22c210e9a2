"""What happens when a time has come. Each timer is worked off in its own transaction, once (design §2)."""

from datetime import datetime

from illservice.core.actors import CLOCK
from illservice.core.workflow.timing import Work, run_due
from lending.models import LendingTimer
from lending.services.answers import conditions_refused
from lending.services.base import lock_request
from lending.services.loans import finish_copy, mark_overdue
from lending.services.words import flag
from lending.workflow.states import MarkKind

_FLAGS = {
    "late_answer": MarkKind.LATE_ANSWER,
    "no_reply": MarkKind.NO_REPLY,
    "unreturned": MarkKind.UNRETURNED,
}


def _flag(kind: str) -> Work:
    return lambda request_id, at: flag(request_id=request_id, kind=kind, at=at)


_WORK: dict[str, Work] = {
    **{timer: _flag(mark) for timer, mark in _FLAGS.items()},
    "overdue": lambda request_id, at: mark_overdue(request_id=request_id, at=at),
    "conditions_end": lambda request_id, at: conditions_refused(request_id=request_id, actor=CLOCK, at=at),
    "copy_end": lambda request_id, at: finish_copy(request_id=request_id, actor=CLOCK, at=at),
}


def run_due_timers(at: datetime) -> int:
    """Work off the timers of the lending side that are due."""
    return run_due(LendingTimer, lock_request, _WORK, at)
