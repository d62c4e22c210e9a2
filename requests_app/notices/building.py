"""From an outbox row to a letter: read the request now, ask whether it is still true, gather the facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_noop

from illservice.core.outbox import Superseded
from illservice.notices.kinds import Audience, Letter
from illservice.notices.kinds.registry import Value, language_for
from requests_app.models import BorrowingRequest, LenderMessage, LenderTry, Message
from requests_app.notices.recipients import recipient_of


@dataclass(frozen=True, slots=True)
class Subject:
    """What a notice is about, as it stands now. `leaves`: it is sent, not only looked at, so it may hold a key."""

    request: BorrowingRequest
    at: datetime
    lender_try: LenderTry | None = None
    message: Message | None = None
    lender_words: LenderMessage | None = None
    leaves: bool = False


Compose = Callable[[Subject], dict[str, Value]]
Check = Callable[[Subject], None]


def build(
    audience: Audience, compose: Compose, check: Check, payload: Mapping[str, Any], at: datetime
) -> Letter:
    """The letter of a row, or Superseded."""
    request = _requests().filter(pk=payload["request"]).first()
    if request is None:
        raise Superseded(gettext_noop("the request is gone"))
    subject = _subject(audience, request, payload, at)
    check(subject)
    return _letter(audience, compose, subject)


def _subject(
    audience: Audience, request: BorrowingRequest, payload: Mapping[str, Any], at: datetime
) -> Subject:
    if audience == Audience.PARTNER:
        tries = request.tries.select_related("partner", "request")
        lender_try = tries.filter(pk=payload["about"]).first()
        if lender_try is None:
            raise Superseded(gettext_noop("the lender is not asked any more"))
        words = lender_try.words.filter(pk=payload.get("message") or 0, from_lender=False).first()
        return Subject(request, at, lender_try=lender_try, lender_words=words, leaves=True)
    if request.patron is None:
        raise Superseded(gettext_noop("the person was unlinked"))
    message = None
    if payload.get("about"):
        message = request.messages.filter(pk=payload["about"], from_patron=False).first()
    return Subject(request, at, message=message, leaves=True)


def preview(
    audience: Audience, compose: Compose, library_id: int, number: str, at: datetime
) -> Letter | None:
    """The letter as it would be for a request of the library, true or not. None when there is no such request."""
    has_reader = "tries__isnull" if audience == Audience.PARTNER else "patron__isnull"
    found = _requests().filter(library_id=library_id, **{has_reader: False})
    request = (found.filter(number=number) if number else found.order_by("-submitted_at", "-pk")).first()
    if request is None:
        return None
    if audience == Audience.PARTNER:
        lender_try = request.tries.select_related("partner").order_by("-open", "-ordinal").first()
        words = lender_try.words.filter(from_lender=False).order_by("-pk").first() if lender_try else None
        return _letter(audience, compose, Subject(request, at, lender_try=lender_try, lender_words=words))
    message = request.messages.filter(from_patron=False).order_by("-pk").first()
    return _letter(audience, compose, Subject(request, at, message=message))


def _letter(audience: Audience, compose: Compose, subject: Subject) -> Letter:
    request, library = subject.request, subject.request.library
    if audience == Audience.PARTNER and subject.lender_try is not None:
        language = language_for(subject.lender_try.partner.language, library.language)
    else:
        language = language_for(request.patron.language if request.patron else "", library.language)
    with translation.override(language):
        context = compose(subject)
    return Letter(
        library_id=library.pk,
        library_name=library.name,
        timezone=library.timezone,
        reply_to=library.email,
        number=request.number,
        language=language,
        recipient=recipient_of(request, subject.lender_try),
        context=context,
    )


def _requests() -> QuerySet[BorrowingRequest]:
    """What notices are about, without the columns that only other pages need."""
    found = BorrowingRequest.objects.select_related(
        "library", "patron", "location", "pickup_branch", "reason"
    )
    return found.defer("raw", "asked", "search_text", "person_text", "undo")
