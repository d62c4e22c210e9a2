"""What is open elsewhere goes on here: who has it, where it lies, what waits, and which times count.

Nobody is written to. Times count from when the request came to its status; what a patron would have been told before
the import counts as told.
"""

from collections.abc import Sequence
from datetime import date, datetime

from illservice.core.clock import local_date
from illservice.core.workflow import Beside, go_on
from illservice.directory.calendars import end_of_day, patron_due_date
from illservice.directory.models import Library, Partnership
from illservice.directory.selectors import main_branch_id, open_days
from illservice.directory.services.illiad.transaction import PartnerCode
from illservice.policies.calendars import answer_by, spared_until
from illservice.policies.rules import Asked
from illservice.policies.selectors import shelf_of
from illservice.policies.terms import Side
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
from requests_app.services.dates import reply_until
from requests_app.services.illiad.places import NEEDS_LENDER, SUPPLIED
from requests_app.services.illiad.record import Record
from requests_app.workflow import MACHINE
from requests_app.workflow import states as s
from requests_app.workflow.nudges import ALL_TIMERS
from requests_app.workflow.policy import policy_terms
from requests_app.workflow.states import HoldKind, MarkKind

Opened = tuple[Record, BorrowingRequest, LenderTry | None]


def _grace(request: BorrowingRequest, at: datetime) -> date | None:
    """What is long overdue does not count as lost before the desk has had time to look for it."""
    if request.patron_due is None or request.state != s.ON_LOAN:
        return None
    today = local_date(at, request.library.timezone)
    return spared_until(policy_terms(request), Side.BORROWING, request.patron_due, today)


BESIDE = Beside(
    names=(*MACHINE.beside, "location"),
    timers=BorrowingTimer,
    marks=BorrowingMark,
    kinds=ALL_TIMERS,
    told={
        "due_soon": "",
        "shelf_reminder": "",
        "overdue": MarkKind.OVERDUE,
        "need_by": MarkKind.NEED_BY,
        "not_shipped": MarkKind.NOT_SHIPPED,
    },
    spared="lost",
    spared_by=MarkKind.OVERDUE,
    grace=_grace,
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
        self._days = open_days(library, Side.BORROWING)
        known = Partnership.objects.filter(library=library)
        self.return_addresses = dict(known.values_list("partner_id", "return_address"))
        self._policies = shelf_of(library.pk, Side.BORROWING)

    def policy_id(self, request: BorrowingRequest, partner_id: int | None) -> int | None:
        """The policy that decides the request from now on: what another system promised, it did not say."""
        asked = Asked(
            on=self._today,
            partner_id=partner_id,
            category=request.patron_category,
            material=request.material,
            kind=request.kind,
        )
        return self._policies.decide(asked).version_id

    def location_id(self, request: BorrowingRequest, record: Record) -> int | None:
        """Where the item lies, as far as an export says it: where the patron picks up, or at the main desk."""
        if record.state not in s.HERE:
            return None
        at_branch = request.pickup_branch_id is not None and record.state in _AT_BRANCH
        return request.pickup_branch_id if at_branch else self._main

    def patron_due(self, request: BorrowingRequest, record: Record) -> date | None:
        """The date that the patron was told, else the one that follows from the lender's."""
        due = record.transaction.due
        if record.state in TOLD:
            return due
        if record.transaction.kind == Wanted.COPY or record.state not in _NOT_TOLD:
            return None
        buffer_days = policy_terms(request).return_buffer_days
        return patron_due_date(due, buffer_days=buffer_days, days=self._days, today=self._today)

    def answer_by(self, request: BorrowingRequest, asked_at: datetime) -> datetime:
        """By when the lender answers that was asked at this moment."""
        zone = self.library.timezone
        day = answer_by(policy_terms(request), local_date(asked_at, zone), self._days)
        return end_of_day(day, zone)

    def reply_by(self, request: BorrowingRequest) -> datetime:
        """Until when questions that were open at the import are waited for."""
        return reply_until(request, self.at)


def prepare_open(request: BorrowingRequest, record: Record, desk: Desk, partner_id: int | None) -> None:
    """What an unsaved request knows beside its place; `partner_id` is the lender who is asked or sent it.

    Saves nothing.
    """
    request.policy_id = desk.policy_id(request, partner_id)
    request.location_id = desk.location_id(request, record)
    request.patron_due = desk.patron_due(request, record)
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
        found.answer_by = desk.answer_by(request, asked_at)
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
            reply_by=desk.reply_by(request) if place.hold == HoldKind.WAITING_PATRON else None,
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
            reply_by=desk.reply_by(request),
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
