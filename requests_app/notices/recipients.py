"""To whom a notice goes. The only place that decides it."""

from django.utils.translation import gettext_noop

from illservice.directory.models import Partnership
from illservice.notices.kinds import Recipient
from patrons.models import ContactChannel
from requests_app.models import BorrowingRequest, LenderTry

NO_ADDRESS = gettext_noop("no e-mail address: tell the patron by phone")
BY_PHONE = gettext_noop("the patron wants no e-mail: tell the patron by phone")
BY_LETTER = gettext_noop("the patron wants no e-mail: tell the patron by letter")
NO_PATRON = gettext_noop("the person was unlinked")
NO_PARTNER_ADDRESS = gettext_noop("the partner has no e-mail address: add one, or ask in another way")


def recipient_of(request: BorrowingRequest, lender_try: LenderTry | None) -> Recipient:
    """The lender of a try at the address that this library knows for it, else at the lender's own; without a try the
    patron at the patron's own address. Never anybody else."""
    if lender_try is not None:
        known = Partnership.objects.filter(library_id=request.library_id, partner_id=lender_try.partner_id)
        address = known.values_list("email", flat=True).first() or lender_try.partner.email
        return Recipient(address) if address else Recipient(problem=NO_PARTNER_ADDRESS)
    patron = request.patron
    if patron is None:
        return Recipient(problem=NO_PATRON)
    if patron.contact == ContactChannel.PHONE:
        return Recipient(problem=BY_PHONE)
    if patron.contact == ContactChannel.LETTER:
        return Recipient(problem=BY_LETTER)
    return Recipient(patron.email) if patron.email else Recipient(problem=NO_ADDRESS)
