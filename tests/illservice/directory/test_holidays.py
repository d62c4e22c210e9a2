"""Public holidays become closed days: entered again and again, and never over what the library decided."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from illservice.accounts.roles import Role
from illservice.core.errors import IllError, InvalidInput, NotFound, NotPermitted
from illservice.core.models import AuditEntry
from illservice.directory.calendars import countries, is_place, public_holidays, region_name, regions
from illservice.directory.models import Calendar, ClosedDay, ClosedSource
from illservice.directory.selectors import open_days
from illservice.directory.services import calendar as services
from illservice.directory.services.holidays import enter_again, enter_due_holidays
from tests.world import NOON, House, World

UNITY_DAY = date(2026, 10, 3)
EPIPHANY = date(2027, 1, 6)


def choose(house: House, country: str = "DE", region: str = "BY", **more: Any) -> Calendar:
    """The administrator chooses a place."""
    facts: dict[str, Any] = {
        "closed_weekdays": "67",
        "actor": house.actor(Role.ADMINISTRATOR),
        "at": NOON,
    } | more
    return services.set_usual_days(library_id=house.library.pk, country=country, region=region, **facts)


def switch(house: House, day: date, *, closed: bool) -> None:
    """The administrator says whether the library is closed on a holiday."""
    services.switch_holiday(
        library_id=house.library.pk, day=day, closed=closed, actor=house.actor(Role.HEAD), at=NOON
    )


def enter_anew(house: House) -> int:
    """The head presses the button."""
    return services.enter_holidays(library_id=house.library.pk, actor=house.actor(Role.HEAD), at=NOON)


def holidays(house: House) -> dict[date, tuple[str, bool]]:
    """What is entered."""
    rows = ClosedDay.objects.filter(library=house.library, source=ClosedSource.HOLIDAY).order_by("date")
    return {row.date: (row.name, row.counts) for row in rows}


def test_the_package_knows_countries_regions_and_names_in_the_librarys_language() -> None:
    assert countries()["DE"] == "Germany"
    assert countries()["BA"] == "Bosnia and Herzegovina"
    assert (regions("DE")["BY"], region_name("DE", "BY"), region_name("DE", "?")) == ("Bayern", "Bayern", "?")
    assert is_place("US", "TX")
    assert not is_place("US", "BY")
    assert not is_place("XX", "")
    for language, name in (
        ("en", "German Unity Day"),
        ("de", "Tag der Deutschen Einheit"),
        ("pt", "Tag der Deutschen Einheit"),
    ):
        assert public_holidays("DE", "", years=[2026], language=language)[UNITY_DAY] == name
    assert {day.year for day in public_holidays("US", "", years=[2027], language="en")} == {2027}
    with pytest.raises(InvalidInput):
        public_holidays("DE", "XX", years=[2026], language="en")


def test_choosing_a_place_enters_this_year_and_the_next_two(world: World) -> None:
    calendar = choose(world.north)
    entered = holidays(world.north)
    assert entered[UNITY_DAY] == ("German Unity Day", True)
    assert EPIPHANY in entered
    assert min(entered) >= NOON.date()
    assert {day.year for day in entered} == {2026, 2027, 2028}
    assert calendar.holidays_until == 2028
    assert not open_days(world.north.library).is_open(EPIPHANY)
    assert holidays(world.south) == {}


def test_entering_anew_changes_nothing_and_what_is_off_stays_off(world: World) -> None:
    choose(world.north)
    switch(world.north, UNITY_DAY, closed=False)
    before = holidays(world.north)
    assert before[UNITY_DAY] == ("German Unity Day", False)
    assert before[date(2027, 10, 3)] == ("German Unity Day", False)
    assert open_days(world.north.library).is_open(date(2028, 10, 3))
    count = enter_anew(world.north)
    assert (count, holidays(world.north)) == (0, before)
    switch(world.north, date(2027, 10, 3), closed=True)
    assert [each[1] for day, each in holidays(world.north).items() if (day.month, day.day) == (10, 3)] == [
        False, True, True,
    ]  # fmt: skip


def test_the_clock_adds_the_next_year_once_and_keeps_what_is_off(world: World) -> None:
    choose(world.north)
    switch(world.north, UNITY_DAY, closed=False)
    assert enter_due_holidays(NOON) == 0
    new_year = datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert enter_due_holidays(new_year) == 1
    assert enter_due_holidays(new_year) == 0
    entered = holidays(world.north)
    assert entered[date(2029, 10, 3)] == ("German Unity Day", False)
    assert entered[date(2029, 12, 25)][1] is True
    assert UNITY_DAY in entered, "what is over is history"


def test_another_place_takes_the_holidays_of_the_old_one_away_and_leaves_closures(world: World) -> None:
    choose(world.north)
    services.add_closure(
        library_id=world.north.library.pk,
        first_day=EPIPHANY,
        name="Inventory",
        actor=world.north.actor(Role.HEAD),
        at=NOON,
    )
    choose(world.north, region="BE")
    assert EPIPHANY not in holidays(world.north)
    assert date(2027, 3, 8) in holidays(world.north)
    assert not open_days(world.north.library).is_open(EPIPHANY)
    choose(world.north, country="", region="")
    assert holidays(world.north) == {}
    assert ClosedDay.objects.get().name == "Inventory"


def test_another_language_renames_the_holidays_and_switches_none(world: World) -> None:
    choose(world.north)
    switch(world.north, UNITY_DAY, closed=False)
    world.north.library.language = "de"
    world.north.library.save(update_fields=["language"])
    enter_anew(world.north)
    assert holidays(world.north)[UNITY_DAY] == ("Tag der Deutschen Einheit", False)


def test_who_may_not_and_what_cannot_be_changes_nothing(world: World) -> None:
    north = world.north
    refusals: tuple[tuple[Callable[[], Any], type[IllError]], ...] = (
        (lambda: choose(north, actor=north.actor(Role.BORROWING)), NotPermitted),
        (lambda: choose(north, actor=world.south.actor(Role.ADMINISTRATOR)), NotFound),
        (lambda: choose(north, "DE", "TX"), InvalidInput),
        (lambda: choose(north, "", "BY"), InvalidInput),
        (lambda: choose(north, closed_weekdays="1234567"), InvalidInput),
        (lambda: choose(north, closed_weekdays="8"), InvalidInput),
        (lambda: switch(north, UNITY_DAY, closed=False), NotFound),
        (lambda: enter_anew(north), InvalidInput),
    )  # fmt: skip
    for refused, error in refusals:
        with pytest.raises(error):
            refused()
    assert not ClosedDay.objects.exists()
    assert not Calendar.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_place_that_is_no_more_stops_no_other_and_is_tried_once_a_year(world: World) -> None:
    choose(world.north)
    choose(world.south, "US", "")
    Calendar.objects.filter(library=world.north.library).update(region="gone")
    Calendar.objects.update(holidays_until=2027)
    assert enter_due_holidays(NOON) == 2
    assert enter_due_holidays(NOON + timedelta(days=1)) == 0
    assert date(2028, 7, 4) in holidays(world.south)


def test_the_command_enters_what_is_missing_and_says_how_many(world: World) -> None:
    choose(world.north)
    choose(world.south, "US", "")
    ClosedDay.objects.filter(library=world.north.library).delete()
    out = io.StringIO()
    call_command("enter_holidays", library="NORTH", stdout=out)
    new = ClosedDay.objects.filter(library=world.north.library).count()
    assert new
    assert out.getvalue() == f"north {new}\n"
    assert set(enter_again(at=NOON)) == {"north", "south"}
    assert set(enter_again(at=NOON).values()) == {0}
    with pytest.raises(CommandError):
        call_command("enter_holidays", library="nobody", stdout=out)
