"""The link in the mail with a copy."""

from datetime import datetime

from illservice.core.actors import CLOCK
from illservice.documents.kinds import Audience
from illservice.documents.models import DocumentLink
from illservice.documents.selectors import link_in_force, released
from illservice.documents.services import make_link
from lending.models import LendingRequest


def link_for_mail(request: LendingRequest, at: datetime) -> DocumentLink | None:
    """The link that opens the newest released copy; made now when there is none. None without a released copy.

    A mail that is tried again finds the link of its first attempt.
    """
    document = released(request.number, request.library_id).first()
    if document is None:
        return None
    known = link_in_force(document, Audience.BORROWER, at)
    return known or make_link(document_id=document.pk, audience=Audience.BORROWER, actor=CLOCK, at=at)
