"""What the rules of copyright answer: the statement, the rule that gave it, and a sentence that says why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import Condition, Statement


class Outcome(StrEnum):
    """What happens with the request: nothing to clear, cleared, over the limit, or for staff to decide."""

    NOT_NEEDED = "not_needed"
    CLEARED = "cleared"
    LIMIT = "limit"
    REVIEW = "review"


class WayOut(models.TextChoices):
    """What staff can do with a request over the limit (D9, D12)."""

    ROYALTY = "royalty", _("pay the royalty")
    SUPPLIER = "supplier", _("order from a document supplier")
    WAIT = "wait", _("wait for next year")
    BUY = "buy", _("buy the book")
    OVERRIDE = "override", _("clear it with a reason")
    CANCEL = "cancel", _("cancel the request")


class Flag(models.TextChoices):
    """What staff should look at although the rule gives an answer."""

    SAME_ISSUE = "same_issue", _("Several articles from one issue for one person (17 USC 108(d)).")
    CONCERTED = "concerted", _("Others asked for the same lately (17 USC 108(g)(1)).")
    HELD_HERE = "held_here", _("We have this ourselves. Fetch it from here, or say why it cannot be used.")
    CHAPTERS = "chapters", _("One request for several copies from one work.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer for one request. What of it is kept is never worked out again.

    `statement` is None where none is made yet. `adds` copies count from now on, `count` counted before this one; both
    are 0 and None where nothing is counted, `limit` is None where none applies.
    """

    rule: str
    outcome: Outcome
    statement: Statement | None = None
    adds: int = 0
    count: int | None = None
    limit: int | None = None
    mode: str = ""
    flags: tuple[Flag, ...] = ()
    conditions: tuple[Condition, ...] = ()
    ways_out: tuple[WayOut, ...] = ()
    words: str | Promise = field(default="", compare=False)
    details: Mapping[str, object] = field(default_factory=dict, compare=False)

    @property
    def counts(self) -> bool:
        """Whether the copies count against the limit of this title and year."""
        return self.adds > 0

    @property
    def is_automatic(self) -> bool:
        """Whether the request can go on without anybody of the staff."""
        return self.outcome in {Outcome.CLEARED, Outcome.NOT_NEEDED} and not self.flags

    @property
    def sentence(self) -> str:
        """Why, in the reader's language."""
        return str(self.words) % self.details if self.details else str(self.words)


OVER_LIMIT = (WayOut.ROYALTY, WayOut.SUPPLIER, WayOut.WAIT, WayOut.OVERRIDE, WayOut.CANCEL)
OVER_LIMIT_OF_WORK = (*OVER_LIMIT[:3], WayOut.BUY, *OVER_LIMIT[3:])


def cleared(rule: str, statement: Statement, words: str | Promise, **details: object) -> Decision:
    """A statement is made and nothing counts."""
    return Decision(rule=rule, outcome=Outcome.CLEARED, statement=statement, words=words, details=details)


def review(rule: str, words: str | Promise, **details: object) -> Decision:
    """Somebody of the staff decides."""
    return Decision(rule=rule, outcome=Outcome.REVIEW, words=words, details=details)
