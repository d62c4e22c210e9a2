"""Closed days: what the database refuses, and how older code reads them when a step is taken back."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from illservice.directory.models import ClosedDay, ClosedSource, Vacation
from illservice.directory.selectors import calendar_kept, open_days
from tests.world import NOON, World

BACK = import_module("illservice.directory.migrations.0005_single_closed_days")


def test_closed_days_of_all_kinds_are_closed_and_a_holiday_that_is_off_is_open(world: World) -> None:
    library = world.north.library
    ClosedDay.objects.create(library=library, date=date(2027, 1, 4), until=date(2027, 1, 6))
    ClosedDay.objects.create(
        library=library, date=date(2027, 1, 7), source=ClosedSource.HOLIDAY, counts=False
    )
    ClosedDay.objects.create(library=world.south.library, date=date(2027, 1, 7))
    Vacation.objects.create(
        library=library,
        first_day=date(2027, 1, 8),
        last_day=date(2027, 1, 8),
        stops_lending=False,
        made_at=NOON,
    )
    Vacation.objects.create(library=library, first_day=date(2027, 1, 13), made_at=NOON, stops_borrowing=False)

    def opened(side: str = "") -> list[int]:
        days = open_days(library, side)
        return [day for day in range(1, 15) if days.is_open(date(2027, 1, day))]

    assert opened("borrowing") == [1, 7, 11, 12, 13, 14]
    assert opened("lending") == [1, 7, 8, 11, 12]
    assert opened() == [1, 7, 8, 11, 12, 13, 14], "the house is closed while neither desk works"
    with calendar_kept(library):
        assert opened("lending") == [1, 7, 8, 11, 12]


def test_the_database_refuses_what_ends_before_it_begins_or_stops_nothing(world: World) -> None:
    library, day = world.north.library, date(2027, 1, 4)
    ClosedDay.objects.create(library=library, date=day)
    ClosedDay.objects.create(library=library, date=day, source=ClosedSource.HOLIDAY)
    wrong = (
        ClosedDay(library=library, date=day),
        ClosedDay(library=library, date=date(2027, 1, 5), until=day),
        Vacation(library=library, first_day=date(2027, 1, 5), last_day=day, made_at=NOON),
        Vacation(library=library, first_day=day, stops_lending=False, stops_borrowing=False, made_at=NOON),
    )
    for row in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_on_the_way_back_every_closed_day_is_one_row_and_no_day_twice(world: World) -> None:
    library = world.north.library
    for day, values in (
        (1, {"until": date(2027, 1, 3), "name": "Span"}),
        (2, {"source": ClosedSource.HOLIDAY, "name": "Holiday"}),
        (3, {"name": "Inside"}),
        (4, {"name": "One"}),
        (5, {"source": ClosedSource.HOLIDAY, "name": "Open", "counts": False}),
    ):
        ClosedDay.objects.create(library=library, date=date(2027, 1, day), **values)
    BACK._single_days(apps, None)
    found = [(row.date.day, row.until, row.source, row.name) for row in ClosedDay.objects.order_by("date")]
    assert found == [
        (1, None, "closure", "Span"), (2, None, "closure", "Holiday"), (3, None, "closure", "Span"),
        (4, None, "closure", "One"),
    ]  # fmt: skip
