"""A library without a system in a real browser: ask, agree, get it, renew, send back; and a lender's link."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from illservice.core import clock
from lending.models import LendingRequest
from lending.services import answers, items, loans
from lending.services.answers import Terms
from lending.services.items import Copy
from requests_app.services.answer_links import Purpose, link_for
from tests.browser.test_patron_journey import follow, go_on, sign_in
from tests.lending import verbs
from tests.lending.borrower_walks import AT, person
from tests.requests_app import standing
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenPage = Callable[..., Page]
Faults = Callable[[Page], list[str]]


def ask(page: Page) -> LendingRequest:
    """From the first question to the number."""
    follow(page, "text=Ask for something >> nth=0")
    page.check("[name=material][value=book]")
    go_on(page)
    page.fill("[name=title]", "Honey and its makers")
    page.fill("[name=borrower_number]", "EL-77")
    page.fill("[name=ship_to]", "Eastlake University\n1 Lake Road")
    go_on(page)
    assert page.title().startswith("Check your answers")
    go_on(page)
    request = LendingRequest.objects.get()
    assert request.number in page.inner_text("h1 + p")
    return request


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_the_first_question_to_the_parcel_back(
    world: World, open_page: OpenPage, faults: Faults, script: bool
) -> None:
    person(world)
    desk, page, found = verbs.desk(world), open_page(script=script), {}

    def look(where: str) -> None:
        if script:
            found[where] = faults(page)

    page.goto("/")
    sign_in(page, "eastlake-ill")
    assert page.url.endswith(AT)
    look("empty list")
    request = ask(page)
    look("sent")
    terms = Terms(["LibraryUseOnly"], note="Reading room only")
    answers.conditional(request_id=request.pk, terms=terms, actor=desk, at=clock.now())
    follow(page, "text=See your request")
    look("conditions")
    assert "Reading room only" in page.inner_text("main")
    follow(page, "button:has-text('Agree') >> nth=0")
    assert "You agreed" in page.inner_text("main")
    items.pull(request_id=request.pk, copies=[Copy(call_number="Q 1")], actor=desk, at=clock.now())
    loans.ship(request_id=request.pk, actor=desk, at=clock.now())
    page.reload()
    look("on loan")
    follow(page, "text=It arrived")
    follow(page, "button:has-text('Ask to keep it longer')")
    assert "You asked for more time" in page.inner_text("main")
    loans.renew(request_id=request.pk, actor=desk, at=clock.now())
    page.reload()
    follow(page, "text=Print a return label")
    look("return label")
    page.go_back()
    follow(page, "button:has-text('We sent it back')")
    look("coming back")
    assert verbs.again(request).state == "coming_back"
    page.goto(AT)
    look("list")
    assert "On its way back to us" in page.inner_text("main")
    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.parametrize("narrow", [False, True], ids=["wide and light", "narrow and dark"])
def test_axe_finds_nothing_on_the_other_pages(
    world: World, open_page: OpenPage, faults: Faults, narrow: bool
) -> None:
    person(world)
    at = clock.now()
    new = verbs.lend(world, actor=verbs.as_borrower(world), at=at, channel="web")
    closed = verbs.refused(world, verbs.lend(world, at=at, channel="web"))
    page = open_page(narrow=narrow, dark=narrow)
    page.goto(AT)
    sign_in(page, "eastlake-ill")
    found = {}
    for url in (
        AT,
        f"{AT}?q=nothing",
        f"{AT}ask/",
        f"{AT}ask/article/",
        f"{AT}requests/{new.number}/",
        f"{AT}requests/{new.number}/cancel/",
        f"{AT}requests/{closed.number}/",
        f"{AT}check/gone/",
    ):
        page.goto(url)
        found[url] = faults(page)
    page.goto(f"{AT}ask/article/")
    go_on(page)
    assert page.title().startswith("Error: ")
    found["form with errors"] = faults(page)
    page.goto("/lend/north/accounts/")
    page.context.clear_cookies()
    page.goto("/lend/north/accounts/")
    sign_in(page, "north-lending")
    found["accounts"] = faults(page)
    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_a_lender_answers_by_its_link_without_script(
    world: World, open_page: OpenPage, faults: Faults, narrow: bool
) -> None:
    lender_try = standing.asked(world).tries.select_related("request").get(open=True)
    address = link_for(lender_try, Purpose.SUPPLY, clock.now())
    path = address[address.index("/answer/") :]
    page, found = open_page(narrow=narrow), {}
    page.goto(path)
    found["question"] = faults(page)
    for action in ("lender_no", "lender_conditional", "lender_shipped"):
        page.goto(f"{path}?do={action}")
        found[action] = faults(page)
    plain = open_page(script=False)
    plain.goto(path)
    follow(plain, "text=Yes, we will send it")
    plain.fill("[name=system_number]", "EL-9")
    go_on(plain)
    assert "You will send it" in plain.inner_text("main")
    page.goto(path)
    found["over"] = faults(page)
    assert {where: what for where, what in found.items() if what} == {}
