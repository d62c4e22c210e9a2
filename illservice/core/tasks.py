"""Celery's side of the outbox: thin doors that read the clock and call one function."""

import logging
from typing import Any

from celery import shared_task

from illservice.core import clock, health, outbox, timers

logger = logging.getLogger(__name__)


@shared_task(name="ill_core.deliver")
def deliver(*, row_id: int, **_future: Any) -> None:
    """Deliver one row. A second ring for the same row finds nothing to claim."""
    outbox.deliver(row_id, at=clock.now())


@shared_task(name="ill_core.sweep")
def sweep(**_future: Any) -> None:
    """Run every clock, then deliver what is due and what nobody rang for."""
    at = clock.now()
    for name, run in timers.clocks().items():
        try:
            run(at)
        except Exception:
            logger.exception("clock %s failed", name)
    health.beat("sweeper", at=at)
    for row_id in outbox.due_rows(at=at):
        try:
            outbox.deliver(row_id, at=clock.now())
        except Exception:
            logger.exception("outbox row %s could not be worked on", row_id)
    # Slow deliveries are work, too: the heart beats at both ends.
    health.beat("sweeper", at=clock.now())
