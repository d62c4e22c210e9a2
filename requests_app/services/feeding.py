"""What the steps of a request mean for its money, inside their act."""

from decimal import Decimal

from illservice.core.money import ChargeKind, Payer
from illservice.core.workflow import Act, money
from illservice.core.workflow.money import Price
from requests_app.models import BorrowingRequest, LenderTry
from requests_app.workflow.policy import FEE, policy_terms


def feed_supply(
    act: Act,
    lender_try: LenderTry | None,
    *,
    agreed: Decimal | None = None,
    actual: Decimal | None = None,
    currency: str = "",
) -> None:
    """What a lender asks for the supply: as agreed beforehand, and as named with the item."""
    money.feed(
        act,
        ChargeKind.SUPPLY,
        Payer.US,
        agreed=agreed,
        actual=actual,
        currency=currency,
        lender_try=lender_try,
        partner_id=lender_try.partner_id if lender_try else None,
    )


def feed_loss(act: Act, lender_try: LenderTry | None, cost: Decimal | None, currency: str) -> None:
    """What a lender asks for what was lost."""
    money.feed(
        act,
        ChargeKind.LOSS,
        Payer.US,
        actual=cost,
        currency=currency,
        lender_try=lender_try,
        partner_id=lender_try.partner_id if lender_try else None,
    )


def settle_losses(
    act: Act, lender_try: LenderTry | None, *, how: str, cost: Decimal | None, currency: str
) -> None:
    """How the loss was settled with the lender."""
    money.settle_losses(
        act,
        Payer.US,
        how=how,
        cost=cost,
        currency=currency,
        lender_try=lender_try,
        partner_id=lender_try.partner_id if lender_try else None,
    )


def drop_supply(act: Act, lender_try: LenderTry) -> None:
    """This lender sends nothing: it gets nothing."""
    money.drop_expected(act, Payer.US, lender_try)


def charge_fee(act: Act) -> None:
    """A lender's item or copy is here: the patron owes what the policy says for a request, once for each request."""
    request: BorrowingRequest = act.subject
    fee = policy_terms(request).fee
    if not fee or request.patron_id is None or any(each.bill_key == FEE for each in request.charges.all()):
        return
    price = Price(kind=ChargeKind.FEE, payer=Payer.PATRON, actual=fee)
    values = price.values(request.library.currency)
    money.add_charge(act, values, bill_key=FEE, policy_id=request.policy_id)
