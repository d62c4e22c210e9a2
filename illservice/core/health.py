"""Heartbeats of the parts that must run."""

from datetime import datetime

from illservice.core.models import Heartbeat


def beat(name: str, *, at: datetime) -> None:
    """Say that a part ran."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at})


def age_in_seconds(name: str, *, at: datetime) -> float | None:
    """Seconds since a part last ran, None when it never did."""
    last = Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
    return None if last is None else (at - last).total_seconds()
