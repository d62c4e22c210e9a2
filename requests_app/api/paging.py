"""Pages by key for programs: `next` and `previous` are addresses, null at the ends."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from illservice.core.paging import MOST_ROWS, Page, keyset_page
from requests_app.selectors import FOUND_ORDERS

USUAL = 50


class KeysetPagination(BasePagination):
    """Newest first; `page_size` at most 200."""

    _page: Page[Any]
    _address: str

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        """One page of the queryset."""
        if not isinstance(queryset, QuerySet):
            raise TypeError("pages by key are of a queryset")
        given = request.query_params
        size = given.get("page_size", "")
        self._address = request.build_absolute_uri()
        self._page = keyset_page(
            queryset,
            order=FOUND_ORDERS["newest"],
            cursor=given.get("cursor"),
            size=int(size) if size.isascii() and size.isdigit() else USUAL,
        )
        return self._page.rows

    def get_paginated_response(self, data: Any) -> Response:
        """The rows between the addresses of their neighbours."""
        links = {
            "next": self._link(self._page.next_cursor),
            "previous": self._link(self._page.previous_cursor),
        }
        return Response(links | {"results": data})

    def _link(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        return replace_query_param(remove_query_param(self._address, "cursor"), "cursor", cursor)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """For the description of the API."""
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """For the description of the API."""
        number = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL}
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "page_size", "in": "query", "required": False, "schema": number},
        ]
