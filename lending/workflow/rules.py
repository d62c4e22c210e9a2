"""What is answered at once, without a look at the shelf: a pure rule over facts that are passed in."""

from dataclasses import dataclass
from datetime import date, timedelta

from illservice.citations.kinds import Kind
from illservice.directory.models import BorrowerStanding
from lending.models.desk import LendingDesk, StatementRule


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules look at in a request."""

    kind: str
    material: str
    has_statement: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How the borrower stands with us. A suspension ends with its last day."""

    standing: str
    suspended_until: date | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say now: `refuse` and `retry` are codes of ISO 18626 (ReasonUnfilled, ReasonRetry)."""

    refuse: str = ""
    retry: str = ""
    retry_after: date | None = None
    ask_statement: bool = False
    warn_statement: bool = False


def answer_at_once(asked: Asked, standing: Standing, desk: LendingDesk, *, today: date) -> Answer:
    """No for blocked borrowers and for what we do not lend, later while we are closed, else the statement's rule."""
    until = standing.suspended_until
    if standing.standing == BorrowerStanding.BLOCKED or not standing.is_active:
        return Answer(refuse="PolicyProblem")
    if standing.standing == BorrowerStanding.SUSPENDED and (until is None or today <= until):
        if until is None:
            return Answer(refuse="PolicyProblem")
        return Answer(retry="NotCurrentAvailableForILL", retry_after=until + timedelta(days=1))
    if desk.is_closed(today):
        again = desk.closed_until + timedelta(days=1) if desk.closed_until else None
        return Answer(retry="NotCurrentAvailableForILL", retry_after=again)
    return _by_kind(asked, desk)


def _by_kind(asked: Asked, desk: LendingDesk) -> Answer:
    is_copy = asked.kind == Kind.COPY
    if asked.material in desk.refused_materials or not (desk.lends_copies if is_copy else desk.lends_loans):
        return Answer(refuse="PolicyProblem")
    if not is_copy or asked.has_statement:
        return Answer()
    if desk.statement_rule == StatementRule.REFUSE:
        return Answer(refuse="PolicyProblem")
    asks = desk.statement_rule == StatementRule.ASK
    return Answer(ask_statement=asks, warn_statement=not asks)
