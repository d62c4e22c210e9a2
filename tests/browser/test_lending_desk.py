"""The lending desk's lists in a real browser: by keyboard, without script, on a telephone, and as axe sees them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from illservice.accounts.roles import Role
from illservice.core import clock, health
from lending.models import LendingRequest
from lending.services.items import Copy
from tests.browser.test_patron_journey import follow, sign_in
from tests.lending.verbs import again, coming_back, found, lend, overdue, pulled, wrote
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenPage = Callable[..., Page]
Faults = Callable[[Page], list[str]]
QUEUE = "/lend/north/"


def enter(page: Page, url: str = QUEUE, role: str = Role.LENDING) -> None:
    page.goto(url)
    sign_in(page, f"north-{role}")


def press_to_go_on(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def states(*requests: LendingRequest) -> list[str]:
    return [again(each).state for each in requests]


def test_a_morning_by_keyboard_alone(world: World, open_page: OpenPage) -> None:
    now = clock.now()
    parcels = [found(world, at=now) for _ in range(3)]
    page = open_page()
    enter(page, f"{QUEUE}?queue=found")
    page.keyboard.press("j")
    press_to_go_on(page, "e")
    assert states(*parcels) == ["on_loan", "found", "found"]
    assert "Sent" in page.inner_text(".undo")
    press_to_go_on(page, "u")
    assert states(*parcels) == ["found", "found", "found"]
    page.goto(f"{QUEUE}?queue=found")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.select_option("#chosen-do", "ship")
    follow(page, "form.chosen button[type=submit] >> nth=0")
    assert "Done: 2 of 2" in page.inner_text("main")
    assert states(*parcels) == ["on_loan", "on_loan", "found"]


def test_keys_that_were_switched_off_in_the_account_do_nothing(world: World, open_page: OpenPage) -> None:
    found(world, at=clock.now())
    page = open_page()
    enter(page, QUEUE)
    page.keyboard.press("j")
    assert page.locator(".is-current").count() == 1
    page.goto("/account/")
    page.uncheck("[name=keyboard_shortcuts]")
    follow(page, "main button[type=submit]")
    page.goto(QUEUE)
    page.keyboard.press("j")
    assert page.locator(".is-current").count() == 0
    assert page.locator("[data-keys-toggle]").count() == 0


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_student_fetches_with_a_telephone_in_one_hand(
    world: World, open_page: OpenPage, script: bool
) -> None:
    at = clock.now()
    first, second = (pulled(world, at=at, copies=[Copy(call_number=number)]) for number in ("A 1", "B 1"))
    page = open_page(script=script, narrow=True)
    enter(page, f"{QUEUE}stacks/", Role.STUDENT)
    buttons = page.locator(".fetch__buttons button")
    assert all(each["height"] >= 44 for each in (one.bounding_box() for one in buttons.all()) if each)
    follow(page, f"#item-{first.items.get().pk} >> text=Found >> nth=0")
    follow(page, f"#item-{second.items.get().pk} >> text=Not found")
    assert states(first, second) == ["found", "new"]
    follow(page, ".undo button")
    assert states(first, second) == ["found", "to_pull"]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_scan_and_done(world: World, open_page: OpenPage, script: bool) -> None:
    request = coming_back(world, at=clock.now())
    page = open_page(script=script)
    enter(page, f"{QUEUE}scan/?do=check_in")
    page.fill("[name=code]", "N-1001")
    page.keyboard.press("Enter")
    page.wait_for_selector("#scanned li")
    assert request.number in page.inner_text("#scanned")
    assert states(request) == ["completed"]


def test_the_head_goes_from_one_desk_to_the_other(world: World, open_page: OpenPage) -> None:
    page = open_page(script=False)
    enter(page, "/desk/north/", Role.HEAD)
    follow(page, ".bar__desks >> text=Lending")
    assert page.url.endswith(QUEUE)
    assert page.inner_text(".bar__desks [aria-current]") == "Lending"


@pytest.mark.parametrize("narrow", [False, True], ids=["wide and light", "narrow and dark"])
def test_axe_finds_nothing_on_any_list(
    world: World, open_page: OpenPage, faults: Faults, narrow: bool
) -> None:
    at = clock.now()
    health.beat("sweeper", at=at)
    page = open_page(narrow=narrow, dark=narrow)
    enter(page, QUEUE, Role.HEAD)
    looks = {"empty queue": faults(page)}
    wrote(world, lend(world, at=at), at=at)
    pulled(world, at=at, service_level="rush", copies=[Copy(call_number="QL 568 .A6", shelf="Stacks")])
    overdue(world, at=at)
    parcel = found(world, at=at)
    for url in ("", "?queue=found", "?kind=copy", "?q=nothing", "attention/", "stacks/", "scan/",
                f"scan/?do=ship&number={parcel.number}"):  # fmt: skip
        page.goto(QUEUE + url)
        looks[url] = faults(page)
    assert {where: what for where, what in looks.items() if what} == {}
