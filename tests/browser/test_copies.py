"""A scan from the desk to the patron in a real browser, and a better one after it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from illservice.core import clock
from illservice.documents.models import Document
from requests_app.models import BorrowingRequest
from requests_app.services import lenders
from tests.illservice.documents.conftest import PDF
from tests.world import World, ask_for, new_copy

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenPage = Callable[..., Page]
Faults = Callable[[Page], list[str]]


def signed_in(page: Page, user: str) -> Page:
    page.goto("/login/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", "correct horse")
    follow(page, "main button[type=submit]")
    return page


def follow(page: Page, what: str) -> None:
    """Click, and wait until the next page is there."""
    with page.expect_navigation():
        page.click(what)


def attach(page: Page, file: Path) -> None:
    follow(page, "text=Attach a scan or a link")
    page.set_input_files("[name=file]", file)
    follow(page, "main form button[type=submit]")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_scan_reaches_the_patron_and_a_better_one_follows(
    world: World,
    open_page: OpenPage,
    faults: Faults,
    settings: Settings,
    live_server: LiveServer,
    tmp_path: Path,
    script: bool,
) -> None:
    settings.ILL_DOCUMENT_FOLDER, settings.ILL_BASE_URL = tmp_path / "documents", live_server.url
    for name in ("first.pdf", "better.pdf"):
        (tmp_path / name).write_bytes(PDF)
    request, desk, at = ask_for(world.north, new_copy(), at=clock.now()), world.north.actor(), clock.now()
    lenders.plan_lenders(request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=at)
    lenders.ask(request_id=request.pk, actor=desk, at=at)
    staff = signed_in(open_page(script=script), "north-borrowing")
    staff.goto(f"/desk/north/requests/{request.number}/")
    follow(staff, "text=Attach a scan or a link")
    follow(staff, "main form button[type=submit]")
    assert staff.title().startswith("Error: ")
    if script:
        assert faults(staff) == []
    staff.goto(f"/desk/north/requests/{request.number}/")
    attach(staff, tmp_path / "first.pdf")
    if script:
        assert faults(staff) == []
    follow(staff, "button:has-text('Let the patron have it')")
    assert "Copy delivered" in staff.inner_text("main")

    reader = signed_in(open_page(script=script), "north-ada")
    reader.goto(f"/my/requests/{request.number}/")
    follow(reader, "text=Open your copy >> nth=-1")
    reader.check("[name=accepted]")
    with reader.expect_download() as download:
        reader.click("main button[type=submit]")
    assert Path(download.value.path()).read_bytes() == PDF
    reader.goto(f"/my/requests/{request.number}/")
    follow(reader, "button:has-text('Ask for a better copy')")
    assert "better copy" in reader.inner_text("main")

    staff.goto(f"/desk/north/requests/{request.number}/")
    assert "opened 1 time" in staff.inner_text("#files")
    attach(staff, tmp_path / "better.pdf")
    follow(staff, "li:has-text('better.pdf') >> button:has-text('Let the patron have it')")
    first, second = _addresses(request)
    assert BorrowingRequest.objects.get().copy_link.endswith(second)
    reader.goto(f"/my/requests/{request.number}/")
    assert second in reader.content()
    assert first not in reader.content()


def _addresses(request: BorrowingRequest) -> list[str]:
    """The paths of the request's copies for the patron, oldest first."""
    return [
        f"/documents/{each.key}/" for each in Document.objects.filter(subject=request.number).order_by("id")
    ]
