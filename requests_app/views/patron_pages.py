"""The door to all pages of a patron: who it is, in the library's own time, with kind words when there is no card."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from illservice.accounts.doors import to_sign_in
from illservice.citations.drafts import DraftGone
from illservice.core.clock import local_date
from illservice.core.errors import NotFound
from illservice.directory.selectors import away_from_borrowing, pickup_branches
from patrons.doors import PatronView, patron_actor
from patrons.models import Patron
from requests_app.forms.patron import Setting


def card_page(view: PatronView) -> Callable[..., HttpResponseBase]:
    """Like `patrons.doors.patron_page`, but somebody without a card, or with a draft long gone, gets a kind page."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        response = _answer(view, request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return page


def _answer(view: PatronView, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        patron, actor = patron_actor(request)
    except NotFound:
        return no_card(request)
    request.patron = patron  # type: ignore[attr-defined]  # the shell shows this card's library
    with timezone.override(ZoneInfo(patron.library.timezone)):
        try:
            return view(request, patron, actor, *args, **kwargs)
        except DraftGone:
            return render(request, "patron/draft_gone.html", status=404)


def no_card(request: HttpRequest) -> HttpResponse:
    """For somebody signed in who has no library card here: nothing of these pages is theirs."""
    return render(request, "patron/no_card.html", status=404)


def setting_of(patron: Patron, at: datetime) -> Setting:
    """What the form must know of the library and of today."""
    return Setting(patron, list(pickup_branches(patron.library)), local_date(at, patron.library.timezone))


def away_words(patron: Patron, at: datetime) -> str:
    """While the library does not borrow: from when on it looks at requests, and what it says; else nothing."""
    away = away_from_borrowing(patron.library, local_date(at, patron.library.timezone))
    if away is None:
        return ""
    sentence = _("The library is away for a while and looks at your request when it is back.")
    if away.back is not None:
        words = _("The library is away for a while. It looks at requests again from %(date)s on.")
        sentence = words % {"date": date_format(away.back, "DATE_FORMAT")}
    return f"{sentence} {away.patron_words}".strip()
