"""Partners' systems come in by a door of their own, past what only browsers need: session, sign-in, forms, messages."""

from collections.abc import Callable
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.urls import ResolverMatch, resolve
from django.utils import translation

PATH = "/iso18626"


class MessageDoor:
    """Stands behind what guards every answer (TLS, content policy). A failure is answered like any other's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a message at once; everything else goes on."""
        if request.path_info != PATH:
            return self.get_response(request)
        request.get_host()  # a name that is not ours is no address of ours
        translation.activate(translation.get_language_from_request(request))
        request.resolver_match = self._door
        response: HttpResponse = self._door.func(request)
        response.headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        response.headers["Content-Length"] = str(len(response.content))
        return response

    @cached_property
    def _door(self) -> ResolverMatch:
        """What answers there, looked up once."""
        return resolve(PATH)
