"""What happens when a time has come. Each timer is worked off in its own transaction, once (design §2)."""

from datetime import datetime

from illservice.core.actors import CLOCK
from illservice.core.timers import Tally
from illservice.core.workflow.timing import Side, Stepped, Tell, Work, run_due, total
from lending.models import LendingTimer
from lending.services.answers import conditions_refused
from lending.services.base import lock_request
from lending.services.loans import finish_copy, lost_by_rule, mark_overdue, remind_due, renew
from lending.services.privacy import forget_when_due, unlink_when_due
from lending.services.words import flag
from lending.workflow.states import MarkKind
from lending.workflow.timers import FORGET, UNLINK

_FLAGS = {
    "late_answer": MarkKind.LATE_ANSWER,
    "no_reply": MarkKind.NO_REPLY,
    "unreturned": MarkKind.UNRETURNED,
}


def _flag(kind: str) -> Tell:
    return lambda request_id, at: flag(request_id=request_id, kind=kind, at=at)


_WORK: dict[str, Work] = {
    **{timer: _flag(mark) for timer, mark in _FLAGS.items()},
    "renewal_silent": lambda request_id, at: renew(request_id=request_id, actor=CLOCK, at=at),
    "due_soon": Stepped(lambda request_id, at, step: remind_due(request_id=request_id, at=at, step=step)),
    "lost": lambda request_id, at: lost_by_rule(request_id=request_id, at=at),
    "overdue": Stepped(lambda request_id, at, step: mark_overdue(request_id=request_id, at=at, step=step)),
    "conditions_end": lambda request_id, at: conditions_refused(request_id=request_id, actor=CLOCK, at=at),
    UNLINK: lambda request_id, at: unlink_when_due(request_id=request_id, at=at),
    FORGET: lambda request_id, at: forget_when_due(request_id=request_id, at=at),
    "copy_end": lambda request_id, at: finish_copy(request_id=request_id, actor=CLOCK, at=at),
}


SIDE = Side(LendingTimer, lock_request, _WORK, _flag(MarkKind.CLOCK_FAILED))


def work_off(at: datetime) -> dict[str, Tally]:
    """Work off one batch of the timers of the lending side that are due."""
    return run_due(SIDE, at)


def run_due_timers(at: datetime) -> int:
    """Work off one batch; returns how many timers that were."""
    return total(work_off(at))
