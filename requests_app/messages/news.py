"""Where a lender stands, by all it ever said: a pure rule over its messages (ISO 18626, design §3 rule 5).

Messages arrive doubled, late and in any order. They are put in the order in which they were said, and folded; so the
end does not hang on the order of arrival. What a new message changes is the difference of two folds. Clocks on the
wire show whole seconds: of messages of the same second, what they say decides which comes first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any

from django.utils.dateparse import parse_date

from illservice.protocols.iso18626.messages import Reason, Status

_ORDER: tuple[tuple[Status, ...], ...] = (
    (Status.REQUEST_RECEIVED,),
    (Status.EXPECT_TO_SUPPLY,),
    (Status.WILL_SUPPLY,),
    (Status.RETRY_POSSIBLE,),
    (Status.UNFILLED,),
    (Status.LOANED, Status.OVERDUE, Status.HOLD_RETURN, Status.RELEASE_HOLD_RETURN, Status.RECALLED),
    (Status.CANCELLED,),
    (Status.COMPLETED_WITHOUT_RETURN,),
    (Status.COPY_COMPLETED,),
    (Status.LOAN_COMPLETED,),
)
RANK = {str(status): rank for rank, group in enumerate(_ORDER, start=1) for status in group}
"""A later message never moves back to a lower rank; 0 is "nothing said"."""
_IN_A_SECOND = {str(status): place for place, status in enumerate(chain.from_iterable(_ORDER), start=1)}

TERMINAL = frozenset(
    {
        Status.RETRY_POSSIBLE,
        Status.UNFILLED,
        Status.CANCELLED,
        Status.COMPLETED_WITHOUT_RETURN,
        Status.COPY_COMPLETED,
        Status.LOAN_COMPLETED,
    }
)
_NOTHING_TO_SEND = TERMINAL - {Status.CANCELLED}
"""With a no to a cancellation. Some systems put the status that we asked for beside their no, which wins."""

FIRST, MOST_AHEAD = datetime(1970, 1, 1, tzinfo=UTC), timedelta(days=366)
OUT = frozenset({Status.LOANED, Status.OVERDUE, Status.RECALLED})
_STATES = frozenset({Reason.REQUEST_RESPONSE, Reason.STATUS_CHANGE, Reason.STATUS_REQUEST_RESPONSE})


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the lender, as the log of the exchange keeps it. The day of `said_at` is that of its own zone."""

    key: int
    said_at: datetime
    reason: str
    status: str = ""
    answer: bool | None = None
    due: date | None = None
    conditions: tuple[str, ...] = ()
    cost: Decimal | None = None
    currency: str = ""
    reason_unfilled: str = ""
    reason_retry: str = ""
    retry_after: date | None = None
    retry_service: str = ""
    link: str = ""
    item: str = ""

    @classmethod
    def from_facts(cls, key: int, said_at: datetime, facts: dict[str, Any]) -> "Said":
        """From the facts that the exchange noted."""
        return cls(
            key=key,
            said_at=said_at,
            reason=facts.get("reason", ""),
            status=facts.get("status", ""),
            answer=facts.get("answer"),
            due=parse_date(facts.get("due") or ""),
            conditions=tuple(facts.get("conditions") or ()),
            cost=_amount(facts.get("cost") or ""),
            currency=facts.get("currency", ""),
            reason_unfilled=facts.get("reason_unfilled", ""),
            reason_retry=facts.get("reason_retry", ""),
            retry_after=parse_date(facts.get("retry_after") or ""),
            retry_service=facts.get("retry_service", ""),
            link=facts.get("link", ""),
            item=facts.get("item", ""),
        )


def plausible(said_at: datetime, came_at: datetime) -> datetime:
    """When it was said; when it came, if the sender's clock is a year ahead (no later word would count) or unset."""
    return said_at if FIRST <= said_at < came_at + MOST_AHEAD else came_at


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


@dataclass(frozen=True, slots=True)
class Standing:
    """What all messages together say. `renewals` has the answers in order, `copies` the copies that were sent.

    1. `promised`: it was promised without terms. `terms`: conditions and cost that were named, the last ones.
    2. `due` is the last word of the lender; `redated` when it is not the first. A recall only shortens it.
    3. `recall_by`: by when it is wanted back, the earliest of several days; the day it was said where none was named.
    4. `goes_on`: how often it said no to a cancellation while it had something to send, by what it said with it.
    5. `odd` counts what contradicts an end.
    """

    status: str = ""
    promised: bool = False
    due: date | None = None
    redated: bool = False
    overdue: bool = False
    recall_by: date | None = None
    held: bool = False
    terms: tuple[tuple[str, ...], Decimal | None, str] | None = None
    cancel: bool | None = None
    goes_on: int = 0
    renewals: tuple[Said, ...] = ()
    copies: tuple[Said, ...] = field(default=())
    end: Said | None = None
    item: str = ""
    odd: int = 0

    @property
    def is_out(self) -> bool:
        """Whether the lender has sent a loan, whatever came after."""
        return RANK.get(self.status, 0) >= RANK[Status.LOANED] and self.status not in {
            Status.CANCELLED,
            Status.COPY_COMPLETED,
        }

    @property
    def will_come(self) -> bool:
        """Whether it goes on although it was asked to cancel."""
        return self.goes_on > 0 and self.status not in TERMINAL


def standing(messages: Iterable[Said]) -> Standing:
    """Fold the messages in the order in which they were said."""
    now = Standing()
    for said in sorted(messages, key=_place):
        now = _add(now, said)
    return now


def _place(said: Said) -> tuple[datetime, int, str]:
    return said.said_at, _IN_A_SECOND.get(said.status, 0), repr(replace(said, key=0))


def _add(now: Standing, said: Said) -> Standing:
    """The answer (Y/N) wins over the status, which counts where it is missing; a note says nothing about the state."""
    if said.reason == Reason.CANCEL_RESPONSE:
        yes = said.status == Status.CANCELLED if said.answer is None else said.answer
        ended = said.status in _NOTHING_TO_SEND
        now = replace(now, cancel=yes, goes_on=0 if yes or ended else now.goes_on + 1)
        return _advance(now, replace(said, status=str(Status.CANCELLED))) if yes else now
    if said.reason == Reason.RENEW_RESPONSE:
        return _renewed(now, said)
    if said.reason not in _STATES:
        return now
    return _advance(now, said)


def _renewed(now: Standing, said: Said) -> Standing:
    now = replace(now, renewals=(*now.renewals, said))
    if not said.answer:
        return now
    if now.status in TERMINAL:
        return replace(now, odd=now.odd + 1)
    if RANK.get(now.status, 0) < RANK[Status.LOANED]:
        now = replace(now, status=str(Status.LOANED))
    if said.due is not None:
        now = replace(now, due=said.due, redated=True)
    return replace(now, overdue=False)


def _advance(now: Standing, said: Said) -> Standing:
    if said.status == Status.COPY_COMPLETED and now.status in {"", Status.COPY_COMPLETED, *_BEFORE}:
        return replace(now, status=said.status, copies=(*now.copies, said), end=said)
    if now.status in TERMINAL:
        contradicts = bool(said.status) and said.status != now.status
        return replace(now, odd=now.odd + contradicts)
    if RANK.get(said.status, 0) < RANK.get(now.status, 0):
        return now
    return _reached(replace(now, status=said.status or now.status, item=said.item or now.item), said)


_BEFORE = frozenset({Status.REQUEST_RECEIVED, Status.EXPECT_TO_SUPPLY, Status.WILL_SUPPLY})
_HELD = {str(Status.HOLD_RETURN): True, str(Status.RELEASE_HOLD_RETURN): False}


def _reached(now: Standing, said: Said) -> Standing:
    names_terms = bool(said.conditions) or said.cost is not None
    if names_terms and said.status in _BEFORE | OUT:
        now = replace(now, terms=(said.conditions, said.cost, said.currency))
    if said.status == Status.WILL_SUPPLY and not names_terms:
        now = replace(now, promised=True)
    if said.status in OUT:
        now = _dated(now, said)
    if said.status in _HELD:
        now = replace(now, held=_HELD[said.status])
    if said.status in TERMINAL:
        now = replace(now, end=said)
    return now


def _dated(now: Standing, said: Said) -> Standing:
    """Another date ends what is overdue, unless it comes with the word that it is; a recall does not end it."""
    if said.status == Status.RECALLED:
        by = said.due or said.said_at.date()
        recall_by = min(now.recall_by or by, by)
        shorter = now.due is None or by < now.due
        redated = now.redated or (shorter and now.due is not None)
        return replace(now, recall_by=recall_by, due=by if shorter else now.due, redated=redated)
    other = said.due is not None and said.due != now.due
    overdue = said.status == Status.OVERDUE or (now.overdue and not other)
    redated = now.redated or (other and now.due is not None)
    return replace(now, overdue=overdue, redated=redated, due=said.due or now.due)


def steps(before: Standing, after: Standing) -> Sequence[str]:
    """What a new message changed, as the words of `receiving`, in the order in which they have to be done."""
    recalled = after.recall_by is not None and after.recall_by != before.recall_by
    dated = (after.due, after.redated) != (before.due, before.redated)
    renewed = len(after.renewals) > len(before.renewals)
    named = after.terms is not None and after.terms != before.terms
    changes = [
        ("cancel_no", after.cancel is False and before.cancel is not False),
        ("goes_on", after.will_come and after.goes_on > before.goes_on),
        ("gives_up", before.will_come and not after.will_come),
        ("expects", _entered(before, after, Status.EXPECT_TO_SUPPLY) and not after.terms),
        ("will", after.promised and not before.promised and not after.is_out),
        ("conditional", named and not after.is_out),
        ("shipped", after.is_out and not before.is_out),
        ("terms", named and before.is_out),
        ("copy", len(after.copies) > len(before.copies)),
        ("renewal", renewed),
        ("due", dated and before.is_out and not recalled),
        ("recalled", recalled),
        ("overdue", after.overdue and (not before.overdue or dated or renewed)),
        ("hold", after.held and not before.held),
        ("release", before.held and not after.held),
        ("in_time", before.overdue and not after.overdue),
        ("unfilled", _entered(before, after, Status.UNFILLED)),
        ("retry", _entered(before, after, Status.RETRY_POSSIBLE)),
        ("cancelled", _entered(before, after, Status.CANCELLED)),
        ("settled", _entered(before, after, Status.COMPLETED_WITHOUT_RETURN)),
        ("completed", _entered(before, after, Status.LOAN_COMPLETED)),
        ("odd", after.odd > before.odd),
    ]
    return [word for word, happened in changes if happened]


def _entered(before: Standing, after: Standing, status: Status) -> bool:
    return after.status == status and before.status != status
