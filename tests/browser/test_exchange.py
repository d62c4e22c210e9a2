"""The exchange's pages as axe sees them: partners' systems, one connection, and what was said about a request."""

import pytest

from illservice.core.models import OutboxRow, OutboxState
from illservice.exchange.models import Connection
from lending.models import LendingRequest
from lending.services import items, loans
from tests.browser.test_patron_journey import Faults, OpenPage, sign_in
from tests.exchange.pair import make_pair
from tests.exchange.test_both_sides import DUE, SHELF
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def talked(world: World) -> LendingRequest:
    """Southfield lends to Northfield: some of it was said, some waits, some was given up."""
    pair = make_pair(world)
    lent = pair.lent(pair.ask())
    items.pull(request_id=lent.pk, copies=[SHELF], actor=pair.lender, at=pair.at)
    pair.post()
    Connection.objects.update(silent_since=pair.at, failures=4, last_heard_at=pair.at)
    loans.ship(request_id=lent.pk, due=DUE, actor=pair.lender, at=pair.at)
    row = OutboxRow.objects.get(subject=lent.number, kind="iso18626", state=OutboxState.WAITING)
    row.state, row.last_error = OutboxState.FAILED, "the partner's system answered 500"
    row.save()
    return lent


@pytest.mark.parametrize(("narrow", "dark"), [(False, False), (True, True)], ids=["wide", "narrow dark"])
def test_axe_finds_nothing_on_the_pages_of_the_exchange(
    world: World, open_page: OpenPage, faults: Faults, narrow: bool, dark: bool
) -> None:
    lent = talked(world)
    page = open_page(script=True, narrow=narrow, dark=dark)
    page.goto("/exchange/south/partners/")
    sign_in(page, "south-administrator")
    found = {"list": faults(page)}
    page.goto("/exchange/south/partners/north/")
    found["one"] = faults(page)
    page.click("form[action$='/test/'] button")
    found["tested"] = faults(page)
    page.fill("[name=partner_username]", "north")
    page.locator("form[action$='/credentials/'] button[type=submit]").first.click()
    page.wait_for_load_state()
    found["password"] = faults(page)
    page.goto(f"/exchange/south/{lent.number}/")
    page.locator("main details summary").first.click()
    assert page.locator("main pre").first.is_visible()
    assert page.get_by_role("button", name="Send again").count() == 1
    found["log"] = faults(page)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
