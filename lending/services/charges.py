"""The charges of a lending request: what the borrowing library owes us.

They are rows of the workflow (illservice.core.workflow.money says why): undone like any step, refused when the page
is stale. An invoice goes to the borrower by mail or message.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput
from illservice.core.money import ChargeKind, Payer
from illservice.core.workflow import Act, money
from illservice.core.workflow.money import Price
from lending.models import LendingCharge
from lending.services.base import acting, lock_request, refuse_foreign

PAYERS = frozenset({Payer.PARTNER, Payer.NOBODY})


def _payer(price: Price) -> None:
    if price.payer not in PAYERS:
        raise InvalidInput({"payer": _("Say who pays.")})


def _tells_bill(act: Act, charge: Any) -> None:
    """What the bill says, as it is now."""
    act.topics["bill"] = charge
    act.facts.update(
        charge=charge.pk,
        cost=str(charge.owed),
        currency=charge.currency,
        invoice=charge.invoice_number,
        pay_by=charge.due_on.isoformat() if charge.due_on else "",
    )


def note_charge(
    *, request_id: int, price: Price, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """The borrower owes something for this request."""
    _payer(price)
    with acting("note_charge", request_id=request_id, actor=actor, at=at, version=version) as act:
        values = price.values(act.subject.library.currency)
        money.add_charge(act, values, partner_id=act.subject.borrower_id)


def change_charge(
    *,
    request_id: int,
    price: Price,
    actor: Actor,
    at: datetime,
    charge: int | None = None,
    version: int | None = None,
) -> None:
    """Other amounts, another reason, nobody who pays; `charge` is its number within the request."""
    _payer(price)
    with acting("change_charge", request_id=request_id, actor=actor, at=at, version=version) as act:
        money.change(act, charge, price)


def invoice_charge(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    charge: int | None = None,
    number: str = "",
    invoiced_on: date | None = None,
    due_on: date | None = None,
    actual: Decimal | None = None,
    version: int | None = None,
) -> None:
    """The borrower gets an invoice, with a number of ours where none is given."""
    with acting("invoice_charge", request_id=request_id, actor=actor, at=at, version=version) as act:
        one = money.charge_of(act, charge)
        money.invoice(
            act,
            one.ordinal,
            number=number.strip() or money.own_number(one),
            invoiced_on=invoiced_on,
            due_on=due_on,
            actual=actual,
        )
        _tells_bill(act, one)


def pay_charge(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    charge: int | None = None,
    paid: Decimal | None = None,
    on: date | None = None,
    method: str = "",
    version: int | None = None,
) -> None:
    """It was paid, on a day that is not to come; what is owed unless another amount is named."""
    with acting("pay_charge", request_id=request_id, actor=actor, at=at, version=version) as act:
        money.pay(act, charge, paid=paid, on=on, method=method)


def waive_charge(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    charge: int | None = None,
    how: str = "waived",
    version: int | None = None,
) -> None:
    """Nothing is paid: waived, or replaced."""
    with acting("waive_charge", request_id=request_id, actor=actor, at=at, version=version) as act:
        money.waive(act, charge, how=how)


def refund_charge(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    charge: int | None = None,
    refunded: Decimal | None = None,
    on: date | None = None,
    version: int | None = None,
) -> None:
    """What was paid went back, all of it unless an amount is named."""
    with acting("refund_charge", request_id=request_id, actor=actor, at=at, version=version) as act:
        money.refund(act, charge, refunded=refunded, on=on)


def bill_overdue(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    amount: Decimal,
    currency: str = "",
    kind: str = ChargeKind.LATE,
    step: str = "",
    due_on: date | None = None,
) -> LendingCharge:
    """Bill the borrower for what is long overdue, once for each `kind` and `step` of a ladder.

    Returns the charge, that of the first call when it is called again. The borrower gets the bill.
    """
    key = f"{kind}:{step}"[:40]
    with transaction.atomic():
        request = lock_request(request_id)
        refuse_foreign(request, actor)
        known = request.charges.filter(bill_key=key).first()
        if known is not None:
            return known
        with acting("bill_overdue", request_id=request_id, actor=actor, at=at) as act:
            charge: LendingCharge = money.bill(
                act,
                Payer.PARTNER,
                key=key,
                kind=kind,
                amount=amount,
                currency=currency,
                due_on=due_on,
                partner_id=act.subject.borrower_id,
            )
            _tells_bill(act, charge)
    return charge
