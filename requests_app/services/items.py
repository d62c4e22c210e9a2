"""What arrives, where it lies, and how it goes home."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput, Refused
from illservice.core.workflow import Act, money
from illservice.core.workflow.beside import answer_question, mark, unmark
from illservice.directory.selectors import main_branch_id
from requests_app.models import (
    BorrowingRequest,
    FillSource,
    LenderTry,
    Outcome,
    RequestItem,
    TryStatus,
    Wanted,
)
from requests_app.services.base import acting, codes, own_branch, own_place, receiving_place, sent_by
from requests_app.services.copyright.deciding import decide_late
from requests_app.services.dates import own_date, patron_date, set_patron_date
from requests_app.services.deciding import decide_on_arrival
from requests_app.services.feeding import charge_fee, feed_supply
from requests_app.services.lenders import conditions_bind
from requests_app.workflow.facts import MAY_COME_LATE
from requests_app.workflow.policy import policy_terms
from requests_app.workflow.states import MarkKind, QuestionKind

# No letters or digits that are taken for each other on a slip (0 O, 1 I L, 5 S, 8 B).
_CODE_LETTERS = "ACDEFGHJKMNPQRTUVWXYZ"
_CODE_TRIES = 40
_SHELF_TRIES = 5
MOST_PIECES = 500


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the desk notes when something arrives. `lender_due` is a date as the strap in the book says it."""

    kind: str = Wanted.LOAN
    barcode: str = ""
    call_number: str = ""
    labels: Sequence[str] = ()
    pieces: int = 1
    pieces_expected: int | None = None
    condition: str = ""
    lender_due: date | None = None
    conditions: Sequence[str] = ()
    return_address: str = ""
    cost: Decimal | None = None
    currency: str = ""


def receive(
    *, request_id: int, arrival: Arrival, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """It arrived at the desk. The lender who is being asked sent it, or the last one we had moved on from."""
    with acting("receive", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        lender_try = sender_of(request)
        conditions_bind(act, lender_try)
        decide_on_arrival(act, lender_try, arrival.kind)
        receive_from(act, lender_try, arrival)
        charge_fee(act)
        act.topics["lender_received"] = lender_try
        _add_items(act, lender_try, arrival, second_copy=False)
        lender_due = _lender_date(request, lender_try)
        act.set(
            request,
            kind_supplied=arrival.kind,
            fill_source=FillSource.LENDER,
            outcome=Outcome.FILLED,
            location_id=receiving_place(actor, request.library_id),
            lender_due=lender_due,
            patron_due=None if arrival.kind == Wanted.COPY else patron_date(request, lender_due, at),
            conditions=_all_conditions(request, lender_try),
            cost=lender_try.cost,
            cost_currency=lender_try.cost_currency,
        )
        decide_late(act)
        if answer_question(act, QuestionKind.CANCEL, "no"):
            mark(act, MarkKind.NOT_WANTED)
        if arrival.pieces_expected and arrival.pieces < arrival.pieces_expected:
            mark(act, MarkKind.PIECES)
        unmark(
            act,
            MarkKind.NOT_ARRIVED,
            MarkKind.NOT_SHIPPED,
            MarkKind.LENDER_SILENT,
            MarkKind.ALL_TRIED,
            MarkKind.CLAIMED,
            MarkKind.NEED_BY,
        )


def sender_of(request: BorrowingRequest) -> LenderTry:
    """The lender who is asked; else, of those that we had moved on from, the one that said it sent something, and the
    last one where none did. What ended long ago is not revived."""
    asked = request.tries.filter(asked_at__isnull=False)
    late = asked.filter(status__in=MAY_COME_LATE)
    return (
        asked.filter(open=True).order_by("-ordinal").first()
        or late.filter(shipped_at__isnull=False).order_by("-shipped_at", "-ordinal").first()
        or late.latest("asked_at", "ordinal")
    )


def _all_conditions(request: BorrowingRequest, lender_try: LenderTry) -> list[str]:
    """The lender's, and those that our own policy puts on every item like this."""
    return list(dict.fromkeys([*lender_try.conditions, *policy_terms(request).conditions]))


def _lender_date(request: BorrowingRequest, lender_try: LenderTry) -> date | None:
    """As given; but a recall that came before the item is the lender's last word."""
    recalled = (m.until for m in request.marks.all() if m.kind == MarkKind.RECALLED and not m.cleared_at)
    return min((day for day in (lender_try.lender_due, *recalled) if day is not None), default=None)


def receive_from(act: Act, lender_try: LenderTry, arrival: Arrival) -> None:
    """The lender's try ends with what the desk notes of its item. Of a lender we had moved on from that is the item
    which was still to come."""
    _check(arrival)
    left = [each for each in act.subject.tries.all() if each.status in MAY_COME_LATE]
    if lender_try in left and not any(each.shipped_at for each in left if each != lender_try):
        unmark(act, MarkKind.LATE_COMING)
    currency = arrival.currency or lender_try.cost_currency
    if arrival.cost is not None and not currency:
        currency = act.subject.library.currency
    act.set(
        lender_try,
        status=TryStatus.RECEIVED,
        open=False,
        answered_at=lender_try.answered_at or act.at,
        lender_due=arrival.lender_due or lender_try.lender_due,
        conditions=codes(arrival.conditions) or lender_try.conditions,
        return_address=arrival.return_address or lender_try.return_address,
        cost=arrival.cost if arrival.cost is not None else lender_try.cost,
        cost_currency=currency,
    )
    feed_supply(act, lender_try, actual=arrival.cost, currency=currency)


def _check(arrival: Arrival) -> None:
    if arrival.kind not in {Wanted.LOAN, Wanted.COPY}:
        raise InvalidInput({"kind": _("Choose loan or copy.")})
    if not 1 <= arrival.pieces <= MOST_PIECES:
        raise InvalidInput({"pieces": _("Say how many pieces came.")})
    if len(arrival.labels) > MOST_PIECES:
        raise InvalidInput({"labels": _("Those are too many volumes or parts.")})


def _add_items(act: Act, lender_try: LenderTry, arrival: Arrival, *, second_copy: bool) -> None:
    for label in arrival.labels or [""]:
        act.add(
            RequestItem(
                request=act.subject,
                lender_try=lender_try,
                barcode=arrival.barcode,
                call_number=arrival.call_number,
                label=label,
                pieces=arrival.pieces,
                condition=arrival.condition,
                second_copy=second_copy,
                received_at=act.at,
            )
        )


def receive_second(
    *, request_id: int, try_id: int, arrival: Arrival, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """An item of a lender we had moved on from came all the same: noted, and to be sent back."""
    with acting("receive_second", request_id=request_id, actor=actor, at=at, version=version) as act:
        lender_try = act.subject.tries.filter(pk=try_id, open=False, status__in=MAY_COME_LATE).first()
        if lender_try is None:
            raise InvalidInput(
                {"try_id": _("That lender was not asked, or its item is the one that is expected.")}
            )
        receive_from(act, lender_try, arrival)
        act.topics["lender_received"] = lender_try
        _add_items(act, lender_try, arrival, second_copy=True)
        mark(act, MarkKind.SECOND_COPY)


def return_second(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The second copy goes back to its lender."""
    with acting("return_second", request_id=request_id, actor=actor, at=at, version=version) as act:
        for item in act.subject.items.filter(second_copy=True, returned_at__isnull=True):
            act.set(item, returned_at=at)
            if item.lender_try is not None:
                act.set(item.lender_try, status=TryStatus.RETURNED, ended_at=at)
                act.topics["lender_returned"] = item.lender_try
        unmark(act, MarkKind.SECOND_COPY)


def send_to_branch(
    *, request_id: int, actor: Actor, at: datetime, branch_id: int | None = None, version: int | None = None
) -> None:
    """To the branch where the patron picks it up, or to another one of the library."""
    with acting("send_to_branch", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        target = own_branch(request, branch_id or request.pickup_branch_id or 0)
        if target.pk == request.location_id:
            raise InvalidInput({"branch": _("It is there already. Put it on the hold shelf.")})
        act.set(request, location=target)


def receive_at_branch(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """It arrived at the branch it was sent to."""
    with acting("receive_at_branch", request_id=request_id, actor=actor, at=at, version=version):
        pass


def shelve(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> str:
    """Put it on the hold shelf of the branch where it lies. Returns the code for its slip."""
    for _attempt in range(_SHELF_TRIES):
        try:
            with acting("shelve", request_id=request_id, actor=actor, at=at, version=version) as act:
                code = _free_code(act.subject)
                act.set(act.subject, shelf_code=code)
            return code
        except IntegrityError:
            continue  # another clerk drew the same code in this very moment; the constraint kept it single
    raise _shelf_full()


def _free_code(request: BorrowingRequest) -> str:
    """A code that nobody on this shelf has: a letter and two digits, longer when the shelf is full."""
    taken = set(
        BorrowingRequest.objects.filter(location_id=request.location_id)
        .exclude(shelf_code="")
        .values_list("shelf_code", flat=True)
    )
    for attempt in range(_CODE_TRIES):
        digits = 2 if attempt < _CODE_TRIES // 2 else 4
        code = secrets.choice(_CODE_LETTERS) + f"{secrets.randbelow(10**digits):0{digits}d}"
        if code not in taken:
            return code
    raise _shelf_full()


def _shelf_full() -> Refused:
    return Refused(_("The hold shelf has no free code."), code="shelf_full", action="shelve")


def post_to_patron(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """It goes to the patron's address by post."""
    with acting("post_to_patron", request_id=request_id, actor=actor, at=at, version=version) as act:
        mark(act, MarkKind.POSTED)


def hand_over(
    *, request_id: int, actor: Actor, at: datetime, patron_due: date | None = None, version: int | None = None
) -> None:
    """The patron has it. Never with a date past the lender's."""
    with acting("hand_over", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        if patron_due is not None:
            set_patron_date(act, patron_due)
        elif request.patron_due and request.patron_due < local_date(at, request.library.timezone):
            # It lay on the shelf too long: nobody gets a book that is overdue already, unless the lender's date is.
            act.set(request, patron_due=patron_date(request, request.lender_due, at) or request.patron_due)
        elif request.patron_due is None and (request.kind_supplied or request.kind) != Wanted.COPY:
            act.set(request, patron_due=own_date(request, at))
        if request.delivered_at is None:
            act.set(request, delivered_at=at)
        _paper_copy_stays(act)
        act.set(request, shelf_code="")
        unmark(act, MarkKind.SHELF_EXPIRED, MarkKind.POSTED)


def not_collected(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Nobody fetched it: off the shelf. It still counts as filled."""
    with acting("not_collected", request_id=request_id, actor=actor, at=at, version=version) as act:
        _paper_copy_stays(act)
        act.set(act.subject, shelf_code="")
        unmark(act, MarkKind.SHELF_EXPIRED, MarkKind.POSTED)


def _paper_copy_stays(act: Act) -> None:
    """A copy on paper goes home to nobody: its lender is done with it."""
    if (act.subject.kind_supplied or act.subject.kind) == Wanted.COPY:
        for each in sent_by(act, TryStatus.RECEIVED):
            act.set(each, status=TryStatus.DONE, ended_at=act.at)


def take_back(
    *, request_id: int, actor: Actor, at: datetime, branch_id: int | None = None, version: int | None = None
) -> None:
    """The patron brought it back, to the branch named, to the clerk's own, or to where it was handed over."""
    with acting("take_back", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        place = branch_id or own_place(actor)
        if place:
            act.set(request, location=own_branch(request, place))
        answer_question(act, QuestionKind.RENEWAL, "void")
        unmark(act, MarkKind.OVERDUE, MarkKind.CLAIMED_RETURNED)
        money.turned_up(act)


def arrive_back(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Back at the ILL desk from a branch."""
    with acting("arrive_back", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.set(act.subject, location_id=main_branch_id(act.subject.library_id))


def send_back(
    *, request_id: int, actor: Actor, at: datetime, pieces: int | None = None, version: int | None = None
) -> None:
    """Pieces checked and packed: on its way to the lender. Fewer pieces than came are refused."""
    with acting("send_back", request_id=request_id, actor=actor, at=at, version=version) as act:
        _goes_away(act, pieces)


def send_on(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """To another library instead of home, as the lender asked (ShippedForward)."""
    with acting("send_on", request_id=request_id, actor=actor, at=at, version=version) as act:
        _goes_away(act, None)


def _goes_away(act: Act, pieces: int | None) -> None:
    request: BorrowingRequest = act.subject
    items = list(request.items.filter(second_copy=False, received_at__isnull=False, returned_at__isnull=True))
    came = max((item.pieces for item in items), default=0)
    if pieces is not None and pieces < came:
        raise InvalidInput(
            {"pieces": _("Pieces are missing. Find them, or report the item as lost or damaged.")}
        )
    for item in items:
        act.set(item, returned_at=act.at)
        if item.lender_try is not None:
            act.set(item.lender_try, status=TryStatus.RETURNED)
            act.topics["lender_returned"] = item.lender_try
    act.set(request, shelf_code="")
    unmark(act, MarkKind.NOT_WANTED, MarkKind.RECALLED, MarkKind.PIECES, MarkKind.LENDER_OVERDUE)


def reshelve(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Our own item is back in its place."""
    with acting("reshelve", request_id=request_id, actor=actor, at=at, version=version) as act:
        unmark(act, MarkKind.NOT_WANTED)


def confirm_return(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The lender has it, or so much time passed that it may be taken as received."""
    with acting("confirm_return", request_id=request_id, actor=actor, at=at, version=version) as act:
        for each in act.subject.tries.filter(status=TryStatus.RETURNED):
            act.set(each, status=TryStatus.DONE, ended_at=at)
