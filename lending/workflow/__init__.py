"""The lending workflow: one table. Nothing else moves a request of another library (design §3)."""

from illservice.core.workflow import Machine, Table
from illservice.core.workflow.money import money_rows
from lending.models import LendingEvent
from lending.workflow import effects, rows_after, rows_before
from lending.workflow.derive import derive
from lending.workflow.facts import BESIDE, facts_of
from lending.workflow.rights import CLOCK, DESK
from lending.workflow.states import ALL, STATES
from lending.workflow.tidy import tidy
from lending.workflow.timers import TIMERS

MONEY = money_rows(ALL, desk=DESK, clock=CLOCK, bill=effects.BILL)
TABLE = Table(
    side="lending", states=STATES, rows=rows_before.ROWS + rows_after.ROWS + MONEY, reader="borrower"
)

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
    beside=(*BESIDE, "timers"),
    free_text=FREE_TEXT,
    timer_states={kind.code: kind.states for kind in TIMERS},
)

__all__ = ["FREE_TEXT", "MACHINE", "TABLE"]
