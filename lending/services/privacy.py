"""The two clocks of a lending request: the reader it was for goes first, years later the words of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from illservice.core import retention
from illservice.core.errors import Refused
from illservice.core.retention import Case, Occasion
from lending.models import LendingRequest, LendingTimer
from lending.services.base import lock_request
from lending.workflow.timers import FORGET, UNLINK, forget_at, unlink_at

AGAIN = timedelta(days=7)
"""When something still owed kept a request as it is, it is looked at again after so long."""
CHUNK = 200
PACE = timedelta(minutes=1)
"""Dates that have passed already are spread, a chunk a minute, so that other clocks are not kept waiting."""


def case_of(request: LendingRequest) -> Case:
    """A request as the erasers know it: whose it was is known to the borrower alone."""
    return Case(side="L", pk=request.pk, number=request.number, library_id=request.library_id)


def anonymise(*, request_id: int, at: datetime) -> None:
    """Erase the reader of a closed request: address, the borrower's words, notes. Refused while open (`open`)."""
    with transaction.atomic():
        case = _closed_case(request_id)
        for keep in retention.reasons_against(case):
            raise Refused(keep.words, code=keep.code)
        retention.erase(Occasion.PERSON, case, at)
        LendingTimer.objects.filter(request_id=case.pk, kind=UNLINK, finished_at__isnull=True).delete()


def forget_citation(*, request_id: int, at: datetime) -> None:
    """Erase the words of what was asked for, for good. Refused while it is open (`open`)."""
    with transaction.atomic():
        retention.erase(Occasion.CITATION, _closed_case(request_id), at)


def _closed_case(request_id: int) -> Case:
    request = lock_request(request_id)
    if request.is_open:
        raise Refused(_("It is still open."), code="open")
    return case_of(request)


def unlink_when_due(*, request_id: int, at: datetime) -> None:
    """What the timer does: look again whether the time has come, for the rules may have changed since."""
    with transaction.atomic():
        due = unlink_at(lock_request(request_id))
        if due is None:
            return
        if due > at:
            _start(request_id, UNLINK, due)
            return
        try:
            anonymise(request_id=request_id, at=at)
        except Refused:
            _start(request_id, UNLINK, at + AGAIN)


def forget_when_due(*, request_id: int, at: datetime) -> None:
    """The same for the words."""
    with transaction.atomic():
        due = forget_at(lock_request(request_id))
        if due is None:
            return
        if due > at:
            _start(request_id, FORGET, due)
            return
        forget_citation(request_id=request_id, at=at)


def _start(request_id: int, kind: str, due: datetime) -> None:
    LendingTimer.objects.create(request_id=request_id, kind=kind, due_at=due)


def retime(requests: QuerySet[LendingRequest], at: datetime) -> int:
    """Work the dates of closed requests out again, after a rule changed; returns how many were looked at."""
    waiting = requests.filter(closed_at__isnull=False, forgotten_at__isnull=True).order_by("pk")
    looked, last = 0, 0
    while keys := list(waiting.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        _retime_some(keys, floor=at + PACE * (looked // CHUNK))
        looked, last = looked + len(keys), keys[-1]
    return looked


def _retime_some(keys: list[int], *, floor: datetime) -> None:
    with transaction.atomic():
        locked = LendingRequest.objects.select_for_update(of=("self",), no_key=True)
        found = locked.select_related("library__privacy_rules").filter(pk__in=keys, closed_at__isnull=False)
        wanted = [each for request in found.order_by("pk") for each in _wanted(request, floor)]
        LendingTimer.objects.filter(
            request_id__in=keys, kind__in=(UNLINK, FORGET), finished_at__isnull=True
        ).delete()
        LendingTimer.objects.bulk_create(wanted)


def _wanted(request: LendingRequest, floor: datetime) -> Iterator[LendingTimer]:
    first = None if request.anonymised_at else unlink_at(request)
    for kind, due in ((UNLINK, first), (FORGET, forget_at(request))):
        if due is not None:
            yield LendingTimer(request=request, kind=kind, due_at=max(due, floor))
