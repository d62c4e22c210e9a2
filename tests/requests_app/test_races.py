"""Two people, two workers, one request: only on PostgreSQL, where transactions truly run side by side."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection

from illservice.core.errors import IllError, StaleVersion, WrongState
from illservice.core.models import OutboxRow
from requests_app.models import BorrowingEvent, BorrowingRequest, LenderTry
from requests_app.services import items, lenders
from requests_app.services.clocks import run_due_timers
from requests_app.services.submit import submit
from requests_app.workflow import TABLE
from requests_app.workflow.facts import facts_of
from tests.requests_app.verbs import VERBS
from tests.world import NOON, World, ask_for, later, make_world, new_loan, set_terms

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("on_postgresql")]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def at_once(*jobs: Callable[[], object]) -> list[object]:
    """Run the jobs in threads that start together; the result or the error of each, in order."""
    barrier = threading.Barrier(len(jobs))
    results: list[object] = [None] * len(jobs)

    def run(place: int, job: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=20)
            results[place] = job()
        except (IllError, DatabaseError, threading.BrokenBarrierError) as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def asked(world: World) -> BorrowingRequest:
    request, desk = ask_for(world.north), world.north.actor()
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
    )
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    return BorrowingRequest.objects.get(pk=request.pk)


def test_two_desks_receive_it_once(world: World) -> None:
    request, desk = asked(world), world.north.actor()

    def receive() -> None:
        items.receive(
            request_id=request.pk,
            arrival=items.Arrival(),
            actor=desk,
            at=later(days=1),
            version=request.version,
        )

    results = at_once(*[receive] * 8)
    refused = [each for each in results if each is not None]
    assert len(refused) == 7
    assert all(isinstance(each, StaleVersion | WrongState) for each in refused)
    assert request.items.count() == 1
    assert request.events.filter(action="receive").count() == 1


def test_fifty_identical_submits_make_one_request_and_different_ones_make_two(world: World) -> None:
    patron, actor = world.north.patrons["ada"], world.north.patron_actor()

    def send(key: str) -> Callable[[], object]:
        return lambda: submit(patron_id=patron.pk, new=new_loan(), actor=actor, at=NOON, key=key)

    numbers = [each for _ in range(5) for each in at_once(*[send("same")] * 10)]
    assert len(set(map(str, numbers))) == 1
    assert BorrowingRequest.objects.count() == 1
    assert BorrowingEvent.objects.count() == 1
    assert OutboxRow.objects.count() == 1
    assert len(set(map(str, at_once(send("one"), send("two"))))) == 2
    assert BorrowingRequest.objects.count() == 3


def test_the_last_place_of_a_limit_is_taken_once(world: World) -> None:
    patron, actor = world.north.patrons["ada"], world.north.patron_actor()
    set_terms(world.north, open_limit=1)
    at_once(*[lambda: submit(patron_id=patron.pk, new=new_loan(), actor=actor, at=NOON)] * 6)
    held = BorrowingRequest.objects.filter(holds__kind="limit").count()
    assert (BorrowingRequest.objects.count(), held) == (6, 5)


def test_a_timer_is_worked_off_once_by_many_clocks(world: World) -> None:
    request = asked(world)
    at_once(*[lambda: run_due_timers(later(days=9))] * 6)
    assert request.events.filter(action="flag").count() == 1
    assert request.marks.filter(kind="lender_silent").count() == 1


def test_twenty_threads_with_every_action_lose_nothing(world: World) -> None:
    """R3: whoever loses gets an answer, nobody a deadlock; the history is without gap."""
    request, desk = asked(world), world.north.actor("head")

    def storm(turn: int) -> Callable[[], object]:
        def run() -> Iterator[Any] | None:
            for step in range(6):
                fresh = BorrowingRequest.objects.get(pk=request.pk)
                rows = TABLE.allowed(fresh.state, desk, facts_of(fresh))
                actions = [row.action for row in rows if row.action in VERBS]
                try:
                    VERBS[actions[(turn * 7 + step) % len(actions)]](fresh, desk, later(days=1, seconds=step))
                except (IllError, IndexError):
                    continue
            return None

        return run

    results = at_once(*[storm(turn) for turn in range(20)])
    assert [each for each in results if each is not None] == []
    done = BorrowingRequest.objects.get(pk=request.pk)
    raising = [row.action for row in TABLE.rows if not row.keeps_version]
    versions = list(done.events.filter(action__in=raising).order_by("id").values_list("version", flat=True))
    assert versions == list(range(1, done.version + 1))
    assert done.tries.filter(open=True).count() <= 1


def test_without_the_lock_and_the_version_the_same_race_happens(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: take both guards away and two desks do receive it twice."""
    request, desk = asked(world), world.north.actor()
    gate, sender_of = threading.Barrier(2), items.sender_of

    def unlocked(request_id: int) -> BorrowingRequest:
        return BorrowingRequest.objects.select_related("library").get(pk=request_id)

    def both_have_read(request: BorrowingRequest) -> LenderTry:
        found = sender_of(request)
        gate.wait(timeout=20)
        return found

    def unconditional(act: Any, _seen: int, changed: dict[str, Any]) -> None:
        values = {name: getattr(act.subject, name) for name in {*changed, "version", "undo"}}
        BorrowingRequest.objects.filter(pk=act.subject.pk).update(**values)

    monkeypatch.setattr("requests_app.services.base.lock_request", unlocked)
    monkeypatch.setattr("requests_app.services.items.sender_of", both_have_read)
    monkeypatch.setattr("illservice.core.workflow.act.Act._save_subject", unconditional)

    def receive() -> None:
        items.receive(request_id=request.pk, arrival=items.Arrival(), actor=desk, at=later(days=1))

    assert at_once(receive, receive) == [None, None]
    assert request.items.count() == 2
