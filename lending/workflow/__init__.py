"""The lending workflow: one table. Nothing else moves a request of another library (design §3)."""

from illservice.core.workflow import Machine, Table
from lending.models import LendingEvent
from lending.workflow import rows_after, rows_before
from lending.workflow.derive import derive
from lending.workflow.facts import facts_of
from lending.workflow.states import STATES
from lending.workflow.tidy import tidy
from lending.workflow.timers import TIMERS

TABLE = Table(side="lending", states=STATES, rows=rows_before.ROWS + rows_after.ROWS, reader="borrower")

FREE_TEXT = frozenset(
    {
        "title", "article_title", "author", "article_author", "publisher", "place", "edition", "series", "volume",
        "issue", "part", "date", "pages", "language", "volume_wanted", "ship_to", "electronic_address",
        "borrower_note", "search_text", "raw", "fingerprint",
    }
)  # fmt: skip
"""Columns whose values never stand in an event: words, and where a reader lives."""

MACHINE = Machine(
    table=TABLE,
    event_model=LendingEvent,
    facts=facts_of,
    derive=derive,
    tidy=tidy,
    free_text=FREE_TEXT,
    timer_states={kind.code: kind.states for kind in TIMERS},
)

__all__ = ["FREE_TEXT", "MACHINE", "TABLE"]
