"""What is late: reminders before the patron's date, the ladder after it, and what is billed in the end."""

from datetime import date, datetime

from illservice.core.actors import CLOCK
from illservice.core.clock import local_date
from illservice.core.money import ChargeKind
from illservice.core.workflow import Act
from illservice.policies.calendars import Rung, ladder, reminders
from illservice.policies.terms import Side
from patrons.services.blocks import block_until_back
from requests_app.models import BorrowingRequest
from requests_app.services.charges import bill_overdue
from requests_app.workflow.policy import policy_terms

REPLACEMENT = "replacement"
"""The step under which a replacement is billed, so that ladder and loss bill it once."""


def rungs_of(request: BorrowingRequest) -> tuple[Rung, ...]:
    """The ladder of a request with its days; empty without a date."""
    if request.patron_due is None:
        return ()
    return ladder(policy_terms(request), Side.BORROWING, request.patron_due)


def remind(act: Act, step: int) -> None:
    """One of several reminders; when the day of a later one has come, too, that one speaks for both."""
    request: BorrowingRequest = act.subject
    days = reminders(policy_terms(request), request.patron_due) if request.patron_due else ()
    act.facts["quiet"] = _come(days[step + 1 :], request, act.at)


def climb(act: Act, step: int) -> Rung | None:
    """One step of the ladder: told, unless a later step speaks for it, and blocked until the item is back."""
    request: BorrowingRequest = act.subject
    rungs = rungs_of(request)
    if step >= len(rungs):
        return None
    rung = rungs[step]
    later = _come([each.on for each in rungs[step + 1 :]], request, act.at)
    act.facts.update(step=rung.ordinal, quiet=later or not rung.step.notice)
    if rung.step.block and request.patron_id is not None:
        block = block_until_back(
            patron_id=request.patron_id, number=request.number, actor=act.actor, at=act.at
        )
        if block is not None:
            act.adopt(block)
    return rung


def _come(days: tuple[date, ...] | list[date], request: BorrowingRequest, at: datetime) -> bool:
    today = local_date(at, request.library.timezone)
    return any(day <= today for day in days)


def bill_replacement(request: BorrowingRequest, at: datetime) -> None:
    """Bill the patron what the policy says that a replacement costs, once; nothing where it says nothing."""
    amount = policy_terms(request).replacement_charge
    if amount is not None and request.patron_id is not None:
        bill_overdue(
            request_id=request.pk, amount=amount, kind=ChargeKind.LOSS, step=REPLACEMENT, actor=CLOCK, at=at
        )
