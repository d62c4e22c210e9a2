"""What the desk does with one charge: change it, invoice it, note that it was paid, waive it, pay it back."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from illservice.core import money
from illservice.core.errors import InvalidInput, Refused
from illservice.core.money import ChargeKind, Payer, Settled
from illservice.core.workflow.act import Act
from illservice.core.workflow.money.charges import (
    Price,
    charge_of,
    charges_of,
    method_fault,
    open_one,
    put,
    supply_like,
    today_of,
)


def change(act: Act, ordinal: int | None, price: Price) -> Any:
    """Other amounts, another reason, somebody else who pays: while it is open."""
    charge = open_one(act, ordinal)
    values = price.values(act.subject.library.currency)
    twin = supply_like([each for each in charges_of(act) if each.pk != charge.pk], _as_if(charge, values))
    if values["kind"] == ChargeKind.SUPPLY and twin is not None:
        raise Refused(
            _("The supply fee stands here already. Change that one, or settle it first."),
            code="charge_doubled",
        )
    put(act, charge, **values)
    return charge


def _as_if(charge: Any, values: dict[str, Any]) -> Any:
    columns = {"lender_try_id": charge.lender_try_id} if hasattr(charge, "lender_try_id") else {}
    return type(charge)(payer=values["payer"], **columns)


def invoice(
    act: Act,
    ordinal: int | None,
    *,
    number: str,
    invoiced_on: date | None,
    due_on: date | None,
    actual: Decimal | None,
) -> Any:
    """An invoice came or goes out. Without a day to pay by it is BILL_DAYS later."""
    charge = open_one(act, ordinal)
    if charge.payer == Payer.NOBODY:
        raise Refused(_("Nobody pays this charge."), code="charge_of_nobody")
    on, number = invoiced_on or today_of(act), number.strip()
    owed = actual if actual is not None else charge.owed
    _refuse_invoice(charge, number, on, due_on, owed)
    try:
        with transaction.atomic():
            put(
                act,
                charge,
                invoice_number=number,
                invoiced_on=on,
                due_on=due_on or on + timedelta(days=money.BILL_DAYS),
                actual=owed,
                currency=charge.currency or act.subject.library.currency,
            )
    except IntegrityError as collision:
        # Somebody noted the same number for another request at this very moment.
        raise InvalidInput({"number": _("This number is noted already.")}) from collision
    return charge


def _refuse_invoice(charge: Any, number: str, on: date, due_on: date | None, owed: Decimal | None) -> None:
    wrong: dict[str, Any] = {}
    if owed is None:
        wrong["actual"] = _("Say how much it is.")
    elif owed < 0:
        wrong["actual"] = _("An amount is not negative.")
    if due_on is not None and due_on < on:
        wrong["due_on"] = _("This day lies before the invoice.")
    if number:
        wrong |= _number_fault(charge, number)
    if wrong:
        raise InvalidInput(wrong)


def _number_fault(charge: Any, number: str) -> dict[str, Any]:
    """An invoice is noted once: so nobody pays it twice. One over several requests has a line for each."""
    model = type(charge)
    known = model._default_manager.filter(
        library_id=charge.library_id, partner_id=charge.partner_id, invoice_number=number
    ).exclude(pk=charge.pk)
    where = known.values_list("request__number", flat=True).first()
    if where is None:
        return {}
    words = _(
        "This number is noted already for %(request)s. For an invoice over several requests add the line,"
        " for example %(number)s/2."
    )
    return {"number": words % {"request": where, "number": number}}


def pay(
    act: Act, ordinal: int | None, *, paid: Decimal | None = None, on: date | None = None, method: str = ""
) -> Any:
    """It was paid. Without an amount what is owed was; what was paid settles the charge."""
    charge = open_one(act, ordinal)
    if charge.payer == Payer.NOBODY:
        raise Refused(_("Nobody pays this charge."), code="charge_of_nobody")
    paid = charge.owed if paid is None else paid
    wrong = method_fault(method) | _past(act, on, "on")
    if paid is None:
        wrong["paid"] = _("Say how much was paid.")
    elif paid < 0:
        wrong["paid"] = _("An amount is not negative.")
    if wrong:
        raise InvalidInput(wrong)
    day = on or today_of(act)
    put(
        act,
        charge,
        settled=Settled.PAID,
        settled_on=day,
        paid_on=day,
        paid_amount=paid,
        currency=charge.currency or act.subject.library.currency,
        method=method or charge.method,
    )
    return charge


def _past(act: Act, day: date | None, field: str) -> dict[str, Any]:
    over = day is None or day <= today_of(act)
    return {} if over else {field: _("This day is still to come.")}


def waive(act: Act, ordinal: int | None, *, how: str = Settled.WAIVED) -> Any:
    """Nothing is paid for it: waived, or replaced by another item."""
    if how not in {Settled.WAIVED, Settled.REPLACED}:
        raise InvalidInput({"how": _("Say whether it is waived or replaced.")})
    charge = open_one(act, ordinal)
    put(act, charge, settled=how, settled_on=today_of(act))
    return charge


def refund(act: Act, ordinal: int | None, *, refunded: Decimal | None = None, on: date | None = None) -> Any:
    """Money that was paid went back; at most what was paid, and once."""
    charge = charge_of(act, ordinal)
    if charge.settled != Settled.PAID:
        raise Refused(_("Nothing was paid for this charge."), code="charge_unpaid")
    if charge.refunded_on is not None:
        raise Refused(_("This was refunded already."), code="charge_refunded")
    refunded = charge.paid_amount if refunded is None else refunded
    wrong = _past(act, on, "on")
    if refunded <= 0:
        wrong["refunded"] = _("Say how much went back.")
    elif refunded > charge.paid_amount:
        wrong["refunded"] = _("No more can go back than was paid.")
    if wrong:
        raise InvalidInput(wrong)
    put(act, charge, refunded_on=on or today_of(act), refunded_amount=refunded)
    return charge
