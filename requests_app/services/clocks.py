"""What happens when a time has come. Each timer is worked off in its own transaction, once (design §2)."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from illservice.core.actors import CLOCK
from illservice.core.errors import IllError
from requests_app.models import BorrowingTimer
from requests_app.services.base import lock_request
from requests_app.services.items import confirm_return, finish_copy
from requests_app.services.lenders import refuse_conditions
from requests_app.services.loans import mark_overdue, remind_due, renewal_no
from requests_app.services.words import flag
from requests_app.workflow.states import MarkKind

logger = logging.getLogger(__name__)

BATCH = 500
_FLAGS = {
    "no_reply": MarkKind.NO_REPLY,
    "lender_silent": MarkKind.LENDER_SILENT,
    "not_shipped": MarkKind.NOT_SHIPPED,
    "not_arrived": MarkKind.NOT_ARRIVED,
    "shelf_expired": MarkKind.SHELF_EXPIRED,
    "need_by": MarkKind.NEED_BY,
}


def _flag(kind: str) -> Callable[[int, datetime], None]:
    return lambda request_id, at: flag(request_id=request_id, kind=kind, at=at)


_WORK: dict[str, Callable[[int, datetime], None]] = {
    **{timer: _flag(mark) for timer, mark in _FLAGS.items()},
    "due_soon": lambda request_id, at: remind_due(request_id=request_id, at=at),
    "overdue": lambda request_id, at: mark_overdue(request_id=request_id, at=at),
    "conditions_end": lambda request_id, at: refuse_conditions(request_id=request_id, actor=CLOCK, at=at),
    "renewal_silent": lambda request_id, at: renewal_no(request_id=request_id, actor=CLOCK, at=at),
    "return_unconfirmed": lambda request_id, at: confirm_return(request_id=request_id, actor=CLOCK, at=at),
    "copy_end": lambda request_id, at: finish_copy(request_id=request_id, actor=CLOCK, at=at),
}


def run_due_timers(at: datetime) -> int:
    """Work off the timers that are due, oldest first, and return how many were. One bad row stops no other."""
    due = BorrowingTimer.objects.filter(finished_at__isnull=True, due_at__lte=at).order_by("due_at", "id")
    done = 0
    for timer_id, request_id in due.values_list("pk", "request_id")[:BATCH]:
        try:
            done += _work_off(timer_id, request_id, at)
        except Exception:
            logger.exception("timer %s failed", timer_id)
    return done


def _work_off(timer_id: int, request_id: int, at: datetime) -> bool:
    """Finish the timer and do its work in one transaction: whoever finishes it does the work, nobody else."""
    with transaction.atomic():
        lock_request(request_id)
        timer = BorrowingTimer.objects.filter(pk=timer_id, finished_at__isnull=True, due_at__lte=at).first()
        if timer is None:
            return False
        timer.finished_at = at
        timer.save(update_fields=["finished_at"])
        try:
            with transaction.atomic():
                _WORK[timer.kind](request_id, at)
        except IllError as refusal:
            # The request has moved on meanwhile: the timer is done with, nothing is forced.
            logger.info("timer %s (%s) had nothing to do: %s", timer_id, timer.kind, refusal.code)
        return True
