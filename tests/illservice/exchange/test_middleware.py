"""The door for partners' systems: past sessions and sign-in, not past what guards every answer."""

from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils import translation

from illservice.exchange.middleware import MessageDoor
from illservice.exchange.models import Connection
from illservice.protocols.iso18626.codec import write
from illservice.protocols.iso18626.messages import Edition
from tests.illservice.exchange import said

GOOD = write(said.request(), Edition.V1_2)


def send(**headers: str) -> Any:
    return Client().post("/iso18626", GOOD, content_type="application/xml", headers=headers)


def test_an_answer_carries_what_guards_every_answer_and_no_session(eastlake: Connection) -> None:
    answer, page = send(), Client().get("/login/")
    for name in ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy"):
        assert answer.headers[name] == page.headers[name], name
    assert "Content-Security-Policy" in answer.headers
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert (answer.status_code, answer.cookies, "Cookie" in answer.headers.get("Vary", "")) == (
        200,
        {},
        False,
    )


def test_a_host_that_is_not_ours_is_refused_and_leaves_nothing(eastlake: Connection) -> None:
    assert send(Host="attacker.example").status_code == 400


def test_a_busy_database_is_503_with_the_time_to_wait(
    eastlake: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: object, **_names: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("illservice.exchange.views.wire.receive", busy)
    client = Client(raise_request_exception=False)
    answer = client.post("/iso18626", GOOD, content_type="application/xml")
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


def test_only_messages_go_through_it_and_each_in_its_own_language(eastlake: Connection) -> None:
    passed_on: list[str] = []

    def rest(request: Any) -> Any:
        passed_on.append(request.path)
        raise SuspiciousOperation

    door, requests = MessageDoor(rest), RequestFactory()
    for path in ("/iso18626/", "/login/", "/"):
        with pytest.raises(SuspiciousOperation):
            door(requests.get(path))
    with translation.override("es"):
        assert door(requests.get("/iso18626", headers={"Accept-Language": "de"})).status_code == 405
        assert translation.get_language() == "de"
    assert passed_on == ["/iso18626/", "/login/", "/"]
