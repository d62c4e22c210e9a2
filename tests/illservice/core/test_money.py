"""What follows from the columns of a charge, without a database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from illservice.core import money
from illservice.core.money import Payer, Standing, bill_until, over_the_most
from lending.models import LendingCharge

TODAY = date(2026, 3, 2)


def charge(**values: object) -> LendingCharge:
    """A charge that nobody saved."""
    return LendingCharge(**{"kind": "supply", "payer": "partner", "currency": "EUR", "ordinal": 1} | values)


def test_what_is_owed_is_the_actual_amount_else_the_agreed_one() -> None:
    assert charge().owed is None
    assert charge(agreed=Decimal(12)).owed == 12
    assert charge(agreed=Decimal(12), actual=Decimal(0)).owed == 0
    assert not charge(agreed=Decimal(12), actual=Decimal(0)).is_owed
    assert not charge(agreed=Decimal(12), payer=Payer.NOBODY).is_owed


@pytest.mark.parametrize(
    ("values", "standing"),
    [
        ({}, Standing.UNPRICED),
        ({"agreed": Decimal(5)}, Standing.AGREED),
        ({"actual": Decimal(5)}, Standing.DUE),
        ({"actual": Decimal(5), "invoiced_on": TODAY, "due_on": TODAY}, Standing.INVOICED),
        ({"actual": Decimal(5), "due_on": TODAY - timedelta(days=1)}, Standing.OVERDUE),
        ({"settled": "paid"}, Standing.PAID),
        ({"settled": "paid", "refund_offered_on": TODAY}, Standing.REFUND_DUE),
        ({"settled": "paid", "refund_offered_on": TODAY, "refunded_on": TODAY}, Standing.REFUNDED),
        ({"settled": "replaced"}, Standing.REPLACED),
        ({"settled": "waived"}, Standing.WAIVED),
    ],
)
def test_how_a_charge_stands(values: dict[str, object], standing: Standing) -> None:
    assert charge(**values).standing(TODAY) == standing


def test_a_limit_is_compared_in_its_own_currency_alone() -> None:
    fee, post = charge(actual=Decimal("12.50")), charge(kind="shipping", actual=Decimal("7.60"))
    assert over_the_most([fee, post], Decimal(20), "EUR")
    assert not over_the_most([fee, post], Decimal("20.10"), "EUR")
    assert not over_the_most([fee, post], Decimal(1), "USD")
    assert not over_the_most([fee, post], None, "EUR")
    assert not over_the_most([charge(kind="loss", actual=Decimal(99))], Decimal(1), "EUR")


@pytest.mark.parametrize(
    ("due", "last"),
    [
        (date(2026, 3, 2), date(2026, 9, 2)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 6, 30)),
    ],
)
def test_a_loss_is_billed_within_six_months_of_the_due_date(due: date, last: date) -> None:
    assert bill_until(due) == last
    assert bill_until(None) is None


@given(st.dates(date(1900, 1, 1), date(2190, 1, 1)))
def test_the_last_day_for_a_bill_is_six_calendar_months_away(due: date) -> None:
    last = bill_until(due)
    assert last is not None
    assert (last.year * 12 + last.month) - (due.year * 12 + due.month) == 6
    assert last.day == due.day or (last + timedelta(days=1)).day == 1


def test_the_history_says_sums_and_no_words() -> None:
    one = charge(kind="loss", actual=Decimal("45.00"), note="Ada's dog ate it")
    before = money.facts_for_event(charge(kind="loss", actual=Decimal("40.00")))
    after = money.facts_for_event(one)
    assert "dog" not in str(after)
    assert money.words_of_change(before, after) == "loss: 40.00 EUR → 45.00 EUR"
    assert money.words_of_change(None, after) == "loss: 45.00 EUR"
