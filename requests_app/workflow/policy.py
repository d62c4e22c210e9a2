"""What the policy says that decided a request, and what follows from it for the request as it stands."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from illservice.core.clock import local_date
from illservice.policies.selectors import terms_of
from illservice.policies.terms import Side, Terms
from requests_app.models import BorrowingQuestion, BorrowingRequest
from requests_app.workflow.states import HERE, ON_THE_WAY, QuestionKind

FEE = "fee"
"""The step under which the fee of a request is charged, so that it is charged once."""


WITH_US = HERE | {ON_THE_WAY}
"""Where the patron's date follows from the policy. Afterwards it says what was."""


def policy_terms(request: BorrowingRequest) -> Terms:
    """The terms by which a request is handled; the service's defaults where no policy decided it."""
    return terms_of(request.policy_id, Side.BORROWING)


def needed_by(request: BorrowingRequest) -> date | None:
    """The day by which it is needed: as the patron said, else so many days after it was asked for."""
    days = policy_terms(request).need_by_days
    if request.need_by is not None or days is None:
        return request.need_by
    return local_date(request.submitted_at, request.library.timezone) + timedelta(days=days)


def most_paid(request: BorrowingRequest) -> Decimal | None:
    """The most that a lender may charge without a question: as the patron said, else as the policy says."""
    return policy_terms(request).max_cost if request.max_cost is None else request.max_cost


def renewals_had(request: BorrowingRequest) -> int:
    """How often the lender gave more time because we asked. Questions must be at hand, or cost a statement."""
    return renewals_among(request.questions.all())


def renewals_among(questions: Iterable[BorrowingQuestion]) -> int:
    """How often the lender gave more time, by all questions of a request."""
    return sum(1 for each in questions if each.kind == QuestionKind.RENEWAL and each.answer == "yes")
