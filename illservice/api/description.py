"""The description of the API (OpenAPI 3) and its pages, for those who work in a library."""

from typing import Any

from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from illservice.accounts.authentication import TokenUser
from illservice.accounts.models import User
from illservice.accounts.selectors import desks_of


class WorksSomewhere(BasePermission):
    """People with a role in some library, and programs with a token."""

    def has_permission(self, request: Request | HttpRequest, view: Any) -> bool:
        """Patrons have no use for it."""
        user = request.user
        return isinstance(user, TokenUser) or (isinstance(user, User) and bool(desks_of(user)))


class BearerToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # it registers itself so
    """Says in the description how programs sign in."""

    target_class = "illservice.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token, made by an administrator."""
        return {"type": "http", "scheme": "bearer"}


class Schema(SpectacularAPIView):
    """GET /api/schema/: the description, as YAML or JSON."""

    permission_classes = [WorksSomewhere]


class Pages(SpectacularSwaggerSplitView):
    """GET /api/docs/: the description to read. Its script is a file of its own, as the security policy wants."""

    permission_classes = [WorksSomewhere]
    url_name = "api:schema"
    template_name = "api/docs.html"
