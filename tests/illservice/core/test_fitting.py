"""What does not fit a column is refused with a word, alike on both databases."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from illservice.core.errors import InvalidInput
from illservice.core.fitting import refuse_unfit
from requests_app.models import BorrowingRequest, LenderTry, RequestItem

UNFIT: list[tuple[Any, str, Any]] = [
    (RequestItem, "barcode", "x" * 61),
    (RequestItem, "condition", "x" * 201),
    (LenderTry, "system_number", "1\x002"),
    (LenderTry, "cost", Decimal("12345678901.00")),
    (LenderTry, "lender_due", date(1, 1, 1)),
    (BorrowingRequest, "copy_link", "javascript:alert(1)"),
    (BorrowingRequest, "copy_link", "https://x.example/" + "a" * 1000),
    (BorrowingRequest, "patron_note", "half a smile \ud83d"),
    (BorrowingRequest, "raw", {"deep": ["\0"]}),
    (BorrowingRequest, "need_by", date(9999, 12, 31)),
]


@pytest.mark.parametrize(("model", "name", "value"), UNFIT)
def test_a_value_that_cannot_be_kept_is_named(model: Any, name: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        refuse_unfit(model(**{name: value}))
    assert list(caught.value.fields) == [name]
    refuse_unfit(model(**{name: value}), ["number"])


def test_what_fits_passes() -> None:
    refuse_unfit(RequestItem(barcode="x" * 60, condition="wet 🙂"))
    refuse_unfit(
        BorrowingRequest(copy_link="https://x.example/1?a=b", raw={"a": "ü"}, need_by=date(2026, 2, 28))
    )
