"""The page and the command that bring journals in."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from illservice.accounts.models import User
from illservice.accounts.roles import Role
from illservice.citations.models import Journal, LicenceTerms, Subscription
from illservice.directory import forms
from tests.world import World

pytestmark = pytest.mark.django_db

FILE = "title,issn\nLakes & <b>Ponds</b>,0317-8471\n,\n"
PAGE = "/titles/north/"


def brought(client: Client, text: str = FILE, **more: str) -> Any:
    return client.post(
        PAGE, {"file": SimpleUploadedFile("titles.csv", text.encode()), "package": "Waters", **more}
    )


@pytest.fixture
def staff(world: World, client: Client) -> Client:
    client.force_login(world.north.people[Role.COPYRIGHT])
    return client


def test_a_file_is_looked_at_first_and_taken_over_when_somebody_says_so(world: World, staff: Client) -> None:
    looked = brought(staff).content.decode()
    assert "This is what the file would do" in looked
    assert "Line 3: There is neither a title nor a valid ISSN." in looked
    assert not Journal.objects.exists()
    taken = brought(staff, for_good="on").content.decode()
    assert "The file was taken over" in taken
    mine = Subscription.objects.get()
    assert (mine.library, mine.source) == (world.north.library.pk, "Waters")
    assert "1 subscription of your library is known here." in staff.get(PAGE).content.decode()


def test_the_licence_of_a_package_is_chosen_from_the_librarys_own(world: World, staff: Client) -> None:
    LicenceTerms.objects.create(library=world.north.library.pk, name="Waters 2026")
    LicenceTerms.objects.create(library=world.south.library.pk, name="Strange")
    page = staff.get(PAGE).content.decode()
    assert ("Waters 2026" in page, "Strange" in page) == (True, False)
    assert brought(staff, for_good="on", licence="Strange").status_code == 422
    assert not Subscription.objects.exists()
    brought(staff, for_good="on", licence="Waters 2026", aggregator="on")
    mine = Subscription.objects.get()
    assert (str(mine.licence), mine.is_aggregator) == ("Waters 2026", True)


def test_what_cannot_be_read_is_said_kindly_beside_the_field(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = brought(staff, "a,b\n1,2\n")
    assert wrong.status_code == 422
    assert "The first line of the file must name its columns" in wrong.content.decode()
    none = staff.post(PAGE, {})
    assert (none.status_code, b"Choose a file that is not too large." in none.content) == (422, True)
    monkeypatch.setattr(forms, "MOST_LINES", 2)
    assert b"An operator reads it by command." in brought(staff, for_good="on").content
    assert not Journal.objects.exists()


def test_the_desk_and_strangers_bring_nothing(world: World, client: Client) -> None:
    client.force_login(world.north.people[Role.BORROWING])
    assert brought(client, for_good="on").status_code == 403
    client.force_login(world.south.people[Role.ADMINISTRATOR])
    assert brought(client, for_good="on").status_code == 404
    assert not Journal.objects.exists()


def test_the_command_reads_a_file_and_ends_with_one_line_of_json(world: World, tmp_path: Path) -> None:
    file = tmp_path / "titles.csv"
    file.write_text(FILE)
    out = io.StringIO()
    LicenceTerms.objects.create(library=world.north.library.pk, name="Waters 2026")
    package = ("--package=Waters", "--licence=Waters 2026", "--aggregator")
    call_command("import_titles", str(file), "--library=NORTH", *package, "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert (said["read"], said["journals"], said["created"]) == (2, 1, 1)
    assert said["rejected"] == [
        {"line": 3, "code": "no_title", "reason": "There is neither a title nor a valid ISSN."}
    ]
    words = io.StringIO()
    call_command("import_titles", str(file), "--library=NORTH", "--package=Waters", "--dry-run", stdout=words)
    assert "1 unchanged, 0 passed over, 1 rejected (dry run, nothing was written)" in words.getvalue()
    mine = Subscription.objects.get()
    assert (str(mine.licence), mine.is_aggregator) == ("Waters 2026", True)


@pytest.mark.parametrize(
    "words",
    [
        ("--library=NOBODY",),
        ("--library=NORTH", "--kbart"),
        ("--library=NORTH", "--licence=None of ours"),
        ("none",),
    ],
)
def test_the_command_refuses_unknown_libraries_and_files_that_are_none(
    world: World, tmp_path: Path, words: tuple[str, ...]
) -> None:
    file = tmp_path / "titles.csv"
    file.write_text(FILE)
    given = [str(tmp_path / "none"), "--library=NORTH"] if words == ("none",) else [str(file), *words]
    with pytest.raises(CommandError) as refused:
        call_command("import_titles", *given)
    assert refused.value.returncode == 2
    assert not Journal.objects.exists()


def test_the_page_takes_few_statements_however_much_is_held(
    staff: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    brought(staff, "title\n" + "\n".join(f"Lakes {number}" for number in range(30)), for_good="on")
    with django_assert_max_num_queries(10):
        assert b"30 subscriptions" in staff.get(PAGE).content


def test_operators_mend_a_journal_and_its_title_is_found_anew(world: World, client: Client) -> None:
    client.force_login(User.objects.create_superuser("operator"))
    rows = {"issns-INITIAL_FORMS": "0", "issns-0-value": "ISSN 2434561x", "issns-0-kind": "print"}
    made = {"title": "Lakes", "issns-TOTAL_FORMS": "1", **rows}
    assert client.post("/admin/ill_citations/journal/add/", made).status_code == 302
    journal = Journal.objects.get()
    assert (journal.title_key, journal.issns.get().value) == ("lakes", "2434-561X")
    wrong = client.post("/admin/ill_citations/journal/add/", made | {"issns-0-value": "2434-5611"})
    assert "This is no ISSN" in wrong.content.decode()
    again = {"title": "The Ponds", "issns-TOTAL_FORMS": "0", "issns-INITIAL_FORMS": "0"}
    client.post(f"/admin/ill_citations/journal/{journal.pk}/change/", again)
    journal.refresh_from_db()
    assert (journal.title, journal.title_key) == ("The Ponds", "ponds")
