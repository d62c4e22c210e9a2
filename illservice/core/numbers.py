"""Public numbers: a side letter, digits, and one check character.

The check character is ISO/IEC 7064 MOD 11,10, which finds every single wrong digit and every swap of
neighbours; it is a digit, so that a number can be read over the phone and scanned as Code 128.
"""

import re

from django.db import connection, transaction
from stdnum.iso7064 import mod_11_10

from illservice.core.models import Counter

_SHAPE = re.compile(r"^([A-Z])(\d{6,})$")


def make_number(letter: str, value: int) -> str:
    """`B` and 1234 give `B0012348`: at least six digits of value, then the check digit."""
    digits = f"{value:06d}"
    return f"{letter}{digits}{mod_11_10.calc_check_digit(digits)}"


def read_number(text: str) -> str | None:
    """The number in its one written form, or None when its shape or check digit is wrong.

    Spaces, hyphens and lower case are accepted, as people type them.
    """
    compact = re.sub(r"[\s\-]", "", text).upper()
    found = _SHAPE.match(compact)
    if found is None or not mod_11_10.is_valid(found.group(2)):
        return None
    return compact


def next_number(letter: str) -> str:
    """Take the next number of a side. Needs an open transaction; numbers of a rolled back one are lost."""
    return next_numbers(letter, 1)[0]


def next_numbers(letter: str, count: int) -> list[str]:
    """Take the next `count` numbers of a side at once, in order. Needs an open transaction."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("next_numbers needs a transaction")
    last = _raised(letter, count)
    if last is None:
        Counter.objects.get_or_create(name=letter)
        last = _raised(letter, count) or 0
    return [make_number(letter, value) for value in range(last - count + 1, last + 1)]


def _raised(letter: str, count: int) -> int | None:
    """The counter's value after it was raised; None when there is no such counter."""
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, [count, letter])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


_RAISE = "UPDATE ill_core_counter SET value = value + %s WHERE name = %s RETURNING value"
