"""What ends by itself between libraries."""

from datetime import datetime

from django.db import transaction

from illservice.core.actors import CLOCK
from illservice.core.audit import audit
from illservice.core.clock import latest_date, local_date
from illservice.core.timers import ELSEWHERE, Tally
from illservice.directory.models import BorrowerStanding, Partnership

BATCH = 200


def end_suspensions(at: datetime) -> Tally:
    """We lend again to the partners whose last day of suspension is over where we are. One batch."""
    over = Partnership.objects.filter(
        standing=BorrowerStanding.SUSPENDED, suspended_until__lt=latest_date(at)
    ).order_by("suspended_until", "pk")
    found = list(over.select_related("library")[:BATCH])
    tally = Tally(looked_at=len(found), more=len(found) == BATCH)
    for each in found:
        if each.suspended_until and each.suspended_until >= local_date(at, each.library.timezone):
            continue
        tally.due += 1
        with transaction.atomic():
            same = Partnership.objects.filter(
                pk=each.pk, standing=BorrowerStanding.SUSPENDED, suspended_until=each.suspended_until
            )
            if same.update(standing=BorrowerStanding.OPEN, suspended_until=None):
                changed = ("standing", "suspended_until")
                audit(each, action="suspension_over", actor=CLOCK, at=at, changed=changed)
                tally.done += 1
            else:
                tally.skip(ELSEWHERE)
    tally.more = tally.more and tally.done > 0
    return tally
