"""Rows that a sweep reads for each row that is due, with years of history beside them (P14: at most 1.2).

    ILL_DATABASE_URL=postgres://… python -m tests.benchmarks.sweep [--requests 1000000] [--due 0.002]

Makes a database of its own beside the one named and drops it. SQL writes what so many requests leave behind: three
timers each that are done with and one for the erasure in years to come, two messages that were sent; and an open set
that does not grow: 5,000 requests with timers, of which the share `--due` has come, messages that wait, patrons blocked
for a time. Then the statements by which the clocks and the sweeper find their work are explained with their real row
counts.

Prints one JSON object: by statement the rows read (those returned and those that a filter threw away, of every scan)
and the rows due, as a whole and then in the first batch; `ratio` is all rows read by all rows due of the clocks. The
outbox stands beside them for its batch, whose rows leave in the order of their streams.
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import django
from django.conf import settings
from django.test.utils import override_settings, setup_databases, setup_test_environment, teardown_databases

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OPEN_REQUESTS = 5000
KINDS = 8
MOST = 1.2

_DONE_TIMERS = """INSERT INTO {table} (kind, step, due_at, finished_at, attempts, last_error, request_id)
    SELECT 'k' || n %% 3, 0, %s - n * interval '30 seconds', %s - n * interval '30 seconds', 0, '',
    (SELECT min(id) FROM {requests}) + n %% {open} FROM generate_series(1, %s) n"""
_OPEN_TIMERS = """INSERT INTO {table} (kind, step, due_at, attempts, last_error, request_id)
    SELECT 'o' || k, 0, %s + (random() - %s) * interval '100 days', 0, '', r.id
    FROM {requests} r, generate_series(1, {kinds}) k"""
_FAR_TIMERS = """INSERT INTO {table} (kind, step, due_at, attempts, last_error, request_id)
    SELECT 'f' || n / {open}, 0, %s + interval '1 year' + n * interval '60 seconds', 0, '',
    (SELECT min(id) FROM {requests}) + n %% {open} FROM generate_series(1, %s) n"""
_DONE_ROWS = """INSERT INTO ill_core_outboxrow (kind, key, library, subject, stream, not_before, payload, state,
    attempts, last_error, result, created_at, finished_at{more})
    SELECT 'notice', 'done-' || n, 1, '', 's-' || n / 4, %s - n * interval '30 seconds', '{{}}', 'done', 1, '', '',
    %s - n * interval '30 seconds', %s - n * interval '30 seconds'{values} FROM generate_series(1, %s) n"""
_OPEN_ROWS = """INSERT INTO ill_core_outboxrow (kind, key, library, subject, stream, not_before, payload, state,
    attempts, last_error, result, created_at{more})
    SELECT 'notice', 'open-' || n, 1, '', 'open-' || n, %s + (random() - 0.2) * interval '1 day', '{{}}', 'waiting', 0,
    '', '', %s{values} FROM generate_series(1, 1000) n"""
_PATRONS = """INSERT INTO ill_patrons_patron ({columns}) SELECT {values} FROM ill_patrons_patron p,
    generate_series(1, %s) n WHERE p.barcode = 'north-ada-001'"""


def fill(requests: int, due: float) -> None:
    """History and the open set."""
    from django.db import connection

    from requests_app.models import BorrowingRequest
    from tests.world import make_world

    world = make_world()
    with connection.cursor() as cursor:
        _requests(cursor, world)
        for side in ("ill_requests_borrowing", "ill_lending_lending"):
            names = {
                "table": f"{side}timer",
                "requests": f"{side}request",
                "open": OPEN_REQUESTS,
                "kinds": KINDS,
            }
            cursor.execute(_DONE_TIMERS.format(**names), [AT, AT, 3 * requests])
            cursor.execute(_OPEN_TIMERS.format(**names), [AT, due])
            cursor.execute(_FAR_TIMERS.format(**names), [AT, requests])
        more, values = _new_columns()
        cursor.execute(_DONE_ROWS.format(more=more, values=values), [AT, AT, AT, 2 * requests])
        cursor.execute(_OPEN_ROWS.format(more=more, values=values), [AT, AT])
        _patrons(cursor, requests // 20)
        cursor.execute("ANALYZE")
    assert BorrowingRequest.objects.count() == OPEN_REQUESTS


def _requests(cursor: Any, world: Any) -> None:
    """The open set: copies of one real request of each side."""
    from lending.models import LendingRequest
    from requests_app.models import BorrowingRequest
    from tests.lending.verbs import lend
    from tests.world import ask_for

    ask_for(world.north)
    lend(world)
    for model in (BorrowingRequest, LendingRequest):
        columns = [str(field.column) for field in model._meta.concrete_fields if field.column != "id"]
        fresh = {
            "number": "'X' || n",
            "borrower_number": "'Y' || n",
            "source_key": "NULL",
            "shelf_code": "''",
        }
        values = ", ".join(fresh.get(column, f'"{column}"') for column in columns)
        names = ", ".join(f'"{column}"' for column in columns)
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM {model._meta.db_table},"  # noqa: S608
            f" generate_series(1, {OPEN_REQUESTS - 1}) n"
        )


def _new_columns() -> tuple[str, str]:
    """Columns of the outbox that need a value and are not named above."""
    from illservice.core.models import OutboxRow

    extra = [field.column for field in OutboxRow._meta.concrete_fields if field.column == "bundle"]
    return "".join(f", {column}" for column in extra), ", ''" * len(extra)


def _patrons(cursor: Any, count: int) -> None:
    """Patrons, every hundredth blocked for a time that is not over."""
    from patrons.models import Patron

    every = (str(field.column) for field in Patron._meta.concrete_fields)
    columns = [column for column in every if column not in {"id", "user_id"}]
    fresh = {
        "barcode": "'p-' || n",
        "is_blocked": "n % 100 = 0",
        "blocked_until": "CASE WHEN n % 100 = 0 THEN DATE '2026-03-01' + n % 200 END",
    }
    values = ", ".join(fresh.get(column, f'p."{column}"').replace("%", "%%") for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    cursor.execute(_PATRONS.format(columns=names, values=values), [count])


def searches() -> dict[str, list[Callable[[], object]]]:
    """What finds the work: all of it, and the first batch."""
    from illservice.core import outbox
    from illservice.core.workflow.timing import BATCH, due_timers
    from lending.models import LendingTimer
    from patrons.services import end_blocks
    from requests_app.models import BorrowingTimer

    return {
        "borrowing": [
            lambda: list(due_timers(BorrowingTimer, AT)),
            lambda: list(due_timers(BorrowingTimer, AT)[:BATCH]),
        ],
        "lending": [
            lambda: list(due_timers(LendingTimer, AT)),
            lambda: list(due_timers(LendingTimer, AT)[:BATCH]),
        ],
        "outbox": [lambda: outbox.due_rows(at=AT, limit=10_000), lambda: outbox.due_rows(at=AT)],
        "blocks": [lambda: end_blocks(AT)],
    }


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes of a plan that read a table; a bitmap's index is read for the table above it."""
    children = plan.get("Plans", [])
    if plan["Node Type"].endswith("Scan") and plan["Node Type"] not in {"Bitmap Index Scan", "Subquery Scan"}:
        yield plan
    for child in children:
        yield from scans(child)


class Heard(Exception):
    """The first statement that looks for something: what follows is the work, not the search."""

    def __init__(self, sql: str, params: Any) -> None:
        super().__init__(sql)
        self.sql, self.params = sql, params


def first_search(search: Callable[[], object]) -> Heard:
    """The statement by which a clock finds its work."""
    from django.db import connection, transaction

    def listen(_execute: Any, sql: str, params: Any, _many: Any, _context: Any) -> Any:
        raise Heard(sql, params)

    try:
        with transaction.atomic(), connection.execute_wrapper(listen):
            search()
    except Heard as heard:
        return heard
    raise RuntimeError("nothing was looked for")


def explained(search: Callable[[], object]) -> tuple[int, int]:
    """Rows read, and rows found."""
    from django.db import connection

    heard = first_search(search)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {heard.sql}", heard.params)
        plan = cursor.fetchone()[0][0]["Plan"]
    read = 0
    for node in scans(plan):
        thrown = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        read += round((node["Actual Rows"] + thrown) * node["Actual Loops"])
    return read, round(plan["Actual Rows"] * plan["Actual Loops"])


def run(requests: int, due: float) -> dict[str, Any]:
    """Fill, explain, add up."""
    began = time.monotonic()
    fill(requests, due)
    filled = time.monotonic() - began
    found: dict[str, Any] = {}
    for name, whole in searches().items():
        found[name] = [dict(zip(("read", "due"), explained(search), strict=True)) for search in whole]
    clocks = [each for name, rows in found.items() if name != "outbox" for each in rows]
    ratio = sum(each["read"] for each in clocks) / sum(each["due"] for each in clocks)
    return {
        "requests": requests, "timers": 2 * (4 * requests + OPEN_REQUESTS * KINDS), "statements": found,
        "ratio": round(ratio, 3), "most": MOST, "seconds_to_fill": round(filled),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--due", type=float, default=0.02, help="share of the open timers that is due")
    options = parser.parse_args()
    django.setup()
    if not settings.ILL_DATABASE_URL.startswith("postgres"):
        parser.error("plans are PostgreSQL's: give ILL_DATABASE_URL")
    setup_test_environment()
    logging.disable()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            result = run(options.requests, options.due)
    finally:
        teardown_databases(databases, verbosity=0)
    sys.stdout.write(json.dumps(result, indent=1) + "\n")
    sys.exit(result["ratio"] > MOST)


if __name__ == "__main__":
    main()
