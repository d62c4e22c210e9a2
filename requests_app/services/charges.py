"""The charges of a borrowing request: what we owe a lender, what the patron owes us.

They are rows of the workflow (illservice.core.workflow.money says why): undone like any step, refused when the page
is stale. An invoice of ours to the patron is told to the patron; a lender's invoice is only noted.
"""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput, Refused
from illservice.core.money import ChargeKind, Payer
from illservice.core.workflow import Act, money
from illservice.core.workflow.money import Price
from requests_app.models import BorrowingCharge, BorrowingRequest, LenderTry
from requests_app.services.base import acting, lock_request, refuse_foreign

PAYERS = frozenset({Payer.US, Payer.PATRON, Payer.NOBODY})


def _payer(request: BorrowingRequest, price: Price) -> None:
    if price.payer not in PAYERS:
        raise InvalidInput({"payer": _("Say who pays.")})
    if price.payer == Payer.PATRON and request.patron_id is None:
        raise InvalidInput({"payer": _("The person was unlinked from this request for privacy.")})


def _lender(act: Act, price: Price, try_id: int | None) -> LenderTry | None:
    """The try that a charge belongs to: the one named, else the last lender that was asked."""
    tries: list[LenderTry] = [each for each in act.subject.tries.all() if each.asked_at]
    if try_id is not None:
        found = next((each for each in tries if each.pk == try_id), None)
        if found is None:
            raise InvalidInput({"lender": _("That lender was not asked.")})
        return found
    return tries[-1] if tries and price.payer == Payer.US else None


def note_charge(
    *,
    request_id: int,
    price: Price,
    actor: Actor,
    at: datetime,
    try_id: int | None = None,
    version: int | None = None,
) -> None:
    """Somebody owes something for this request."""
    with acting("note_charge", request_id=request_id, actor=actor, at=at, version=version) as act:
        _payer(act.subject, price)
        lender_try = _lender(act, price, try_id)
        pays_lender = price.payer != Payer.PATRON and lender_try is not None
        money.add_charge(
            act,
            price.values(act.subject.library.currency),
            lender_try=lender_try,
            partner_id=lender_try.partner_id if pays_lender and lender_try else None,
        )


def change_charge(
    *,
    request_id: int,
    price: Price,
    actor: Actor,
    at: datetime,
    charge: int | None = None,
    version: int | None = None,
) -> None:
    """Other amounts, another reason, somebody else who pays; `charge` is its number within the request."""
    with acting("change_charge", request_id=request_id, actor=actor, at=at, version=version) as act:
        _payer(act.subject, price)
        changed = money.change(act, charge, price)
        partner = (
            changed.lender_try.partner_id if changed.lender_try and price.payer != Payer.PATRON else None
        )
        if changed.partner_id != partner:
            money.put(act, changed, partner_id=partner)


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
    """A lender's invoice came; or the patron gets a bill of ours, which has a number of ours where none is given."""
    with acting("invoice_charge", request_id=request_id, actor=actor, at=at, version=version) as act:
        one = money.charge_of(act, charge)
        if one.payer == Payer.PATRON:
            number = number.strip() or money.own_number(one)
            act.topics["bill"] = one
        elif not number.strip():
            raise InvalidInput({"number": _("Type the number of the invoice.")})
        money.invoice(act, one.ordinal, number=number, invoiced_on=invoiced_on, due_on=due_on, actual=actual)


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
) -> BorrowingCharge:
    """Bill the patron for what is long overdue, once for each `kind` and `step` of a ladder.

    Returns the charge, that of the first call when it is called again. The patron gets the bill.
    """
    key = f"{kind}:{step}"[:40]
    with transaction.atomic():
        request = lock_request(request_id)
        refuse_foreign(request, actor)
        known = request.charges.filter(bill_key=key).first()
        if known is not None:
            return known
        if request.patron_id is None:
            raise Refused(_("The person was unlinked from this request for privacy."), code="has_patron")
        with acting("bill_overdue", request_id=request_id, actor=actor, at=at) as act:
            charge: BorrowingCharge = money.bill(
                act, Payer.PATRON, key=key, kind=kind, amount=amount, currency=currency, due_on=due_on
            )
            act.topics["bill"] = charge
    return charge
