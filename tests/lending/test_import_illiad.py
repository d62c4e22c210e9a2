"""Coming from ILLiad: requests of other libraries, closed and open, with their borrowers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from illservice.core.models import OutboxRow
from illservice.directory.models import Branch, Library, Partnership, Symbol, SymbolScheme
from illservice.directory.services.illiad.partners import iso_reason
from illservice.directory.services.illiad.report import Report
from lending.models import LendingRequest, LendingTimer
from lending.services import loans
from lending.services.clocks import run_due_timers
from lending.services.illiad import LENDING, STATUSES, Importer
from lending.services.illiad.places import PLACES
from lending.workflow import TABLE
from lending.workflow.facts import facts_of
from lending.workflow.states import FINAL
from lending.workflow.timers import TIMERS
from tests.exports import read_rows
from tests.world import NOON, World, later


def row(number: int, status: str = "Item Shipped", **more: object) -> dict[str, object]:
    """A loan that another library asked for; `more` names other columns, as ILLiad writes them."""
    return {
        "TransactionNumber": number,
        "RequestType": "Loan",
        "LoanTitle": f"Toll Houses {number}",
        "LoanAuthor": "Rook, Adelaide",
        "CreationDate": "2026-02-02 09:00:00",
        "TransactionStatus": status,
        "TransactionDate": "2026-02-20 10:30:00",
        "LendingLibrary": "EAS",
        "SystemID": "OCLC",
        "ILLNumber": f"2044{number}",
        "ItemNumber": f"3900{number}",
        "CallNumber": "HE341 .R66",
        "Location": "Main Library",
        "DueDate": "2026-04-16",
        "ProcessType": "Lending",
    } | more


def copy(number: int, status: str, **more: object) -> dict[str, object]:
    """An article that another library asked for."""
    article = {"RequestType": "Article", "LoanTitle": "", "PhotoArticleTitle": "On wings", "DueDate": ""}
    return row(number, status, **article) | more


def took(world: World, *rows: dict[str, object], at: datetime = NOON, **options: Any) -> Report:
    return read_rows(Importer(world.north.library, at=at, **options), *rows)


def one(number: int) -> LendingRequest:
    return LendingRequest.objects.get(source_key=f"illiad:{number}")


def told(request: LendingRequest) -> list[str]:
    sent = OutboxRow.objects.filter(subject=request.number).order_by("pk")
    return [each.payload["notice"] for each in sent]


def test_an_item_that_is_out_is_missed_and_checked_in_here(world: World) -> None:
    Symbol.objects.create(library=world.eastlake, scheme=SymbolScheme.OCLC, value="EAS")
    report = took(
        world,
        row(
            1,
            SystemID="OTH",
            **{"Item Shipped Date": "2026-02-18", "TAddress": "1 Hill Road", "TCity": "Lake"},
        ),
    )
    assert (report.imported, report.rejected, dict(report.warnings)) == (1, [], {})
    request = one(1)
    assert (request.state, request.borrower, request.channel) == ("on_loan", world.eastlake, "import")
    assert (request.borrower_number, request.borrower_symbol, request.system) == ("20441", "EAS", "")
    assert (request.due, request.outcome, request.kind_supplied) == (date(2026, 4, 16), "filled", "loan")
    assert request.shipped_at == datetime(2026, 2, 18, 6, 0, tzinfo=UTC)
    assert request.ship_to == "1 Hill Road\nLake"
    item = request.items.get()
    assert (item.place, item.barcode, item.call_number) == ("sent", "39001", "HE341 .R66")
    assert (item.location, item.shelf) == (world.north.main, "")
    assert OutboxRow.objects.count() == 0
    actions = [(each.action, each.to_state) for each in request.events.all()]
    assert actions == [("import_submit", "new"), ("import_place", "on_loan")]

    overdue = datetime(2026, 4, 24, 13, 0, tzinfo=UTC)
    assert run_due_timers(overdue - timedelta(minutes=1)) == 0
    assert run_due_timers(overdue) == 1
    assert told(request) == ["borrower_overdue"]
    loans.check_in(request_id=request.pk, actor=world.north.actor("lending"), at=overdue)
    assert (one(1).state, one(1).items.get().place) == ("completed", "back")


def test_what_was_overdue_before_is_marked_and_nobody_is_written_to(world: World) -> None:
    report = took(world, *(row(n, DueDate="2026-02-01") for n in range(1, 21)))
    assert report.imported == 20
    assert run_due_timers(later(days=30)) == 0
    assert OutboxRow.objects.count() == 0
    assert LendingRequest.objects.filter(marks__kind="overdue", marks__cleared_at=None).count() == 20
    loans.ask_renewal(request_id=one(1).pk, actor=world.north.actor("lending"), at=later(days=31))
    loans.renew(request_id=one(1).pk, actor=world.north.actor("lending"), at=later(days=31))
    assert not one(1).marks.filter(cleared_at__isnull=True).exists()


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_every_status_leads_to_its_place_and_staff_can_go_on(world: World, status: str) -> None:
    place = PLACES[STATUSES[status]]
    assert took(world, row(1, status)).imported == 1
    request = one(1)
    assert (request.state, request.outcome) == (place.state, place.outcome)
    assert (request.closed_at is not None) == (place.state in FINAL)
    questions = request.questions.filter(answered_at__isnull=True)
    assert list(questions.values_list("kind", flat=True)) == [word for word in [place.question] if word]
    assert request.queue == (place.question or place.state)
    assert OutboxRow.objects.count() == 0
    states = {kind.code: kind.states for kind in TIMERS}
    assert all(request.state in states[each.kind] for each in request.timers.all())
    if place.state not in FINAL:
        assert TABLE.allowed(request.state, world.north.actor("lending"), facts_of(request))


def test_closed_ones_keep_their_borrower_their_reason_and_their_dates(world: World) -> None:
    took(
        world,
        row(1, "Request Finished"),
        copy(2, "Request Finished"),
        row(3, "Cancelled by ILL Staff", ReasonForCancellation="Not on Shelf", LendingLibrary="north hill"),
    )
    loan, article, refused = one(1), one(2), one(3)
    assert (loan.state, loan.checked_in_at, loan.items.get().place) == ("completed", loan.closed_at, "back")
    assert (article.state, article.checked_in_at, article.kind_supplied) == ("completed", None, "copy")
    assert refused.reason is not None
    assert (refused.state, refused.reason.purpose, refused.reason.iso_code) == (
        "not_supplied",
        "not_supplied",
        "NotOnShelf",
    )
    assert refused.borrower.name == "NORTHHILL"
    assert loan.borrower == article.borrower
    assert Partnership.objects.filter(
        library=world.north.library, partner=loan.borrower, system="oclc"
    ).exists()
    assert not LendingTimer.objects.exists()
    assert Library.objects.filter(name="EAS").count() == 1


def test_a_copy_that_was_shipped_is_a_copy_sent(world: World) -> None:
    took(world, copy(1, "Item Shipped"), copy(2, "Awaiting Renewal Request Processing"))
    assert [each.state for each in (one(1), one(2))] == ["copy_sent", "copy_sent"]
    assert one(1).timers.get().kind == "copy_end"
    said = LENDING.mapped(["Awaiting Lender Resend=resend"])
    took(world, copy(3, "Awaiting Lender Resend"), row(4, "Awaiting Lender Resend"), statuses=said)
    assert (one(3).state, one(3).attention, one(4).state) == ("copy_sent", True, "on_loan")


def test_what_cannot_be_taken_is_refused_with_its_code(world: World) -> None:
    rows = (
        row(1, LendingLibrary=" - "),
        row(2, "Awaiting Lender Resend"),
        row(3, ProcessType="Borrowing"),
        row(4, "Awaiting Mailing", DueDate="1899-12-30"),
    )
    dry = took(world, *rows, dry_run=True)
    assert (dry.imported, LendingRequest.objects.count()) == (1, 0)
    report = took(world, *rows)
    assert [(each.line, each.code) for each in report.rejected] == [
        (2, "borrower_missing"),
        (3, "unmapped_status"),
        (4, "not_lending"),
    ]
    assert report.unmapped_statuses == {"Awaiting Lender Resend": 1}
    assert (one(4).state, one(4).due) == ("found", None)
    again = took(world, *rows)
    assert (again.present, again.imported, LendingRequest.objects.count()) == (1, 0, 1)


def test_a_location_that_is_no_branch_stays_as_words(world: World) -> None:
    Branch.objects.create(library=world.south.library, code="annex", name="Annex")
    took(
        world, row(1, "In Stacks Searching", Location="Annex"), row(2, "In Stacks Searching", Location="HILL")
    )
    assert (one(1).items.get().location, one(1).items.get().shelf) == (None, "Annex")
    assert one(2).items.get().location == world.north.branch


@pytest.mark.parametrize("status", ["Item Shipped", "Awaiting Lending Request Processing"])
def test_open_requests_come_in_batches_with_few_statements(
    world: World, django_assert_max_num_queries: Any, status: str
) -> None:
    with django_assert_max_num_queries(2 * 48):
        assert took(world, *(row(n, status) for n in range(200))).imported == 200
    assert {each.timers.exists() for each in LendingRequest.objects.all()[:3]} == {True}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Lost/Missing", "NotOnShelf"),
        ("Non-circulating", "NonCirculating"),
        ("In use", "NotAvailableForILL"),
        ("?", ""),
    ],
)
def test_words_of_a_no_get_the_code_that_borrowers_understand(words: str, code: str) -> None:
    assert iso_reason(words) == code
