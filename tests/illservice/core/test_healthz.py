"""GET /healthz: what monitors and containers see."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client

from illservice.core import clock, health, sweeping, timers, views

NOW = datetime.fromisoformat("2026-03-02T10:00:00+00:00")


@pytest.fixture(autouse=True)
def one_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "_clocks", {})
    timers.register_clock("dates", lambda _at: 0, within=timedelta(minutes=5))


def run_the_clock() -> None:
    list(sweeping.run_clocks(clock.now(), read_clock=clock.now))


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_broker", lambda: {"ok": True})


def _ask() -> tuple[int, dict[str, Any]]:
    answer = Client().get("/healthz")
    return answer.status_code, answer.json()


@pytest.mark.django_db
@pytest.mark.usefixtures("broker")
@time_machine.travel(NOW, tick=False)
def test_it_is_well_with_a_heartbeat_of_90_seconds_and_fails_after() -> None:
    assert _ask()[0] == 503  # never ran
    run_the_clock()
    health.beat("sweeper", at=clock.now() - timedelta(seconds=90))
    status, answer = _ask()
    assert (status, answer["status"]) == (200, "ok")
    assert answer["checks"]["sweeper"] == {"ok": True, "age_seconds": 90.0}
    assert set(answer["checks"]) == {"web", "database", "sweeper", "clocks", "broker"}
    health.beat("sweeper", at=clock.now() - timedelta(seconds=91))
    status, answer = _ask()
    assert (status, answer["status"], answer["checks"]["sweeper"]["ok"]) == (503, "failing", False)


@pytest.mark.django_db
def test_a_lost_broker_alone_is_reported_and_does_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_LOCATION", "unix:///nowhere/valkey.sock")
    health.beat("sweeper", at=clock.now())
    run_the_clock()
    status, answer = _ask()
    assert (status, answer["status"], answer["checks"]["broker"]) == (200, "ok", {"ok": False})


@pytest.mark.django_db
@pytest.mark.usefixtures("broker")
def test_a_clock_that_did_not_run_in_time_fails_and_is_named() -> None:
    with time_machine.travel(NOW, tick=False):
        health.beat("sweeper", at=clock.now() + timedelta(seconds=300))
        assert _ask()[1]["checks"]["clocks"]["late"] == [{"name": "dates", "age_seconds": None, "error": ""}]
        run_the_clock()
        assert _ask()[1]["checks"]["clocks"] == {"ok": True, "late": []}
    with time_machine.travel(NOW + timedelta(seconds=301), tick=False):
        status, answer = _ask()
    assert (status, answer["status"]) == (503, "failing")
    late = [{"name": "dates", "age_seconds": 301.0, "error": ""}]
    assert answer["checks"]["clocks"] == {"ok": False, "late": late}


@pytest.mark.django_db
@pytest.mark.usefixtures("broker")
def test_a_lost_database_fails_without_an_error_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_words: object, **_more: object) -> None:
        raise DatabaseError("gone")

    health.beat("sweeper", at=clock.now())
    monkeypatch.setattr(connection, "cursor", lost)
    status, answer = _ask()
    assert (status, answer["status"]) == (503, "failing")
    assert answer["checks"]["database"] == {"ok": False}


@pytest.mark.django_db
@pytest.mark.usefixtures("broker")
def test_it_needs_no_sign_in_is_not_kept_and_is_cheap(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        answer = Client().get("/healthz")
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert Client().post("/healthz").status_code == 405
