"""Errors as answers: a page for people, a part of a page for htmx, an object for programs."""

import logging
import sys
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from redis.exceptions import ConnectionError as BrokerConnectionError
from redis.exceptions import TimeoutError as BrokerTimeoutError

from illservice.core.errors import IllError, WrongState

logger = logging.getLogger(__name__)

API_PREFIX = "/api/"
RETRY_SECONDS = 5
BUSY = (OperationalError, InterfaceError, BrokerConnectionError, BrokerTimeoutError)
"""What is over in a moment: the database is locked or gone, or the cache that holds the sessions is."""

_TEMPLATES = {
    HTTPStatus.BAD_REQUEST: "errors/invalid.html",
    HTTPStatus.FORBIDDEN: "errors/not_permitted.html",
    HTTPStatus.NOT_FOUND: "errors/not_found.html",
    HTTPStatus.CONFLICT: "errors/conflict.html",
}


def answer(request: HttpRequest, error: IllError) -> HttpResponse:
    """What the one who asked gets for a refusal, with the error's own status."""
    logger.info("refused %s at %s (%d)", error.code, _route(request), error.status)
    if wants_json(request):
        return JsonResponse(as_data(error), status=error.status)
    context: dict[str, Any] = {
        "message": words_of(error),
        "code": error.code,
        "allowed": error.data.get("allowed_labels", ()),
        "fields": error.data.get("fields", {}),
        "back_url": back_url(request),
    }
    if getattr(request, "htmx", None) and not request.htmx.boosted:  # type: ignore[attr-defined]  # django-htmx
        template = "errors/fragment.html"
    else:
        template = _TEMPLATES.get(error.status, "errors/invalid.html")
    return HttpResponse(render_to_string(template, context, request), status=error.status)


def as_data(error: IllError) -> dict[str, Any]:
    """A refusal for programs: `{"code", "message", "detail"}`; the code is stable, the message is for people."""
    return {"code": error.code, "message": words_of(error) or error.code, "detail": _plain(error.data)}


def words_of(error: IllError) -> str:
    """The refusal as a sentence for people, or ""; a wrong state carries only the state's name."""
    if isinstance(error, WrongState) and error.message:
        return _("It is now: %(state)s.") % {"state": error.message}
    return str(error.message)


def busy(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503: try again in a moment. Nothing was saved, because the transaction did not end."""
    logger.error("busy at %s: %s", _route(request), type(error).__name__)
    headers = {"Retry-After": str(RETRY_SECONDS)}
    if wants_json(request):
        words = {"code": "busy", "message": _("Please try again in a moment."), "detail": {}}
        return JsonResponse(words, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)
    # Without the request: its context processors would ask the database again.
    return HttpResponse(render_to_string("503.html"), status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: too many fields, a broken form. Without the request, which may be what cannot be read."""
    if wants_json(request):
        words = {"code": "unreadable", "message": _("We could not read that"), "detail": {}}
        return JsonResponse(words, status=HTTPStatus.BAD_REQUEST)
    return HttpResponse(render_to_string("400.html"), status=HTTPStatus.BAD_REQUEST)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: also reached by what a middleware raised, where a busy database may be the reason."""
    error = sys.exc_info()[1]
    if isinstance(error, BUSY):
        return busy(request, error)
    if isinstance(error, IllError):
        return answer(request, error)
    if wants_json(request):
        words = {"code": "server_error", "message": _("This is our fault, not yours."), "detail": {}}
        return JsonResponse(words, status=HTTPStatus.INTERNAL_SERVER_ERROR)
    return HttpResponse(render_to_string("500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def wants_json(request: HttpRequest) -> bool:
    """Programs ask below /api/."""
    return request.path.startswith(API_PREFIX)


def back_url(request: HttpRequest) -> str:
    """Where the person came from, when that is a page of ours, otherwise the start page."""
    referer = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(
        referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    parts = urlsplit(referer) if ours else None
    if parts is None or (parts.path == request.path and request.method == "GET"):
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _route(request: HttpRequest) -> str:
    """The pattern of the address: the address itself may name a person's request."""
    match = request.resolver_match
    return match.route if match else "?"


def _plain(value: Any) -> Any:
    """Facts as JSON can carry them."""
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
