"""Walking pages by key shows each row exactly once, in order, both ways."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.core import signing
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from illservice.core.models import OutboxRow
from illservice.core.paging import ASC, DESC, MOST_ROWS, Order, Page, keyset_page

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ORDERS: list[Order] = [
    (("attempts", DESC), ("not_before", ASC), ("id", ASC)),
    (("attempts", ASC), ("stream", DESC), ("id", DESC)),
    (("not_before", DESC), ("pk", ASC)),
    (("shifted", DESC), ("id", ASC)),
]
ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.sampled_from(["a", "B", "é", "z z", ""])), max_size=30
)


def fill(rows: list[tuple[int, int, str]]) -> None:
    OutboxRow.objects.all().delete()
    OutboxRow.objects.bulk_create(
        OutboxRow(
            kind="k",
            key=str(number),
            stream=stream,
            attempts=attempts,
            not_before=START + timedelta(microseconds=moment),
            created_at=START,
        )
        for number, (attempts, moment, stream) in enumerate(rows)
    )


def page_of(order: Order, cursor: str | None = None, size: int = 3) -> Page[OutboxRow]:
    queryset = OutboxRow.objects.annotate(shifted=F("attempts") * 2)
    return keyset_page(queryset, order=order, cursor=cursor, size=size)


def keys(page: Page[OutboxRow]) -> list[int]:
    return [row.pk for row in page.rows]


@given(ROWS, st.integers(1, 7), st.sampled_from(ORDERS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
def test_walking_the_pages_shows_every_row_once_in_order(
    rows: list[tuple[int, int, str]], size: int, order: Order
) -> None:
    fill(rows)
    words = [("-" if direction == DESC else "") + name for name, direction in order]
    expected = list(
        OutboxRow.objects.annotate(shifted=F("attempts") * 2).order_by(*words).values_list("pk", flat=True)
    )
    pages = [page_of(order, size=size)]
    while pages[-1].next_cursor:
        pages.append(page_of(order, pages[-1].next_cursor, size))
    assert [key for page in pages for key in keys(page)] == expected
    assert pages[0].previous_cursor is None
    for earlier, later in pairwise(pages):
        assert later.previous_cursor
        back = page_of(order, later.previous_cursor, size)
        assert keys(back) == keys(earlier)
        assert back.next_cursor == earlier.next_cursor


def test_a_broken_or_foreign_cursor_gives_the_first_page() -> None:
    fill([(0, 0, "a")] * 7)
    order, other = ORDERS[0], ORDERS[1]
    first = page_of(order)
    good = first.next_cursor
    assert good
    foreign = page_of(other).next_cursor
    signer = signing.Signer(salt="illservice.core.paging")
    forged = signer.sign_object(["-attempts,not_before,id", 0, ["x", "y", "z"]])
    odd = signer.sign_object("nothing")
    for cursor in ("", "x", good[:-2], "é" * 10, "\0", foreign, forged, odd, "a" * 10_000):
        assert keys(page_of(order, cursor)) == keys(first)
    assert keys(page_of(order, good)) != keys(first)


def test_rows_that_vanish_leave_no_empty_page() -> None:
    fill([(0, 0, "a")] * 7)
    second = page_of(ORDERS[0], page_of(ORDERS[0]).next_cursor)
    OutboxRow.objects.filter(pk__in=keys(second)).delete()
    third = page_of(ORDERS[0], second.next_cursor)
    assert len(third.rows) == 1
    OutboxRow.objects.filter(pk__in=keys(third)).delete()
    assert len(page_of(ORDERS[0], second.next_cursor).rows) == 3
    OutboxRow.objects.all().delete()
    assert page_of(ORDERS[0], second.next_cursor) == Page([])


def test_going_back_to_a_short_beginning_shows_a_full_first_page() -> None:
    fill([(0, 0, "a")] * 7)
    first = page_of(ORDERS[0])
    second = page_of(ORDERS[0], first.next_cursor)
    OutboxRow.objects.filter(pk=keys(first)[0]).delete()
    back = page_of(ORDERS[0], second.previous_cursor)
    assert keys(back) == [*keys(first)[1:], keys(second)[0]]
    assert back.previous_cursor is None


def test_a_page_is_one_statement_and_no_longer_than_allowed() -> None:
    fill([(0, number % 4, "a") for number in range(MOST_ROWS + 20)])
    cursor = page_of(ORDERS[0]).next_cursor
    with CaptureQueriesContext(connection) as queries:
        page = page_of(ORDERS[0], cursor, size=100_000)
    assert len(queries) == 1
    assert len(page.rows) == MOST_ROWS
