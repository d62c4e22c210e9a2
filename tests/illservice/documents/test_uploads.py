"""Uploads over the limit are dropped while they come, and the form says so; what both sides' forms ask."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from illservice.core.errors import InvalidInput
from illservice.documents.doors import was_too_large
from illservice.documents.forms import AttachForm
from tests.illservice.documents.conftest import PDF, scan

MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def _one_megabyte(settings: Settings) -> None:
    settings.ILL_DOCUMENT_MAX_MB = 1


def sent(**fields: Any) -> HttpRequest:
    """A form as a browser sends it."""
    return RequestFactory().post("/", fields)


def form_of(request: HttpRequest) -> AttachForm:
    """The form that both sides use."""
    return AttachForm(request.POST, request.FILES, was_too_large=was_too_large(request))


def test_a_file_within_the_limit_arrives_whole() -> None:
    content = PDF + b"\0" * (MEGABYTE - len(PDF))
    request = sent(file=scan(content), note="x")
    assert not was_too_large(request)
    assert request.FILES["file"].read() == content  # type: ignore[union-attr]
    assert form_of(request).is_valid()


def test_a_file_over_the_limit_is_dropped_and_the_rest_of_the_form_arrives() -> None:
    request = sent(file=scan(PDF + b"\0" * (MEGABYTE + 1)), note="kept")
    assert was_too_large(request)
    assert (dict(request.FILES), request.POST["note"]) == ({}, "kept")
    form = form_of(request)
    assert not form.is_valid()
    assert "at most 1 MB" in str(form.errors["file"])


def test_many_files_together_have_no_more_room_than_one() -> None:
    half = b"\0" * (MEGABYTE * 2 // 3)
    request = sent(one=scan(half), two=scan(half))
    assert was_too_large(request)
    assert list(request.FILES) == ["one"]


def test_a_form_takes_a_file_or_an_address_and_not_both() -> None:
    url = "https://files.eastlake.example/a"
    assert form_of(sent(file=scan())).is_valid()
    assert form_of(sent(url=url)).is_valid()
    for fields in ({}, {"file": scan(), "url": url}):
        form = form_of(sent(**fields))
        assert not form.is_valid()
        assert "one of the two" in str(form.errors["file"])


def test_an_empty_file_reaches_the_service_that_says_so() -> None:
    assert form_of(sent(file=SimpleUploadedFile("empty.pdf", b""))).is_valid()


def test_a_services_refusal_stands_beside_its_field() -> None:
    form = form_of(sent(url="x"))
    form.is_valid()
    form.refuse(InvalidInput({"url": "Not of the web.", "subject": "Too long."}))
    assert form.errors["url"] == ["Not of the web."]
    assert form.non_field_errors() == ["Too long."]
