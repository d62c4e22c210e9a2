"""The door to a patron's own pages.

@patron_page
def my_requests(request, patron, actor): ...
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from illservice.accounts.doors import to_sign_in
from illservice.accounts.models import User
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import NotFound
from patrons import selectors
from patrons.models import Patron

SESSION_KEY = "patron_library"
_CARDS = "_cards_of_patron"


class PatronView(Protocol):
    """A view that gets the patron and the actor from `patron_page`."""

    def __call__(
        self, request: HttpRequest, patron: Patron, actor: Actor, /, *args: Any, **kwargs: Any
    ) -> HttpResponseBase: ...


def cards_of(request: HttpRequest) -> list[Patron]:
    """The patron records of the signed-in person, with library and category, by library name; read once for a page."""
    found: list[Patron] | None = getattr(request, _CARDS, None)
    if found is None:
        found = selectors.patrons_of(request.user) if isinstance(request.user, User) else []
        setattr(request, _CARDS, found)
    return found


def patron_actor(request: HttpRequest) -> tuple[Patron, Actor]:
    """The patron that the signed-in person is, with library and category, and the actor.

    Somebody with a card of several libraries is the patron of the one chosen last (`choose_library`), otherwise of
    the first by name. NotFound when the account has no card at all.
    """
    found = cards_of(request)
    if not found:
        raise NotFound(_("Your sign-in is not connected to a library card. Ask at your library’s desk."))
    chosen = request.session.get(SESSION_KEY)
    patron = next((each for each in found if each.library_id == chosen), found[0])
    return patron, actor_of(patron)


def actor_of(patron: Patron) -> Actor:
    """A patron as the one who acts."""
    return Actor(ActorKind.PATRON, id=patron.user_id, library_id=patron.library_id)


def choose_library(request: HttpRequest, library_id: int) -> None:
    """Remember for which of several libraries the person asks now."""
    request.session[SESSION_KEY] = library_id


def patron_page(view: PatronView) -> Callable[..., HttpResponseBase]:
    """Make a page of the signed-in patron's own; nobody stores what it answers."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        patron, actor = patron_actor(request)
        response = view(request, patron, actor, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return page
