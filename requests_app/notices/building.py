"""From an outbox row to a letter: read the request now, ask whether it is still true, gather the facts."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop

from illservice.core.money import Payer
from illservice.core.outbox import Superseded
from illservice.core.statements import Prepared, among, spread
from illservice.notices.kinds import Audience, DueDate, Group, Letter
from illservice.notices.kinds.registry import Value, language_for
from illservice.notices.services.sharing import library_of
from patrons.selectors import Reader
from patrons.tokens import token_for
from requests_app.models import BorrowingCharge, BorrowingRequest, LenderMessage, LenderTry, Message
from requests_app.notices.recipients import recipient_of, refuses

FRESH = 0.5  # seconds for which what was read ahead counts as read now
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Subject:
    """What a notice is about, as it stands now. `leaves`: it is sent, not only looked at, so it may hold a key."""

    request: BorrowingRequest
    at: datetime
    lender_try: LenderTry | None = None
    message: Message | None = None
    lender_words: LenderMessage | None = None
    charge: BorrowingCharge | None = None
    step: int = 0
    leaves: bool = False


Compose = Callable[[Subject], dict[str, Value]]
Check = Callable[[Subject], None]


@dataclass(frozen=True, slots=True)
class Telling:
    """How a kind is told: to whom, in which group, whether it can be switched off, whether a date goes along."""

    audience: Audience
    compose: Compose
    group: Group = Group.NEWS
    optional: bool = False
    dated: bool = False


def build(telling: Telling, check: Check, payload: Mapping[str, Any], at: datetime) -> Letter:
    """The letter of a row, or Superseded."""
    request = now(int(payload["request"]))
    if request is None:
        raise Superseded(gettext_noop("the request is gone"))
    subject = _subject(telling.audience, request, payload, at)
    check(subject)
    if request.patron is not None and telling.audience == Audience.PATRON:
        refuses(request.patron, optional=telling.optional)
    return _letter(telling, subject)


class _Ahead:
    """The requests of the rows that come next, read a few at a time."""

    def __init__(self, keys: Sequence[int]) -> None:
        self.keys = list(dict.fromkeys(keys))
        self.places = {key: place for place, key in enumerate(self.keys)}
        self.found: dict[int, BorrowingRequest] = {}
        self.beside: dict[str, dict[int, list[Any]]] = {}
        self.read_at = 0.0

    def get(self, key: int) -> BorrowingRequest | None:
        """As it stood no longer than half a second ago."""
        if key not in self.found or time.monotonic() - self.read_at > FRESH:
            place = self.places[key]
            self.read_at, self.beside = time.monotonic(), {}
            keys = self.keys[place : place + AT_ONCE]
            self.found = {each.pk: each for each in _TOGETHER.rows(**spread("key", keys, AT_ONCE))}
            for each in self.found.values():
                each.library = library_of(each.library_id)
        return self.found.get(key)

    def rows_beside(self, key: int, name: str) -> list[Any]:
        """The rows of a relation, of all requests that were read, at once."""
        if name not in self.beside:
            query, column = _beside(name)
            self.beside[name] = defaultdict(list)
            for row in query.rows(**spread("key", list(self.found), AT_ONCE)):
                self.beside[name][getattr(row, column)].append(row)
        return self.beside[name][key]


_ahead: ContextVar[_Ahead | None] = ContextVar("requests_ahead", default=None)


@contextmanager
def read_ahead(payloads: Sequence[Mapping[str, Any]]) -> Iterator[None]:
    """Read what many rows are about a few at a time. What is older than half a second when it is needed is read
    again, so that a row is checked against the facts of its own moment however slow the mail server is."""
    token = _ahead.set(_Ahead([int(payload["request"]) for payload in payloads]))
    try:
        yield
    finally:
        _ahead.reset(token)


def beside(request: BorrowingRequest, name: str) -> list[Any]:
    """The rows of a relation of a request as they were when it was read: of all that was read with it, at once."""
    ahead = _ahead.get()
    if ahead is not None and request.pk in ahead.found:
        return ahead.rows_beside(request.pk, name)
    return list(getattr(request, name).all())


def now(request_id: int) -> BorrowingRequest | None:
    """A request as it stands now; None when it is gone."""
    ahead = _ahead.get()
    if ahead is not None and request_id in ahead.places:
        return ahead.get(request_id)
    return requests().filter(pk=request_id).first()


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
    charge = request.charges.filter(pk=payload["charge"]).first() if payload.get("charge") else None
    step = payload.get("step") or 0
    return Subject(request, at, message=message, charge=charge, step=step, leaves=True)


def preview(telling: Telling, library_id: int, number: str, at: datetime) -> Letter | None:
    """The letter as it would be for a request of the library, true or not. None when there is no such request."""
    audience = telling.audience
    has_reader = "tries__isnull" if audience == Audience.PARTNER else "patron__isnull"
    found = requests().filter(library_id=library_id, **{has_reader: False})
    request = (found.filter(number=number) if number else found.order_by("-submitted_at", "-pk")).first()
    if request is None:
        return None
    if audience == Audience.PARTNER:
        lender_try = request.tries.select_related("partner").order_by("-open", "-ordinal").first()
        words = lender_try.words.filter(from_lender=False).order_by("-pk").first() if lender_try else None
        return _letter(telling, Subject(request, at, lender_try=lender_try, lender_words=words))
    message = request.messages.filter(from_patron=False).order_by("-pk").first()
    charge = request.charges.filter(payer=Payer.PATRON).order_by("-pk").first()
    return _letter(telling, Subject(request, at, step=1, message=message, charge=charge))


def _letter(telling: Telling, subject: Subject) -> Letter:
    request, library = subject.request, subject.request.library
    if telling.audience == Audience.PARTNER and subject.lender_try is not None:
        language = language_for(subject.lender_try.partner.language, library.language)
    else:
        language = language_for(request.patron.language if request.patron else "", library.language)
    with translation.override(language):
        context = telling.compose(subject)
    recipient = recipient_of(request, subject.lender_try, group=telling.group, optional=telling.optional)
    return Letter(
        library_id=library.pk,
        library_name=library.name,
        timezone=library.timezone,
        reply_to=library.email,
        number=request.number,
        language=language,
        recipient=recipient,
        context=context,
        due=due_dates(request) if telling.dated else (),
        stop_url=stop_url(Reader(patron_id=request.patron_id or 0)) if telling.optional else "",
    )


def due_dates(request: BorrowingRequest) -> tuple[DueDate, ...]:
    """The patron's date for a calendar; none without one. Every change of the request raises the sequence."""
    if request.patron_due is None:
        return ()
    host = urlsplit(settings.ILL_BASE_URL).hostname or "localhost"
    return (
        DueDate(
            uid=f"{request.number}@{host}",
            sequence=request.version,
            day=request.patron_due,
            title=request.article_title or request.title,
            url=f"{settings.ILL_BASE_URL}/my/requests/{request.number}",
        ),
    )


def stop_url(reader: Reader) -> str:
    """The address at which the reader of a reminder switches reminders off."""
    return settings.ILL_BASE_URL + _stop_path().replace(_TOKEN, token_for(reader))


_TOKEN = "TOKEN"


@lru_cache(maxsize=1)
def _stop_path() -> str:
    return reverse("patron:stop_reminders", args=[_TOKEN])


def requests() -> QuerySet[BorrowingRequest]:
    """What notices are about and what they are checked against, without the columns that only other pages need."""
    return _without_library().select_related("library__entity")


def _without_library() -> QuerySet[BorrowingRequest]:
    found = BorrowingRequest.objects.select_related(
        "patron__notice_choice", "location", "pickup_branch", "reason"
    )
    return found.defer("raw", "asked", "search_text", "person_text", "undo")


_TOGETHER = Prepared(lambda: _without_library().filter(among("pk", "key", AT_ONCE)))


@cache
def _beside(name: str) -> tuple[Prepared[Any], str]:
    """The rows of a relation of several requests, and the column that says of which."""
    relation: Any = BorrowingRequest._meta.get_field(name)
    every, column = relation.related_model._default_manager, relation.field.attname
    return Prepared(lambda: every.filter(among(column, "key", AT_ONCE))), column
