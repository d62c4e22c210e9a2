"""What other steps mean for the money: what they name becomes a charge, a loss is settled, what was lost turns up."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core import money
from illservice.core.errors import InvalidInput
from illservice.core.money import LOSSES, ChargeKind, Payer, Settled
from illservice.core.workflow.act import Act
from illservice.core.workflow.money.charges import Price, add_charge, charges_of, put, today_of
from illservice.core.workflow.money.verbs import pay, waive


def feed(
    act: Act,
    kind: str,
    payer: str,
    *,
    agreed: Decimal | None = None,
    actual: Decimal | None = None,
    currency: str = "",
    **columns: Any,
) -> Any:
    """What a step of the desk or a message named becomes the charge, so that nobody types it twice.

    The open charge of the same kind, payer and lender takes the amount; without one there is a new charge, but not for
    nothing. A charge that is invoiced keeps what the invoice says. Returns the charge, or None.
    """
    named = {name: value for name, value in (("agreed", agreed), ("actual", actual)) if value is not None}
    currency = money.known_currency(currency, act.subject.library.currency)
    if not named or min(named.values()) < 0 or not money.CURRENCY.fullmatch(currency):
        return None  # what a message names and no ledger can hold stays with its try
    charge = _fed(act, kind, payer, columns.get("lender_try"))
    if charge is None:
        if not any(named.values()):
            return None
        price = Price(kind=kind, payer=payer, agreed=agreed, actual=actual, currency=currency)
        return add_charge(act, price.values(act.subject.library.currency), **columns)
    if charge.invoiced_on is not None:
        return charge
    if charge.currency and charge.currency != currency:
        # Amounts of two currencies cannot stand side by side: what is named now counts.
        put(act, charge, currency=currency, **{"agreed": None, "actual": None, **named})
    elif any(getattr(charge, name) != value for name, value in named.items()) or not charge.currency:
        put(act, charge, currency=currency, **named)
    if charge.owed == 0:
        put(act, charge, settled=Settled.WAIVED, settled_on=today_of(act))
    return charge


def _fed(act: Act, kind: str, payer: str, lender_try: Any) -> Any:
    kinds = LOSSES if kind in LOSSES else {kind}
    key = getattr(lender_try, "pk", None) if kind == ChargeKind.SUPPLY else None
    return next(
        (
            each
            for each in charges_of(act)
            if each.is_open
            and each.kind in kinds
            and each.payer == payer
            and (kind != ChargeKind.SUPPLY or getattr(each, "lender_try_id", None) == key)
            and each.bill_key is None
        ),
        None,
    )


def drop_expected(act: Act, payer: str, lender_try: Any = None) -> None:
    """Nothing is supplied after all: a supply fee that nobody invoiced is no debt."""
    charge = _fed(act, ChargeKind.SUPPLY, payer, lender_try)
    if charge is not None and charge.invoiced_on is None:
        put(act, charge, settled=Settled.WAIVED, settled_on=today_of(act))


def turned_up(act: Act) -> None:
    """What was lost is there again: what was paid for it is offered back, what is open is not asked for any more.

    An invoice of a lender stays until the lender takes it back; late fees stay as they are.
    """
    for charge in charges_of(act):
        if charge.kind != ChargeKind.LOSS:
            continue
        if charge.settled == Settled.PAID and charge.refunded_on is None and charge.paid_amount:
            put(act, charge, refund_offered_on=today_of(act))
        elif charge.is_open and (charge.invoiced_on is None or charge.payer != Payer.US):
            put(act, charge, settled=Settled.WAIVED, settled_on=today_of(act))


def settle_losses(
    act: Act, payer: str, *, how: str, cost: Decimal | None, currency: str, **columns: Any
) -> None:
    """A loss is settled with the other library: `how` (paid, replaced, waived) settles its open charges.

    `cost` is what it cost in the end. Without `how` nothing is said about the money: the charges stay open. What the
    patron owes for it stays as it is.
    """
    if how not in {"", Settled.PAID, Settled.REPLACED, Settled.WAIVED}:
        raise InvalidInput({"how": _("Say whether it was paid, replaced or waived.")})
    known = money.known_currency(currency, act.subject.library.currency)
    feed(act, ChargeKind.LOSS, payer, actual=cost, currency=known, **columns)
    if not how:
        return
    losses = [each for each in charges_of(act) if each.kind in LOSSES and each.payer == payer]
    open_ones = [each for each in losses if each.is_open]
    if not losses:
        if how == Settled.PAID:
            raise InvalidInput({"cost": _("Say how much was paid.")})
        price = Price(kind=ChargeKind.LOSS, payer=payer)
        open_ones = [add_charge(act, price.values(act.subject.library.currency), **columns)]
    for charge in open_ones:
        if how == Settled.PAID:
            same = cost is not None and len(open_ones) == 1 and charge.currency == known
            pay(act, charge.ordinal, paid=cost if same else None)
        else:
            waive(act, charge.ordinal, how=how)


def bill(
    act: Act,
    payer: str,
    *,
    key: str,
    kind: str,
    amount: Decimal,
    currency: str,
    due_on: date | None = None,
    **columns: Any,
) -> Any:
    """A bill of ours, noted and sent out in one: its number is the request's with the charge's own."""
    if amount <= 0:
        raise InvalidInput({"amount": _("Say how much it is.")})
    price = Price(kind=kind, payer=payer, actual=amount, currency=currency)
    today = today_of(act)
    charge = add_charge(
        act,
        price.values(act.subject.library.currency),
        bill_key=key,
        invoiced_on=today,
        due_on=due_on or today + timedelta(days=money.BILL_DAYS),
        **columns,
    )
    put(act, charge, invoice_number=own_number(charge))
    return charge


def own_number(charge: Any) -> str:
    """The number of a bill that we write."""
    return f"{charge.request.number}-R{charge.ordinal}"
