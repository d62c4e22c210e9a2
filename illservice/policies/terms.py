"""What a policy says: days, limits, charges. Plain values, kept as JSON in a version that never changes.

Days are calendar days unless a name says "working"; money is in the library's own currency. None means "no rule".
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any


class Side(StrEnum):
    """Whose policy it is: what we borrow for patrons, or what we lend to libraries."""

    BORROWING = "borrowing"
    LENDING = "lending"


@dataclass(frozen=True, slots=True, order=True)
class OverdueStep:
    """What happens so many days after the due date and the days of grace: told, blocked, billed."""

    day: int
    notice: bool = True
    block: bool = False
    bill: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Every rule of one policy. On the borrowing side "the reader" is the patron, on the lending side the borrower.

    1. Time: `loan_days` is the period that we grant (lending), or the patron's where no lender sets a date
       (borrowing); `renewals` how often, `renewal_days` how long; `renewal_silence_days` after which no answer means
       yes (None: no answer means no); `auto_renew_days` before the due date a renewal is asked for by itself.
    2. `return_buffer_days` between the patron's and the lender's date; `shipping_days_out` until a parcel counts as
       not arrived, `shipping_days_back` that an item may be on its way home before it counts as overdue;
       `unconfirmed_days` after which a parcel home that nobody confirmed counts as received (borrowing) or is looked
       for (lending).
    3. Answers: `answer_working_days` that the lender (borrowing) or we (lending) have, never more than
       `answer_cap_days`; `reply_days` for a question; `ship_days` between a promise and the parcel; `resend_days` in
       which a better copy can be asked for, and a link without an end of its own opens; `shelf_days` on the hold shelf.
    4. Late: `due_soon_days` before the date a reminder goes out each; `grace_days`; `overdue` the ladder; `lost_days`
       it counts as lost; `replacement_charge` then. The ladder and `lost_days` count from the due date with the days
       of grace and, for what we lent, the way home.
    5. Money and limits: `max_cost` that we pay without asking, `fee` that the reader pays, `open_limit` requests open
       at once; `need_by_days` after which a request without a date counts as needed.
    6. `conditions` that go with every loan (ISO 18626 codes).
    """

    loan_days: int = 35
    renewals: int = 1
    renewal_days: int = 28
    renewal_silence_days: int | None = None
    auto_renew_days: int | None = None
    return_buffer_days: int = 4
    shipping_days_out: int = 14
    shipping_days_back: int = 7
    unconfirmed_days: int = 30
    answer_working_days: int = 4
    answer_cap_days: int = 10
    reply_days: int = 7
    ship_days: int = 7
    resend_days: int = 14
    shelf_days: int = 10
    due_soon_days: tuple[int, ...] = (3,)
    grace_days: int = 0
    overdue: tuple[OverdueStep, ...] = field(default=(OverdueStep(1),))
    lost_days: int | None = None
    replacement_charge: Decimal | None = None
    max_cost: Decimal | None = None
    fee: Decimal | None = None
    open_limit: int | None = None
    need_by_days: int | None = None
    conditions: tuple[str, ...] = ()


_DEFAULTS = {
    Side.BORROWING: Terms(resend_days=30),
    Side.LENDING: Terms(answer_working_days=3, due_soon_days=(), unconfirmed_days=21),
}


def default_terms(side: str) -> Terms:
    """What holds where a library has set nothing."""
    return _DEFAULTS[Side(side)]


_MONEY = frozenset({"replacement_charge", "max_cost", "fee"})
_NAMES = frozenset(each.name for each in fields(Terms))


def to_json(terms: Terms) -> dict[str, Any]:
    """As a version keeps it: money as text, the ladder as a list of objects."""
    kept = asdict(terms)
    for name in _MONEY:
        kept[name] = None if kept[name] is None else str(kept[name])
    return kept | {name: list(kept[name]) for name in ("due_soon_days", "overdue", "conditions")}


def from_json(kept: Mapping[str, Any], side: str) -> Terms:
    """Read a version back. What an older version does not know has its default; unknown names are passed over."""
    known: dict[str, Any] = {name: value for name, value in kept.items() if name in _NAMES}
    for name in _MONEY & known.keys():
        known[name] = _money(known[name])
    for name in {"due_soon_days", "conditions"} & known.keys():
        known[name] = tuple(known[name])
    if "overdue" in known:
        known["overdue"] = tuple(sorted(OverdueStep(**step) for step in known["overdue"]))
    return replace(default_terms(side), **known)


def _money(text: Any) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(str(text))
    except InvalidOperation:
        raise ValueError(f"no amount: {text!r}") from None
