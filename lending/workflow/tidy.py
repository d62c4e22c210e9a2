"""What stands beside a request follows its state: timers, and at the end nothing is left open."""

from django.db.models import Q

from illservice.core.workflow import Act
from illservice.core.workflow.beside import settle_all
from illservice.core.workflow.timing import sync_timers
from illservice.directory.models import BorrowerStanding, Partnership, Suspended
from lending.models import LendingRequest, LendingTimer
from lending.workflow.states import FINAL, SETTLING, MarkKind
from lending.workflow.timers import TIMERS

_OUTLIVE_THE_END = frozenset({MarkKind.BORROWER_WROTE, MarkKind.ODD_NEWS, MarkKind.ARRIVED_UNSENT})


def tidy(act: Act) -> None:
    """Start and stop timers. When the request ends, its questions and marks fall away and its holds are settled."""
    if act.subject.state in FINAL:
        settle_all(act, outlive=_OUTLIVE_THE_END)
    _lend_again(act)
    sync_timers(act, TIMERS, LendingTimer)


def _lend_again(act: Act) -> None:
    """A borrower that was suspended for what is overdue is lent to again with the last such item back or settled."""
    request: LendingRequest = act.subject
    marks = [each for each in request.marks.all() if each.kind == MarkKind.OVERDUE]
    if not marks or request.state == SETTLING or any(each.cleared_at is None for each in marks):
        return
    partnership = (
        Partnership.objects.select_for_update(of=("self",), no_key=True)
        .filter(
            library_id=request.library_id, partner_id=request.borrower_id, suspended_for=Suspended.OVERDUE
        )
        .first()
    )
    if partnership is not None and not _others_late(request):
        act.set(partnership, standing=BorrowerStanding.OPEN, suspended_for="", suspended_since=None)


def _others_late(request: LendingRequest) -> bool:
    late = Q(marks__kind=MarkKind.OVERDUE, marks__cleared_at__isnull=True) | Q(state=SETTLING)
    others = LendingRequest.objects.filter(
        late, library_id=request.library_id, borrower_id=request.borrower_id, closed_at__isnull=True
    )
    return others.exclude(pk=request.pk).exists()
