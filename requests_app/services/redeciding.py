"""An administrator says that the present policies hold for requests that older ones decided."""

from collections.abc import Callable
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
from illservice.policies.calendars import Given, answer_by, moved_due
from illservice.policies.models import PolicyMove, PolicyVersion
from illservice.policies.rules import Redecided
from illservice.policies.selectors import moves
from illservice.policies.terms import Side, Terms
from requests_app.models import BorrowingRequest, FillSource, LenderTry, TryStatus
from requests_app.services.base import acting, lock_request, refuse_foreign
from requests_app.services.deciding import decide, verdict_for
from requests_app.workflow import MACHINE
from requests_app.workflow.nudges import ALL_TIMERS
from requests_app.workflow.policy import WITH_US, policy_terms
from requests_app.workflow.states import MarkKind


def apply_version(request_id: int, version: PolicyVersion, actor: Actor, at: datetime) -> Redecided:
    """Decide a request anew, when it is this version that decides it today, or that ends what decided it; in an act of
    its own that can be undone.

    Dates follow: the patron's from the lender's, answers that are waited for, timers by as much as their time became
    longer or shorter. The patron is told a date that moved. What is closed, or decided so already, is left.
    """
    with transaction.atomic():
        request = lock_request(request_id)
        refuse_foreign(request, actor)
        lender, kind = _lender_of(request), request.kind_supplied or request.kind
        partner_id = lender.partner_id if lender else None
        after = verdict_for(request, partner_id=partner_id, kind=kind, at=at).version_id
        if not request.is_open or not moves(version, request.policy_id, after):
            return _left(request)
        return _decided(request, actor, at, lambda act: decide(act, partner_id=partner_id, kind=kind))


def take_version_back(move: PolicyMove, actor: Actor, at: datetime) -> Redecided:
    """What a version decided because it was applied goes back to what decided it before.

    While nobody was told the act itself is undone. Later the date goes back, unless it was moved since, and the
    patron is told. What is closed or was decided otherwise since is left.
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
            due = move.due_before if request.patron_due == move.due_after else None
            return _decided(
                request, actor, at, lambda act: act.set(act.subject, policy_id=move.before_id), due
            )
        return Redecided(request.number, move.after_id, request.policy_id, move.due_after, request.patron_due)


def _left(request: BorrowingRequest) -> Redecided:
    known, due = request.policy_id, request.patron_due
    return Redecided(request.number, known, known, due, due, left=True)


def _decided(
    request: BorrowingRequest,
    actor: Actor,
    at: datetime,
    choose: Callable[[Act], None],
    back_to: date | None = None,
) -> Redecided:
    before, due = request.policy_id, request.patron_due
    with acting("apply_policy", request_id=request.pk, actor=actor, at=at) as act:
        old = policy_terms(act.subject)
        move_timers(act, ALL_TIMERS, lambda: choose(act))
        _dates(act, old, back_to)
    now = act.subject
    return Redecided(now.number, before, now.policy_id, due, now.patron_due, act=str(act.id))


def _lender_of(request: BorrowingRequest) -> LenderTry | None:
    """The lender who is asked now, or whose item this is."""
    if request.fill_source not in {FillSource.NONE, FillSource.LENDER}:
        return None
    known = list(request.tries.all())
    being_asked = next((each for each in reversed(known) if each.open), None)
    its = (each for each in reversed(known) if each.status in {TryStatus.RECEIVED, TryStatus.RETURNED})
    return being_asked or next(its, None)


def _dates(act: Act, old: Terms, back_to: date | None) -> None:
    request: BorrowingRequest = act.subject
    new, due = policy_terms(request), request.patron_due
    recalled = any(m.kind == MarkKind.RECALLED and not m.cleared_at for m in request.marks.all())
    if due is not None and request.state in WITH_US and not recalled:
        today = local_date(act.at, request.library.timezone)
        known = back_to if back_to is not None and back_to >= today else None
        days, given = open_days(request.library, Side.BORROWING), Given(due, request.lender_due)
        act.set(request, patron_due=known or moved_due(given, old, new, Side.BORROWING, days, today))
    for asked in request.tries.all():
        if asked.status == TryStatus.ASKED and asked.answer_by is not None and asked.asked_at is not None:
            act.set(asked, answer_by=asked.answer_by + _longer(request, asked.asked_at, old, new))
    act.facts["same_due"] = request.patron_due == due
    if request.patron_due and request.patron_due >= local_date(act.at, request.library.timezone):
        unmark(act, MarkKind.OVERDUE)


def _longer(request: BorrowingRequest, since: datetime, old: Terms, new: Terms) -> timedelta:
    days, asked_on = open_days(request.library, Side.BORROWING), local_date(since, request.library.timezone)
    return answer_by(new, asked_on, days) - answer_by(old, asked_on, days)
