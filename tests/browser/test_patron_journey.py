"""A patron's journeys in a real browser: with and without script, wide and narrow, with nothing that axe dislikes."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from illservice.core import clock
from requests_app.models import BorrowingRequest
from requests_app.services import closing, copies, items, lenders, review
from tests.world import World, ask_for, book, new_copy, new_loan

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenPage = Callable[..., Page]
Faults = Callable[[Page], list[str]]


def follow(page: Page, what: str) -> None:
    """Click, and wait until the next page is there: a title is empty while it is on its way."""
    with page.expect_navigation():
        page.click(what)


def sign_in(page: Page, user: str = "north-ada") -> None:
    page.fill("[name=username]", user)
    page.fill("[name=password]", "correct horse")
    follow(page, "main button[type=submit]")


def go_on(page: Page) -> None:
    follow(page, "main form button[type=submit]")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_a_number_in_hand_to_the_confirmation(world: World, open_page: OpenPage, script: bool) -> None:
    page = open_page(script=script)
    page.goto("/ask/")
    sign_in(page)
    page.fill("[name=pasted]", "https://doi.org/10.1000/182")
    go_on(page)
    assert page.input_value("[name=doi]") == "10.1000/182"
    go_on(page)
    assert page.title().startswith("Check your answers")
    page.check("[name=accepts_copyright]")
    go_on(page)
    request = BorrowingRequest.objects.get()
    assert request.number in page.inner_text("h1 + p")
    page.goto("/my/")
    follow(page, f"text={request.number} >> xpath=../.. >> a")
    assert page.inner_text("h1") == f"Request {request.number}"
    follow(page, "text=I do not need it any more")
    follow(page, "text=Cancel my request")
    assert "Your request is cancelled." in page.inner_text("main")


def test_arriving_from_a_database_signed_out_correcting_and_sending(
    world: World, open_page: OpenPage
) -> None:
    page = open_page(script=False)
    page.set_content(
        "<form method=post action='/openurl'><input name=genre value=book><input name=title value='Bees &amp; Wasps'>"
        f"<button>Go</button></form><base href='{_host(page)}'>"
    )
    follow(page, "button")
    sign_in(page)
    assert page.input_value("[name=title]") == "Bees & Wasps"
    page.fill("[name=title]", "")
    go_on(page)
    assert page.title().startswith("Error: ")
    page.click("text=Fill in “Title”. >> nth=0")
    page.fill("[name=title]", "Bees & Wasps, again")
    go_on(page)
    go_on(page)
    assert BorrowingRequest.objects.get().title == "Bees & Wasps, again"


def _host(page: Page) -> str:
    page.goto("/login/")
    return page.url.rsplit("/login/", 1)[0] + "/"


def test_a_change_link_leads_to_its_field_and_back(world: World, open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/ask/book/")
    sign_in(page)
    page.fill("[name=title]", "Bees")
    go_on(page)
    follow(page, "a:has-text('Change Title')")
    assert page.url.endswith("#id_title")
    page.fill("[name=title]", "Wasps")
    go_on(page)
    assert "Wasps" in page.inner_text("main")
    go_on(page)
    page.go_back()
    assert "/ask/done/" in page.url
    assert BorrowingRequest.objects.count() == 1


def test_the_error_summary_takes_the_focus(world: World, open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/ask/book/")
    sign_in(page)
    go_on(page)
    assert page.evaluate("document.activeElement.matches('[data-error-summary]')")


@pytest.mark.parametrize("narrow", [False, True], ids=["wide and light", "narrow and dark"])
def test_axe_finds_nothing_on_any_page(
    world: World, open_page: OpenPage, faults: Faults, narrow: bool
) -> None:
    page = open_page(narrow=narrow, dark=narrow)
    page.goto("/my/")
    sign_in(page)
    found = {"empty list": faults(page)}
    for url in [*_requests(world), "/my/", "/ask/", "/ask/article/", "/ask/book/", "/ask/check/gone/"]:
        page.goto(url)
        found[url] = faults(page)
    for url in ("/ask/", "/ask/article/"):
        page.goto(url)
        if url == "/ask/article/":
            page.check("[name=delivery][value=office]")
        go_on(page)
        found[f"{url} with errors"] = faults(page)
    page.goto("/ask/book/")
    page.fill("[name=title]", "Honey")
    page.fill("[name=author]", "Hale, Miriam")
    page.fill("[name=isbn]", "12345")
    go_on(page)
    assert re.search("asked for this already", page.content())
    found["check with warnings"] = faults(page)
    go_on(page)
    found["confirmation"] = faults(page)
    page.context.clear_cookies()
    page.goto("/my/")
    sign_in(page, "north-borrowing")
    page.goto("/my/")
    found["no card"] = faults(page)
    assert {where: what for where, what in found.items() if what} == {}


def _requests(world: World) -> list[str]:
    """A request in each kind of page, and the page before cancelling one."""
    desk, at = world.north.actor(), clock.now()
    waiting = ask_for(world.north, new_loan(citation=book("A Question of Bees")), at=at)
    review.ask_patron(request_id=waiting.pk, text="Which edition?", actor=desk, at=at)
    shelf = ask_for(world.north, new_loan(citation=book("Honey")), at=at)
    copy = ask_for(world.north, new_copy(), at=at)
    for each in (shelf, copy):
        lenders.plan_lenders(request_id=each.pk, partner_ids=[world.eastlake.pk], actor=desk, at=at)
        lenders.ask(request_id=each.pk, actor=desk, at=at)
    arrival = items.Arrival(conditions=["LibraryUseOnly"])
    items.receive(request_id=shelf.pk, arrival=arrival, actor=desk, at=at)
    items.shelve(request_id=shelf.pk, actor=desk, at=at)
    copies.deliver_copy(request_id=copy.pk, link="https://example.org/a", until=None, actor=desk, at=at)
    closed = ask_for(world.north, new_loan(citation=book("Nowhere")), at=at)
    closing.close_unfilled(request_id=closed.pk, actor=desk, at=at, reason=world.no_reason)
    numbers = [each.number for each in (waiting, shelf, copy, closed)]
    return [f"/my/requests/{number}/" for number in numbers] + [f"/my/requests/{waiting.number}/cancel/"]
