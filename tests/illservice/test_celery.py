"""Beat sends the sweep to a worker, and sweeps itself while there is no broker to send it through."""

from pathlib import Path
from typing import Any

import pytest
from celery.beat import ScheduleEntry
from django.conf import settings
from kombu.exceptions import OperationalError

from illservice.celery import Clock, app
from illservice.core import clock, health
from illservice.core.tasks import sweep


@pytest.fixture
def beat(tmp_path: Path) -> Clock:
    return Clock(app=app, schedule_filename=str(tmp_path / "beat"), lazy=True)


def entry_of(beat: Clock) -> ScheduleEntry:
    values: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE["sweep"]
    return ScheduleEntry(app=app, name="sweep", **values)


@pytest.mark.django_db
def test_without_a_broker_beat_sweeps_itself(beat: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("illservice.celery.close_old_connections", lambda: None)  # the test's own is in use
    sent: list[Any] = []
    task = app.tasks[sweep.name]
    monkeypatch.setattr(task, "apply_async", lambda *args, **_options: sent.append(args))
    beat.apply_async(entry_of(beat), advance=False)
    assert len(sent) == 1
    assert health.age_in_seconds("sweeper", at=clock.now()) is None

    def away(*_args: Any, **_options: Any) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(task, "apply_async", away)
    beat.apply_async(entry_of(beat), advance=False)
    age = health.age_in_seconds("sweeper", at=clock.now())
    assert age is not None
    assert age < 60


def test_the_first_sweep_is_due_as_soon_as_beat_runs(beat: Clock) -> None:
    beat.setup_schedule()
    first: ScheduleEntry = beat.schedule["sweep"]
    assert first.is_due()[0]
    assert not next(first).is_due()[0]
    beat.close()
