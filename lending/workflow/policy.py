"""What the policy says that decided a request."""

from illservice.policies.selectors import terms_of
from illservice.policies.terms import Side, Terms
from lending.models import LendingRequest
from lending.workflow.states import ON_LOAN

WITH_BORROWER = frozenset({ON_LOAN})
"""Where the date that we granted follows from the policy. Afterwards it says what was."""


def policy_terms(request: LendingRequest) -> Terms:
    """The terms by which a request is handled; the service's defaults where no policy decided it."""
    return terms_of(request.policy_id, Side.LENDING)
