"""What happens when a time has come. Each timer is worked off in its own transaction, once (design §2)."""

from datetime import datetime

from illservice.core.actors import CLOCK
from illservice.core.workflow.timing import Work, run_due
from requests_app.models import BorrowingTimer
from requests_app.services.base import lock_request
from requests_app.services.copies import finish_copy
from requests_app.services.items import confirm_return
from requests_app.services.lender_news import refuse_retry
from requests_app.services.lenders import refuse_conditions
from requests_app.services.loans import mark_overdue, remind_due, renewal_no
from requests_app.services.words import flag
from requests_app.workflow.states import MarkKind

_FLAGS = {
    "no_reply": MarkKind.NO_REPLY,
    "lender_silent": MarkKind.LENDER_SILENT,
    "not_shipped": MarkKind.NOT_SHIPPED,
    "not_arrived": MarkKind.NOT_ARRIVED,
    "shelf_expired": MarkKind.SHELF_EXPIRED,
    "need_by": MarkKind.NEED_BY,
}


def _flag(kind: str) -> Work:
    return lambda request_id, at: flag(request_id=request_id, kind=kind, at=at)


_WORK: dict[str, Work] = {
    **{timer: _flag(mark) for timer, mark in _FLAGS.items()},
    "due_soon": lambda request_id, at: remind_due(request_id=request_id, at=at),
    "overdue": lambda request_id, at: mark_overdue(request_id=request_id, at=at),
    "conditions_end": lambda request_id, at: refuse_conditions(request_id=request_id, actor=CLOCK, at=at),
    "retry_end": lambda request_id, at: refuse_retry(request_id=request_id, actor=CLOCK, at=at),
    "renewal_silent": lambda request_id, at: renewal_no(request_id=request_id, actor=CLOCK, at=at),
    "return_unconfirmed": lambda request_id, at: confirm_return(request_id=request_id, actor=CLOCK, at=at),
    "copy_end": lambda request_id, at: finish_copy(request_id=request_id, actor=CLOCK, at=at),
}


def run_due_timers(at: datetime) -> int:
    """Work off the timers of the borrowing side that are due."""
    return run_due(BorrowingTimer, lock_request, _WORK, at)
