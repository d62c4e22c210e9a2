"""What is answered at once, without a look at the shelf: a pure rule over facts that are passed in."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import ngettext

from illservice.citations.kinds import Kind
from illservice.directory.calendars import Away
from illservice.directory.models import BorrowerStanding
from lending.models import LendingRequest
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
    """What to say now: `refuse` and `retry` are codes of ISO 18626 (ReasonUnfilled, ReasonRetry).

    `note` are words of the library that go with it.
    """

    refuse: str = ""
    retry: str = ""
    retry_after: date | None = None
    note: str = ""
    ask_statement: bool = False
    warn_statement: bool = False


def desk_of(request: LendingRequest) -> LendingDesk:
    """What the library lends; everything where it has set nothing."""
    known = getattr(request.library, "lending_desk", None)
    return known or LendingDesk(library=request.library)


def answer_at_once(
    asked: Asked, standing: Standing, desk: LendingDesk, *, today: date, away: Away | None = None
) -> Answer:
    """No for blocked borrowers and for what we do not lend, later while we are away, else the statement's rule.

    `away` is a vacation of the lending desk that is in force today. While nobody knows its end, the answer is no.
    """
    until = standing.suspended_until
    if standing.standing == BorrowerStanding.BLOCKED or not standing.is_active:
        return Answer(refuse="PolicyProblem")
    if standing.standing == BorrowerStanding.SUSPENDED and (until is None or today <= until):
        if until is None:
            return Answer(refuse="PolicyProblem")
        return Answer(retry="NotCurrentAvailableForILL", retry_after=until + timedelta(days=1))
    if away is None:
        return _by_kind(asked, desk)
    if away.back is None:
        return Answer(refuse="NotAvailableForILL", note=away.partner_words)
    # What is never lent is a plain no: coming back after the vacation would be in vain.
    never = _by_kind(asked, desk)
    if never.refuse:
        return never
    return Answer(retry="NotCurrentAvailableForILL", retry_after=away.back, note=away.partner_words)


def answer_when_full(said: Answer, limit: int, open_before: int) -> Answer:
    """Later, where the borrower has as many requests open with us as the policy allows. ISO 18626 has no reason of its
    own for it; of those for RetryPossible this one says that it is a matter of time. The words say the rest."""
    if open_before < limit:
        return said
    words = ngettext(
        "%(count)d request of yours is open with us, as many as we take at once. Please ask again when it is finished.",
        "%(count)d requests of yours are open with us, as many as we take at once. Please ask again when one of them is"
        " finished.",
        open_before,
    )
    return Answer(retry="NotCurrentAvailableForILL", note=words % {"count": open_before})


def _by_kind(asked: Asked, desk: LendingDesk) -> Answer:
    is_copy = asked.kind == Kind.COPY
    if asked.material in desk.refused_materials or not (desk.lends_copies if is_copy else desk.lends_loans):
        return Answer(refuse="PolicyProblem")
    if not is_copy or asked.has_statement:
        return Answer()
    rule = desk.rule_without_statement
    if rule == StatementRule.REFUSE:
        return Answer(refuse="PolicyProblem")
    asks = rule == StatementRule.ASK
    return Answer(ask_statement=asks, warn_statement=not asks)
