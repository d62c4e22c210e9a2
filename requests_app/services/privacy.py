"""The two clocks of a borrowing request: first its person goes, years later the words of what was asked for.

Both are timers that run once a request is over (workflow/timers.py); a reopened request stops them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from illservice.core import retention
from illservice.core.errors import IllError, Refused
from illservice.core.retention import Case, Occasion, Person
from requests_app.models import BorrowingRequest, BorrowingTimer
from requests_app.services.base import lock_request
from requests_app.workflow.timers import FORGET, UNLINK, forget_at, unlink_at

AGAIN = timedelta(days=7)
"""When a debt or something else kept a request from being unlinked, it is looked at again after so long."""
CHUNK = 200
PACE = timedelta(minutes=1)
"""Dates that have passed already are spread, a chunk a minute, so that other clocks are not kept waiting."""


def case_of(request: BorrowingRequest) -> Case:
    """A request as the erasers know it. Needs its patron."""
    patron = request.patron
    return Case(
        side="B",
        pk=request.pk,
        number=request.number,
        library_id=request.library_id,
        record_id=request.patron_id,
        account_id=patron.user_id if patron else None,
    )


def anonymise(*, request_id: int, at: datetime) -> None:
    """Unlink a closed request from its person for good: nothing in it, or about it, names anybody any more.

    Refused while it is open (`open`), or while something is owed or not returned (the code says what). Doing it again
    erases what was written since.
    """
    with transaction.atomic():
        request = lock_request(request_id)
        if request.is_open:
            raise Refused(_("It is still open."), code="open")
        case = case_of(request)
        for keep in retention.reasons_against(case):
            raise Refused(keep.words, code=keep.code)
        retention.erase(Occasion.PERSON, case, at)
        BorrowingTimer.objects.filter(request_id=case.pk, kind=UNLINK, finished_at__isnull=True).delete()


def forget_citation(*, request_id: int, at: datetime) -> None:
    """Erase the words of what was asked for, and the person, if still linked. Refused while it is open (`open`)."""
    with transaction.atomic():
        request = lock_request(request_id)
        if request.is_open:
            raise Refused(_("It is still open."), code="open")
        retention.erase(Occasion.CITATION, case_of(request), at)


def unlink_when_due(*, request_id: int, at: datetime) -> None:
    """What the timer does: look again whether the time has come, for rules and wishes may have changed since."""
    with transaction.atomic():
        request = lock_request(request_id)
        due = unlink_at(request, charged=retention.was_charged(case_of(request)))
        if request.is_open or due is None:
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
        request = lock_request(request_id)
        due = forget_at(request)
        if request.is_open or due is None:
            return
        if due > at:
            _start(request_id, FORGET, due)
            return
        forget_citation(request_id=request_id, at=at)


def _start(request_id: int, kind: str, due: datetime) -> None:
    BorrowingTimer.objects.create(request_id=request_id, kind=kind, due_at=due)


def finish_requests(person: Person, at: datetime) -> int:
    """Unlink all requests of a person that are over, each in its own transaction; returns how many."""
    over = BorrowingRequest.objects.filter(patron_id=person.record_id, closed_at__isnull=False)
    done = 0
    for request_id in list(over.order_by("pk").values_list("pk", flat=True)):
        try:
            anonymise(request_id=request_id, at=at)
        except IllError:
            continue  # the reasons are found again when the record's turn comes
        done += 1
    return done


def retime(requests: QuerySet[BorrowingRequest], at: datetime) -> int:
    """Work the dates of closed requests out again, after a rule or a wish changed; returns how many were looked at.

    In chunks of their own transactions; doing it twice changes nothing.
    """
    waiting = requests.filter(closed_at__isnull=False, forgotten_at__isnull=True).order_by("pk")
    looked, last = 0, 0
    while keys := list(waiting.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        _retime_some(keys, at, floor=at + PACE * (looked // CHUNK))
        looked, last = looked + len(keys), keys[-1]
    return looked


def _retime_some(keys: list[int], at: datetime, *, floor: datetime) -> None:
    with transaction.atomic():
        locked = BorrowingRequest.objects.select_for_update(of=("self",), no_key=True)
        found = locked.select_related("library__privacy_rules", "patron").filter(
            pk__in=keys, closed_at__isnull=False
        )
        wanted = [each for request in found.order_by("pk") for each in _wanted(request, floor)]
        old = BorrowingTimer.objects.filter(
            request_id__in=keys, kind__in=(UNLINK, FORGET), finished_at__isnull=True
        )
        old.delete()
        BorrowingTimer.objects.bulk_create(wanted)


def _wanted(request: BorrowingRequest, floor: datetime) -> Iterator[BorrowingTimer]:
    if request.anonymised_at is None:
        due = unlink_at(request, charged=retention.was_charged(case_of(request)))
        if due is not None:
            yield BorrowingTimer(request=request, kind=UNLINK, due_at=max(due, floor))
    due = forget_at(request)
    if due is not None:
        yield BorrowingTimer(request=request, kind=FORGET, due_at=max(due, floor))
