"""A message reads its subject once, goes without savepoints, and takes care when something is refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from illservice.core.errors import WrongState
from illservice.core.models import Counter
from illservice.core.workflow.held import holding, take_care
from requests_app.models import BorrowingRequest
from requests_app.services import lenders, words
from requests_app.services.base import lock_request
from requests_app.workflow.states import MarkKind
from tests.world import NOON, World, ask_for


def test_the_first_act_takes_over_what_was_locked_and_the_next_one_reads_anew(world: World) -> None:
    request = ask_for(world.north)

    def work() -> list[bool]:
        seen = lock_request(request.pk)
        again = lock_request(request.pk)
        words.flag(request_id=request.pk, kind=MarkKind.PATRON_WROTE, at=NOON)
        return [seen is again, seen is lock_request(request.pk)]

    assert holding(work) == [True, False]
    assert lock_request(request.pk) is not lock_request(request.pk)


def test_a_refusal_is_taken_back_alone_in_a_second_attempt(world: World) -> None:
    request, desk, attempts = ask_for(world.north), world.north.actor(), []

    def work() -> str:
        attempts.append(lock_request(request.pk))
        Counter.objects.create(name="mine")
        try:
            lenders.lender_will(request_id=request.pk, actor=desk, at=NOON)
        except WrongState as refusal:
            take_care()
            words.flag(request_id=request.pk, kind=MarkKind.ODD_NEWS, at=NOON)
            return refusal.code
        return ""

    assert (holding(work), len(attempts)) == ("wrong_state", 2)
    marks = BorrowingRequest.objects.get(pk=request.pk).marks.values_list("kind", flat=True)
    assert (list(marks), Counter.objects.filter(name="mine").count()) == ([MarkKind.ODD_NEWS], 1)


def test_what_is_not_answered_takes_everything_back(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()

    def work() -> None:
        Counter.objects.create(name="mine")
        lenders.lender_will(request_id=request.pk, actor=desk, at=NOON)

    with pytest.raises(WrongState):
        holding(work)
    assert not Counter.objects.filter(name="mine").exists()


def test_an_act_within_needs_no_savepoint_of_its_own(world: World) -> None:
    request = ask_for(world.north)
    with CaptureQueriesContext(connection) as captured:
        holding(lambda: words.flag(request_id=request.pk, kind=MarkKind.PATRON_WROTE, at=NOON))
    frames = [each["sql"] for each in captured.captured_queries if each["sql"].startswith("SAVEPOINT")]
    assert len(frames) == 1  # the test's own transaction stands around it
