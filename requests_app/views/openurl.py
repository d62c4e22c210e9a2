"""/openurl: people come from a database or a search page with the description of what they need (standards §3).

Nothing is ever sent from here: it leads to the filled form, also when the person has to sign in on the way.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import RawPostDataException
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from illservice.accounts.gateway import client_address
from illservice.accounts.models import User
from illservice.citations.drafts import Draft, find_visit, keep_visit
from illservice.citations.text import clean_text
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import NotFound
from illservice.directory.selectors import library_by_symbol
from illservice.protocols.openurl.codec import parse_openurl
from illservice.protocols.openurl.messages import LONGEST_OPENURL
from patrons.doors import choose_library, patron_actor
from patrons.models import Patron
from patrons.selectors import patrons_of
from requests_app.views.patron_pages import card_page, no_card

SHORT = 1000
"""Characters of a query that may travel through the sign-in page in its address."""
RETRY_SECONDS = 60


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def openurl(request: HttpRequest) -> HttpResponseBase:
    """Both versions, GET and POST. Cross-site forms carry no session, so what they bring is kept for the next step."""
    raw = _raw(request)
    if raw is None or len(raw) > LONGEST_OPENURL:
        return render(request, "patron/too_long.html", status=413)
    if not raw.strip():
        return redirect("patron:ask")
    if request.method == "POST":
        return _keep(request, raw)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path()) if len(raw) <= SHORT else _keep(request, raw)
    return _to_form(request, _read(raw))


def _raw(request: HttpRequest) -> bytes | None:
    """What was sent: the query, the body, or both one after the other. None when it is too long to be read."""
    query: bytes = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")
    if request.method != "POST":
        return query
    if int(request.META.get("CONTENT_LENGTH") or 0) > 2 * LONGEST_OPENURL:
        return None
    if request.content_type == "multipart/form-data":
        body = urlencode([(name, each) for name, values in request.POST.lists() for each in values]).encode()
    else:
        try:
            body = request.body
        except RawPostDataException:
            body = request.POST.urlencode().encode()
    return b"&".join(filter(None, (query, body.strip())))


def _read(raw: bytes) -> dict[str, Any]:
    """The five keys of the parser, and the symbol of the library asked."""
    parsed = parse_openurl(raw).as_dict()
    return parsed | {"library": parsed["unknown"].pop("library", "")}


def _keep(request: HttpRequest, raw: bytes) -> HttpResponse:
    """Keep the description on the server and go on with a key of it."""
    minute = int(clock.now().timestamp() // 60)
    key = keep_visit(_read(raw), minute=minute, address=client_address(request))
    if key is None:
        response = render(request, "429.html", status=429)
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
    return HttpResponseRedirect(reverse("patron:openurl_resume", args=[key]))


@require_safe
def resume(request: HttpRequest, key: str) -> HttpResponseBase:
    """/openurl/<key>/: signed in by now, or on the way to it."""
    return _resume(request, key)


@card_page
def _resume(request: HttpRequest, _patron: Patron, _actor: Actor, key: str) -> HttpResponseBase:
    return _to_form(request, find_visit(key))


def _to_form(request: HttpRequest, visit: dict[str, Any]) -> HttpResponse:
    _choose_card(request, visit.get("library", ""))
    try:
        patron, _actor = patron_actor(request)
    except NotFound:
        return no_card(request)
    draft = draft_of(visit, patron)
    draft.save()
    return redirect("patron:ask_draft", draft.material, draft.key)


def _choose_card(request: HttpRequest, symbol: str) -> None:
    """The card of the library that the link names, if the person has one there."""
    if not symbol or not isinstance(request.user, User):
        return
    try:
        library = library_by_symbol(clean_text(symbol)[:40])
    except NotFound:
        return
    if any(card.library_id == library.pk for card in patrons_of(request.user)):
        choose_library(request, library.pk)


def draft_of(visit: dict[str, Any], patron: Patron) -> Draft:
    """The form's answers out of a description. All of it is kept in `raw`, also what has no place on the form."""
    if "typed" in visit:
        return Draft(patron.pk, visit["material"], answers=visit["typed"])
    said: dict[str, str] = visit["citation"]
    draft = Draft(patron.pk, answers={"wanted": visit["kind"]}, source="openurl", raw={"openurl": visit})
    described = dict(said)
    for name, text in visit["unknown"].items():
        if _kind(name):
            described.setdefault(_kind(name), text)
    draft.describe(visit["material"], described)
    return draft


def _kind(key: str) -> str:
    """The identifier's kind when a key names one: its invalid value belongs on the form, to be corrected."""
    name = key.lower().removeprefix("rft.")
    return name if name in {"issn", "eissn", "isbn", "doi", "pmid"} else ""
