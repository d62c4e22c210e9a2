"""Pages of administrators in a real browser: what has to fit does fit, at a desk and on a telephone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize

from illservice.accounts.models import User
from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.directory.models import ClosedDay
from requests_app.services import lender_news, lenders
from tests.browser.test_patron_journey import sign_in
from tests.world import World, ask_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenPage = Callable[..., Page]
TELEPHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)


@pytest.fixture
def page(world: World, open_page: OpenPage) -> Page:
    page = open_page()
    page.goto("/desk/north/")
    sign_in(page, f"north-{Role.HEAD}")
    return page


def test_a_number_can_be_read_in_the_search_field_beside_both_desks(page: Page) -> None:
    page.set_viewport_size(DESK)
    field = page.locator("[data-search]").bounding_box()
    bar = page.locator(".bar").bounding_box()
    assert field is not None
    assert bar is not None
    assert field["width"] >= 130
    assert bar["height"] < 60


def test_a_long_button_of_a_row_breaks_on_a_telephone(world: World, page: Page) -> None:
    at, desk = clock.now(), world.north.actor()
    request = ask_for(world.north)
    lenders.plan_lenders(request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=at)
    lenders.ask(request_id=request.pk, actor=desk, at=at)
    lender_news.lender_retry(request_id=request.pk, offer=lender_news.Offer(), actor=desk, at=at)
    User.objects.filter(username=f"north-{Role.HEAD}").update(language="de")
    page.set_viewport_size(TELEPHONE)
    page.goto("/desk/north/")
    assert "Dieselbe gebende Bibliothek noch einmal fragen" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_buttons_of_the_calendar_are_seen_without_scrolling_on_a_telephone(
    world: World, page: Page
) -> None:
    day = clock.now().date().replace(month=7, day=4)
    ClosedDay.objects.create(library=world.north.library, date=day, name="Independence Day")
    page.set_viewport_size(TELEPHONE)
    page.goto("/calendar/north/")
    assert page.locator(".table-wrap button").count() > 0
    assert page.evaluate(
        "[...document.querySelectorAll('.table-wrap')].every((box) => box.scrollWidth <= box.clientWidth)"
    )
