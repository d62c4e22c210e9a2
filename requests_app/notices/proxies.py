"""What the person is told whom a patron named: that something happened, what, where and until when.

No link to the patron's pages, no copy, no words of the desk; nothing that opens anything.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from illservice.core.clock import local_date
from illservice.core.outbox import Superseded
from illservice.notices.kinds import Audience, Group, Letter, NoticeKind, Recipient, kind_of, register
from illservice.notices.kinds.registry import Value, language_for
from patrons.models import Proxy
from patrons.selectors import Reader, proxy_by_id
from requests_app.models import BorrowingRequest
from requests_app.notices import fields, patron
from requests_app.notices.building import Check, Subject, now, requests, stop_url

GONE = gettext_noop("this person is not told any more")
NO_ADDRESS = gettext_noop("the proxy has no e-mail address")
_PICKUP = ("pickup_place", "pickup_address", "opening_hours", "shelf_code", "pickup_until")
_SHARED = ("patron_name", "request_number", "title", "library_name", "library_email", "library_phone")
_EXAMPLE = "ready"
_FETCHES = frozenset({"ready", "pickup_reminder"})


def register_proxies(checks: Mapping[str, Check]) -> None:
    """Make both kinds known. `checks`: whether each of the patron's own notices is still true."""
    for code, label, reminds in (
        ("proxy_notice", _("News for a proxy"), False),
        ("proxy_reminder", _("Reminder for a proxy"), True),
    ):
        register(
            NoticeKind(
                code=code,
                label=label,
                audience=Audience.PROXY,
                fields=fields.PROXY,
                build=partial(build, checks),
                preview=preview,
                group=Group.REMINDERS if reminds else Group.NEWS,
                optional=reminds,
            )
        )


def build(checks: Mapping[str, Check], payload: Mapping[str, Any], at: datetime) -> Letter:
    """The letter of a row, or Superseded: when the patron's own would be, and when the proxy is none any more."""
    request = now(int(payload["request"]))
    if request is None or request.patron is None:
        raise Superseded(gettext_noop("the person was unlinked"))
    proxy = proxy_by_id(int(payload["proxy"]))
    reminds = payload["notice"] == "proxy_reminder"
    if proxy is None or not _is_told(proxy, request, at, reminds=reminds):
        raise Superseded(GONE)
    what = str(payload["of"])
    subject = Subject(request, at, leaves=True)
    checks[what](subject)
    letter = _letter(subject, proxy, what)
    return replace(letter, stop_url=stop_url(Reader(proxy_id=proxy.pk))) if reminds else letter


def _is_told(proxy: Proxy, request: BorrowingRequest, at: datetime, *, reminds: bool) -> bool:
    over = proxy.until is not None and proxy.until < local_date(at, request.library.timezone)
    told = proxy.gets_notices and (proxy.gets_reminders or not reminds)
    return proxy.patron_id == request.patron_id and told and not over


def preview(library_id: int, number: str, at: datetime) -> Letter | None:
    """The letter as it would be for a request of the library, true or not. None when there is no such request."""
    found = requests().filter(library_id=library_id, patron__isnull=False)
    request = (found.filter(number=number) if number else found.order_by("-submitted_at", "-pk")).first()
    if request is None:
        return None
    example = str(next(each.example for each in fields.PROXY if each.name == "proxy_name"))
    return _letter(Subject(request, at), Proxy(name=example, may_collect=True), _EXAMPLE)


def _letter(subject: Subject, proxy: Proxy, what: str) -> Letter:
    request, library = subject.request, subject.request.library
    spoken = proxy.account.language if proxy.account else ""
    language = language_for(spoken, library.language)
    with translation.override(language):
        context = _context(subject, proxy, what)
    return Letter(
        library_id=library.pk,
        library_name=library.name,
        timezone=library.timezone,
        reply_to=library.email,
        number=request.number,
        language=language,
        recipient=Recipient(proxy.address) if proxy.address else Recipient(problem=NO_ADDRESS),
        context=context,
    )


def _context(subject: Subject, proxy: Proxy, what: str) -> dict[str, Value]:
    known = patron.ready(subject)
    shown = {name: known[name] for name in _SHARED} | {
        "proxy_name": proxy.name,
        "what": str(kind_of(what).label),
        "due": known["due"],
    }
    fetch = proxy.may_collect and what in _FETCHES
    return shown | {name: known[name] if fetch else "" for name in _PICKUP}
