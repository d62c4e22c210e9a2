"""The outbox: claimed once, in order within a stream, pushed away on failure, never lost."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from illservice.core import bundles, outbox, tasks
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


def put(key: str, stream: str = "s", bundle: str = "", **values: Any) -> OutboxRow:
    with transaction.atomic():
        outbox.enqueue(Parcel("test", key, stream, {}, bundle=bundle), at=NOON, **values)
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
    deliver = outbox._deliver_claimed

    def broken(row: OutboxRow, at: datetime) -> OutboxState:
        if row.pk == first.pk:
            raise ValueError
        return deliver(row, at)

    monkeypatch.setattr(outbox, "_deliver_claimed", broken)
    tasks.sweep()
    assert sent == ["b"]
    assert second.pk > first.pk
    assert Heartbeat.objects.filter(name="sweeper").exists()


def test_a_worker_to_whom_another_was_quicker_looks_again_and_leaves_when_it_always_is(
    sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "MISS_SECONDS", 0)
    put("a"), put("b", stream="t")
    deliver, quicker = outbox.deliver_batch, iter([True])
    monkeypatch.setattr(
        outbox, "deliver_batch", lambda ids, *, at: 0 if next(quicker, False) else deliver(ids, at=at)
    )
    tasks.drain()
    assert sent == ["a", "b"]
    put("c")
    looks: list[int] = []

    def too_late(row_ids: Sequence[int], *, at: datetime) -> int:
        looks.append(len(row_ids))
        return 0

    monkeypatch.setattr(outbox, "deliver_batch", too_late)
    tasks.drain()
    assert (sent, looks) == (["a", "b"], [1] * tasks.MISSES)


def test_of_a_bundle_only_the_oldest_row_can_be_claimed(sent: list[str]) -> None:
    first, second = put("a", "s", "patron:1"), put("b", "t", "patron:1")
    other = put("c", "u", "patron:2")
    assert outbox.claim(second.pk, at=NOON) is None
    assert outbox.claim(first.pk, at=NOON) is not None
    assert outbox.claim(second.pk, at=NOON) is None
    assert outbox.due_rows(at=NOON) == [other.pk]
    assert outbox.claim(other.pk, at=NOON) is not None


def test_a_claimed_row_takes_its_bundle_along_and_closes_it(sent: list[str]) -> None:
    rows = [put(key, key, "patron:1") for key in ("a", "b", "c")]
    held = put("d", "d", "patron:1", not_before=later(hours=1))
    leader = outbox.claim(rows[0].pk, at=NOON)
    assert leader is not None
    bundles.take_along([leader], at=NOON)
    assert [each.key for each in leader.along] == ["b", "c"]
    newcomer = put("e", "e", "patron:1")
    after = NOON + outbox.LEASE + timedelta(seconds=1)
    again = outbox.claim(rows[0].pk, at=after)
    assert again is not None
    bundles.take_along([again], at=after)
    assert [each.key for each in again.along] == ["b", "c"]
    assert again.bundle == leader.bundle
    outbox._finish(again, at=after, state=OutboxState.DONE, result="id")
    states = dict(OutboxRow.objects.values_list("key", "state"))
    assert {key for key, state in states.items() if state == OutboxState.DONE} == {"a", "b", "c"}
    assert outbox.due_rows(at=later(hours=2)) == [held.pk, newcomer.pk]


def test_one_that_is_left_out_has_an_end_of_its_own(sent: list[str]) -> None:
    rows = [put(key, key, "patron:1") for key in ("a", "b", "c")]
    leader = outbox.claim(rows[0].pk, at=NOON)
    assert leader is not None
    bundles.take_along([leader], at=NOON)
    bundles.leave_out(leader.along[0], at=NOON, reason="renewed")
    outbox._again(leader, at=NOON, error="busy")
    found = {row.key: (row.state, row.attempts, row.last_error) for row in OutboxRow.objects.all()}
    assert found["b"] == (OutboxState.SUPERSEDED, 1, "renewed")
    assert found["a"] == found["c"] == (OutboxState.WAITING, 1, "busy")


def test_a_batch_leaves_row_by_row_and_gives_back_what_it_has_no_time_for(
    sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [put(key, key.split(":")[0]) for key in ("a", "later:b", "never:c", "d")]
    blocked = put("a:2", "a")
    assert outbox.deliver_batch([row.pk for row in [*rows, blocked]], at=NOON) == 4
    assert sent == ["a", "d"]
    assert OutboxRow.objects.get(pk=blocked.pk).attempts == 0
    monkeypatch.setattr(outbox, "BATCH_SECONDS", -1.0)
    assert outbox.deliver_batch([blocked.pk], at=NOON) == 0
    row = OutboxRow.objects.get(pk=blocked.pk)
    assert (row.state, row.attempts, row.lease) == (OutboxState.WAITING, 0, None)


def test_what_a_row_took_along_goes_back_with_it(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [put("a", "a", bundle="b"), put("c", "c", bundle="b")]

    @contextmanager
    def together(claimed: Sequence[OutboxRow], at: datetime) -> Iterator[None]:
        bundles.take_along(claimed, at=at)
        yield

    monkeypatch.setitem(outbox._around, "test", together)
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "BATCH_SECONDS", -1.0)
        assert outbox.deliver_batch([rows[0].pk], at=NOON) == 0
    found = set(OutboxRow.objects.values_list("state", "attempts", "lease", "bundle"))
    assert found == {(OutboxState.WAITING, 0, None, f"b#{rows[0].pk}")}
    assert outbox.deliver_batch(outbox.due_rows(at=NOON), at=NOON) == 1
    assert set(OutboxRow.objects.values_list("state", flat=True)) == {OutboxState.DONE}
