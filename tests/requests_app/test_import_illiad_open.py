"""Coming from ILLiad: what is open there goes on here, and nobody gets a letter for the past."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from illservice.core.models import OutboxRow
from illservice.directory.calendars import end_of_day
from illservice.directory.models import Symbol, SymbolScheme
from illservice.directory.services.illiad.report import Report
from illservice.policies.terms import OverdueStep
from patrons.models import PatronBlock
from requests_app.models import BorrowingRequest, BorrowingTimer, LenderTry
from requests_app.services import items, loans, review, words
from requests_app.services.clocks import run_due_timers
from requests_app.services.illiad import BORROWING, STATUSES, Importer
from requests_app.services.illiad.places import PLACES
from requests_app.services.milestones import differences
from requests_app.workflow import TABLE
from requests_app.workflow.facts import facts_of
from requests_app.workflow.nudges import ALL_TIMERS
from requests_app.workflow.states import FINAL
from tests.exports import read_rows
from tests.world import NOON, World, later, set_terms

CHECKED_OUT = "Checked Out to Customer"


def row(number: int, status: str = CHECKED_OUT, **more: object) -> dict[str, object]:
    """A loan of Ada's; `more` names other columns, as ILLiad writes them."""
    return {
        "TransactionNumber": number,
        "Username": "north-ada",
        "RequestType": "Loan",
        "LoanTitle": f"The Moors in Winter {number}",
        "LoanAuthor": "Quill, Josephine",
        "CreationDate": "2026-02-02 09:00:00",
        "TransactionStatus": status,
        "TransactionDate": "2026-02-20 10:30:00",
        "LendingLibrary": "QZX",
        "LenderAddressNumber": 1,
        "SystemID": "OCLC",
        "ILLNumber": f"2044{number}",
        "ItemNumber": f"3900{number}",
        "Pieces": 2,
        "DueDate": "2026-04-16",
        "ProcessType": "Borrowing",
    } | more


def took(world: World, *rows: dict[str, object], at: datetime = NOON, **options: Any) -> Report:
    return read_rows(Importer(world.north.library, at=at, **options), *rows)


def one(number: int) -> BorrowingRequest:
    return BorrowingRequest.objects.get(source_key=f"illiad:{number}")


def marks(request: BorrowingRequest) -> set[str]:
    return set(request.marks.filter(cleared_at__isnull=True).values_list("kind", flat=True))


def told(request: BorrowingRequest) -> list[str]:
    sent = OutboxRow.objects.filter(subject=request.number).order_by("pk")
    return [each.payload["notice"] for each in sent]


def test_a_book_on_a_table_is_reminded_renewed_and_returned_here(world: World) -> None:
    report = took(world, row(1, LibraryUseOnly="No", **{"Item In Hand Date": "2026-02-18 08:00:00"}))
    assert (report.imported, report.rejected, dict(report.warnings)) == (1, [], {})
    request = one(1)
    assert (request.state, request.patron, request.outcome) == (
        "on_loan",
        world.north.patrons["ada"],
        "filled",
    )
    assert (request.patron_category, request.pickup_branch) == ("student", world.north.main)
    assert (request.lender_due, request.patron_due) == (date(2026, 4, 16), date(2026, 4, 16))
    assert request.received_at == datetime(2026, 2, 18, 14, 0, tzinfo=UTC)
    assert request.act_by == datetime(2026, 4, 17, 13, 0, tzinfo=UTC)
    item, lender = request.items.get(), request.tries.get()
    assert (item.barcode, item.pieces, item.lender_try) == ("39001", 2, lender)
    assert (lender.status, lender.open, lender.system_number) == ("received", False, "20441")
    assert (OutboxRow.objects.count(), request.person_text[:3]) == (0, "ada")
    assert not list(differences(BorrowingRequest.objects.all()))

    reminder = datetime(2026, 4, 13, 13, 0, tzinfo=UTC)
    assert run_due_timers(reminder - timedelta(minutes=1)) == 0
    assert run_due_timers(reminder) == 1
    assert told(request) == ["due_soon"]
    desk = world.north.actor()
    loans.ask_renewal(request_id=request.pk, actor=world.north.patron_actor(), at=reminder)
    loans.renewal_yes(request_id=request.pk, lender_due=date(2026, 5, 14), actor=desk, at=reminder)
    assert one(1).patron_due == date(2026, 5, 8)
    assert run_due_timers(datetime(2026, 5, 9, 13, 0, tzinfo=UTC)) == 2
    assert marks(one(1)) == {"overdue"}
    items.take_back(request_id=request.pk, actor=desk, at=later(days=70))
    items.send_back(request_id=request.pk, pieces=2, actor=desk, at=later(days=71))
    items.confirm_return(request_id=request.pk, actor=desk, at=later(days=80))
    assert (one(1).state, request.tries.get().status) == ("completed", "done")


def test_many_open_loans_send_nothing_at_the_import_and_each_one_word_at_its_time(world: World) -> None:
    due = {n: date(2026, 2, 10) + timedelta(days=n) for n in range(1, 41)}
    report = took(world, *(row(n, DueDate=f"{day} 00:00:00") for n, day in due.items()))
    assert (report.imported, OutboxRow.objects.count()) == (40, 0)
    assert run_due_timers(NOON) == 0
    late = {n for n, day in due.items() if day < date(2026, 3, 1)}
    overdue = BorrowingRequest.objects.filter(marks__kind="overdue")
    assert set(overdue.values_list("source_key", flat=True)) == {f"illiad:{n}" for n in late}
    assert all(each.attention for each in overdue)

    for passed in range(60):
        run_due_timers(later(days=passed, hours=6))
    for n, day in due.items():
        expected = [] if n in late else ["overdue"] if day < date(2026, 3, 5) else ["due_soon", "overdue"]
        assert told(one(n)) == expected, (n, day)


def test_what_was_told_elsewhere_is_not_told_again_by_the_next_act(world: World) -> None:
    took(world, row(1, DueDate="2026-02-25"))
    desk = world.north.actor()
    loans.ask_renewal(request_id=one(1).pk, actor=desk, at=later(days=1))
    loans.renewal_no(request_id=one(1).pk, actor=desk, at=later(days=2))
    run_due_timers(later(days=3))
    assert told(one(1)) == ["not_renewed"]


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_every_status_leads_to_its_place_and_staff_can_go_on(world: World, status: str) -> None:
    place = PLACES[STATUSES[status]]
    assert took(world, row(1, status)).imported == 1
    request = one(1)
    assert request.state == place.state
    assert (request.closed_at is not None) == (place.state in FINAL)
    beside = {
        "hold": request.holds.filter(cleared_at__isnull=True),
        "question": request.questions.filter(answered_at__isnull=True),
        "mark": request.marks.filter(cleared_at__isnull=True),
    }
    for name, rows in beside.items():
        assert list(rows.values_list("kind", flat=True)) == [word for word in [getattr(place, name)] if word]
    assert request.queue == (place.hold or place.question or place.state)
    assert OutboxRow.objects.count() == 0
    assert not list(differences(BorrowingRequest.objects.all()))
    states = {kind.code: kind.states for kind in ALL_TIMERS}
    assert all(request.state in states[each.kind] for each in request.timers.all())
    if place.state not in FINAL:
        assert TABLE.allowed(request.state, world.north.actor(), facts_of(request))
        assert request.patron == world.north.patrons["ada"]


def test_the_lender_who_is_asked_is_found_in_the_string_and_missed_in_time(world: World) -> None:
    set_terms(world.north, partner_id=world.eastlake.pk, answer_working_days=20, answer_cap_days=20)
    Symbol.objects.create(library=world.eastlake, scheme=SymbolScheme.OCLC, value="EAS")
    took(world, row(1, "Request Sent", LendingLibrary="", LendingString="eas, QZX"), row(2, "Request Sent"))
    first, second = one(1).tries.get(), one(2).tries.get()
    assert (first.partner, first.status, first.open) == (world.eastlake, "asked", True)
    assert first.answer_by == datetime.fromisoformat("2026-03-12T23:59:59-05:00"), "twenty days"
    assert second.partner.symbols.get().value == "QZX"
    assert run_due_timers(NOON) == 1
    assert (marks(one(1)), marks(one(2))) == (set(), {"lender_silent"})
    items.receive(request_id=one(1).pk, arrival=items.Arrival(), actor=world.north.actor(), at=NOON)
    assert one(1).state == "at_desk"


def test_what_cannot_go_on_is_refused_with_its_code_and_can_come_later(world: World) -> None:
    rows = (
        row(1, Username="nobody"),
        row(2, Username=""),
        row(3, "Request Sent", LendingLibrary="", LendingString=""),
        row(4, "Awaiting the Dean"),
        row(5, "Awaiting  the dean"),
        row(6, ProcessType="Lending"),
        row(7, "Item Returned", Username="nobody"),
    )
    dry = took(world, *rows, dry_run=True)
    assert BorrowingRequest.objects.count() == 0
    report = took(world, *rows)
    assert [(each.line, each.code) for each in report.rejected] == [
        (2, "patron_unknown"),
        (3, "patron_missing"),
        (4, "lender_missing"),
        (5, "unmapped_status"),
        (6, "unmapped_status"),
        (7, "not_borrowing"),
    ]
    assert dry.rejected == report.rejected
    assert report.as_json()["unmapped_statuses"] == {"Awaiting the Dean": 1, "Awaiting the dean": 1}
    assert (one(7).state, one(7).patron) == ("returned", None)
    said = BORROWING.mapped(["Awaiting the Dean=waiting_patron"])
    again = took(world, *rows, statuses=said)
    assert (again.imported, again.present) == (2, 1)
    assert (one(4).queue, one(5).queue) == ("waiting_patron", "waiting_patron")


def test_a_card_number_finds_the_patron_and_a_stranger_of_another_library_is_none(world: World) -> None:
    took(world, row(1, Username="NORTH-ADA-001"), row(2, Username="north-ben"))
    assert (one(1).patron, one(2).patron) == (world.north.patrons["ada"], world.north.patrons["ben"])
    report = took(world, row(3, Username="south-ada"))
    assert [each.code for each in report.rejected] == ["patron_unknown"]


def test_dates_follow_from_the_place(world: World) -> None:
    report = took(
        world,
        row(1, "Customer Notified via E-Mail"),
        row(2, "Awaiting Post Receipt Processing"),
        row(3, DueDate=""),
        row(4, DueDate="9999-12-31"),
        row(5, DueDate="soon 7"),
        row(6, Pieces="many", LibraryUseOnly="Yes", AllowPhotocopies="No"),
    )
    assert (one(1).patron_due, one(2).patron_due) == (date(2026, 4, 16), date(2026, 4, 10))
    assert (one(3).patron_due, one(4).patron_due, one(5).patron_due) == (None, None, None)
    assert one(6).conditions == ["LibraryUseOnly", "NoReproduction"]
    assert report.warnings == {"due_date_missing": 3, "duedate_unreadable": 1, "pieces_unreadable": 1}
    shelf = one(1).timers.get(kind="shelf_expired")
    assert shelf.due_at == end_of_day(date(2026, 3, 2), world.north.library.timezone)


def test_our_own_item_and_an_electronic_copy_stand_where_the_desk_goes_on(world: World) -> None:
    took(
        world,
        row(1, "Item Found", ProcessType="Doc Del", LendingLibrary=""),
        row(
            2, "Awaiting Odyssey Processing", RequestType="Article", PhotoArticleTitle="On wings", DueDate=""
        ),
    )
    assert (one(1).state, one(1).fill_source, one(1).tries.count()) == ("at_desk", "own", 0)
    copy = one(2)
    assert (copy.kind_supplied, copy.delivery, copy.items.count()) == ("copy", "electronic", 0)
    assert copy.patron_due is None


def test_a_second_reading_changes_nothing(world: World) -> None:
    took(world, row(1), row(2, "Request Sent"))
    before = list(BorrowingTimer.objects.values_list("request_id", "kind", "due_at"))
    loans.change_due(
        request_id=one(1).pk, patron_due=date(2026, 4, 1), actor=world.north.actor(), at=later(hours=1)
    )
    report = took(world, row(1), row(2, "Request Finished"), at=later(days=1))
    assert (report.present, report.imported) == (2, 0)
    assert (one(1).patron_due, one(2).state) == (date(2026, 4, 1), "asked")
    assert BorrowingTimer.objects.filter(finished_at__isnull=True).count() == len(before)
    assert LenderTry.objects.count() == 2


def test_open_requests_come_in_batches_with_few_statements(
    world: World, django_assert_max_num_queries: Any
) -> None:
    rows = [row(n, DueDate="2026-02-20" if n % 2 else "2026-05-05") for n in range(200)]
    with django_assert_max_num_queries(2 * 54):
        assert took(world, *rows).imported == 200


def test_what_is_long_overdue_is_not_lost_at_once_and_stands_at_the_step_of_its_day(world: World) -> None:
    steps = (OverdueStep(1), OverdueStep(14, block=True), OverdueStep(60))
    set_terms(world.north, overdue=steps, lost_days=45, replacement_charge=Decimal("80"))
    took(world, row(1, DueDate="2025-12-01"), row(2, DueDate="2026-02-27"), row(3, DueDate="2026-01-20"))
    run_due_timers(later(hours=1))
    assert {each.state for each in map(one, (1, 2, 3))} == {"on_loan"}
    assert not PatronBlock.objects.exists()
    until = date(2026, 4, 1)
    spared = [one(n).marks.get(kind="overdue").until for n in (1, 2, 3)]
    assert spared == [until, None, until]
    assert one(2).timers.get(kind="lost").due_at.date() == date(2026, 4, 13), "in its own time"
    review.rush(request_id=one(1).pk, on=True, actor=world.north.actor(), at=later(days=1))
    run_due_timers(later(days=29))
    assert one(1).state == "on_loan"
    run_due_timers(later(days=31))
    assert {one(n).state for n in (1, 3)} == {"settling"}
    assert one(1).charges.get().actual == Decimal("80.00")


def test_a_mark_that_the_desk_took_away_still_spares(world: World) -> None:
    set_terms(world.north, overdue=(), lost_days=10)
    took(world, row(1, DueDate="2025-12-01"))
    mark = one(1).marks.get(kind="overdue")
    words.clear_mark(request_id=one(1).pk, kind=mark.kind, actor=world.north.actor(), at=later(days=1))
    run_due_timers(later(days=29))
    assert one(1).state == "on_loan"
