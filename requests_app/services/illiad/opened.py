"""What is open elsewhere goes on here: who has it, where it lies, what waits, and which times count.

Nobody is written to. Times count from when the request came to its status; what a patron would have been told before
the import counts as told.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from illservice.core.clock import local_date
from illservice.core.workflow import Beside, go_on
from illservice.directory.calendars import patron_due_date
from illservice.directory.models import Library, Partnership
from illservice.directory.selectors import main_branch_id, open_days
from illservice.directory.services.illiad.transaction import PartnerCode
from requests_app.models import (
    BorrowingHold,
    BorrowingMark,
    BorrowingQuestion,
    BorrowingRequest,
    BorrowingTimer,
    Delivery,
    LenderTry,
    RequestItem,
    TryStatus,
    Wanted,
)
from requests_app.services.illiad.places import NEEDS_LENDER, SUPPLIED
from requests_app.services.illiad.record import Record
from requests_app.workflow import MACHINE
from requests_app.workflow import states as s
from requests_app.workflow.states import HoldKind, MarkKind
from requests_app.workflow.timers import TIMERS

Opened = tuple[Record, BorrowingRequest, LenderTry | None]

BESIDE = Beside(
    names=("tries", "holds", "questions", "marks", "items", "timers", "location"),
    timers=BorrowingTimer,
    marks=BorrowingMark,
    kinds=TIMERS,
    told={"due_soon": "", "overdue": MarkKind.OVERDUE},
)
TOLD = frozenset({s.ON_SHELF, s.ON_LOAN})
"""Where the patron knows the date that the export has."""
_NOT_TOLD = frozenset({s.AT_DESK, s.TO_BRANCH})
_AT_BRANCH = frozenset({s.TO_BRANCH, s.ON_SHELF, s.ON_LOAN, s.FROM_BRANCH})
_STATUS = {
    s.ASKED: TryStatus.ASKED,
    s.PROMISED: TryStatus.PROMISED,
    s.ON_THE_WAY: TryStatus.SHIPPED,
    s.RETURNED: TryStatus.RETURNED,
    s.COMPLETED: TryStatus.DONE,
}


class Desk:
    """What a library knows of itself, read once for a batch."""

    def __init__(self, library: Library, at: datetime) -> None:
        self.library, self.at = library, at
        self._today = local_date(at, library.timezone)
        self._main = main_branch_id(library.pk)
        self._days = open_days(library)
        known = Partnership.objects.filter(library=library)
        self.return_addresses = dict(known.values_list("partner_id", "return_address"))
        self._answer_days = dict(known.values_list("partner_id", "answer_days"))

    def location_id(self, request: BorrowingRequest, record: Record) -> int | None:
        """Where the item lies, as far as an export says it: where the patron picks up, or at the main desk."""
        if record.state not in s.HERE:
            return None
        at_branch = request.pickup_branch_id is not None and record.state in _AT_BRANCH
        return request.pickup_branch_id if at_branch else self._main

    def patron_due(self, record: Record) -> date | None:
        """The date that the patron was told, else the one that follows from the lender's."""
        due = record.transaction.due
        if record.state in TOLD:
            return due
        if record.transaction.kind == Wanted.COPY or record.state not in _NOT_TOLD:
            return None
        return patron_due_date(
            due, buffer_days=self.library.return_buffer_days, days=self._days, today=self._today
        )

    def answer_by(self, partner_id: int, asked_at: datetime) -> datetime:
        """By when a lender answers: as agreed with it, else as the library expects of everybody."""
        return asked_at + timedelta(days=self._answer_days.get(partner_id) or self.library.answer_days)

    @property
    def reply_by(self) -> datetime:
        """Until when questions that were open at the import are waited for."""
        return self.at + timedelta(days=self.library.answer_days)


def prepare_open(request: BorrowingRequest, record: Record, desk: Desk) -> None:
    """What an unsaved request knows beside its place. Saves nothing."""
    request.location_id = desk.location_id(request, record)
    request.patron_due = desk.patron_due(record)
    request.conditions = list(record.transaction.conditions) if record.state in SUPPLIED else []


def try_of(
    request: BorrowingRequest, record: Record, lender: PartnerCode, partner_id: int, desk: Desk | None
) -> LenderTry:
    """The lender who has it, had it, or is asked. When it was asked stands nowhere: with the request, or its status."""
    known = record.transaction
    asked_at = known.placed_at if record.state == s.ASKED else known.submitted_at
    found = LenderTry(
        request=request,
        ordinal=1,
        partner_id=partner_id,
        system=lender.system,
        system_number=known.partner_number,
        status=_STATUS.get(record.state, TryStatus.RECEIVED),
        open=record.state in NEEDS_LENDER,
        asked_at=asked_at,
        ended_at=known.placed_at if record.state == s.COMPLETED else None,
        lender_due=known.due,
        conditions=list(known.conditions) if record.is_open else [],
        cost=known.cost,
        cost_currency=known.currency,
    )
    if desk is not None:
        found.return_address = desk.return_addresses.get(partner_id, "")
    if desk is not None and record.state == s.ASKED:
        found.answer_by = desk.answer_by(partner_id, asked_at)
    if record.state == s.ON_THE_WAY:
        found.shipped_at = known.placed_at
    return found


def beside_opened(opened: Sequence[Opened], desk: Desk) -> None:
    """Give saved requests what stands beside them, their timers, and their queues. A constant number of statements."""
    _items(opened)
    _beside(opened, desk)
    go_on(MACHINE, [request for _record, request, _try in opened], BESIDE, at=desk.at)


def _items(opened: Sequence[Opened]) -> None:
    """What came, unless it is a file that waits to be looked at."""
    RequestItem.objects.bulk_create(
        RequestItem(
            request=request,
            lender_try=lender_try,
            barcode=record.transaction.barcode,
            call_number=record.transaction.call_number,
            pieces=record.transaction.pieces,
            received_at=record.received_at or record.transaction.placed_at,
            returned_at=record.transaction.placed_at if record.state == s.RETURNED else None,
        )
        for record, request, lender_try in opened
        if record.state in SUPPLIED and record.delivery != Delivery.ELECTRONIC
    )


def _beside(opened: Sequence[Opened], desk: Desk) -> None:
    places = [
        (record.transaction, record.transaction.place, request, each) for record, request, each in opened
    ]
    BorrowingHold.objects.bulk_create(
        BorrowingHold(
            request=request,
            kind=place.hold,
            opened_at=known.placed_at,
            reply_by=desk.reply_by if place.hold == HoldKind.WAITING_PATRON else None,
        )
        for known, place, request, _try in places
        if place.hold
    )
    BorrowingQuestion.objects.bulk_create(
        BorrowingQuestion(
            request=request,
            lender_try=lender_try,
            kind=place.question,
            asked_at=known.placed_at,
            reply_by=desk.reply_by,
        )
        for known, place, request, lender_try in places
        if place.question
    )
    BorrowingMark.objects.bulk_create(
        BorrowingMark(
            request=request,
            kind=place.mark,
            at=known.placed_at,
            until=known.due if place.mark == MarkKind.RECALLED else None,
        )
        for known, place, request, _try in places
        if place.mark
    )
