"""`import_illiad` reads every kind of export, says what it did, and its page says what the code does."""

import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from illservice.core.workflow import Table
from illservice.directory.models import Partnership
from illservice.directory.services.illiad.places import Place
from lending.models import LendingRequest
from lending.services.illiad import places as lending
from lending.workflow import TABLE as LENDING
from lending.workflow import states as lending_states
from patrons.models import Patron
from requests_app.models import BorrowingRequest
from requests_app.services.illiad import places as borrowing
from requests_app.workflow import TABLE as BORROWING
from requests_app.workflow import states as borrowing_states
from tests.exports import as_csv
from tests.world import World, make_world

FIELDS = ["dry_run", "read", "imported", "updated", "present", "rejected", "unmapped_statuses", "warnings"]
PAGE = settings.BASE_DIR / "docs" / "coming-from-illiad.md"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def run(tmp_path: Path, rows: Sequence[Mapping[str, object]], *words: str) -> dict[str, Any]:
    file = tmp_path / "export.csv"
    file.write_bytes(as_csv(rows))
    out = io.StringIO()
    call_command("import_illiad", str(file), "--library", "north", *words, stdout=out, stderr=io.StringIO())
    result: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return result


def transaction(number: int, status: str, **more: object) -> dict[str, object]:
    return {
        "Transaction Number": number,
        "Request Type": "Loan",
        "Loan Title": "Toll Houses",
        "Creation Date": "2026-02-02",
        "Transaction Date": "2026-02-20",
        "Transaction Status": status,
        "Lending Library": "QZX",
        "Username": "zoe",
    } | more


def test_a_library_moves_with_everything_in_four_files(world: World, tmp_path: Path) -> None:
    users = [{"Username": "zoe", "First Name": "Zoë", "Last Name": "Ünsal", "Status": "Staff", "SSN": "1"}]
    book = [{"Lender String": "QZX", "Library Name": "Quarry Hill", "E-Mail Address": "ill@quarry.example"}]
    ours = [
        transaction(1, "Checked Out to Customer", **{"Due Date": "2027-01-31"}),
        transaction(2, "At Bindery"),
    ]
    theirs = [transaction(1, "Item Shipped", **{"Due Date": "2027-01-31"})]
    assert run(tmp_path, users, "--process", "users", "--json")["imported"] == 1
    assert run(tmp_path, book, "--process", "lenders", "--json")["imported"] == 1
    first = run(tmp_path, ours, "--json")
    assert list(first) == FIELDS
    assert (first["imported"], first["unmapped_statuses"]) == (1, {"At Bindery": 1})
    second = run(tmp_path, ours, "--json", "--map", "at bindery = supply_here")
    assert (second["imported"], second["present"], second["unmapped_statuses"]) == (1, 1, {})
    assert run(tmp_path, theirs, "--process", "lending", "--json")["imported"] == 1

    request = BorrowingRequest.objects.get(source_key="illiad:1")
    assert request.patron == Patron.objects.get(barcode="1")
    partner = request.tries.get().partner
    assert (partner.name, LendingRequest.objects.get().borrower) == ("Quarry Hill", partner)
    assert Partnership.objects.get(library=world.north.library, partner=partner).email == "ill@quarry.example"
    assert BorrowingRequest.objects.get(source_key="illiad:2").state == "supply_here"


@pytest.mark.parametrize(
    "words",
    [
        ("--map", "At Bindery"),
        ("--map", "=ready"),
        ("--map", "At Bindery=nowhere"),
        ("--map", "At Bindery=on_loan", "--map", "at bindery=ready"),
        ("--map", "At Bindery=on_shelf", "--process", "lending"),
        ("--map", "At Bindery=ready", "--process", "users"),
        ("--map", "At Bindery=ready", "--process", "lenders"),
        ("--process", "docdel"),
    ],
)
def test_wrong_words_end_with_2_before_anything_is_written(
    world: World, tmp_path: Path, words: tuple[str, ...]
) -> None:
    rows = [transaction(1, "Checked Out to Customer", Username="north-ada")]
    with pytest.raises(CommandError) as stopped:
        run(tmp_path, rows, *words)
    assert getattr(stopped.value, "returncode", 2) in {1, 2}
    assert BorrowingRequest.objects.count() == Patron.objects.exclude(barcode__contains="-").count() == 0


def test_words_for_people_name_what_was_not_understood(world: World, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(as_csv([transaction(n, "At Bindery") for n in range(25)]))
    out, err = io.StringIO(), io.StringIO()
    call_command("import_illiad", str(file), library="north", stdout=out, stderr=err)
    assert "status “At Bindery” is not understood: 25" in err.getvalue()
    assert "… and 5 more lines were rejected" in err.getvalue()
    assert len(out.getvalue().splitlines()) == 1


def section(name: str) -> str:
    found = re.search(rf"^## {name}.*?(?=^## )", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert found is not None
    return found.group()


def statuses_of(text: str) -> dict[str, str]:
    """The table of statuses on a page."""
    table = re.search(r"^\| status of .*?\n\|---\|---\|\n(.*?)\n\n", text, re.DOTALL | re.MULTILINE)
    assert table is not None
    found: dict[str, str] = {}
    for line in table.group(1).splitlines():
        statuses, word = (part.strip() for part in line.strip("|").split("|"))
        found |= {status: word.strip("`") for status in statuses.split(" · ")}
    return found


def places_of(text: str) -> dict[str, str]:
    """The table of places on a page."""
    table = re.search(r"^\| place \| .*?\n\|---\|---\|\n(.*?)\n\n", text, re.DOTALL | re.MULTILINE)
    assert table is not None
    return dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", table.group(1), re.MULTILINE))


def in_words(place: Place, table: Table, states: Any) -> str:
    beside = (
        (states.HoldKind, place.hold),
        (states.QuestionKind, place.question),
        (states.MarkKind, place.mark),
    )
    labels = [str(kinds(word).label) for kinds, word in beside if word]
    return ", ".join([str(table.state(place.state).label), *labels])


SIDES = [
    ("Borrowing", borrowing.STATUSES, borrowing.PLACES, BORROWING, borrowing_states),
    ("Lending", lending.STATUSES, lending.PLACES, LENDING, lending_states),
]


@pytest.mark.parametrize(
    ("name", "statuses", "places", "table", "states"), SIDES, ids=["borrowing", "lending"]
)
def test_the_page_has_the_mapping_of_the_code(
    name: str, statuses: Mapping[str, str], places: Mapping[str, Place], table: Table, states: Any
) -> None:
    text = section(name)
    assert statuses_of(text) == dict(statuses)
    assert places_of(text) == {word: in_words(place, table, states) for word, place in places.items()}
    assert set(statuses.values()) <= set(places)


def test_the_page_names_every_code_of_a_reject_and_a_warning() -> None:
    page = PAGE.read_text(encoding="utf-8")
    source = [
        path.read_text(encoding="utf-8")
        for folder in (
            "illservice/directory/services/illiad",
            "requests_app/services/illiad",
            "lending/services/illiad",
        )
        for path in (settings.BASE_DIR / folder).glob("*.py")
    ]
    codes = {code for text in source for code in re.findall(r'Unusable\(\s*"(\w+)"', text)}
    codes |= {code for text in source for code in re.findall(r'warnings(?:\.append\(|\[)"(\w+)"', text)}
    assert len(codes) > 12
    assert [code for code in sorted(codes) if f"`{code}`" not in page] == []


@pytest.mark.slow
def test_a_real_export_has_no_status_that_is_not_understood(
    world: World, tmp_path: Path, shared: Path
) -> None:
    files = sorted(map(str, (shared / "data").glob("*.csv")))
    out = io.StringIO()
    call_command("import_illiad", *files, library="north", dry_run=True, json=True, stdout=out)
    result = json.loads(out.getvalue())
    assert (result["unmapped_statuses"], result["rejected"], result["imported"]) == ({}, [], 3214)
