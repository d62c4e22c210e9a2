"""A loan at the lending desk in a real browser: typed in, fetched, sent, taken back, sent again, checked in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from lending.models import LendingRequest
from tests.browser.test_patron_journey import follow, sign_in
from tests.lending.verbs import lend, new_copy
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenPage = Callable[..., Page]
Faults = Callable[[Page], list[str]]


def at_desk(page: Page, address: str) -> None:
    page.goto(address)
    sign_in(page, "north-lending")


def step(page: Page, action: str, *, script: bool) -> None:
    """Press a step; its form opens inside the page where scripts run, else as a page of its own."""
    button = f"[data-action={action}] >> visible=true >> nth=0"
    opens = page.locator(button).evaluate("each => each.tagName") == "A"
    if opens and script:
        page.click(button)
        page.wait_for_selector("#act form")
    else:
        follow(page, button)
    if opens:
        follow(page, ".act-form button[type=submit]")


def typed_in(page: Page) -> LendingRequest:
    """A book that Eastlake asked for by telephone."""
    page.fill("main [name=q]", "east")
    follow(page, "main form[role=search] button")
    follow(page, "main a:has-text('Eastlake University')")
    follow(page, "main a:has-text('Book') >> nth=-1")
    page.fill("[name=title]", "On Bees")
    page.fill("[name=borrower_number]", "EL-12")
    follow(page, "main form[method=post] .actions button[type=submit]")
    if page.locator("[name=confirmed]").count():
        follow(page, "[name=confirmed]")
    return LendingRequest.objects.get()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_loan_from_the_telephone_to_the_check_in(
    world: World, open_page: OpenPage, faults: Faults, script: bool
) -> None:
    page = open_page(script=script)
    at_desk(page, "/lend/north/new/")
    request = typed_in(page)
    assert page.inner_text("h1") == "On Bees"
    assert "EL-12" in page.inner_text("main")
    if script:
        page.click("[data-action=pull]")
        page.wait_for_selector("#act [name=call_number_1]")
    else:
        follow(page, "[data-action=pull]")
    page.fill("[name=call_number_1]", "QL 568 .A6")
    assert not script or faults(page) == []
    follow(page, ".act-form button[type=submit]")
    assert "To fetch" in page.inner_text(".request-head")
    follow(page, "#items [data-action=item_found]")
    assert "Found: pack or scan" in page.inner_text(".request-head")
    step(page, "ship", script=script)
    assert "Out on loan" in page.inner_text(".request-head")
    follow(page, ".undo button")
    assert "Found: pack or scan" in page.inner_text(".request-head")
    step(page, "ship", script=script)
    assert not script or faults(page) == []
    step(page, "check_in", script=script)
    assert "Completed" in page.inner_text(".request-head")
    request.refresh_from_db()
    assert (request.state, request.due is not None) == ("completed", True)
    assert [event.action for event in request.events.order_by("pk")] == [
        "submit", "pull", "item_found", "ship", "undo", "ship", "check_in",
    ]  # fmt: skip


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_nothing_is_wrong_with_the_desk_s_pages(
    world: World, open_page: OpenPage, faults: Faults, narrow: bool
) -> None:
    request = lend(world, new_copy(delivery="link", copyright_statement=""))
    page = open_page(narrow=narrow, dark=narrow)
    at_desk(page, f"/lend/north/requests/{request.number}/")
    found = {page.url: faults(page)}
    one = f"/lend/north/requests/{request.number}/"
    for address in (
        f"{one}files/", f"{one}do/plan_items/", f"{one}do/edit/", f"{one}do/conditional/", f"{one}do/ship/",
        "/lend/north/new/", "/lend/north/new/?borrower=eastlake",
        "/lend/north/new/?borrower=eastlake&material=article", "/lend/north/help/workflow/",
    ):  # fmt: skip
        page.goto(address)
        found[address] = faults(page)
    assert {address: wrong for address, wrong in found.items() if wrong} == {}


def test_nothing_is_wrong_with_the_rules(world: World, open_page: OpenPage, faults: Faults) -> None:
    page = open_page(narrow=True)
    page.goto("/lend/north/rules/")
    sign_in(page, "north-head")
    assert faults(page) == []
