"""A real browser, for what only a real browser shows. Skipped with a word where there is none."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.world import World, make_world

NARROW = ViewportSize(width=320, height=640)
WIDE = ViewportSize(width=1280, height=900)


@pytest.fixture(scope="session")
def browser(once: None) -> Iterator[Browser]:
    """The Chromium of this machine."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no Chromium on this machine")
    # The browser's own loop runs in this thread, and Django would take its queries for asynchronous ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as player:
        found = player.chromium.launch(executable_path=program, args=["--disable-dev-shm-usage"])
        yield found
        found.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture
def world(browser: Browser, transactional_db: None) -> World:
    cache.clear()
    return make_world()


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """`open_page(script=False, narrow=True, dark=True)`: a new window; addresses may be written without the host."""
    contexts: list[BrowserContext] = []

    def make(*, script: bool = True, narrow: bool = False, dark: bool = False) -> Page:
        context = browser.new_context(
            java_script_enabled=script,
            viewport=NARROW if narrow else WIDE,
            color_scheme="dark" if dark else "light",
            base_url=live_server.url,
        )
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def faults() -> Callable[[Page], list[str]]:
    """What axe finds wrong with a page, and whether it is wider than its window."""
    axe = Axe()

    def look(page: Page) -> list[str]:
        found = [str(each["id"]) for each in axe.run(page).response["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        return found + (["wider than the window"] if wide else [])

    return look
