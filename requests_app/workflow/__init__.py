"""The borrowing workflow: one table. Nothing else moves a request (design §3)."""

from illservice.core.workflow import Machine, Table
from illservice.core.workflow.money import money_rows
from requests_app.models import BorrowingEvent
from requests_app.workflow import effects, rows_after, rows_before
from requests_app.workflow.derive import derive
from requests_app.workflow.facts import BESIDE, facts_of
from requests_app.workflow.nudges import ALL_TIMERS
from requests_app.workflow.rights import CLOCK, DESK
from requests_app.workflow.states import ALL, STATES
from requests_app.workflow.tidy import tidy

MONEY = money_rows(ALL, desk=DESK, clock=CLOCK, bill=effects.BILL)
TABLE = Table(side="borrowing", states=STATES, rows=rows_before.ROWS + rows_after.ROWS + MONEY)

FREE_TEXT = frozenset(
    {
        "title", "article_title", "author", "article_author", "publisher", "place", "edition", "series", "volume",
        "issue", "part", "date", "pages", "language", "volume_wanted", "delivery_address", "cited_in", "patron_note",
        "asked", "search_text", "person_text", "raw", "copy_link", "fingerprint", "patron_id",
    }
)  # fmt: skip
"""Columns whose values never stand in an event: words, and whose the request is."""

MACHINE = Machine(
    table=TABLE,
    event_model=BorrowingEvent,
    facts=facts_of,
    derive=derive,
    tidy=tidy,
    beside=(*BESIDE, "timers"),
    free_text=FREE_TEXT,
    timer_states={kind.code: kind.states for kind in ALL_TIMERS},
)

__all__ = ["FREE_TEXT", "MACHINE", "TABLE"]
