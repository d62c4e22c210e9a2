"""What stands beside a request follows its state: timers, and at the end nothing is left open."""

from illservice.core.workflow import Act
from illservice.core.workflow.timing import sync_timers
from lending.models import LendingTimer
from lending.workflow.states import FINAL, MarkKind
from lending.workflow.timers import TIMERS

_OUTLIVE_THE_END = frozenset({MarkKind.BORROWER_WROTE, MarkKind.ODD_NEWS})


def tidy(act: Act) -> None:
    """Start and stop timers. When the request ends, its questions and marks fall away and its holds are settled."""
    if act.subject.state in FINAL:
        if act.row.becomes:
            _take_marks_away(act)
        for question in list(act.subject.questions.all()):
            if question.answered_at is None:
                act.set(question, answer="void", answered_at=act.at)
        for hold in list(act.subject.holds.all()):
            if hold.cleared_at is None:
                act.set(hold, cleared_at=act.at, reason="closed")
    sync_timers(act, TIMERS, LendingTimer)


def _take_marks_away(act: Act) -> None:
    for mark in list(act.subject.marks.all()):
        if mark.cleared_at is None and mark.kind not in _OUTLIVE_THE_END:
            act.set(mark, cleared_at=act.at)
