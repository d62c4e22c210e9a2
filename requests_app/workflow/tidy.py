"""What stands beside a request follows its state: timers, and at the end nothing is left open."""

from illservice.core.workflow import Act
from illservice.core.workflow.beside import settle_all, unmark
from illservice.core.workflow.timing import sync_timers
from patrons.selectors import block_of
from requests_app.models import BorrowingTimer
from requests_app.workflow.copyright import follow
from requests_app.workflow.nudges import ALL_TIMERS
from requests_app.workflow.states import BEFORE_SENDING, FINAL, SETTLING, WITH_LENDER, MarkKind

_OUTLIVE_THE_END = frozenset(
    {
        MarkKind.SECOND_COPY,
        MarkKind.LATE_COMING,
        MarkKind.PATRON_WROTE,
        MarkKind.LENDER_WROTE,
        MarkKind.ODD_NEWS,
        MarkKind.COPYRIGHT,
    }
)
"""What is still to be read, and what still comes."""


def tidy(act: Act) -> None:
    """Start and stop timers. When the request ends, its questions and marks fall away and its holds are settled."""
    if act.subject.state in FINAL:
        settle_all(act, outlive=_OUTLIVE_THE_END)
    elif act.subject.state not in BEFORE_SENDING | WITH_LENDER:
        # It was sent all the same: whether it is still needed is not asked after that.
        unmark(act, MarkKind.NEED_BY)
    _lift_block(act)
    follow(act)
    sync_timers(act, ALL_TIMERS, BorrowingTimer)


def _lift_block(act: Act) -> None:
    """What is back, or not overdue any more, blocks its patron no longer. What is lost does until it is settled."""
    marks = [each for each in act.subject.marks.all() if each.kind == MarkKind.OVERDUE]
    if not marks or act.subject.state == SETTLING or any(each.cleared_at is None for each in marks):
        return
    block = block_of(act.subject.number)
    if block is not None:
        act.remove(block)
