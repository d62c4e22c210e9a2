"""The closed time of a lending desk becomes a vacation and comes back; every step of the tables can be taken back."""

from datetime import date
from importlib import import_module
from typing import Any, ClassVar

import pytest
from django.apps.registry import Apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from illservice.directory.models import Library, Vacation
from lending.models import LendingDesk

MOVE = import_module("lending.migrations.0004_closed_time_becomes_a_vacation")


class Desk(models.Model):
    """The desk as it was; its two columns are added inside the test's transaction."""

    library_id = models.BigIntegerField()
    closed_from = models.DateField(null=True)
    closed_until = models.DateField(null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        apps = Apps()
        app_label = "ill_lending"
        db_table = LendingDesk._meta.db_table
        managed = False


class Then:
    """The models of that time."""

    def get_model(self, _app: str, name: str) -> Any:
        """By the name."""
        return {"LendingDesk": Desk, "Vacation": Vacation}[name]


@pytest.mark.django_db
def test_a_closed_time_becomes_a_vacation_and_comes_back() -> None:
    for column in ("closed_from", "closed_until"):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {Desk._meta.db_table} ADD COLUMN {column} date NULL")
    times = {
        "open": (None, None),
        "summer": (date(2026, 8, 1), date(2026, 8, 9)),
        "ended": (None, date(2020, 1, 5)),
        "for good": (date(2026, 8, 1), None),
    }
    for name, (first, last) in times.items():
        desk = LendingDesk.objects.create(
            library=Library.objects.create(name=name, slug=name.replace(" ", "-"))
        )
        Desk.objects.filter(pk=desk.pk).update(closed_from=first, closed_until=last)

    MOVE._to_vacations(Then(), None)

    found = {row.library.name: row for row in Vacation.objects.all()}
    assert {name: (row.first_day, row.last_day) for name, row in found.items()} == {
        "summer": times["summer"],
        "ended": (date(2020, 1, 5), date(2020, 1, 5)),
        "for good": times["for good"],
    }
    assert not any(row.stops_borrowing or not row.stops_lending for row in found.values())
    assert not Desk.objects.exclude(closed_from=None, closed_until=None).exists()

    MOVE._to_desks(Then(), None)

    desks = [(desk.closed_from, desk.closed_until) for desk in Desk.objects.order_by("pk")]
    assert desks == [times["open"], times["summer"], (date(2020, 1, 5), date(2020, 1, 5)), times["for good"]]
    assert not Vacation.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("app", ["ill_lending", "ill_directory"])
def test_every_step_can_be_taken_back(app: str) -> None:
    known = MigrationLoader(connection).disk_migrations.items()
    steps = [step for (label, _name), migration in known if label == app for step in migration.operations]
    assert steps
    assert all(step.reversible for step in steps)
