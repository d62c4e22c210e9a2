"""An administrator says that the present policies hold for requests that older ones decided."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.errors import Refused
from illservice.core.workflow import Act
from illservice.core.workflow.beside import unmark
from illservice.core.workflow.timing import move_timers
from illservice.core.workflow.undo import undo
from illservice.directory.selectors import open_days
from illservice.policies.calendars import Given, moved_due
from illservice.policies.models import PolicyMove, PolicyVersion
from illservice.policies.rules import Redecided
from illservice.policies.selectors import moves
from illservice.policies.terms import Side, Terms
from lending.models import LendingRequest
from lending.services.base import acting, lock_request, refuse_foreign
from lending.services.deciding import decide, verdict_for
from lending.workflow import MACHINE
from lending.workflow.policy import WITH_BORROWER, policy_terms
from lending.workflow.states import MarkKind
from lending.workflow.timers import TIMERS


def apply_version(request_id: int, version: PolicyVersion, actor: Actor, at: datetime) -> Redecided:
    """Decide a request anew, when it is this version that decides it today, or that ends what decided it; in an act of
    its own that can be undone.

    A due date that was promised only becomes later; timers move by as much as their time became longer or shorter. The
    borrower is told a date that moved. What is closed, or decided so already, is left.
    """
    with transaction.atomic():
        request = lock_request(request_id)
        refuse_foreign(request, actor)
        kind = request.kind_supplied or request.kind
        after = verdict_for(request, kind=kind, at=at).version_id
        if not request.is_open or not moves(version, request.policy_id, after):
            return _left(request)
        return _decided(request, actor, at, lambda act: decide(act, kind=kind), date_follows=True)


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
            before = move.before_id
            return _decided(
                request, actor, at, lambda act: act.set(act.subject, policy_id=before), date_follows=False
            )
        return Redecided(request.number, move.after_id, request.policy_id, move.due_after, request.due)


def _left(request: LendingRequest) -> Redecided:
    known, due = request.policy_id, request.due
    return Redecided(request.number, known, known, due, due, left=True)


def _decided(
    request: LendingRequest, actor: Actor, at: datetime, choose: Callable[[Act], None], *, date_follows: bool
) -> Redecided:
    before, due = request.policy_id, request.due
    with acting("apply_policy", request_id=request.pk, actor=actor, at=at) as act:
        old = policy_terms(act.subject)
        move_timers(act, TIMERS, lambda: choose(act))
        _dates(act, old, date_follows=date_follows)
    now = act.subject
    return Redecided(now.number, before, now.policy_id, due, now.due, act=str(act.id))


def _dates(act: Act, old: Terms, *, date_follows: bool) -> None:
    request: LendingRequest = act.subject
    due, today = request.due, local_date(act.at, request.library.timezone)
    recalled = any(m.kind == MarkKind.RECALLED and not m.cleared_at for m in request.marks.all())
    if due is not None and request.state in WITH_BORROWER and date_follows and not recalled:
        sent_on = local_date(request.shipped_at, request.library.timezone) if request.shipped_at else None
        given = Given(due, began=sent_on, renewals=request.renewals)
        days, new = open_days(request.library, Side.LENDING), policy_terms(request)
        act.set(request, due=moved_due(given, old, new, Side.LENDING, days, today))
    act.facts["same_due"] = request.due == due
    if request.due and request.due >= today:
        unmark(act, MarkKind.OVERDUE)
