"""Rows of the outbox that leave as one, and yet are rows: each with its key, its place in its stream, its own end."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from illservice.core.models import OutboxRow, OutboxState
from illservice.core.outbox import claimable, end, mine, older_in_stream

MOST_ALONG = 100
CLOSED = "#"


class LeaseLost(Exception):
    """It took so long that somebody else has the row now."""


def take_along(rows: Sequence[OutboxRow], *, at: datetime) -> None:
    """Put the other due rows of each claimed row's bundle under its lease (`row.along`), and close the bundles.

    Rows of one stream go along together, in their order, when all that is older in it goes along, too. What was closed
    stays together and takes nobody in any more: after a kill the same rows are tried again, under the
    same name (`row.bundle`). What becomes of `row` becomes of them, but for those that `leave_out` takes away.
    """
    known = {row.bundle: row for row in rows}
    closed = Concat("bundle", Value(CLOSED), Cast("pk", CharField()))
    goes_along = claimable(at) & Q(bundle=OuterRef("bundle"), kind=OuterRef("kind"))
    waits = older_in_stream().exclude(pk__in=[row.pk for row in rows]).exclude(goes_along)
    mates = OutboxRow.objects.filter(claimable(at), ~Q(Exists(waits)), bundle__in=known, kind=rows[0].kind)
    fresh = [row for row in rows if CLOSED not in row.bundle]
    with transaction.atomic():
        if fresh and mine(fresh).update(bundle=closed) != len(fresh):
            raise LeaseLost
        free = mates.order_by("id").select_for_update(skip_locked=True, of=("self",))
        chosen = list(free[: MOST_ALONG * len(rows)])
        for name, row in known.items():
            row.bundle = name if CLOSED in name else f"{name}{CLOSED}{row.pk}"
            row.along = [mate for mate in chosen if mate.bundle == name][:MOST_ALONG]
            if row.along:
                _lease_along(row)


def _lease_along(row: OutboxRow) -> None:
    OutboxRow.objects.filter(pk__in=[mate.pk for mate in row.along]).update(
        state=OutboxState.LEASED,
        lease=row.lease,
        leased_until=row.leased_until,
        attempts=F("attempts") + 1,
        bundle=row.bundle,
    )
    for mate in row.along:
        mate.lease, mate.bundle = row.lease, row.bundle


def leave_out(row: OutboxRow, *, at: datetime, reason: str) -> None:
    """Take one row out of what leaves together: what it wanted to say is no longer true."""
    end([row], at=at, state=OutboxState.SUPERSEDED, error=reason)
