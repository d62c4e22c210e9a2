"""What the machinery's own tables hold about people, and the clock that deletes by age."""

import logging
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from illservice.core import health, outbox
from illservice.core.models import IdempotencyRecord, OutboxRow, OutboxState
from illservice.core.retention.registry import (
    Case,
    Held,
    Occasion,
    prunes,
    register,
    register_harmless,
    work_dates_out,
)

logger = logging.getLogger(__name__)

REPEATS_FOR = timedelta(days=30)
"""So long the same form sent again is known: nobody's browser keeps a page for longer."""
RETIME = "privacy_retime"
"""Rows of the outbox: the dates on which closed requests go are worked out again."""
EVERY_SECONDS = 3600.0
AT_ONCE = 1000


def prune_by_age(at: datetime) -> int:
    """The clock: once an hour, what is old is deleted whosever it is; returns how many rows went."""
    done = 0
    for held in prunes():
        name = f"retention {held.code}"[:40]
        age = health.age_in_seconds(name, at=at)
        if held.prune is None or (age is not None and age < EVERY_SECONDS):
            continue
        health.beat(name, at=at)
        try:
            done += held.prune(at)
        except Exception:
            logger.exception("what is old of %s could not be deleted", held.code)
    return done


def _forget_repeats(at: datetime) -> int:
    old = IdempotencyRecord.objects.filter(at__lte=at - REPEATS_FOR).order_by("at")
    return IdempotencyRecord.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:AT_ONCE])).delete()[
        0
    ]


def _quiet_mails(case: Case, _at: datetime) -> None:
    """That a mail was sent stays; by which it could be found on a mail server goes."""
    sent = OutboxRow.objects.filter(subject=case.number, library=case.library_id)
    ended = sent.exclude(state__in=(OutboxState.WAITING, OutboxState.LEASED))
    ended.update(result="", last_error="", bundle="")
    for row in ended.filter(payload__has_key="proxy"):
        row.payload.pop("proxy")
        row.save(update_fields=["payload"])


def _work_dates_out(row: OutboxRow, at: datetime) -> str:
    return f"{work_dates_out(row.payload, at)} requests"


def register_own() -> None:
    """Make it known. Called once, when the machinery's app is ready."""
    outbox.register(RETIME, _work_dates_out)
    register(
        Held(
            code="repeats",
            label=_("The keys of forms that were sent"),
            why=_("So that a form that is sent twice does its work once."),
            until=_("30 days."),
            fields={"ill_core.IdempotencyRecord": "scope key result"},
            prune=_forget_repeats,
            position=90,
        )
    )
    register(
        Held(
            code="outbox",
            label=_("That something was sent about a request, and when"),
            why=_("So that staff can see what you were told and send again what failed."),
            until=_("It stays without anything by which it could be traced to you."),
            fields={"ill_core.OutboxRow": "payload last_error result bundle"},
            on={Occasion.PERSON: _quiet_mails},
            position=80,
        )
    )
    register_harmless("ill_core.OutboxRow", "kind key subject stream", "keys and kinds, no person")
    register_harmless("ill_core.Counter", "name", "names of counters")
    register_harmless("ill_core.Heartbeat", "name", "names of clocks")
    register_harmless("ill_core.ClockRun", "name parts worked error", "names, counts and kinds of failure")
    register_harmless(
        "ill_core.AuditEntry",
        "actor_kind actor_id model object_pk action changed",
        "staff who changed master data, and the names of columns, never what stood in them",
    )
