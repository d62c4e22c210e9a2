"""What our licences let us send of the journal that a borrower asks a copy from (17 USC 108(f)(4), standards S20)."""

from datetime import datetime

from illservice.citations.identifiers import IdentifierKind
from illservice.citations.kinds import Kind
from illservice.citations.selectors import LicenceSays, licence_says
from illservice.core.clock import local_date
from lending.models import LendingRequest
from lending.workflow.states import BEFORE_SHIPPING

_SERIAL = frozenset({IdentifierKind.ISSN, IdentifierKind.EISSN})


def licence_on(request: LendingRequest, at: datetime) -> LicenceSays | None:
    """What a licence says of a copy that has not left yet, None where none stands in the way of anything.

    Looked up anew on each page: a licence may change while the request waits. One statement; needs the identifiers.
    """
    if request.kind == Kind.LOAN or request.state not in BEFORE_SHIPPING:
        return None
    issns = [each.normalised for each in request.identifiers.all() if each.valid and each.kind in _SERIAL]
    today = local_date(at, request.library.timezone)
    says = licence_says(request.library_id, issns=issns, title=request.title, on=today)
    if says is None or (says.electronically and not says.non_profit_only):
        return None
    return says
