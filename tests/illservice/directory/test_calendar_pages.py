"""The calendar's pages: who sees them, closures, vacations, holidays, and the way back."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from time_machine import travel

from illservice.accounts.roles import Role
from illservice.core.models import AuditEntry
from illservice.directory.models import Calendar, ClosedDay, Vacation
from illservice.directory.selectors import open_days
from tests.world import NOON, World

PAGE = "/calendar/north/"
UNITY_DAY = "2026-10-03"
STATEMENTS = 13


@pytest.fixture(autouse=True)
def _in_march() -> Any:
    with travel(NOON, tick=False):
        yield


@pytest.fixture
def browser(client: Client, world: World) -> Client:
    """Northfield's administrator."""
    client.force_login(world.north.people[Role.ADMINISTRATOR])
    return client


def text(client: Client, path: str = PAGE) -> str:
    """The page as it is read."""
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_head_and_administrator_see_it_nobody_else_and_no_other_library(client: Client, world: World) -> None:
    pages = ("", "usual/", "closure/", "vacation/")
    for role in (Role.STUDENT, Role.BRANCH, Role.BORROWING, Role.LENDING, Role.COPYRIGHT):
        client.force_login(world.north.people[role])
        assert {client.get(PAGE + page).status_code for page in pages} == {403}
        assert client.post(f"{PAGE}closure/", {"first_day": "2026-05-04"}).status_code == 403
    client.force_login(world.south.people[Role.ADMINISTRATOR])
    assert {client.get(PAGE + page).status_code for page in pages} == {404}
    assert client.post(f"{PAGE}closure/", {"first_day": "2026-05-04"}).status_code == 404
    assert not ClosedDay.objects.exists()
    client.force_login(world.north.people[Role.HEAD])
    assert {client.get(PAGE + page).status_code for page in pages} == {200}
    assert 'href="/calendar/north/"' in text(client)


def test_country_then_region_and_the_holidays_stand_in_the_year(browser: Client, world: World) -> None:
    assert "No public holidays yet" in text(browser)
    said = {"closed_weekdays": ["6", "7"], "country": "DE"}
    answer = browser.post(f"{PAGE}usual/", said)
    assert answer.headers["Location"] == f"{PAGE}usual/"
    assert "Bayern" in text(browser, f"{PAGE}usual/")
    answer = browser.post(f"{PAGE}usual/", said | {"closed_weekdays": ["7"], "region": "BY"})
    assert answer.headers["Location"] == PAGE
    page = text(browser)
    assert "Saturday, Oct. 3, 2026" in page
    assert "Corpus Christi" in page
    assert "Public holidays are entered up to 2028" in page
    assert "Epiphany" in text(browser, f"{PAGE}?year=2027")
    north = world.north.library
    north.refresh_from_db()
    assert (north.closed_weekdays, Calendar.objects.get(library=north).region) == ("7", "BY")
    browser.post(f"{PAGE}usual/", said | {"country": "US", "region": "BY"})
    assert Calendar.objects.get(library=north).region == ""
    answer = browser.post(f"{PAGE}usual/", {"closed_weekdays": list("1234567")})
    assert answer.status_code == 422
    assert "Leave at least one day of the week open." in answer.content.decode()


def test_a_holiday_is_switched_off_stays_off_and_is_switched_on_again(browser: Client, world: World) -> None:
    browser.post(f"{PAGE}usual/", {"closed_weekdays": ["7"], "country": "DE"})
    for closed, says in (("no", "holiday, open"), ("yes", "holiday, closed")):
        answer = browser.post(f"{PAGE}holiday/", {"day": UNITY_DAY, "closed": closed})
        assert answer.headers["Location"] == f"{PAGE}?year=2026"
        browser.post(f"{PAGE}holidays/")
        row = text(browser).split("Oct. 3, 2026")[1].split("</tr>")[0]
        assert says in row
        world.north.library.refresh_from_db()
        assert open_days(world.north.library).is_open(date(2026, 10, 3)) is (closed == "no")
    for wrong in ("2026-10-04", "soon", ""):
        assert browser.post(f"{PAGE}holiday/", {"day": wrong, "closed": "no"}).status_code == 404


def test_a_closure_is_added_removed_and_put_back(browser: Client, world: World) -> None:
    said = {"first_day": "2026-05-04", "last_day": "2026-05-08", "name": "Inventory"}
    answer = browser.post(f"{PAGE}closure/", said)
    assert answer.headers["Location"] == f"{PAGE}?year=2026"
    assert "May 4, 2026 to May 8, 2026" in text(browser)
    assert open_days(world.north.library).roll_forward(date(2026, 5, 4)) == date(2026, 5, 11)
    for wrong in (said, said | {"first_day": "2026-05-12"}, {"first_day": ""}, {"first_day": "1066-10-14"},
                  {"first_day": "2026-06-01", "last_day": "2031-06-01"}):  # fmt: skip
        assert browser.post(f"{PAGE}closure/", wrong).status_code == 422, wrong
    browser.post(f"{PAGE}remove/", {"day": "2026-05-04"})
    assert not ClosedDay.objects.exists()
    assert "The closure May 4, 2026 to May 8, 2026 is removed." in text(browser)
    browser.post(f"{PAGE}restore/")
    kept = ClosedDay.objects.get()
    assert (kept.date, kept.until, kept.name) == (date(2026, 5, 4), date(2026, 5, 8), "Inventory")
    browser.post(f"{PAGE}restore/")
    assert ClosedDay.objects.count() == 1
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["create", "delete", "create"]
    assert browser.post(f"{PAGE}remove/", {"day": "2026-05-05"}).status_code == 404


def test_a_vacation_is_added_removed_and_put_back_with_its_words(browser: Client, world: World) -> None:
    said = {
        "first_day": "2026-08-03",
        "last_day": "2026-08-16",
        "stops": ["lending"],
        "partner_words": "On  leave.",
    }
    assert browser.post(f"{PAGE}vacation/", said).status_code == 302
    page = text(browser)
    assert "Aug. 3, 2026 to Aug. 16, 2026" in page
    assert "To partners: On leave." in page
    assert "Made by administrator of Northfield Library" in page
    one = Vacation.objects.get()
    assert (one.stops_borrowing, one.stops_lending, one.made_by) == (
        False,
        True,
        world.north.people["administrator"],
    )
    for wrong in (said | {"last_day": "2026-08-02"}, said | {"stops": []}, said | {"first_day": ""},
                  {"first_day": "2026-02-01", "last_day": "2026-02-20", "stops": ["lending"]}):  # fmt: skip
        assert browser.post(f"{PAGE}vacation/", wrong).status_code == 422, wrong
    assert browser.post(f"{PAGE}remove/", {"vacation": str(one.pk + 1)}).status_code == 404
    browser.post(f"{PAGE}remove/", {"vacation": str(one.pk)})
    assert not Vacation.objects.exists()
    browser.post(f"{PAGE}restore/")
    back = Vacation.objects.get()
    assert (back.first_day, back.last_day) == (one.first_day, one.last_day)
    assert (back.stops_borrowing, back.stops_lending, back.partner_words) == (False, True, "On leave.")


def test_what_one_library_removed_is_not_put_back_in_another(browser: Client, world: World) -> None:
    membership = world.south.people[Role.ADMINISTRATOR].memberships.get()
    membership.pk, membership.user = None, world.north.people[Role.ADMINISTRATOR]
    membership.save(force_insert=True)
    browser.post(f"{PAGE}closure/", {"first_day": "2026-05-04"})
    browser.post(f"{PAGE}remove/", {"day": "2026-05-04"})
    assert "is removed" not in text(browser, "/calendar/south/")
    browser.post("/calendar/south/restore/")
    assert not ClosedDay.objects.exists()


def test_a_vacation_without_an_end_says_so_and_odd_years_show_this_one(browser: Client) -> None:
    browser.post(f"{PAGE}vacation/", {"first_day": "2026-08-03", "stops": ["borrowing", "lending"]})
    assert "from Aug. 3, 2026 on" in text(browser)
    assert "from Aug. 3, 2026 on" in text(browser, f"{PAGE}?year=2030")
    assert "0 open days" in text(browser, f"{PAGE}?year=2030")
    for odd in ("0", "9999", "soon", "\u0662\u0660\u0662\u0666"):
        assert "Calendar 2026" in text(browser, f"{PAGE}?year={odd}")


def test_a_full_year_costs_no_more_statements_than_an_empty_one(
    browser: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(STATEMENTS):
        text(browser)
    browser.post(f"{PAGE}usual/", {"closed_weekdays": ["7"], "country": "US"})
    for month in range(3, 9):
        browser.post(f"{PAGE}closure/", {"first_day": f"2026-0{month}-10"})
        browser.post(f"{PAGE}vacation/", {"first_day": f"2026-0{month}-20", "last_day": f"2026-0{month}-21",
                                          "stops": ["lending"]})  # fmt: skip
    with django_assert_max_num_queries(STATEMENTS):
        text(browser)
