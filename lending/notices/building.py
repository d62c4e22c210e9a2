"""From an outbox row to a letter to a borrower: read the request now, see whether it is true, gather the facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_noop

from illservice.core.outbox import Superseded
from illservice.directory.models import Partnership
from illservice.documents.models import DocumentLink
from illservice.notices.kinds import Letter, Recipient
from illservice.notices.kinds.registry import language_for
from lending.models import LendingCharge, LendingMessage, LendingRequest
from lending.notices.copies import link_for_mail
from lending.notices.letter import bill_facts, facts_of, late_facts

NO_ADDRESS = gettext_noop("the borrowing library has no e-mail address: add one, or tell it in another way")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a notice is about, as it stands now."""

    request: LendingRequest
    at: datetime
    message: LendingMessage | None = None
    charge: LendingCharge | None = None
    step: int = 0


Check = Callable[[Subject], None]


def build(check: Check, payload: Mapping[str, Any], at: datetime, *, with_copy: bool) -> Letter:
    """The letter of a row, or Superseded. `with_copy`: it holds the link by which the copy is opened."""
    request = _requests().filter(pk=payload["request"]).first()
    if request is None:
        raise Superseded(gettext_noop("the request is gone"))
    message = None
    if payload.get("about"):
        message = request.messages.filter(pk=payload["about"], from_borrower=False).first()
    charge = request.charges.filter(pk=payload["charge"]).first() if payload.get("charge") else None
    subject = Subject(request, at, message, charge, payload.get("step") or 0)
    check(subject)
    return _letter(subject, link_for_mail(request, at) if with_copy else None)


def preview(library_id: int, number: str, at: datetime, *, billed: bool = False) -> Letter | None:
    """The letter as it would be for a request of the library, true or not. None when there is no such request, or
    when the letter is about a charge and it has none."""
    found = _requests().filter(library_id=library_id)
    if billed:
        found = found.filter(
            pk__in=LendingCharge.objects.filter(request__library_id=library_id).values("request")
        )
    request = (found.filter(number=number) if number else found.order_by("-submitted_at", "-pk")).first()
    if request is None:
        return None
    message = request.messages.filter(from_borrower=False).order_by("-pk").first()
    charge = request.charges.order_by("-pk").first() if billed else None
    return _letter(Subject(request, at, message, charge, 1), None)


def _letter(subject: Subject, link: DocumentLink | None) -> Letter:
    request, library = subject.request, subject.request.library
    language = language_for(request.borrower.language, library.language)
    with translation.override(language):
        context = facts_of(request, subject.message, link) | late_facts(request, subject.step)
        if subject.charge is not None:
            context |= bill_facts(request, subject.charge)
    return Letter(
        library_id=library.pk,
        library_name=library.name,
        timezone=library.timezone,
        reply_to=library.email,
        number=request.number,
        language=language,
        recipient=recipient_of(request),
        context=context,
    )


def recipient_of(request: LendingRequest) -> Recipient:
    """The borrowing library at the address that we know for it, else at its own. Never anybody else."""
    known = Partnership.objects.filter(library_id=request.library_id, partner_id=request.borrower_id)
    address = known.values_list("email", flat=True).first() or request.borrower.email
    return Recipient(address) if address else Recipient(problem=NO_ADDRESS)


def _requests() -> QuerySet[LendingRequest]:
    """What notices are about, without the columns that only other pages need."""
    found = LendingRequest.objects.select_related("library__entity", "borrower", "reason")
    return found.defer("raw", "search_text", "ship_to", "undo")
