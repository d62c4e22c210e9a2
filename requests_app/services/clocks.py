"""What happens when a time has come. Each timer is worked off in its own transaction, once (design §2)."""

from datetime import datetime

from illservice.core.actors import CLOCK
from illservice.core.timers import Tally
from illservice.core.workflow.timing import Side, Stepped, Tell, Work, run_due, total
from requests_app.models import BorrowingTimer
from requests_app.services.base import lock_request
from requests_app.services.copies import finish_copy
from requests_app.services.copyright import recheck
from requests_app.services.items import confirm_return
from requests_app.services.lender_news import refuse_retry
from requests_app.services.lenders import refuse_conditions
from requests_app.services.loans import lost_by_rule, mark_overdue, remind_due, renewal_silent
from requests_app.services.privacy import forget_when_due, unlink_when_due
from requests_app.services.silence import (
    ask_still_needed,
    lender_silent,
    not_shipped,
    remind_pickup,
    remind_recall,
    renew_by_itself,
)
from requests_app.services.words import flag
from requests_app.workflow.states import MarkKind
from requests_app.workflow.timers import COPYRIGHT_YEAR, FORGET, UNLINK

_FLAGS = {
    "no_reply": MarkKind.NO_REPLY,
    "not_arrived": MarkKind.NOT_ARRIVED,
    "shelf_expired": MarkKind.SHELF_EXPIRED,
}


def _flag(kind: str) -> Tell:
    return lambda request_id, at: flag(request_id=request_id, kind=kind, at=at)


_WORK: dict[str, Work] = {
    **{timer: _flag(mark) for timer, mark in _FLAGS.items()},
    "due_soon": Stepped(lambda request_id, at, step: remind_due(request_id=request_id, at=at, step=step)),
    "lost": lambda request_id, at: lost_by_rule(request_id=request_id, at=at),
    "overdue": Stepped(lambda request_id, at, step: mark_overdue(request_id=request_id, at=at, step=step)),
    "lender_silent": lambda request_id, at: lender_silent(request_id=request_id, at=at),
    "not_shipped": lambda request_id, at: not_shipped(request_id=request_id, at=at),
    "need_by": lambda request_id, at: ask_still_needed(request_id=request_id, at=at),
    "shelf_reminder": lambda request_id, at: remind_pickup(request_id=request_id, at=at),
    "auto_renew": lambda request_id, at: renew_by_itself(request_id=request_id, at=at),
    "recall_reminder": lambda request_id, at: remind_recall(request_id=request_id, at=at),
    "conditions_end": lambda request_id, at: refuse_conditions(request_id=request_id, actor=CLOCK, at=at),
    "retry_end": lambda request_id, at: refuse_retry(request_id=request_id, actor=CLOCK, at=at),
    "renewal_silent": lambda request_id, at: renewal_silent(request_id=request_id, at=at),
    "return_unconfirmed": lambda request_id, at: confirm_return(request_id=request_id, actor=CLOCK, at=at),
    COPYRIGHT_YEAR: lambda request_id, at: recheck(request_id=request_id, actor=CLOCK, at=at),
    UNLINK: lambda request_id, at: unlink_when_due(request_id=request_id, at=at),
    FORGET: lambda request_id, at: forget_when_due(request_id=request_id, at=at),
    "copy_end": lambda request_id, at: finish_copy(request_id=request_id, actor=CLOCK, at=at),
}


SIDE = Side(BorrowingTimer, lock_request, _WORK, _flag(MarkKind.CLOCK_FAILED))


def work_off(at: datetime) -> dict[str, Tally]:
    """Work off one batch of the timers of the borrowing side that are due."""
    return run_due(SIDE, at)


def run_due_timers(at: datetime) -> int:
    """Work off one batch; returns how many timers that were."""
    return total(work_off(at))
