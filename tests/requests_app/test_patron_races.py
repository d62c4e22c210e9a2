"""The same form sent fifty times at once (targets R1). Only PostgreSQL lets them really run at the same time."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client

from illservice.core.models import OutboxRow
from requests_app.models import BorrowingEvent, BorrowingRequest
from tests.requests_app.patron_walks import signed_in, to_check
from tests.world import World, make_world

pytestmark = pytest.mark.postgresql

AT_ONCE = 50


@pytest.fixture
def world(on_postgresql: None, transactional_db: None) -> World:
    cache.clear()
    return make_world()


def send_at_once(clients: list[Client], urls: list[str]) -> list[Any]:
    """Each client sends its check page, all at the same time."""

    def send(client: Client, url: str) -> tuple[int, str]:
        try:
            answer = client.post(url, {"seen": "1"})
            return answer.status_code, answer.headers.get("Location", "")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return list(pool.map(send, clients, urls))


def test_fifty_equal_forms_at_once_are_one_request(world: World) -> None:
    patron = world.north.patrons["ada"]
    url = to_check(signed_in(patron))
    answers = send_at_once([signed_in(patron) for _each in range(AT_ONCE)], [url] * AT_ONCE)
    request = BorrowingRequest.objects.get()
    assert set(answers) == {(302, f"/ask/done/{request.number}/")}
    assert BorrowingEvent.objects.filter(request=request).count() == 1
    assert OutboxRow.objects.filter(subject=request.number).count() == 1


def test_two_forms_at_once_are_two_requests(world: World) -> None:
    """The control: it is the form that counts once, not the patron."""
    patron = world.north.patrons["ada"]
    urls = [to_check(signed_in(patron), title=title) for title in ("On bees and honey", "On wasps and figs")]
    answers = send_at_once([signed_in(patron) for _each in range(AT_ONCE)], urls * (AT_ONCE // 2))
    assert {status for status, _place in answers} == {302}
    assert BorrowingRequest.objects.count() == 2
    assert len({place for _status, place in answers}) == 2
