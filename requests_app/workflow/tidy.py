"""What stands beside a request follows its state: timers, and at the end nothing is left open."""

from illservice.core.workflow import Act
from illservice.core.workflow.beside import settle_all
from illservice.core.workflow.timing import sync_timers
from requests_app.models import BorrowingTimer
from requests_app.workflow.states import FINAL, MarkKind
from requests_app.workflow.timers import TIMERS

_OUTLIVE_THE_END = frozenset(
    {
        MarkKind.SECOND_COPY,
        MarkKind.LATE_COMING,
        MarkKind.PATRON_WROTE,
        MarkKind.LENDER_WROTE,
        MarkKind.ODD_NEWS,
    }
)
"""What is still to be read, and what still comes."""


def tidy(act: Act) -> None:
    """Start and stop timers. When the request ends, its questions and marks fall away and its holds are settled."""
    if act.subject.state in FINAL:
        settle_all(act, outlive=_OUTLIVE_THE_END)
    sync_timers(act, TIMERS, BorrowingTimer)
