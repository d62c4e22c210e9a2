"""The tables of the exchange are what its models say, and every step to them can be taken back."""

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

APP = "ill_exchange"


@pytest.mark.django_db
def test_nothing_is_left_to_migrate() -> None:
    out = io.StringIO()
    call_command("makemigrations", APP, check=True, dry_run=True, stdout=out)
    assert "No changes" in out.getvalue()


@pytest.mark.django_db
def test_every_step_can_be_taken_back() -> None:
    steps = [
        step
        for (app, _name), migration in MigrationLoader(connection).disk_migrations.items()
        if app == APP
        for step in migration.operations
    ]
    assert steps
    assert all(step.reversible for step in steps)
