"""What became of a delivery is seen by everybody before the next one begins, and waits for no disk."""

import threading
from datetime import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from illservice.core import outbox, results
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.outbox import Parcel
from tests.world import NOON

WAITS_FOR_NO_DISK = "SET LOCAL synchronous_commit"


def put(*keys: str) -> list[int]:
    for key in keys:
        with transaction.atomic():
            outbox.enqueue(Parcel("test", key, key, {}), at=NOON)
    return list(OutboxRow.objects.order_by("pk").values_list("pk", flat=True))


def synchronous() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return str(cursor.fetchone()[0])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_another_process_sees_each_result_before_the_next_row_is_begun(
    on_postgresql: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    row_ids = put("a", "b", "c")
    seen: list[list[str]] = []

    def look() -> None:
        seen.append(list(OutboxRow.objects.order_by("pk").values_list("state", flat=True)))
        connection.close()

    def handle(_row: OutboxRow, _at: datetime) -> str:
        other = threading.Thread(target=look)
        other.start()
        other.join()
        return "id"

    monkeypatch.setitem(outbox._handlers, "test", handle)
    before = synchronous()
    with CaptureQueriesContext(connection) as caught:
        assert outbox.deliver_batch(row_ids, at=NOON) == 3
    leased, done = OutboxState.LEASED.value, OutboxState.DONE.value
    assert seen == [[leased] * 3, [done, leased, leased], [done, done, leased]]
    unhurried = [each["sql"] for each in caught if each["sql"].startswith(WAITS_FOR_NO_DISK)]
    assert len(unhurried) == 3
    assert all("done" in each for each in unhurried)
    assert synchronous() == before


@pytest.mark.django_db
def test_in_a_transaction_of_somebody_else_s_nothing_is_said_of_the_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row_ids = put("a")
    monkeypatch.setitem(outbox._handlers, "test", lambda _row, _at: "id")
    with CaptureQueriesContext(connection) as caught:
        assert outbox.deliver(row_ids[0], at=NOON) == OutboxState.DONE
    assert not any(WAITS_FOR_NO_DISK in each["sql"] for each in caught)


@pytest.mark.django_db
def test_only_the_holder_of_the_lease_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    put("a", "b")
    rows = [row for each in OutboxRow.objects.order_by("pk") if (row := outbox.claim(each.pk, at=NOON))]
    results.write(rows[:1], state=OutboxState.DONE, result="one")
    rows[1].lease = rows[0].lease
    results.write(rows[1:], state=OutboxState.DONE, result="two")
    found = list(OutboxRow.objects.order_by("pk").values_list("state", "result"))
    assert found == [(OutboxState.DONE, "one"), (OutboxState.LEASED, "")]
