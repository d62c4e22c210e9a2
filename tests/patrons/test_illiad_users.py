"""Coming from ILLiad: its users become patrons by the one import of patrons."""

import logging
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from illservice.core.models import AuditEntry, OutboxRow
from illservice.directory.services.illiad.report import Report
from patrons.models import Patron, PatronCategory
from patrons.services.illiad import UserImporter
from patrons.services.patrons import block_patron
from tests.exports import read_rows
from tests.world import NOON, World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def user(name: str, **more: object) -> dict[str, object]:
    """A user as ILLiad exports one; `more` names other columns."""
    return {
        "UserName": name,
        "LastName": "Ünsal",
        "FirstName": "Zoë",
        "SSN": f"29000{name}",
        "Status": "Visiting Scholar",
        "EMailAddress": f"{name}@example.org",
        "Phone": "",
        "MobilePhone": "555 1",
        "Department": "Physics",
        "NVTGC": "HILL",
        "NotificationMethod": "Mail",
        "Address": "1 Hill Road",
        "City": "Hilltown",
        "State": "IL",
        "Zip": "60000",
        "ExpirationDate": "5/31/2027 12:00:00 AM",
        "Cleared": "Yes",
        "Password": "secret",
    } | more


def took(world: World, *rows: dict[str, object], **options: Any) -> Report:
    return read_rows(UserImporter(world.north.library, at=NOON, **options), *rows)


def test_a_user_becomes_a_cleared_patron_with_an_account_and_a_category(world: World) -> None:
    dry = took(world, user("zoe"), dry_run=True)
    assert (dry.imported, PatronCategory.objects.filter(name="Visiting Scholar").exists()) == (1, False)
    report = took(world, user("zoe"))
    assert {**report.as_json(), "dry_run": True} == dry.as_json()
    assert report.warnings == {"category_added": 1, "unknown_column": 1}
    patron = Patron.objects.get(barcode="29000zoe")
    assert (patron.name, patron.email, patron.phone) == ("Zoë Ünsal", "zoe@example.org", "555 1")
    assert (patron.category.code, patron.category.library) == ("visiting-scholar", world.north.library)
    assert (patron.home_branch, patron.department, patron.contact) == (
        world.north.branch,
        "Physics",
        "letter",
    )
    assert patron.address == "1 Hill Road\nHilltown IL 60000"
    assert (patron.expires_on, patron.cleared_at, patron.is_blocked) == (date(2027, 5, 31), NOON, False)
    assert patron.user is not None
    assert (patron.user.username, patron.user.has_usable_password()) == ("zoe", False)
    assert AuditEntry.objects.filter(model=Patron._meta.label, object_pk=str(patron.pk)).exists()
    assert OutboxRow.objects.count() == 0


def test_a_second_reading_changes_nothing_and_a_new_one_only_what_differs(world: World) -> None:
    took(world, user("zoe"))
    again = took(world, user("zoe"))
    assert (again.present, again.imported, again.updated) == (1, 0, 0)
    moved = took(world, user("zoe", Department="Chemistry", Cleared="B"))
    assert (moved.updated, moved.present) == (1, 0)
    patron = Patron.objects.get(barcode="29000zoe")
    assert (patron.department, patron.is_blocked, patron.cleared_at) == ("Chemistry", True, NOON)
    assert Patron.objects.filter(library=world.north.library).count() == 3


def test_columns_that_an_export_lacks_leave_their_fields_alone(world: World) -> None:
    ada = world.north.patrons["ada"]
    block_patron(patron_id=ada.pk, reason="fees", actor=world.north.actor("head"), at=NOON)
    report = took(world, {"Username": "north-ada", "SSN": ada.barcode, "Department": "Law"})
    assert report.updated == 1
    ada.refresh_from_db()
    assert (ada.department, ada.email, ada.is_blocked) == ("Law", "ada@north.example", True)
    assert ada.user is not None
    assert (ada.category, ada.user.username) == (world.north.category, "north-ada")


def test_who_was_not_cleared_waits_and_a_user_without_a_card_is_known_by_the_name(world: World) -> None:
    took(
        world,
        user("zoe", SSN="", Cleared="No", Status="student"),
        user("yan", Cleared="DIS", ExpirationDate=""),
    )
    zoe, yan = Patron.objects.get(barcode="zoe"), Patron.objects.get(barcode="29000yan")
    assert (zoe.cleared_at, zoe.category) == (None, world.north.category)
    assert (yan.is_blocked, yan.block_reason, yan.expires_on) == (True, "disavowed", None)


def test_what_cannot_be_used_is_named_without_the_person(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    report = took(
        world,
        user("zoe", FirstName="", LastName=""),
        user("yan", Status=""),
        user("xi", ExpirationDate="someday", EMailAddress="xi at home"),
        user("xi"),
    )
    assert [(each.line, each.code) for each in report.rejected] == [
        (2, "no_name"),
        (3, "no_category"),
        (5, "duplicate"),
    ]
    assert (report.warnings["date_unreadable"], report.warnings["wrong_email"]) == (1, 1)
    said = " ".join([*(each.reason for each in report.rejected), caplog.text])
    assert not any(word in said for word in ("Ünsal", "29000", "xi at home"))


def test_a_file_without_usernames_is_one_clear_reject(world: World) -> None:
    report = took(world, {"Name": "a"})
    assert [(each.line, each.code) for each in report.rejected] == [(1, "no_export")]
    empty = UserImporter(world.north.library, at=NOON)
    empty.read("export.csv", BytesIO(b""))
    assert [each.code for each in empty.report.rejected] == ["empty_file"]
    assert empty.report.read == 1


def test_a_category_of_that_name_is_taken_and_codes_never_meet(world: World) -> None:
    PatronCategory.objects.create(library=world.north.library, code="visiting-scholar", name="Guests")
    PatronCategory.objects.create(library=world.north.library, code="fac", name="Faculty")
    took(world, user("zoe"), user("yan", Status="faculty"))
    assert Patron.objects.get(barcode="29000zoe").category.code == "visiting-scholar-2"
    assert Patron.objects.get(barcode="29000yan").category.code == "fac"
