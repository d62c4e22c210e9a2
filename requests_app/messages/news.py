"""Where a lender stands, by all it ever said: a pure rule over its messages (ISO 18626, design §3 rule 5).

Messages arrive doubled, late and in any order. They are put in the order in which they were said, and folded; so the
end does not hang on the order of arrival. What a new message changes is the difference of two folds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_date

from illservice.protocols.iso18626.messages import Reason, Status

_ORDER: tuple[tuple[Status, ...], ...] = (
    (Status.REQUEST_RECEIVED,),
    (Status.EXPECT_TO_SUPPLY,),
    (Status.WILL_SUPPLY,),
    (Status.RETRY_POSSIBLE,),
    (Status.UNFILLED,),
    (Status.LOANED, Status.OVERDUE, Status.HOLD_RETURN, Status.RELEASE_HOLD_RETURN),
    (Status.RECALLED,),
    (Status.CANCELLED,),
    (Status.COMPLETED_WITHOUT_RETURN,),
    (Status.COPY_COMPLETED,),
    (Status.LOAN_COMPLETED,),
)
RANK = {str(status): rank for rank, group in enumerate(_ORDER, start=1) for status in group}
"""A later message never moves back to a lower rank; 0 is "nothing said"."""

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
OUT = frozenset({Status.LOANED, Status.OVERDUE, Status.RECALLED})
_STATES = frozenset({Reason.REQUEST_RESPONSE, Reason.STATUS_CHANGE, Reason.STATUS_REQUEST_RESPONSE})


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the lender, as the log of the exchange keeps it."""

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


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


@dataclass(frozen=True, slots=True)
class Standing:
    """What all messages together say. `renewals` has the answers in order, `copies` the copies that were sent.

    `terms` are conditions and cost that were named before sending; `odd` counts what contradicts an end.
    """

    status: str = ""
    due: date | None = None
    overdue: bool = False
    recalled: bool = False
    held: bool = False
    terms: tuple[tuple[str, ...], Decimal | None, str] | None = None
    cancel: bool | None = None
    renewals: tuple[tuple[bool, date | None], ...] = ()
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


def standing(messages: Iterable[Said]) -> Standing:
    """Fold the messages in the order in which they were said."""
    now = Standing()
    for said in sorted(messages, key=lambda one: (one.said_at, RANK.get(one.status, 0), one.key)):
        now = _add(now, said)
    return now


def _add(now: Standing, said: Said) -> Standing:
    """The answer (Y/N) wins over the status; a note says nothing about the state (iso18626.md, triggers)."""
    if said.reason == Reason.CANCEL_RESPONSE:
        now = replace(now, cancel=said.answer)
        return _advance(now, replace(said, status=str(Status.CANCELLED))) if said.answer else now
    if said.reason == Reason.RENEW_RESPONSE:
        return _renewed(now, said)
    if said.reason not in _STATES:
        return now
    return _advance(now, said)


def _renewed(now: Standing, said: Said) -> Standing:
    yes = bool(said.answer)
    now = replace(now, renewals=(*now.renewals, (yes, said.due if yes else None)))
    if not yes:
        return now
    if RANK.get(now.status, 0) < RANK[Status.LOANED]:
        now = replace(now, status=str(Status.LOANED))
    return replace(now, due=said.due or now.due, overdue=False)


def _advance(now: Standing, said: Said) -> Standing:
    if said.status == Status.COPY_COMPLETED and now.status in {"", Status.COPY_COMPLETED, *_BEFORE}:
        return replace(now, status=said.status, copies=(*now.copies, said), end=said)
    if now.status in TERMINAL:
        contradicts = bool(said.status) and said.status != now.status
        return replace(now, odd=now.odd + contradicts)
    if RANK.get(said.status, 0) < RANK.get(now.status, 0):
        return replace(now, due=said.due) if said.due and said.status in OUT else now
    return _reached(replace(now, status=said.status or now.status, item=said.item or now.item), said)


_HELD = {str(Status.HOLD_RETURN): True, str(Status.RELEASE_HOLD_RETURN): False}
_BEFORE = frozenset({Status.REQUEST_RECEIVED, Status.EXPECT_TO_SUPPLY, Status.WILL_SUPPLY})


def _reached(now: Standing, said: Said) -> Standing:
    if said.status in _BEFORE and (said.conditions or said.cost is not None):
        now = replace(now, terms=(said.conditions, said.cost, said.currency))
    if said.status in OUT:
        now = replace(
            now,
            due=said.due or now.due,
            overdue=said.status == Status.OVERDUE or (now.overdue and said.status == Status.RECALLED),
            recalled=now.recalled or said.status == Status.RECALLED,
        )
        if said.conditions or said.cost is not None:
            now = replace(now, terms=(said.conditions, said.cost, said.currency))
    if said.status in _HELD:
        now = replace(now, held=_HELD[said.status])
    if said.status in TERMINAL:
        now = replace(now, end=said)
    return now


def steps(before: Standing, after: Standing) -> Sequence[str]:
    """What a new message changed, as the words of `receiving`, in the order in which they have to be done."""
    changes = [
        ("cancel_no", after.cancel is False and before.cancel is not False),
        ("expects", _entered(before, after, Status.EXPECT_TO_SUPPLY) and not after.terms),
        ("conditional", after.terms is not None and after.terms != before.terms and not after.is_out),
        ("will", _entered(before, after, Status.WILL_SUPPLY) and after.terms == before.terms),
        ("shipped", after.is_out and not before.is_out),
        ("copy", len(after.copies) > len(before.copies)),
        ("renewal", len(after.renewals) > len(before.renewals)),
        ("due", after.due != before.due and before.is_out),
        ("overdue", after.overdue and not before.overdue),
        ("recalled", after.recalled and not before.recalled),
        ("hold", after.held and not before.held),
        ("release", before.held and not after.held),
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
