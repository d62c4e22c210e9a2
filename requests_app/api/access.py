"""Who calls, for which library, and how often."""

import logging
from typing import Any

from django.http import HttpRequest
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from redis.exceptions import ConnectionError as CacheConnectionError
from redis.exceptions import TimeoutError as CacheTimeoutError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from illservice.accounts.authentication import TokenUser
from illservice.accounts.models import User
from illservice.accounts.selectors import desks_of
from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput, NotFound, NotPermitted
from illservice.directory.doors import staff_actor
from illservice.directory.models import Library

logger = logging.getLogger(__name__)


class CallerThrottle(SimpleRateThrottle):
    """So many calls a minute for each person and each token. Without its cache it lets everybody through."""

    scope = "caller"
    rate = "600/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """One bucket for each token and each account."""
        if isinstance(request.user, TokenUser):
            return f"ill-api-token-{request.user.actor.id}"
        return f"ill-api-person-{request.user.pk}"

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether the call may go on."""
        try:
            return bool(super().allow_request(request, view))
        except (CacheConnectionError, CacheTimeoutError):
            logger.warning("the cache is unreachable, calls are not counted")
            return True


class LibraryView(APIView):
    """A view for one library's staff and programs: sets `library` and `actor` before the method runs."""

    throttle_classes = [CallerThrottle]
    library: Library
    actor: Actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Sign-in and rate first, then the library."""
        super().initial(request, *args, **kwargs)
        self.library, self.actor = caller(request)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Nobody on the way stores what is said of people."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        add_never_cache_headers(answer)
        return answer


def caller(request: Request) -> tuple[Library, Actor]:
    """The library and the actor: of a token its own; of a person the one named by `?library=`, or the only one.

    NotFound for another's library, NotPermitted for somebody who works nowhere.
    """
    named = request.query_params.get("library", "")
    user = request.user
    if isinstance(user, TokenUser):
        if named and named != user.library.slug:
            raise NotFound(library=named)
        return user.library, user.actor
    return _of_person(request._request, user, named)


def _of_person(request: HttpRequest, user: Any, named: str) -> tuple[Library, Actor]:
    if named:
        return staff_actor(request, named)
    slugs = [slug for slug, _name, _roles in desks_of(user)] if isinstance(user, User) else []
    if not slugs:
        raise NotPermitted(_("This is for a library’s staff."))
    if len(slugs) > 1:
        words = _("Name one of your libraries: %(names)s.") % {"names": ", ".join(slugs)}
        raise InvalidInput({"library": words})
    return staff_actor(request, slugs[0])
