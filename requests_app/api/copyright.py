"""/api/v1/copyright/: the text that a patron must accept before a copy is asked for."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.access import LibraryView
from requests_app.api.requests import LIBRARY
from requests_app.selectors.declarations import declaration_of
from requests_app.serializers.reading import DeclarationSerializer


class CopyrightView(LibraryView):
    """The present warning or declaration of one library."""

    @extend_schema(parameters=[LIBRARY], responses=DeclarationSerializer)
    def get(self, _request: Request) -> Response:
        """The text, word for word as it must be shown, with its version: send that as `accepts_copyright`."""
        return Response(DeclarationSerializer(declaration_of(self.library)).data)
