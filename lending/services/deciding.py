"""Which policy decides a request: named on it when it comes in, and anew when another kind leaves than was asked for.

What was decided stays: a newer version of a policy changes nothing that was promised (`redeciding` does, when told).
"""

from datetime import datetime

from illservice.core.clock import local_date
from illservice.core.workflow import Act
from illservice.policies.rules import Verdict
from illservice.policies.selectors import decide_for
from illservice.policies.terms import Side
from lending.models import LendingRequest


def verdict_for(request: LendingRequest, *, kind: str, at: datetime) -> Verdict:
    """The policy for a request as it stands, handled in this way. Its borrower is the partner."""
    return decide_for(
        request.library_id,
        Side.LENDING,
        on=local_date(at, request.library.timezone),
        partner_id=request.borrower_id,
        material=request.material,
        kind=kind,
    )


def decide(act: Act, *, kind: str = "") -> None:
    """Name the policy that decides the request from now on; `kind` where it differs from how it is handled."""
    request: LendingRequest = act.subject
    act.set(request, policy_id=verdict_for(request, kind=kind or request.kind, at=act.at).version_id)


def decide_on_leaving(act: Act, kind: str) -> None:
    """What leaves as it was handled is decided already; a loan in place of a copy is decided now, and so back."""
    if kind != (act.subject.kind_supplied or act.subject.kind):
        decide(act, kind=kind)
