"""Errors as answers: pages, parts of pages, objects; a busy database; nothing personal in the log."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils.translation import gettext_lazy
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from illservice import urls
from illservice.core.errors import IllError, InvalidInput, NotFound, NotPermitted, StaleVersion, WrongState

ERRORS: dict[str, Exception] = {
    "invalid": InvalidInput({"need_by": gettext_lazy("Choose a day to come.")}),
    "forbidden": NotPermitted(),
    "missing": NotFound(number="B0000018"),
    "stale": StaleVersion(seen=1, current=2),
    "state": WrongState("on its way", state="sent", allowed=["receive"], allowed_labels=["Receive <it>"]),
    "busy": OperationalError("database is locked"),
}


def fail(request: HttpRequest, what: str) -> HttpResponse:
    raise ERRORS[what]


@api_view(["GET", "POST"])
@permission_classes([AllowAny])
def api_fail(request: Request, what: str) -> Response:
    raise ERRORS[what]


urlpatterns = [*urls.urlpatterns, path("fail/<what>/", fail), path("api/fail/<what>/", api_fail)]
handler500 = urls.handler500


@pytest.fixture(autouse=True)
def _addresses() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


STATUS = {"invalid": 400, "forbidden": 403, "missing": 404, "stale": 409, "state": 409, "busy": 503}


@pytest.mark.parametrize("what", ERRORS)
def test_people_get_a_page_with_the_errors_status(client: Client, what: str) -> None:
    page = client.post(f"/fail/{what}/", HTTP_REFERER="http://testserver/desk/north/?queue=review")
    words = page.content.decode()
    assert page.status_code == STATUS[what]
    assert "<html" in words
    assert (page.get("Retry-After") == "5") is (what == "busy")
    if what in {"invalid", "forbidden", "stale", "state"}:
        assert 'href="/desk/north/?queue=review"' in words


def test_a_conflict_says_how_it_stands_and_what_is_possible(client: Client) -> None:
    words = client.post("/fail/state/").content.decode()
    assert "It is now: on its way." in words
    assert "Receive &lt;it&gt;" in words
    assert "Choose a day to come." in client.post("/fail/invalid/").content.decode()


def test_the_way_back_leads_never_to_another_site(client: Client) -> None:
    for referer in ("https://evil.example/x", "javascript:alert(1)", "//evil.example/", ""):
        words = client.post("/fail/stale/", HTTP_REFERER=referer).content.decode()
        assert "evil" not in words
        assert "javascript" not in words


def test_htmx_gets_a_part_with_the_same_status_and_a_boosted_link_the_page(client: Client) -> None:
    part = client.post("/fail/state/", HTTP_HX_REQUEST="true")
    assert part.status_code == 409
    assert "<html" not in part.content.decode()
    assert "It is now: on its way." in part.content.decode()
    whole = client.get("/fail/state/", HTTP_HX_REQUEST="true", HTTP_HX_BOOSTED="true")
    assert "<html" in whole.content.decode()


@pytest.mark.parametrize("what", ERRORS)
def test_programs_get_an_object(client: Client, what: str) -> None:
    answer = client.get(f"/api/fail/{what}/")
    assert answer.status_code == STATUS[what]
    assert answer["Content-Type"] == "application/json"
    data = json.loads(answer.content)
    error = ERRORS[what]
    assert data["code"] == (error.code if isinstance(error, IllError) else "busy")
    assert set(data) == {"code", "message", "detail"}
    if what == "state":
        assert data["detail"]["allowed"] == ["receive"]
    if what == "invalid":
        assert data["detail"]["fields"] == {"need_by": "Choose a day to come."}


def test_a_busy_database_below_the_views_is_503_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_args: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("illservice.accounts.middleware.LanguageMiddleware.__call__", locked)
    client.raise_request_exception = False
    answer = client.get("/login/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_a_fault_of_ours_is_500_as_page_and_as_object(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ERRORS, "fault", ZeroDivisionError())
    client.raise_request_exception = False
    assert client.get("/fail/fault/").status_code == 500
    answer = client.get("/api/fail/fault/")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (500, "server_error")


def test_the_log_names_the_route_and_never_the_person(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="illservice"):
        client.post("/fail/missing/?name=Zoe+Unsal", {"name": "Zoe"})
    (record,) = [each for each in caplog.records if each.name == "illservice.core.refusals"]
    assert record.getMessage() == "refused not_found at fail/<what>/ (404)"
