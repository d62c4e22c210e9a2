"""On PostgreSQL the lists read the indexes that were made for them (design §4)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from illservice.accounts.roles import Role
from illservice.core.paging import DESC
from requests_app import selectors
from requests_app.models import BorrowingRequest
from tests.world import World, later

pytestmark = [pytest.mark.postgresql, pytest.mark.usefixtures("on_postgresql")]

CLOSED = 20_000
OPEN = 300


@pytest.fixture
def history(world: World) -> World:
    """A long history and a short list of open requests, with fresh statistics."""
    library = world.north.library
    common: dict[str, Any] = {"library": library, "material": "book", "wanted": "loan", "kind": "loan"}
    made = []
    for position in range(CLOSED + OPEN):
        is_open = position % (CLOSED // OPEN) == 0 and position < CLOSED
        at = later(minutes=position)
        made.append(
            BorrowingRequest(
                **common,
                number=f"X{position:07d}",
                state="ready" if is_open else "completed",
                queue="ready" if is_open else "completed",
                wording="received",
                next_actor="desk",
                act_by=at,
                submitted_at=at,
                closed_at=None if is_open else at,
                attention=position % 997 == 0,
                title=f"title {position}",
                search_text=f"x{position:07d} title {position} of words{position * 7919 % 100_003}",
                person_text=f"reader number{position % 5000}",
            )
        )
    BorrowingRequest.objects.bulk_create(made, batch_size=2000)
    with connection.cursor() as cursor:
        # What autovacuum does in time: while new words wait in a list of their own, the planner shuns the index.
        cursor.execute(
            "SELECT gin_clean_pending_list(indexname::regclass) FROM pg_indexes WHERE indexname LIKE '%_trigram'"
        )
        # This table alone: what is counted of the empty ones would outlive the rollback, and mislead other tests.
        cursor.execute("ANALYZE ill_requests_borrowingrequest")
    return world


def plan(found: QuerySet[Any]) -> str:
    """How PostgreSQL would read this."""
    return str(found.explain())


def test_lists_read_their_partial_indexes(history: World) -> None:
    desk, library = history.north.actor(Role.BORROWING), history.north.library
    seen = selectors.visible_to_staff(library, desk)
    for queue, index in {
        "ready": "borrowing_open",
        "": "borrowing_open",
        selectors.ATTENTION: "borrowing_attention",
        selectors.CLOSED: "borrowing_closed",
    }.items():
        orders = selectors.CLOSED_ORDERS if queue == selectors.CLOSED else selectors.ORDERS
        for order in orders.values():
            names = [("-" if way == DESC else "") + name for name, way in order]
            found = selectors.sortable(selectors.in_queue(seen, queue), order).order_by(*names)[:51]
            read = plan(found)
            # Any index whose condition leaves the open ones out or in will do; which one is PostgreSQL's choice.
            assert index in read or "closed_at IS NULL" in read.partition("Index Cond")[2], (
                queue,
                order,
                read,
            )
            assert "Seq Scan on ill_requests_borrowingrequest" not in read


def test_counts_read_the_open_requests_only(history: World) -> None:
    statement = _statement_of_counts(history)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        top = cursor.fetchone()[0][0]["Plan"]
    nodes = list(_nodes(top))
    # Which of the partial indexes serves is PostgreSQL's choice; that nothing but these rows is read is ours (P5).
    wanted = BorrowingRequest.objects.filter(Q(closed_at__isnull=True) | Q(attention=True)).count()
    assert not any(node["Node Type"] == "Seq Scan" for node in nodes)
    read = [
        node["Actual Rows"] for node in nodes if node.get("Relation Name") == "ill_requests_borrowingrequest"
    ]
    assert 0 < sum(read) <= wanted * 1.2


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _statement_of_counts(world: World) -> str:
    with CaptureQueriesContext(connection) as seen:
        selectors.queue_counts(world.north.library, world.north.actor(Role.BORROWING))
    return str(seen[0]["sql"])


def test_search_reads_the_trigrams(history: World) -> None:
    seen = selectors.visible_to_staff(history.north.library, history.north.actor(Role.BORROWING))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_indexes WHERE indexname = 'borrowing_search_trigram'")
        if cursor.fetchone() is None:
            pytest.skip("this PostgreSQL has no pg_trgm")
    found = selectors.search(seen, "words23757").order_by("-submitted_at", "-id")[:51]
    assert found.count() == 1
    read = plan(found)
    assert "borrowing_search_trigram" in read
    assert "borrowing_person_trigram" in read


def test_a_code_is_looked_up_not_searched(history: World) -> None:
    seen = selectors.visible_to_staff(history.north.library, history.north.actor(Role.BORROWING))
    condition = selectors.exact_match("OC-4711")
    assert condition is not None
    read = plan(seen.filter(condition).order_by())
    assert "Seq Scan on ill_requests_borrowingrequest" not in read
