"""Doors of the machinery: the health page that monitors and containers ask."""

from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from illservice.core import clock, health, timers

SWEEPER_SECONDS = 90.0

Check = dict[str, Any]


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when requests can be worked on, otherwise 503. A lost broker alone only delays, so it is reported only.

    `{"status": "ok"|"failing", "checks": {"web"|"database"|"sweeper"|"clocks"|"broker": {"ok": bool, ...}}}`
    """
    checks: dict[str, Check] = {"web": {"ok": True}, "database": _database(), "broker": _broker()}
    reached = checks["database"]["ok"]
    checks["sweeper"] = _sweeper() if reached else {"ok": False, "age_seconds": None}
    checks["clocks"] = _clocks() if reached else {"ok": False, "late": []}
    well = all(check["ok"] for name, check in checks.items() if name != "broker")
    return JsonResponse(
        {"status": "ok" if well else "failing", "checks": checks}, status=200 if well else 503
    )


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return {"ok": cursor.fetchone() == (1,)}
    except DatabaseError:
        return {"ok": False}


def _sweeper() -> Check:
    try:
        age = health.age_in_seconds("sweeper", at=clock.now())
    except DatabaseError:  # not migrated yet
        age = None
    return {
        "ok": age is not None and age <= SWEEPER_SECONDS,
        "age_seconds": None if age is None else round(age, 1),
    }


def _clocks() -> Check:
    """Each clock that has not run to its end in time, with its age and what broke its last run off."""
    try:
        late = [each for each in timers.standings(now=clock.now()) if each.is_late]
    except DatabaseError:  # not migrated yet
        return {"ok": False, "late": []}
    return {
        "ok": not late,
        "late": [
            {
                "name": each.clock.name,
                "age_seconds": None if each.age_seconds is None else round(each.age_seconds, 1),
                "error": each.run.error if each.run else "",
            }
            for each in late
        ],
    }


def _broker() -> Check:
    client = redis.Redis.from_url(settings.REDIS_LOCATION, socket_connect_timeout=1, socket_timeout=1)
    try:
        return {"ok": bool(client.ping())}
    except (redis.RedisError, OSError):
        return {"ok": False}
    finally:
        client.close()
