"""Celery's side of the outbox: thin doors that read the clock and call one function."""

import logging
import time
from typing import Any

from celery import shared_task

from illservice.core import clock, health, outbox, sweeping

logger = logging.getLogger(__name__)

CLOCK_SECONDS = 30.0
"""How long the clocks of one round may work: less than a task may take. What is left waits for the next one."""
SWEEP_SECONDS = 50.0
"""Less than a task may take; what is left waits for the next sweep."""
BATCH_ROWS = 200
MISSES = 3
"""How often a worker looks again when another one was quicker, before it leaves the rest to that one."""
MISS_SECONDS = 0.05


@shared_task(name="ill_core.deliver")
def deliver(*, row_id: int, **_future: Any) -> None:
    """Deliver one row. A second ring for the same row finds nothing to claim."""
    outbox.deliver(row_id, at=clock.now())


@shared_task(name="ill_core.sweep")
def sweep(**_future: Any) -> None:
    """Run every clock, then deliver what is due and what nobody rang for."""
    at = clock.now()
    sweeping.move_on_to(at)  # False after a `tick` of a later moment: the present is worked off all the same
    for _report in sweeping.run_clocks(at, read_clock=clock.now, seconds=CLOCK_SECONDS):
        pass
    health.beat("sweeper", at=at)
    _drain(alone=True)
    # Slow deliveries are work, too: the heart beats at both ends.
    health.beat("sweeper", at=clock.now())


def _drain(*, alone: bool) -> None:
    """Deliver what is due, batch by batch, until nothing is, or others have it, or time is up. When there is more than
    one batch another worker that is free joins in; rows are claimed, so that none is delivered by both. Who comes at
    the same moment finds the first batch taken: what is left shows when the other has written down what it took."""
    began, missed = time.monotonic(), 0
    while time.monotonic() - began < SWEEP_SECONDS and missed < MISSES:
        at = clock.now()
        row_ids = outbox.due_rows(at=at, limit=BATCH_ROWS)
        if alone and len(row_ids) == BATCH_ROWS:
            outbox.ring_for_help()
            alone = False
        if not row_ids:
            return
        if outbox.deliver_batch(row_ids, at=at):
            missed = 0
        else:
            missed += 1
            time.sleep(MISS_SECONDS)


@shared_task(name="ill_core.drain")
def drain(**_future: Any) -> None:
    """Help a sweep that has much to deliver."""
    _drain(alone=False)
