"""The milestone columns, worked out again from the events (design §4).

They are copies kept for speed: what the events say counts. Undone acts and the events that undo them say nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from requests_app.models import BorrowingEvent, BorrowingRequest
from requests_app.services.base import lock_request
from requests_app.workflow import TABLE

SUBMISSIONS = frozenset({"submit", "import_submit"})
MILESTONES = ("submitted_at", *(state.milestone for state in TABLE.states if state.milestone), "closed_at")
COLUMNS: tuple[str, ...] = tuple(dict.fromkeys(MILESTONES))
CHUNK = 200

BY_ACTION: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "close_supplied": ("delivered_at", False),
        "deliver_copy": ("received_at", True),
        "hand_over": ("delivered_at", True),
        "lender_copy": ("shipped_at", True),
    }
)
"""What an act reaches on the way without stopping in its state: the column, and whether only the first time counts."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of one request that is not what its events say."""

    number: str
    column: str
    stands: datetime | None
    should: datetime | None


def effective(events: Iterable[BorrowingEvent]) -> list[BorrowingEvent]:
    """The events that still hold, in order."""
    known = list(events)
    undone = {event.reverses for event in known if event.reverses is not None}
    return [event for event in known if event.reverses is None and event.act not in undone]


def milestones_of(events: Iterable[BorrowingEvent]) -> dict[str, datetime | None]:
    """Every milestone column as the events of one request give it."""
    found: dict[str, datetime | None] = dict.fromkeys(COLUMNS)
    for event in effective(events):
        state = TABLE.state(event.to_state)
        if event.action in SUBMISSIONS:
            found["submitted_at"] = event.happened_at
        if state.milestone and event.to_state != event.from_state:
            _reach(found, state.milestone, event.happened_at, first_only=state.first_time_only)
        if event.action in BY_ACTION:
            column, first_only = BY_ACTION[event.action]
            _reach(found, column, event.happened_at, first_only=first_only)
        if event.to_state != event.from_state:
            # Words that came while it stood in a state that was undone later say nothing about its end.
            found["closed_at"] = (found["closed_at"] or event.happened_at) if state.final else None
    return found


def _reach(found: dict[str, datetime | None], column: str, at: datetime, *, first_only: bool) -> None:
    if found[column] is None or not first_only:
        found[column] = at


def differences(requests: QuerySet[BorrowingRequest]) -> Iterator[Difference]:
    """Where columns and events disagree, request by request. Memory holds one chunk at a time."""
    last = 0
    while chunk := _chunk(requests, last):
        for request in chunk:
            yield from _differences(request, milestones_of(request.events.all()))
        last = chunk[-1].pk


def _chunk(requests: QuerySet[BorrowingRequest], after: int) -> Sequence[BorrowingRequest]:
    events = BorrowingEvent.objects.only(
        "request_id", "act", "action", "from_state", "to_state", "happened_at", "reverses"
    ).order_by("id")
    found = requests.filter(pk__gt=after).order_by("pk").only("pk", "number", *COLUMNS)
    return list(found.prefetch_related(Prefetch("events", events))[:CHUNK])


def _differences(request: BorrowingRequest, should: dict[str, datetime | None]) -> Iterator[Difference]:
    for column in COLUMNS:
        stands = getattr(request, column)
        if stands != should[column]:
            yield Difference(request.number, column, stands, should[column])


def rebuild(number: str) -> bool:
    """Write the columns of one request anew; False when they were right. Changes neither state nor version."""
    with transaction.atomic():
        known = BorrowingRequest.objects.filter(number=number).values_list("pk", flat=True).first()
        request = lock_request(known or 0)
        should = milestones_of(request.events.order_by("id"))
        wrong = [each.column for each in _differences(request, should)]
        # Without a submission in its events a request keeps the one it has: the column cannot be empty.
        wrong = [column for column in wrong if column != "submitted_at" or should[column] is not None]
        for column in wrong:
            setattr(request, column, should[column])
        if wrong:
            request.save(update_fields=wrong)
        return bool(wrong)
