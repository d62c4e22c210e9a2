"""Two installations, two databases, two ports: requests go from desk to desk through the browser on both sides.

What one desk does becomes a message of ISO 18626 over HTTP; the other desk's page must say so, and the other way round.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Locator, Page

from illservice.core import clock
from tests.browser.instances import Installation, start_two

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        "postgres" in settings.ILL_DATABASE_URL,
        reason="both installations have databases of their own: once is enough",
    ),
]

PATIENCE = 60.0
"""Seconds in which a message must have arrived, on a busy machine too."""


class Window:
    """One signed-in person of a desk. Works without script, as it must."""

    def __init__(self, browser: Browser, at: Installation, home: str, user: str) -> None:
        context = browser.new_context(base_url=at.address, java_script_enabled=False)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.home = home
        self.page.goto(home)
        self.page.fill("[name=username]", user)
        self.page.fill("[name=password]", "correct horse")
        self.page.click("main button[type=submit]")

    def do(self, number: str, action: str, **fields: str) -> None:
        """One step of the desk: open its form, fill it in, send it. The page must not refuse it."""
        self.page.goto(f"{self.home}requests/{number}/do/{action}/")
        form = self.page.locator("main form:has([name=version])").last
        for name, value in fields.items():
            _fill(form, name, value)
        form.locator("button[type=submit]:not([name])").last.click()
        self.page.wait_for_load_state()
        assert f"/do/{action}/" not in self.page.url, self.page.inner_text("main")

    def sees(self, number: str, *words: str) -> None:
        """Look at the request's page again until it says all of these words."""
        give_up = time.monotonic() + PATIENCE
        while True:
            self.page.goto(f"{self.home}requests/{number}/")
            seen = self.page.inner_text("main")
            missing = [each for each in words if each not in seen]
            if not missing:
                return
            assert time.monotonic() < give_up, f"{number}: {missing} never came:\n{seen}"
            time.sleep(0.5)

    def status(self, number: str) -> str:
        """Where the request is, as the head of its page says."""
        self.page.goto(f"{self.home}requests/{number}/")
        return self.page.locator(".request-head .tag").first.inner_text()

    def reaches(self, number: str, status: str) -> None:
        """Wait until the request is there."""
        give_up = time.monotonic() + PATIENCE
        while (now := self.status(number)) != status:
            assert time.monotonic() < give_up, f"{number} is at {now!r}, not at {status!r}"
            time.sleep(0.5)

    def find(self, words: str) -> str:
        """The lender's number of the one request that a search finds."""
        give_up = time.monotonic() + PATIENCE
        while True:
            self.page.goto(f"{self.home}?{urlencode({'q': words})}")
            found = re.search(r"\bL\d{7}\b", self.page.url + self.page.inner_text("main"))
            if found:
                return found.group()
            assert time.monotonic() < give_up, f"nothing found for {words!r}"
            time.sleep(0.5)


def _fill(form: Locator, name: str, value: str) -> None:
    field = form.locator(f"[name='{name}']")
    if field.first.get_attribute("type") in {"checkbox", "radio"}:
        form.locator(f"[name='{name}'][value='{value}']").check()
    elif field.first.locator("option").count():
        field.first.select_option(value)
    else:
        field.first.fill(value)


@dataclass
class Consortium:
    """The people at their desks."""

    borrower: Installation
    browser: Browser
    north: Window
    south: Window
    east: Window

    def ask(self, title: str, *lenders: str, copy: bool = False) -> str:
        """A patron asks with a link of a database; the desk asks these libraries. Returns the number."""
        patron = self.browser.new_context(
            base_url=self.borrower.address, java_script_enabled=False
        ).new_page()
        words = {
            "genre": "article",
            "atitle": title,
            "title": "Annals",
            "volume": "3",
            "date": "2011",
            "pages": "1-9",
        }
        book = {"genre": "book", "title": title, "aulast": "Hale", "date": "1999"}
        patron.goto(f"/openurl?{urlencode(words if copy else book)}")
        patron.fill("[name=username]", "north-ada")
        patron.fill("[name=password]", "correct horse")
        patron.click("main button[type=submit]")
        for _page in range(2):
            accept = patron.locator("[name=accepts_copyright]")
            if accept.count():
                accept.check()
            patron.locator("main form button[type=submit]").first.click()
            patron.wait_for_load_state()
        found = re.search(r"B\d{7}", patron.url)
        assert found, patron.inner_text("main")
        number = found.group()
        patron.context.close()
        desk = self.north.page
        desk.goto(f"/desk/north/requests/{number}/do/plan_lenders/")
        for lender in lenders:
            desk.click(f"button[value='add:{lender}']")
        desk.click("button[value=save]")
        self.north.do(number, "ask")
        self.north.reaches(number, "Asked a lender")
        return number


@pytest.fixture(scope="module")
def consortium(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consortium]:
    """Both installations, running, with somebody at each desk."""
    borrower, lender = start_two(tmp_path_factory.mktemp("two"))
    try:
        yield Consortium(
            borrower,
            browser,
            Window(browser, borrower, "/desk/north/", "north-borrowing"),
            Window(browser, lender, "/lend/south/", "south-lending"),
            Window(browser, lender, "/lend/east/", "east-lending"),
        )
    finally:
        borrower.stop()
        lender.stop()


def in_days(days: int) -> str:
    """A date as a form takes it."""
    today: date = clock.now().date()
    return (today + timedelta(days=days)).isoformat()


def send(desk: Window, number: str) -> None:
    """The lender has it fetched, and sends it."""
    desk.do(number, "pull", call_number_1="QL 568 .H3")
    desk.reaches(number, "To fetch")
    desk.do(number, "item_found")
    desk.do(number, "ship", due=in_days(30))
    desk.reaches(number, "Out on loan")


def test_a_loan_with_a_renewal_and_a_recall(consortium: Consortium) -> None:
    north, south = consortium.north, consortium.south
    ours = consortium.ask("Tales of the Weir", "south")
    theirs = south.find(ours)
    assert south.status(theirs) == "Can we supply?"
    send(south, theirs)
    north.reaches(ours, "On its way to us")
    north.do(ours, "receive")
    north.do(ours, "shelve")
    north.do(ours, "hand_over")
    north.reaches(ours, "With the patron")
    south.sees(theirs, "Arrived at the borrower")
    north.do(ours, "ask_renewal")
    south.sees(theirs, "Borrower asks to renew")
    south.do(theirs, "renew", due=in_days(60))
    north.sees(ours, "Renewal granted")
    south.do(theirs, "recall", back_by=in_days(9))
    north.sees(ours, "recalled by the lender")
    assert (north.status(ours), south.status(theirs)) == ("With the patron", "Out on loan")
    north.do(ours, "take_back")
    north.do(ours, "send_back")
    south.reaches(theirs, "Coming back")
    south.do(theirs, "check_in")
    north.reaches(ours, "Completed")
    assert south.status(theirs) == "Completed"


def test_a_copy(consortium: Consortium) -> None:
    north, south = consortium.north, consortium.south
    ours = consortium.ask("On the Nets of the Weir", "south", copy=True)
    theirs = south.find(ours)
    south.page.goto(f"/lend/south/requests/{theirs}/")
    south.page.click("#files a:has-text('Attach')")
    south.page.fill("main [name=url]", "https://copies.example.org/nets.pdf")
    south.page.locator("main form:has([name=url]) button[type=submit]").last.click()
    south.page.wait_for_load_state()
    south.do(theirs, "send_copy")
    south.reaches(theirs, "Copy sent")
    north.reaches(ours, "Arrived, to process")
    north.page.locator("#files form button[type=submit]").first.click()
    north.page.wait_for_load_state()
    north.reaches(ours, "Copy delivered")
    south.sees(theirs, "Arrived at the borrower")
    north.do(ours, "finish_copy")
    south.do(theirs, "finish_copy")
    assert (north.status(ours), south.status(theirs)) == ("Completed", "Completed")


def test_conditions_that_are_accepted(consortium: Consortium) -> None:
    north, south = consortium.north, consortium.south
    ours = consortium.ask("Letters from the Weir", "south")
    theirs = south.find(ours)
    south.do(theirs, "conditional", conditions="LibraryUseOnly", cost="12.50")
    north.sees(ours, "Lender asks: conditions", "12.50")
    north.do(ours, "accept_conditions")
    north.reaches(ours, "Promised")
    south.sees(theirs, "Conditions accepted")
    send(south, theirs)
    north.reaches(ours, "On its way to us")
    north.do(ours, "receive")
    north.do(ours, "shelve")
    north.sees(ours, "in the library only")


def test_an_unfilled_request_goes_to_the_next_library(consortium: Consortium) -> None:
    north, south, east = consortium.north, consortium.south, consortium.east
    ours = consortium.ask("Songs of the Weir", "south", "east")
    theirs = south.find(ours)
    south.do(theirs, "refuse", reason="not-on-shelf")
    south.reaches(theirs, "Not supplied")
    next_one = east.find(ours)
    assert east.status(next_one) == "Can we supply?"
    assert north.status(ours) == "Asked a lender"
    send(east, next_one)
    north.reaches(ours, "On its way to us")


def test_a_cancellation_that_is_refused_and_one_that_is_accepted(consortium: Consortium) -> None:
    north, south = consortium.north, consortium.south
    ours = consortium.ask("An Atlas of the Weir", "south")
    theirs = south.find(ours)
    south.do(theirs, "pull", call_number_1="G 1019")
    north.reaches(ours, "Promised")
    north.do(ours, "ask_cancel")
    south.sees(theirs, "Borrower asks to cancel")
    south.do(theirs, "cancel_no")
    north.sees(ours, "not wanted any more")
    assert (north.status(ours), south.status(theirs)) == ("Promised", "To fetch")
    second = consortium.ask("A Guide to the Weir", "south")
    theirs = south.find(second)
    north.do(second, "ask_cancel")
    south.reaches(theirs, "Cancelled")
    north.reaches(second, "Cancelled")
