"""The outbox: claimed once, in order within a stream, pushed away on failure, never lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from illservice.core import outbox, tasks
from illservice.core.models import Heartbeat, OutboxRow, OutboxState
from illservice.core.outbox import Parcel, PermanentFailure, Superseded, TemporaryFailure
from tests.world import NOON, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A kind `test` whose handler notes keys; a key that starts with an error's name raises it."""
    delivered: list[str] = []
    errors: dict[str, Exception] = {
        "later": TemporaryFailure("busy"),
        "never": PermanentFailure("gone"),
        "untrue": Superseded("not any more"),
        "broken": ValueError("with a name in it"),
    }

    def handle(row: OutboxRow, _at: object) -> str:
        error = errors.get(row.key.split(":")[0])
        if error is not None:
            raise error
        delivered.append(row.key)
        return "id"

    monkeypatch.setitem(outbox._handlers, "test", handle)
    return delivered


def put(key: str, stream: str = "s", **values: Any) -> OutboxRow:
    with transaction.atomic():
        outbox.enqueue(Parcel("test", key, stream, {}), at=NOON, **values)
    return OutboxRow.objects.get(key=key)


def test_a_row_is_delivered_once_however_often_it_is_rung_for(sent: list[str]) -> None:
    row = put("a")
    assert outbox.deliver(row.pk, at=later(seconds=1)) == OutboxState.DONE
    assert outbox.deliver(row.pk, at=later(seconds=2)) is None
    assert sent == ["a"]


def test_the_same_key_is_one_row(sent: list[str]) -> None:
    put("a")
    put("a", stream="other")
    assert OutboxRow.objects.count() == 1


def test_nothing_leaves_before_its_time(sent: list[str]) -> None:
    row = put("a", not_before=later(seconds=10))
    assert outbox.deliver(row.pk, at=later(seconds=9)) is None
    assert outbox.due_rows(at=later(seconds=9)) == []
    assert outbox.deliver(row.pk, at=later(seconds=10)) == OutboxState.DONE


def test_rows_of_a_stream_leave_in_order_and_others_do_not_wait(sent: list[str]) -> None:
    first, second, other = put("later:1"), put("b"), put("c", stream="t")
    assert outbox.deliver(second.pk, at=NOON) is None
    assert outbox.deliver(first.pk, at=NOON) == OutboxState.WAITING
    assert outbox.deliver(second.pk, at=NOON) is None
    assert outbox.deliver(other.pk, at=NOON) == OutboxState.DONE
    OutboxRow.objects.filter(pk=first.pk).update(state=OutboxState.FAILED)
    assert outbox.deliver(second.pk, at=NOON) == OutboxState.DONE


def test_a_temporary_failure_comes_back_later_each_time_and_ends_with_staff(sent: list[str]) -> None:
    row = put("later:1")
    told: list[str] = []
    outbox._failure_listeners.append(lambda failed, _at: told.append(failed.key))
    at, waits = NOON, []
    for _ in range(len(outbox.BACK_OFF)):
        assert outbox.deliver(row.pk, at=at) == OutboxState.WAITING
        row.refresh_from_db()
        waits.append(row.not_before - at)
        assert outbox.deliver(row.pk, at=row.not_before - timedelta(seconds=1)) is None
        at = row.not_before
    assert waits == sorted(waits)
    assert outbox.deliver(row.pk, at=at) == OutboxState.FAILED
    outbox._failure_listeners.pop()
    assert told == ["later:1"]
    row.refresh_from_db()
    assert row.last_error == "busy"


@pytest.mark.parametrize(
    ("key", "state"), [("never:1", OutboxState.FAILED), ("untrue:1", OutboxState.SUPERSEDED)]
)
def test_what_can_never_be_said_ends_at_once(sent: list[str], key: str, state: OutboxState) -> None:
    row = put(key)
    assert outbox.deliver(row.pk, at=NOON) == state
    assert outbox.deliver(row.pk, at=later(days=1)) is None


def test_an_unknown_error_keeps_its_words_out_of_the_row(sent: list[str]) -> None:
    row = put("broken:1")
    assert outbox.deliver(row.pk, at=NOON) == OutboxState.WAITING
    row.refresh_from_db()
    assert row.last_error == "ValueError"


def test_a_killed_workers_row_comes_free_when_its_lease_ends(sent: list[str]) -> None:
    row = put("a")
    assert outbox.claim(row.pk, at=NOON) is not None
    assert outbox.deliver(row.pk, at=NOON + outbox.LEASE) is None
    assert outbox.deliver(row.pk, at=NOON + outbox.LEASE + timedelta(seconds=1)) == OutboxState.DONE
    assert sent == ["a"]


def test_a_worker_that_lost_its_lease_writes_nothing(sent: list[str]) -> None:
    row = put("a")
    slow = outbox.claim(row.pk, at=NOON)
    assert slow is not None
    outbox.deliver(row.pk, at=later(minutes=10))
    outbox._finish(slow, at=later(minutes=11), state=OutboxState.FAILED, error="late")
    row.refresh_from_db()
    assert (row.state, row.last_error) == (OutboxState.DONE, "")


def test_only_a_failed_row_is_sent_again_and_a_second_click_does_nothing(sent: list[str]) -> None:
    row = put("never:1")
    assert not outbox.send_again(row.pk, at=NOON)
    outbox.deliver(row.pk, at=NOON)
    assert outbox.send_again(row.pk, at=later(hours=1))
    assert not outbox.send_again(row.pk, at=later(hours=1))
    row.refresh_from_db()
    assert (row.state, row.attempts) == (OutboxState.WAITING, 0)


def test_rows_behind_one_that_waits_do_not_hide_those_that_could_leave(sent: list[str]) -> None:
    for number in range(3):
        held = put(f"later:{number}", stream=f"s{number}")
        outbox.deliver(held.pk, at=NOON)
        put(f"behind:{number}", stream=f"s{number}")
    free = put("a", stream="free")
    assert outbox.due_rows(at=NOON, limit=2) == [free.pk]


def test_a_worker_that_lost_its_lease_tells_nobody_and_a_deaf_listener_stops_nothing(
    sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def deaf(_row: OutboxRow, _at: object) -> None:
        raise ValueError

    monkeypatch.setattr(outbox, "_failure_listeners", [deaf, lambda row, _at: told.append(row.key)])
    row = put("a")
    slow = outbox.claim(row.pk, at=NOON)
    assert slow is not None
    outbox.deliver(row.pk, at=later(minutes=10))
    outbox._finish(slow, at=later(minutes=11), state=OutboxState.FAILED, error="late")
    assert told == []
    assert outbox.deliver(put("never:1").pk, at=NOON) == OutboxState.FAILED
    assert told == ["never:1"]


def test_one_row_that_cannot_be_worked_on_stops_neither_the_others_nor_the_heart(
    sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = put("a"), put("b", stream="t")
    deliver = outbox.deliver

    def broken(row_id: int, *, at: datetime) -> OutboxState | None:
        if row_id == first.pk:
            raise ValueError
        return deliver(row_id, at=at)

    monkeypatch.setattr(outbox, "deliver", broken)
    tasks.sweep()
    assert sent == ["b"]
    assert second.pk > first.pk
    assert Heartbeat.objects.filter(name="sweeper").exists()
