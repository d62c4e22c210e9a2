"""Coming from ILLiad: closed requests from exports, one bad line never stopping the rest."""

import io
import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from illservice.citations.models import Journal, JournalIssn
from illservice.core.models import OutboxRow
from illservice.core.numbers import read_number
from illservice.directory.models import Library, Partnership, Reason, Symbol, SymbolScheme
from illservice.directory.services.illiad.report import Report
from requests_app.models import BorrowingEvent, BorrowingRequest, BorrowingTimer, LenderTry
from requests_app.services.illiad import Importer, side
from requests_app.services.illiad.writing import write
from tests.world import NOON, World

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "illiad-sample.csv"
HEADER = b"Transaction Number,Photo Article Title,Creation Date,Transaction Status,Transaction Date\n"


def took(world: World, *files: Path, dry_run: bool = False, json_only: bool = True) -> dict[str, Any]:
    """Run the command and read its last line."""
    out, err = io.StringIO(), io.StringIO()
    call_command(
        "import_illiad",
        *map(str, files),
        library="north",
        dry_run=dry_run,
        json=json_only,
        stdout=out,
        stderr=err,
    )
    result: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    assert result["read"] == result["imported"] + result["present"] + len(result["rejected"])
    return result


def one(number: str) -> BorrowingRequest:
    return BorrowingRequest.objects.get(source_key=f"illiad:{number}")


def read_bytes(world: World, content: bytes, **options: Any) -> Report:
    importer = Importer(world.north.library, at=NOON, **options)
    importer.read("export.csv", io.BytesIO(content))
    report = importer.report
    assert report.read == report.imported + report.present + len(report.rejected)
    return report


def line(number: object, title: str = "A title", status: str = "Request Finished") -> bytes:
    return f'{number},"{title}",2021-05-03 09:00:00,{status},2021-05-04 09:00:00\n'.encode()


def test_an_export_becomes_closed_requests_once(world: World) -> None:
    before = OutboxRow.objects.count()
    dry = took(world, SAMPLE, dry_run=True)
    assert (BorrowingRequest.objects.count(), Library.objects.filter(name="QZX").exists()) == (0, False)
    first = took(world, SAMPLE)
    assert {**dry, "dry_run": False} == first
    assert (first["read"], first["imported"], first["present"]) == (15, 11, 1)
    assert [(each["line"], each["code"]) for each in first["rejected"]] == [
        (13, "patron_missing"),
        (15, "transaction_number"),
        (16, "dates"),
    ]
    assert all(each["file"] == str(SAMPLE) and each["reason"] for each in first["rejected"])
    assert first["warnings"] == {
        "cost_unreadable": 1,
        "creation_after_transaction": 1,
        "document_type_unknown": 1,
        "identifier_invalid": 1,
        "lender_missing": 1,
        "time_in_gap": 1,
        "year_unreadable": 1,
    }
    assert not BorrowingRequest.objects.filter(closed_at__isnull=True).exists()
    assert OutboxRow.objects.count() == before
    assert not BorrowingTimer.objects.exists()

    again = took(world, SAMPLE, SAMPLE)
    assert (again["read"], again["imported"], again["present"]) == (30, 0, 24)
    assert BorrowingRequest.objects.count() == 11


def test_a_filled_article_keeps_its_dates_its_lender_and_every_column(world: World) -> None:
    took(world, SAMPLE)
    request = one("900001")
    assert read_number(request.number) == request.number
    assert (request.state, request.outcome, request.fill_source) == ("completed", "filled", "lender")
    assert (request.wanted, request.kind, request.kind_supplied) == ("copy", "copy", "copy")
    assert (request.material, request.title, request.year) == ("article", "Journal of Apiculture.", 2019)
    assert request.submitted_at == datetime(2021, 5, 3, 14, 15, 22, 120000, UTC)  # Chicago, summer time
    assert request.closed_at == datetime(2021, 5, 5, 19, 2, 10, tzinfo=UTC)
    assert (request.patron_id, request.library) == (None, world.north.library)
    assert (request.cost, request.cost_currency) == (Decimal("15.00"), "USD")
    assert (request.raw["Shelf of the Month"], request.raw["ISSN"]) == ("green", "2049-3630 ")
    assert "flight of bees" in request.search_text
    assert request.fingerprint
    assert [(one.kind, one.normalised) for one in request.identifiers.all()] == [("issn", "2049-3630")]
    events = [(each.action, each.to_state, each.happened_at, each.cause) for each in request.events.all()]
    assert events == [
        ("import_submit", "ready", request.submitted_at, "import"),
        ("import_close", "completed", request.closed_at, "import"),
    ]
    lender = request.tries.get()
    assert (lender.system, lender.system_number, lender.status, lender.open) == (
        "oclc",
        "204417781",
        "done",
        False,
    )
    assert lender.partner.symbols.get().value == "QZX"
    assert Partnership.objects.get(library=world.north.library, partner=lender.partner).system == "oclc"


def test_what_is_no_library_becomes_a_source_and_not_a_lender(world: World) -> None:
    took(world, SAMPLE)
    assert (one("900002").fill_source, one("900002").year) == ("online", 2015)
    assert [i.normalised for i in one("900002").identifiers.all()] == ["2049-3630", "0317-8471"]
    assert (one("900003").fill_source, one("900003").year, one("900003").pages) == ("supplier", 2016, "")
    assert not LenderTry.objects.filter(request__fill_source__in=["online", "supplier"]).exists()
    assert one("900004").tries.get().system == "docline"
    assert one("900004").article_title == "Swarms, and what follows them"
    assert one("900013").tries.get().partner.name == "NORTHHILL"
    assert one("900010").tries.count() == 0


def test_a_loan_and_cancelled_ones_keep_what_they_are(world: World) -> None:
    took(world, SAMPLE)
    loan = one("900008")
    assert (loan.wanted, loan.material, loan.title, loan.author) == (
        "loan",
        "book",
        "The Moors in Winter",
        "Quill, Josephine",
    )
    assert {i.kind: i.normalised for i in loan.identifiers.all()} == {
        "isbn": "9780306406157",
        "oclc": "12345",
    }
    assert loan.tries.get().partner == one("900001").tries.get().partner
    cancelled = one("900006")
    assert (cancelled.state, cancelled.outcome, cancelled.fill_source) == ("cancelled", "cancelled", "")
    assert cancelled.reason is not None
    assert (cancelled.reason.code, cancelled.reason.library, cancelled.reason.is_active) == (
        "this-is-a-duplicate-request",
        world.north.library,
        False,
    )
    assert one("900010").title == "Bees of the Upper Valley: a study"


def test_dates_that_cannot_be_are_put_right_and_counted(world: World) -> None:
    took(world, SAMPLE)
    swapped = one("900005")
    assert swapped.submitted_at == swapped.closed_at == datetime(2021, 5, 5, 19, 2, 10, tzinfo=UTC)
    assert one("900009").submitted_at == datetime(2021, 3, 14, 8, 30, tzinfo=UTC)


def test_a_known_transaction_is_never_changed(world: World) -> None:
    read_bytes(world, HEADER + line(7, "The first words"))
    report = read_bytes(world, HEADER + line(7, "Other words") + line(7, "x", "Awaiting Request Processing"))
    assert (report.present, report.imported, report.rejected) == (2, 0, [])
    assert one("7").article_title == "The first words"
    other = Importer(world.south.library, at=NOON)
    other.read("export.csv", io.BytesIO(HEADER + line(7)))
    assert other.report.imported == 1


def test_a_line_that_was_refused_does_not_hide_a_good_one(world: World) -> None:
    report = read_bytes(world, HEADER + line(7, status="Awaiting the Dean") + line("7.0"))
    assert (report.imported, [each.code for each in report.rejected]) == (1, ["unmapped_status"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n\n", "empty_file"),
        (b"Name,Title\na,b\n", "no_export"),
        (b"\x89PNG\r\n\x1a\n\x00\x00binary", "no_export"),
    ],
)
def test_a_file_that_is_no_export_is_one_clear_reject(world: World, content: bytes, code: str) -> None:
    report = read_bytes(world, content)
    assert [(each.line, each.code) for each in report.rejected] == [(1, code)]


def test_broken_lines_are_named_and_the_rest_comes_in(world: World) -> None:
    broken = (
        HEADER + line(1) + b'2,"never closed,2021-05-03,Request Finished\n' + line(3) + b"4,a,b,c,d,e,f\n"
    )
    report = read_bytes(world, broken + b"5," + b"x" * 2_000_000 + b"\n" + line(6))
    assert report.imported == 3
    assert [(each.line, each.code) for each in report.rejected] == [
        (3, "unclosed_quote"),
        (5, "columns"),
        (6, "too_long"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_keeps_its_letters(world: World, encoding: str) -> None:
    content = (HEADER + line(1, "Über Bienen – été")).decode().encode(encoding)
    assert read_bytes(world, content).imported == 1
    assert one("1").article_title == "Über Bienen – été"


def test_a_record_that_the_database_refuses_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(library: Any, records: Any, *args: Any, **options: Any) -> None:
        if any(record.key == "illiad:2" for record in records):
            raise IntegrityError("no")
        write(library, records, *args, **options)

    monkeypatch.setattr(side, "write", refusing)
    report = read_bytes(world, HEADER + line(1) + line(2) + line(3))
    assert (report.imported, [(each.line, each.code) for each in report.rejected]) == (2, [(3, "database")])


def test_what_another_import_took_meanwhile_is_present(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    faster: list[Any] = []

    def slow(library: Any, records: Any, *args: Any, **options: Any) -> None:
        if len(records) == 1 and not faster:  # between our look and our write
            faster.append(records)
            write(library, records, *args, **options)
        if not faster:
            raise IntegrityError("another import was faster with one of these")
        write(library, records, *args, **options)

    monkeypatch.setattr(side, "write", slow)
    report = read_bytes(world, HEADER + line(1) + line(2) + line(3))
    assert (report.imported, report.present, report.rejected) == (2, 1, [])


def test_many_lines_come_in_batches_with_few_statements(
    world: World, django_assert_max_num_queries: Any
) -> None:
    content = HEADER + b"".join(line(n) for n in range(250))
    with django_assert_max_num_queries(3 * 18):
        assert read_bytes(world, content).imported == 250
    assert len(set(BorrowingRequest.objects.values_list("number", flat=True))) == 250
    assert BorrowingEvent.objects.count() == 500


def test_our_own_symbol_as_lender_means_our_own_shelves(world: World) -> None:
    Symbol.objects.create(library=world.north.library, scheme=SymbolScheme.OCLC, value="NFX")
    header = HEADER.replace(b"\n", b",Lending Library,System ID\n")
    read_bytes(world, header + line(1).replace(b"\n", b",nfx,OCLC\n") + line(2).replace(b"\n", b",,LOCL\n"))
    assert (one("1").fill_source, one("1").tries.count(), one("2").fill_source) == ("own", 0, "own")


def test_words_of_any_length_make_reasons_with_codes_of_their_own(world: World) -> None:
    header = HEADER.replace(b"\n", b",Reason For Cancellation\n")
    long = b"This item is far too long to be described in forty letters "
    content = header
    for n, end in enumerate((b"a", b"b", b"a", b"c" * 300)):
        content += line(n, status="Cancelled by ILL Staff").replace(b"\n", b"," + long + end + b"\n")
    assert read_bytes(world, content).imported == 4
    assert Reason.objects.filter(library=world.north.library).count() == 3


def test_wrong_use_ends_with_2_before_anything_is_written(world: World, tmp_path: Path) -> None:
    wrong: list[tuple[list[str], str]] = [
        ([str(SAMPLE)], "nowhere"),
        ([str(SAMPLE), str(tmp_path / "missing.csv")], "north"),
        ([str(tmp_path)], "north"),
    ]
    for files, library in wrong:
        with pytest.raises(CommandError) as stopped:
            call_command("import_illiad", *files, library=library)
        assert stopped.value.returncode == 2
    assert BorrowingRequest.objects.count() == 0


def test_words_for_people_go_to_standard_error(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_illiad", str(SAMPLE), library="north")
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert json.loads(out)["imported"] == 11
    assert "line 13" in err
    assert "11 imported" in err


@pytest.fixture
def counted_while_empty(world: World) -> None:
    """The statistics by which PostgreSQL plans worst: tables that once had rows, counted while they had none."""
    if connection.vendor != "postgresql":
        return
    with transaction.atomic():
        journals = Journal.objects.bulk_create(
            Journal(title=f"Journal {each}", title_key=f"journal {each}") for each in range(3000)
        )
        JournalIssn.objects.bulk_create(
            JournalIssn(journal=each, value=f"{each.pk:08d}") for each in journals
        )
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ill_citations_journal, ill_citations_journalissn")


@pytest.mark.slow
@pytest.mark.usefixtures("counted_while_empty")
def test_the_year_of_a_real_library_comes_in_whole(world: World, shared: Path) -> None:
    files = sorted((shared / "data").glob("*.csv"))
    result = took(world, *files)
    assert (result["read"], result["imported"], result["rejected"]) == (3214, 3214, [])
    assert result["warnings"]["creation_after_transaction"] == 49
    outcomes = Counter(BorrowingRequest.objects.values_list("outcome", flat=True))
    assert outcomes == {"filled": 2999, "cancelled": 215}
    sources = Counter(BorrowingRequest.objects.values_list("fill_source", flat=True))
    assert (sources["online"], sources["supplier"]) == (324, 58)
    assert took(world, *files)["present"] == 3214
