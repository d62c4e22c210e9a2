"""The charges of a subject inside an act: what guards ask, what is noted, how a row changes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core import money
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput, Refused
from illservice.core.money import LOSSES, ChargeColumns, ChargeKind, Settled, Wish
from illservice.core.workflow.act import Act
from illservice.core.workflow.table import Guard

LONGEST_NOTE = 2000
OPEN, PAID, SETTLED_LOSS = "open", "paid", "settled_loss"

CHARGE_OPEN = Guard("charge_open", lambda facts: OPEN in facts.money, _("No charge is open."))
CHARGE_PAID = Guard(
    "charge_paid", lambda facts: PAID in facts.money, _("Nothing was paid that could go back.")
)
LOSS_SETTLED = Guard(
    "loss_settled", lambda facts: SETTLED_LOSS in facts.money, _("No loss was settled for this request.")
)


def money_facts(charges: Any) -> frozenset[str]:
    """What the guards of money ask."""
    found = set()
    for each in charges:
        if each.is_open:
            found.add(OPEN)
        if each.settled == Settled.PAID and each.refunded_on is None:
            found.add(PAID)
        if each.kind in LOSSES and each.settled in {Settled.PAID, Settled.REPLACED}:
            found.add(SETTLED_LOSS)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Price:
    """What is noted of a charge. `currency` empty: the library's own."""

    kind: str = ChargeKind.SUPPLY
    payer: str = ""
    agreed: Decimal | None = None
    actual: Decimal | None = None
    currency: str = ""
    method: str = ""
    wish: str = ""
    note: str = ""

    def values(self, library_currency: str) -> dict[str, Any]:
        """As columns, checked: codes are codes, amounts are not negative, and have a currency."""
        wrong: dict[str, Any] = {}
        currency = ""
        if self.agreed is not None or self.actual is not None:
            currency = money.known_currency(self.currency, library_currency)
            if not money.CURRENCY.fullmatch(currency):
                wrong["currency"] = _("Three letters, for example USD or EUR.")
        for name in ("agreed", "actual"):
            if (value := getattr(self, name)) is not None and value < 0:
                wrong[name] = _("An amount is not negative.")
        if self.kind not in ChargeKind.values:
            wrong["kind"] = _("Say what it is for.")
        if self.wish not in Wish.values:
            wrong["wish"] = _("Choose from the list.")
        if len(self.note) > LONGEST_NOTE:
            wrong["note"] = _("That is too long. Please keep it under 2,000 characters.")
        wrong |= method_fault(self.method)
        if wrong:
            raise InvalidInput(wrong)
        return {
            "kind": self.kind,
            "payer": self.payer,
            "agreed": self.agreed,
            "actual": self.actual,
            "currency": currency,
            "method": self.method,
            "wish": self.wish,
            "note": self.note.strip(),
        }


def method_fault(method: str) -> dict[str, Any]:
    ok = not method or money.CODE.fullmatch(method)
    return {} if ok else {"method": _("Choose how it is paid from the list.")}


def today_of(act: Act) -> date:
    """Today in the zone of the library whose request it is."""
    return local_date(act.at, act.subject.library.timezone)


def charges_of(act: Act) -> list[Any]:
    """The charges of the subject, in their order."""
    return sorted(act.subject.charges.all(), key=lambda each: each.ordinal)


def charge_of(act: Act, ordinal: int | None) -> Any:
    """The charge with this number; without one the only one there is that can be meant."""
    known = charges_of(act)
    if ordinal is None and len(known) == 1:
        return known[0]
    found = next((each for each in known if each.ordinal == ordinal), None)
    if found is None:
        raise InvalidInput({"charge": _("Say which charge you mean.")})
    return found


def open_one(act: Act, ordinal: int | None) -> Any:
    charge = charge_of(act, ordinal)
    if not charge.is_open:
        raise Refused(_("This charge is settled already."), code="charge_settled")
    return charge


def put(act: Act, charge: ChargeColumns, **values: Any) -> None:
    """Change a charge, and let the event say it."""
    before = money.facts_for_event(charge)
    act.set(charge, **values)
    _told(act, charge, before)


def _told(act: Act, charge: ChargeColumns, before: dict[str, Any] | None) -> None:
    act.tell(money.CHANGED, str(charge.ordinal), before, money.facts_for_event(charge))


def add_charge(act: Act, values: dict[str, Any], **columns: Any) -> Any:
    """A new charge; a second open one for the same supply is refused."""
    known = charges_of(act)
    charge = act.subject.charges.model(
        request=act.subject,
        library_id=act.subject.library_id,
        ordinal=max((each.ordinal for each in known), default=0) + 1,
        noted_on=today_of(act),
        **values,
        **columns,
    )
    if charge.kind == ChargeKind.SUPPLY and supply_like(known, charge):
        raise Refused(
            _("The supply fee stands here already. Change that one, or settle it first."),
            code="charge_doubled",
        )
    act.add(charge)
    _told(act, charge, None)
    return charge


def supply_like(known: list[Any], like: Any) -> Any:
    """The open supply fee of the same lender and payer."""
    same = (each for each in known if each.is_open and each.kind == ChargeKind.SUPPLY)
    return next(
        (
            each
            for each in same
            if each.payer == like.payer
            and getattr(each, "lender_try_id", None) == getattr(like, "lender_try_id", None)
        ),
        None,
    )
