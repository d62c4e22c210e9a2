"""To whom a notice goes. The only place that decides it."""

from django.utils.translation import gettext_noop

from illservice.core.outbox import Superseded
from illservice.directory.models import Partnership
from illservice.notices.channels import offered
from illservice.notices.kinds import Group, Recipient
from illservice.notices.services.sharing import rules_of
from patrons.models import OFF, ContactChannel, NoticeChoice, Patron
from patrons.selectors import choice_made
from requests_app.models import BorrowingRequest, LenderTry

NO_ADDRESS = gettext_noop("no e-mail address: tell the patron by phone")
BY_PHONE = gettext_noop("the patron wants no e-mail: tell the patron by phone")
BY_LETTER = gettext_noop("the patron wants no e-mail: tell the patron by letter")
NO_PATRON = gettext_noop("the person was unlinked")
NO_PARTNER_ADDRESS = gettext_noop("the partner has no e-mail address: add one, or ask in another way")


NO_REMINDERS = gettext_noop("the patron wants no reminders")
_WAYS = {ContactChannel.EMAIL: "mail", ContactChannel.MESSAGE: "webhook"}


def recipient_of(
    request: BorrowingRequest,
    lender_try: LenderTry | None,
    *,
    group: Group = Group.NEWS,
    optional: bool = False,
) -> Recipient:
    """The lender of a try at the address that this library knows for it, else at the lender's own; without a try the
    patron, in the way that the patron chose for this group. Never anybody else."""
    if lender_try is not None:
        known = Partnership.objects.filter(library_id=request.library_id, partner_id=lender_try.partner_id)
        address = known.values_list("email", flat=True).first() or lender_try.partner.email
        return Recipient(address) if address else Recipient(problem=NO_PARTNER_ADDRESS)
    if request.patron is None:
        return Recipient(problem=NO_PATRON)
    return _patron(request.patron, group, optional=optional)


def refuses(patron: Patron, *, optional: bool) -> None:
    """Superseded for a reminder that this patron switched off."""
    choice = choice_made(patron) if optional else None
    if choice is not None and choice.reminders == OFF:
        raise Superseded(NO_REMINDERS)


def _wished(choice: NoticeChoice | None, group: Group) -> str:
    """The way that was chosen for a group; empty for the one that was chosen for everything."""
    if choice is None or group == Group.IMPORTANT:
        return ""
    wished = choice.reminders if group == Group.REMINDERS else choice.news
    return "" if wished == OFF else wished


def _patron(patron: Patron, group: Group, *, optional: bool) -> Recipient:
    choice = choice_made(patron)
    wished = _wished(choice, group)
    if not wished and patron.contact == ContactChannel.PHONE:
        return Recipient(problem=BY_PHONE)
    if not wished and patron.contact == ContactChannel.LETTER:
        return Recipient(problem=BY_LETTER)
    way = wished or _WAYS.get(ContactChannel(patron.contact), "mail")
    if (
        way != "mail"
        and choice is not None
        and choice.address
        and way in offered(rules_of(patron.library_id))
    ):
        return Recipient(choice.address, channel=way)
    return Recipient(patron.email) if patron.email else Recipient(problem=NO_ADDRESS)
