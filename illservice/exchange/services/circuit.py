"""When a partner's system does not answer: back off, say so to staff, try again now and then (R12)."""

from datetime import datetime, timedelta

from illservice.core.models import OutboxRow, OutboxState
from illservice.exchange.models import Connection

KIND = "iso18626"
"""The kind of outbox row; its payload names `side`, `partner` (a library), `request`, `word` and frozen facts."""
MOST_FAILURES = 4
"""With so many in a row the circuit opens."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60))


def closed_until(connection: Connection, at: datetime) -> datetime | None:
    """Until when nothing is sent to this partner, None when it may be tried now."""
    until = connection.open_until
    return until if until is not None and until > at else None


def failed(connection: Connection, at: datetime) -> bool:
    """Count a failure. True when the partner now counts as silent."""
    connection.failures = min(connection.failures + 1, 1000)
    if connection.failures >= MOST_FAILURES:
        step = min(connection.failures - MOST_FAILURES, len(PAUSES) - 1)
        connection.open_until = at + PAUSES[step]
        connection.silent_since = connection.silent_since or at
    connection.save(update_fields=["failures", "open_until", "silent_since"])
    return connection.silent_since is not None


def heard(connection: Connection, at: datetime) -> bool:
    """It answered. True when it had counted as silent until now."""
    was_silent = connection.silent_since is not None
    if was_silent or connection.failures:
        connection.failures, connection.open_until, connection.silent_since = 0, None, None
        connection.save(update_fields=["failures", "open_until", "silent_since"])
    Connection.objects.filter(pk=connection.pk).update(last_heard_at=at)
    if was_silent:
        wake(connection, at)
    return was_silent


def wake(connection: Connection, at: datetime) -> int:
    """What was put off because the partner did not answer may leave now; what waits for its undo still waits."""
    partnership = connection.partnership
    put_off = OutboxRow.objects.filter(
        kind=KIND,
        state=OutboxState.WAITING,
        library=partnership.library_id,
        payload__partner=partnership.partner_id,
        not_before__gt=at,
    ).exclude(last_error="")
    return put_off.update(not_before=at)
