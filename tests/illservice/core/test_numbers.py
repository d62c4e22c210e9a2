"""Public numbers: unique, and one wrong or swapped digit is found."""

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from illservice.core.numbers import make_number, next_number, read_number


@given(st.integers(0, 10**9), st.data())
def test_every_single_wrong_digit_is_found(value: int, data: st.DataObject) -> None:
    number = make_number("B", value)
    assert read_number(number) == number
    place = data.draw(st.integers(1, len(number) - 1))
    digit = data.draw(st.sampled_from([each for each in "0123456789" if each != number[place]]))
    assert read_number(number[:place] + digit + number[place + 1 :]) is None


@given(st.integers(0, 10**9), st.text(" -", max_size=3))
def test_spaces_hyphens_and_small_letters_are_read(value: int, noise: str) -> None:
    number = make_number("B", value)
    assert read_number(noise + number[:4].lower() + noise + number[4:]) == number


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    number = read_number(text)
    assert number is None or read_number(number) == number


@pytest.mark.django_db
def test_numbers_count_up_by_letter_and_need_a_transaction() -> None:
    with transaction.atomic():
        first, second, lending = next_number("B"), next_number("B"), next_number("L")
    assert [first[:7], second[:7], lending[:7]] == ["B000001", "B000002", "L000001"]


@pytest.mark.django_db(transaction=True)
def test_a_number_is_not_taken_outside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        next_number("B")
