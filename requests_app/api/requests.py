"""/api/v1/requests/: list, look at, create, act."""

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend  # type: ignore[import-untyped]
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from illservice.core import clock
from illservice.core.errors import InvalidInput, NotFound, NotPermitted
from illservice.core.workflow import START, Act, may
from illservice.directory.selectors import pickup_branches
from patrons.selectors import patron_by_barcode
from requests_app.api.access import LibraryView
from requests_app.api.paging import KeysetPagination
from requests_app.forms.actions import ACTIONS
from requests_app.models import BorrowingRequest
from requests_app.selectors import for_list, patrons_seen_by, request_for_staff, visible_to_staff
from requests_app.selectors.page import acting_request
from requests_app.serializers.narrowing import ListFilter, nothing
from requests_app.serializers.reading import RequestDetailSerializer, RequestSerializer
from requests_app.serializers.writing import NewRequestSerializer
from requests_app.services.submit import submit
from requests_app.workflow import MACHINE, TABLE

LONGEST_KEY = 80
LIBRARY = OpenApiParameter(
    "library", str, description="Short name of the library, for people who work in several."
)
NUMBER = OpenApiParameter("number", str, OpenApiParameter.PATH, description="The request's number.")


class NarrowList(DjangoFilterBackend):  # type: ignore[misc]  # it has no types
    """Hands the library and the actor to the filters."""

    def get_filterset_kwargs(self, request: Request, queryset: Any, view: Any) -> dict[str, Any]:
        """What the filters need beside the query."""
        known: dict[str, Any] = super().get_filterset_kwargs(request, queryset, view)
        return known | {"library": view.library, "actor": view.actor}


class RequestViewSet(LibraryView, GenericViewSet[BorrowingRequest]):
    """Borrowing requests of one library."""

    parser_classes = [JSONParser]
    serializer_class = RequestSerializer
    filter_backends = [NarrowList]
    filterset_class = ListFilter
    pagination_class = KeysetPagination
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[BorrowingRequest]:
        """What this caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return nothing()
        return for_list(visible_to_staff(self.library, self.actor))

    def get_serializer_context(self) -> dict[str, Any]:
        """What a serializer knows of the caller."""
        known = super().get_serializer_context()
        return {**known, "actor": getattr(self, "actor", None), "actions": ACTIONS.keys()}

    @extend_schema(parameters=[LIBRARY])
    def list(self, request: Request) -> Response:
        """Requests of the library, newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._read(RequestSerializer, page, many=True))

    @extend_schema(parameters=[LIBRARY, NUMBER], responses=RequestDetailSerializer)
    def retrieve(self, request: Request, number: str) -> Response:
        """One request with all that stands beside it, and with what the caller may do now."""
        return self._detail(number)

    @extend_schema(
        parameters=[
            LIBRARY,
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                description="The same key for the same patron gives the same request.",
            ),
        ],
        request=NewRequestSerializer,
        responses={201: RequestDetailSerializer},
    )
    def create(self, request: Request) -> Response:
        """A request on behalf of a patron. What speaks against it becomes a hold, as at the desk."""
        row = TABLE.row(START, "submit")
        if row is None or not may(row, self.actor):
            raise NotPermitted(action="submit")
        given = NewRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        patron = patron_by_barcode(
            self.library,
            given.validated_data["patron"],
            among=patrons_seen_by(self.library, self.actor),
        )
        if patron is None:
            raise InvalidInput({"patron": _("No patron has this library card number.")})
        number = submit(
            patron_id=patron.pk,
            new=given.as_new(pickup_branch_id=self._branch(given.validated_data.get("pickup_branch", ""))),
            actor=self.actor,
            at=clock.now(),
            key=_key(request),
        )
        response = self._detail(number, HTTPStatus.CREATED)
        response["Location"] = reverse("api:request", args=[number])
        return response

    @extend_schema(
        parameters=[LIBRARY, NUMBER],
        request={"application/json": {"type": "object", "properties": {"version": {"type": "integer"}}}},
        responses=RequestDetailSerializer,
    )
    def act(self, request: Request, number: str, action: str) -> Response:
        """Take one of the `allowed` actions. The body holds the facts that the action's form asks for, and the
        `version` that the caller saw: when it moved since, nothing is done (409)."""
        door = ACTIONS.get(action)
        if door is None:
            raise NotFound(action=action)
        if not isinstance(request.data, dict):
            raise InvalidInput({"": _("Send one JSON object.")})
        version = _version(request.data)
        at = clock.now()
        one = acting_request(self.library, self.actor, number)
        # Whether it may be done at all comes before what is missing for it; nothing is written here.
        Act(MACHINE, one, action=action, actor=self.actor, at=at, expected_version=version)
        form = door.filled(request.data, request=one, actor=self.actor, at=at)
        if not form.is_valid():
            raise InvalidInput({name: " ".join(map(str, words)) for name, words in form.errors.items()})
        door.run(request=one, data=form.facts, actor=self.actor, at=at, version=version)
        return self._detail(one.number)

    def _read(self, serializer: type[BaseSerializer[Any]], found: Any, *, many: bool = False) -> Any:
        return serializer(found, many=many, context=self.get_serializer_context()).data

    def _detail(self, number: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
        found = request_for_staff(self.library, self.actor, number)
        return Response(self._read(RequestDetailSerializer, found), status=status)

    def _branch(self, code: str) -> int | None:
        if not code:
            return None
        found = next((each.pk for each in pickup_branches(self.library) if each.code == code), None)
        if found is None:
            raise InvalidInput({"pickup_branch": _("Choose a branch of your library.")})
        return found


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY:
        raise InvalidInput({"Idempotency-Key": _("At most 80 characters.")})
    return key


def _version(data: dict[str, Any]) -> int | None:
    version = data.get("version")
    if version is None or (isinstance(version, int) and not isinstance(version, bool)):
        return version
    raise InvalidInput({"version": _("A whole number.")})
