"""The institution's file of patrons."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from illservice.accounts.models import User
from illservice.core.models import AuditEntry
from illservice.directory.models import Branch, Library, Symbol
from patrons.models import Patron, PatronCategory

pytestmark = pytest.mark.django_db


@pytest.fixture
def north() -> Library:
    for slug in ("north", "south"):
        library = Library.objects.create(name=slug.title(), slug=slug, is_tenant=True)
        Symbol.objects.create(library=library, value=slug.upper())
        for code in ("student", "staff"):
            PatronCategory.objects.create(library=library, code=code, name=code.title())
        Branch.objects.create(library=library, code="hill", name="Hill Branch")
    return Library.objects.get(slug="north")


@pytest.fixture
def run(tmp_path: Path, north: Library) -> Any:
    def importer(content: str | bytes, *words: str) -> dict[str, Any]:
        file = tmp_path / "patrons.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        out = StringIO()
        call_command(
            "import_patrons", str(file), "--library", "NORTH", "--json", *words, stdout=out, stderr=StringIO()
        )
        report: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
        done = report["created"] + report["updated"] + report["unchanged"] + len(report["rejected"])
        assert report["read"] == done
        return report

    return importer


FULL = (
    "barcode,name,email,phone,category,expires,home_branch,contact,language,department,address,username,blocked,"
    "block_reason\n"
    '001,"Ünsal, Zoë",zoe@example.org,555 1,student,2027-01-31,HILL,letter,de-AT,Physics,"1 Hill Road\nHilltown",zoe,'
    "yes,fees\n"
)


def test_a_full_line_makes_a_patron_with_an_account_that_waits_for_the_desk(run: Any, north: Library) -> None:
    report = run(FULL)
    assert report == {
        "dry_run": False,
        "read": 1,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "rejected": [],
        "warnings": {},
    }
    patron = Patron.objects.get(library=north, barcode="001")
    assert (patron.name, patron.email, patron.category.code) == ("Ünsal, Zoë", "zoe@example.org", "student")
    assert (patron.expires_on, patron.contact, patron.language) == (date(2027, 1, 31), "letter", "de")
    assert patron.home_branch is not None
    assert patron.home_branch.library == north
    assert patron.address == "1 Hill Road\nHilltown"
    assert (patron.is_blocked, patron.block_reason, patron.cleared_at) == (True, "fees", None)
    assert patron.search_text == "unsal zoe 001 zoe example org"
    assert patron.user is not None
    assert (patron.user.username, patron.user.has_usable_password()) == ("zoe", False)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.model, entry.object_pk) == ("create", "ill_patrons.Patron", str(patron.pk))
    assert "zoe" not in str(entry.changed).lower()


def test_a_second_run_changes_only_what_changed_and_deletes_nobody(run: Any) -> None:
    run(FULL)
    again = run(FULL)
    assert (again["unchanged"], again["updated"]) == (1, 0)
    report = run("barcode,email,blocked,category\n001,new@example.org,no,\n")
    assert (report["updated"], report["created"]) == (1, 0)
    patron = Patron.objects.get()
    assert (patron.email, patron.is_blocked, patron.phone) == ("new@example.org", False, "555 1")
    assert patron.search_text.endswith("new example org")
    assert patron.user is not None
    assert patron.user.email == "new@example.org"
    assert list(AuditEntry.objects.values_list("changed", flat=True))[1] == ["email", "is_blocked"]
    assert run("barcode,name,category\n002,Ben,staff\n")["created"] == 1
    assert Patron.objects.count() == 2


def test_a_dry_run_says_the_same_and_writes_nothing(run: Any) -> None:
    run(FULL)
    content = "barcode,name,category,username\n001,Zoë,student,zoe\n002,Ben,staff,ben\n003,,,\n"
    dry = run(content, "--dry-run")
    assert (Patron.objects.count(), User.objects.count(), AuditEntry.objects.count()) == (1, 1, 1)
    assert Patron.objects.get().name == "Ünsal, Zoë"
    wet = run(content)
    assert dry.pop("dry_run") is True
    assert wet.pop("dry_run") is False
    assert dry == wet


def test_one_bad_line_never_stops_the_rest(run: Any) -> None:
    report = run(
        "barcode,name,category,expires,blocked,username\n"
        "001,Ann,student,2027-01-01,,\n"
        ",Nobody,student,,,\n"
        "003,Bob,pirates,,,\n"
        "004,Cat,student,01/02/2027,,\n"
        "005,Dan,student,,maybe,\n"
        "006,,student,,,\n"
        '007,"Eve,student,,,\n'
        "001,Ann again,student,,,\n"
        "2.1E+13,Fay,student,,,\n"
        "010,Gus,student,,,no spaces allowed\n"
        f"{'9' * 61},Hal,student,,,\n"
        "012,Ida,student,2027-02-30,,\n"
        "013,Jan,,,,\n"
        "014,Kim,student,31.1.2027,X,\n"
    )
    assert [(each["line"], each["code"]) for each in report["rejected"]] == [
        (3, "no_barcode"),
        (4, "unknown_category"),
        (5, "wrong_expires"),
        (6, "wrong_blocked"),
        (7, "no_name"),
        (8, "unclosed_quote"),
        (9, "duplicate"),
        (10, "barcode_rounded"),
        (11, "wrong_username"),
        (12, "wrong_barcode"),
        (13, "wrong_expires"),
        (14, "no_category"),
    ]
    assert all(each["reason"] for each in report["rejected"])
    assert list(Patron.objects.order_by("barcode").values_list("barcode", "is_blocked", "expires_on")) == [
        ("001", False, date(2027, 1, 1)),
        ("014", True, date(2027, 1, 31)),
    ]


def test_what_is_only_odd_is_left_out_with_a_warning(run: Any) -> None:
    report = run(
        "Barcode;Name;Category;E-Mail Address;Email;Home Branch;Contact;Language;Shoe size\n"
        "001;A\u0000nn\u0007;Student;x;not an address;moon;pigeon;tlh;42\n"
    )
    assert report["created"] == 1
    assert report["warnings"] == {
        "nul_removed": 1,
        "unknown_branch": 1,
        "unknown_column": 2,
        "unknown_contact": 1,
        "unknown_language": 1,
        "wrong_email": 1,
    }
    patron = Patron.objects.get()
    assert (patron.name, patron.email, patron.contact) == ("Ann", "", "email")


def test_a_username_belongs_to_one_patron_of_a_library(run: Any, north: Library) -> None:
    head = User.objects.create_user("head", password="secret words")
    report = run("barcode,name,category,username\n1,Ann,staff,head\n2,Bob,staff,head\n")
    assert [each["code"] for each in report["rejected"]] == ["username_taken"]
    assert Patron.objects.get().user == head
    head.refresh_from_db()
    assert head.has_usable_password()
    assert [each["code"] for each in run("barcode,username\n2,head\n")["rejected"]] == ["no_name"]
    Patron.objects.create(
        library=north, barcode="2", name="Bob", category=PatronCategory.objects.filter(library=north)[0]
    )
    assert [each["code"] for each in run("barcode,username\n2,head\n")["rejected"]] == ["username_taken"]


def test_another_librarys_patrons_codes_and_branches_are_out_of_reach(run: Any, north: Library) -> None:
    south = Library.objects.get(slug="south")
    pirates = PatronCategory.objects.create(library=south, code="pirates", name="Pirates")
    other = Patron.objects.create(library=south, barcode="001", name="South", category=pirates)
    report = run("barcode,name,category\n001,North,student\n002,X,pirates\n")
    assert (report["created"], report["rejected"][0]["code"]) == (1, "unknown_category")
    other.refresh_from_db()
    assert other.name == "South"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf\n", b"barcode,name,category\n"])
def test_an_empty_file_is_read_as_nothing(run: Any, content: bytes) -> None:
    report = run(content)
    assert report["read"] == 0
    assert report["warnings"] == ({} if b"barcode" in content else {"empty_file": 1})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_wrong_encodings_are_read(run: Any, encoding: str) -> None:
    assert run("barcode,name,category\n1,Zoë,student\n".encode(encoding))["created"] == 1
    assert Patron.objects.get().name == "Zoë"


@pytest.mark.parametrize(
    ("file", "symbol", "said"),
    [
        ("patrons.csv", "NOWHERE", "NOWHERE"),
        ("missing.csv", "NORTH", "missing.csv"),
        ("other.csv", "NORTH", "barcode"),
        ("long.csv", "NORTH", "barcode"),
    ],
)
def test_wrong_use_ends_with_2_and_a_reason(
    tmp_path: Path, north: Library, file: str, symbol: str, said: str
) -> None:
    (tmp_path / "patrons.csv").write_text("barcode\n")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    (tmp_path / "long.csv").write_text("x" * 2_000_000)
    with pytest.raises(CommandError, match=said) as caught:
        call_command("import_patrons", str(tmp_path / file), "--library", symbol)
    assert caught.value.returncode == 2
    assert not Patron.objects.exists()


def test_the_report_for_people_names_lines_and_counts(tmp_path: Path, north: Library) -> None:
    (tmp_path / "p.csv").write_text("barcode,name,category,shoe\n1,Ann,student,\n2,Bob,pirates,\n")
    out, err = StringIO(), StringIO()
    call_command(
        "import_patrons", str(tmp_path / "p.csv"), "--library", "north", "--dry-run", stdout=out, stderr=err
    )
    assert "line 3: unknown_category" in out.getvalue()
    assert out.getvalue().endswith(
        "2 read, 1 created, 0 updated, 0 unchanged, 1 rejected (dry run, nothing was written)\n"
    )
    assert "shoe" in err.getvalue()


def test_a_record_that_the_database_refuses_does_not_take_its_batch_along(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = Patron.save

    def refuse(self: Patron, *args: Any, **kwargs: Any) -> None:
        if self.barcode == "2":
            raise DatabaseError("refused")
        save(self, *args, **kwargs)

    monkeypatch.setattr(Patron, "save", refuse)
    report = run("barcode,name,category\n1,Ann,student\n2,Bob,student\n3,Cat,student\n")
    assert (report["created"], report["rejected"][0]["code"], report["rejected"][0]["line"]) == (
        2,
        "not_saved",
        3,
    )
    assert Patron.objects.count() == AuditEntry.objects.count() == 2


def test_a_run_without_changes_costs_few_statements(run: Any) -> None:
    content = "barcode,name,category\n" + "".join(
        f"{number},Name {number},student\n" for number in range(400)
    )
    assert run(content)["created"] == 400
    with CaptureQueriesContext(connection) as queries:
        assert run(content)["unchanged"] == 400
    assert len(queries) < 25
