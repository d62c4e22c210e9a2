"""An administrator says that the present policies hold for requests that older ones decided."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.errors import Refused
from illservice.core.workflow import Act
from illservice.core.workflow.beside import unmark
from illservice.core.workflow.timing import move_timers
from illservice.core.workflow.undo import undo
from illservice.directory.selectors import open_days
from illservice.policies.calendars import granted_due
from illservice.policies.models import PolicyMove, PolicyVersion
from illservice.policies.rules import Redecided
from illservice.policies.selectors import moves
from illservice.policies.terms import Side, Terms
from lending.models import LendingRequest
from lending.services.base import acting, lock_request, refuse_foreign
from lending.services.deciding import decide, verdict_for
from lending.workflow import MACHINE
from lending.workflow import states as s
from lending.workflow.policy import policy_terms
from lending.workflow.states import MarkKind
from lending.workflow.timers import TIMERS

_Dates = Callable[[LendingRequest, date, Terms, datetime], date]


def redecide(
    *, request_ids: Iterable[int], actor: Actor, at: datetime, shorten: bool = False
) -> list[Redecided]:
    """Apply the policies of today to these requests, each in an act of its own that can be undone.

    A due date that was promised only becomes later, unless `shorten` says otherwise; timers move by as much as their
    time became longer or shorter. The borrower is told a date that moved. What is closed, or decided so already, is
    left.
    """
    return [_redecide(each, actor, at, shorten=shorten) for each in dict.fromkeys(request_ids)]


def apply_version(request_id: int, version: PolicyVersion, actor: Actor, at: datetime) -> Redecided:
    """The same for one request, when it is this version that decides it today, or that ends what decided it; else it
    is left."""
    return _redecide(request_id, actor, at, only=version)


def _redecide(
    request_id: int, actor: Actor, at: datetime, *, shorten: bool = False, only: PolicyVersion | None = None
) -> Redecided:
    with transaction.atomic():
        request = lock_request(request_id)
        refuse_foreign(request, actor)
        kind = request.kind_supplied or request.kind
        after = verdict_for(request, kind=kind, at=at).version_id
        wanted = after != request.policy_id if only is None else moves(only, request.policy_id, after)
        if not request.is_open or not wanted:
            return _left(request)
        dates = _shortened if shorten else _lengthened
        return _decided(request, actor, at, lambda act: decide(act, kind=kind), dates)


def take_version_back(move: PolicyMove, actor: Actor, at: datetime) -> Redecided:
    """What a version decided because it was applied goes back to what decided it before.

    While nobody was told the act itself is undone. A later date that the borrower was told stays: it is a promise.
    What is closed or was decided otherwise since is left.
    """
    with transaction.atomic():
        request = lock_request(move.request_key)
        refuse_foreign(request, actor)
        if not request.is_open or request.policy_id != move.after_id:
            return _left(request)
        try:
            with transaction.atomic():
                undo(MACHINE, request, act=move.act, actor=actor, at=at)
        except Refused:
            return _decided(
                request, actor, at, lambda act: act.set(act.subject, policy_id=move.before_id), _kept
            )
        return Redecided(request.number, move.after_id, request.policy_id, move.due_after, request.due)


def _left(request: LendingRequest) -> Redecided:
    known, due = request.policy_id, request.due
    return Redecided(request.number, known, known, due, due, left=True)


def _decided(
    request: LendingRequest, actor: Actor, at: datetime, choose: Callable[[Act], None], dates: _Dates
) -> Redecided:
    before, due = request.policy_id, request.due
    with acting("apply_policy", request_id=request.pk, actor=actor, at=at) as act:
        old = policy_terms(act.subject)
        move_timers(act, TIMERS, lambda: choose(act))
        _dates(act, old, dates)
    now = act.subject
    return Redecided(now.number, before, now.policy_id, due, now.due, act=str(act.id))


def _dates(act: Act, old: Terms, wanted: _Dates) -> None:
    request: LendingRequest = act.subject
    due = request.due
    recalled = any(m.kind == MarkKind.RECALLED and not m.cleared_at for m in request.marks.all())
    if due is not None and request.state == s.ON_LOAN and not recalled:
        act.set(request, due=wanted(request, due, old, act.at))
    act.facts["same_due"] = request.due == due
    if request.due and request.due >= local_date(act.at, request.library.timezone):
        unmark(act, MarkKind.OVERDUE)


def _kept(_request: LendingRequest, due: date, _old: Terms, _at: datetime) -> date:
    return due


def _lengthened(request: LendingRequest, due: date, old: Terms, at: datetime) -> date:
    """Never shorter; and no longer than the present terms give, where an older policy had left more."""
    wanted = _shortened(request, due, old, at)
    if not request.renewals and request.shipped_at is not None:
        sent_on = local_date(request.shipped_at, request.library.timezone)
        wanted = min(
            wanted, granted_due(policy_terms(request), sent_on, open_days(request.library, Side.LENDING))
        )
    return max(wanted, due)


def _shortened(request: LendingRequest, due: date, old: Terms, at: datetime) -> date:
    """As if it had been lent and renewed on the present terms; a date that is over becomes today at the earliest."""
    new = policy_terms(request)
    longer = new.loan_days - old.loan_days + request.renewals * (new.renewal_days - old.renewal_days)
    if not longer:
        return due
    today = local_date(at, request.library.timezone)
    return open_days(request.library, Side.LENDING).roll_forward(
        max(due + timedelta(days=longer), min(due, today))
    )
