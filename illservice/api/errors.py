"""Every refusal of the API has one shape: `{"code", "message", "detail"}` (see core.refusals)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from illservice.core.errors import IllError
from illservice.core.refusals import as_data


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. None for what is our own fault: the middleware answers that."""
    if isinstance(error, IllError):
        set_rollback()
        return Response(as_data(error), status=error.status)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    return Response(_shape(error), status=error.status_code, headers=_headers(error))


def _shape(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return {
            "code": error.default_code,
            "message": str(error.default_detail),
            "detail": {"fields": error.detail},
        }
    return {"code": error.default_code, "message": str(error.detail), "detail": {}}


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    challenge = getattr(error, "auth_header", None)
    if challenge:
        headers["WWW-Authenticate"] = str(challenge)
    wait = getattr(error, "wait", None)
    if wait:
        headers["Retry-After"] = f"{wait:.0f}"
    return headers
