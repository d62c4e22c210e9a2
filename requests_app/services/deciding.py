"""Which policy decides a request: named on it when it comes in, when a lender is asked, when something arrives.

What was decided stays: a newer version of a policy changes nothing that was promised (`redeciding` does, when told).
"""

from datetime import datetime

from illservice.citations.kinds import Material
from illservice.core.clock import local_date
from illservice.core.workflow import Act
from illservice.policies.rules import Verdict
from illservice.policies.selectors import decide_for
from illservice.policies.terms import Side, Terms
from patrons.models import Patron, PatronCategory
from requests_app.models import BorrowingRequest, LenderTry, Wanted


def kind_of(wanted: str, material: str, category: PatronCategory) -> str:
    """Loan or copy, as the desk handles what is wanted; of "either" what the category may have or is usual."""
    if wanted != Wanted.EITHER:
        return wanted
    if category.may_loan != category.may_copy:
        return str(Wanted.LOAN if category.may_loan else Wanted.COPY)
    return str(Material(material).default_kind)


def verdict_for_patron(patron: Patron, *, wanted: str, material: str, at: datetime) -> Verdict:
    """The policy for a request that this patron sends in now. Needs the patron's library and category at hand."""
    return decide_for(
        patron.library_id,
        Side.BORROWING,
        on=local_date(at, patron.library.timezone),
        category=patron.category.code,
        material=material,
        kind=kind_of(wanted, material, patron.category) if material else wanted,
    )


def terms_for_patron(patron: Patron, *, wanted: str, material: str, at: datetime) -> Terms:
    """What the policy says for what this patron asks for, before it is sent."""
    return verdict_for_patron(patron, wanted=wanted, material=material, at=at).terms(Side.BORROWING)


def open_limit(patron: Patron, *, wanted: str, material: str, at: datetime) -> int | None:
    """How many requests this patron may have open at once, by the policy for what is asked for; None: no limit."""
    return terms_for_patron(patron, wanted=wanted, material=material, at=at).open_limit


def verdict_for(request: BorrowingRequest, *, partner_id: int | None, kind: str, at: datetime) -> Verdict:
    """The policy for a request as it stands, with this lender and handled in this way."""
    return decide_for(
        request.library_id,
        Side.BORROWING,
        on=local_date(at, request.library.timezone),
        partner_id=partner_id,
        category=request.patron_category,
        material=request.material,
        kind=kind,
    )


def decide(act: Act, *, partner_id: int | None = None, kind: str = "") -> None:
    """Name the policy that decides the request from now on; `kind` where it differs from how it is handled."""
    request: BorrowingRequest = act.subject
    verdict = verdict_for(request, partner_id=partner_id, kind=kind or request.kind, at=act.at)
    act.set(request, policy_id=verdict.version_id)


def decide_on_arrival(act: Act, sender: LenderTry, kind: str) -> None:
    """What comes from the lender asked, as it was asked for, is decided already; anything else is decided now."""
    request: BorrowingRequest = act.subject
    if not sender.open or kind != (request.kind_supplied or request.kind):
        decide(act, partner_id=sender.partner_id, kind=kind)
