"""What is late at a borrower: reminders, the ladder after the due date, and what is billed in the end."""

from collections.abc import Iterable
from datetime import date, datetime

from illservice.core.actors import CLOCK
from illservice.core.clock import local_date
from illservice.core.money import ChargeKind
from illservice.core.workflow import Act
from illservice.directory.models import BorrowerStanding, Partnership, Suspended
from illservice.policies.calendars import Rung, ladder, reminders
from illservice.policies.terms import Side
from lending.models import LendingRequest
from lending.services.charges import bill_overdue
from lending.workflow.policy import policy_terms

REPLACEMENT = "replacement"
"""The step under which a replacement is billed, so that ladder and loss bill it once."""


def rungs_of(request: LendingRequest) -> tuple[Rung, ...]:
    """The ladder of a request with its days; empty without a date."""
    return () if request.due is None else ladder(policy_terms(request), Side.LENDING, request.due)


def remind(act: Act, step: int) -> None:
    """One of several reminders; when the day of a later one has come, too, that one speaks for both."""
    request: LendingRequest = act.subject
    days = reminders(policy_terms(request), request.due) if request.due else ()
    act.facts["quiet"] = _come(days[step + 1 :], request, act.at)


def climb(act: Act, step: int) -> Rung | None:
    """One step of the ladder: told, unless a later step speaks for it, and not lent to until it is back."""
    request: LendingRequest = act.subject
    rungs = rungs_of(request)
    if step >= len(rungs):
        return None
    rung = rungs[step]
    later = _come((each.on for each in rungs[step + 1 :]), request, act.at)
    act.facts.update(step=rung.ordinal, quiet=later or not rung.step.notice)
    if rung.step.block:
        _suspend(act)
    return rung


def _come(days: Iterable[date], request: LendingRequest, at: datetime) -> bool:
    today = local_date(at, request.library.timezone)
    return any(day <= today for day in days)


def _suspend(act: Act) -> None:
    """What somebody said of the borrower by hand stays as it is."""
    request: LendingRequest = act.subject
    partnership = (
        Partnership.objects.select_for_update(of=("self",), no_key=True)
        .filter(library_id=request.library_id, partner_id=request.borrower_id, standing=BorrowerStanding.OPEN)
        .first()
    )
    if partnership is not None:
        act.set(
            partnership,
            standing=BorrowerStanding.SUSPENDED,
            suspended_until=None,
            suspended_for=Suspended.OVERDUE,
            suspended_since=local_date(act.at, request.library.timezone),
        )


def bill_replacement(request: LendingRequest, at: datetime) -> None:
    """Bill the borrower what the policy says that a replacement costs, once; nothing where it says nothing."""
    amount = policy_terms(request).replacement_charge
    if amount is not None:
        bill_overdue(
            request_id=request.pk, amount=amount, kind=ChargeKind.LOSS, step=REPLACEMENT, actor=CLOCK, at=at
        )
