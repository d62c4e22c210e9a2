"""Coming from ILLiad in the middle of a year: copies that were cleared there count here."""

from datetime import date
from typing import Any

import pytest

from illservice.citations.models import JournalIssn
from illservice.core.errors import Refused
from illservice.directory.services.illiad.report import Report
from requests_app.copyright import Settings
from requests_app.models import BorrowingRequest, CopyrightRecord
from requests_app.models.copyright import Fate, Way
from requests_app.selectors.copyright.waiting import lines_of
from requests_app.services import lenders, review
from requests_app.services.copyright.clearing import clear_copyright
from requests_app.services.illiad import Importer
from requests_app.views.request_parts import copyright_words
from tests.exports import read_rows
from tests.requests_app.copyright.desk import (
    ONLINE,
    PRINT,
    again,
    ask,
    came,
    cancel,
    clerk,
    day,
    record,
    said,
    sent,
)
from tests.world import World

pytestmark = pytest.mark.django_db
CUT_OVER = day("2026-02-20")


def article(number: int, stated: str = "US:CCG", **more: object) -> dict[str, object]:
    """A recent article that was asked for in January; `more` names other columns, as ILLiad writes them."""
    return {
        "TransactionNumber": number,
        "Username": "north-ada",
        "RequestType": "Article",
        "DocumentType": "Article",
        "PhotoJournalTitle": "Nature",
        "PhotoArticleTitle": f"Wings, part {number}",
        "PhotoJournalYear": "2025",
        "PhotoJournalVolume": "600",
        "ISSN": PRINT,
        "CreationDate": "2026-01-05 09:00:00",
        "TransactionStatus": "Request Finished",
        "TransactionDate": "2026-01-08 10:30:00",
        "LendingLibrary": "QZX",
        "SystemID": "OCLC",
        "ProcessType": "Borrowing",
        "CopyrightComp": stated,
    } | more


def took(world: World, *rows: dict[str, object], **options: Any) -> Report:
    report = read_rows(Importer(world.north.library, at=CUT_OVER, **options), *rows)
    assert report.rejected == []
    return report


def one(number: int) -> CopyrightRecord:
    return CopyrightRecord.objects.get(request__source_key=f"illiad:{number}")


def test_after_five_copies_that_were_taken_over_the_sixth_waits(world: World) -> None:
    fourth_by_title = article(4, "CCG", ISSN="", PhotoJournalTitle="NATURE")
    rows = [article(1), article(2, ISSN=f"{PRINT} {ONLINE}"), article(3), fourth_by_title]
    took(world, *rows)
    fifth = ask(world)
    assert (said(fifth), record(fifth).count) == (("ready", "D8", "US-CCG"), 4)
    cancel(world, fifth, "2026-03-03")
    took(world, *rows, article(5, ISSN=ONLINE))
    assert CopyrightRecord.objects.filter(way=Way.IMPORTED).count() == 5
    sixth = ask(world)
    assert (said(sixth), record(sixth).count) == (("copyright", "D9", ""), 5)
    assert said(ask(world, "2027-01-04"))[:2] == ("ready", "D8")


def test_a_copy_is_taken_over_with_its_statement_its_dates_and_no_person(world: World) -> None:
    took(world, article(1))
    known = one(1)
    assert (known.statement, known.counts, known.fate, known.copies) == ("US-CCG", True, Fate.FILLED, 1)
    assert (known.asked_on, known.filled_on) == (date(2026, 1, 5), date(2026, 1, 8))
    assert (known.library, known.decided_by) == (world.north.library, None)
    mine = came(world, ask(world), "2026-03-02")
    assert (known.work_key, known.keys) == (record(mine).work_key, record(mine).keys)
    assert copyright_words(known.request) == (
        "conforms to the copyright guidelines (CCG) · taken over from another system"
    )


@pytest.mark.parametrize(
    ("row", "fate", "way"),
    [
        (article(1, "US:CCL"), Fate.FILLED, Way.IMPORTED),
        (article(1, TransactionStatus="Cancelled by ILL Staff"), Fate.RELEASED, Way.IMPORTED),
        (article(1, LendingLibrary="OA"), Fate.RELEASED, Way.IMPORTED),
        (article(1, LendingLibrary="GETIT"), Fate.RELEASED, Way.IMPORTED),
        (article(1, BaseFee="$33.00"), Fate.FILLED, Way.ROYALTY),
        (article(1, CreationDate="2025-12-30 09:00:00"), Fate.FILLED, Way.IMPORTED),
    ],
)
def test_what_does_not_count_this_year_takes_no_place(
    world: World, row: dict[str, object], fate: str, way: str
) -> None:
    took(world, row)
    assert (one(1).fate, one(1).way) == (fate, way)
    assert record(ask(world)).count == 0


def test_what_goes_on_holds_its_place_until_it_ends_or_comes(world: World) -> None:
    waits = article(3, TransactionStatus="Awaiting Copyright Clearance")
    took(
        world,
        article(1, TransactionStatus="Awaiting Request Processing"),
        article(2, TransactionStatus="Item Found"),
        waits,
    )
    assert (one(1).fate, one(1).counts, one(1).filled_on) == (Fate.OPEN, True, None)
    assert (one(2).fate, one(2).filled_on) == (Fate.FILLED, date(2026, 1, 8))
    assert (one(3).rule, one(3).decided_at, one(3).counts) == ("D8", None, False)
    line = lines_of(world.north.library, [one(3).request], settings=Settings(), today=date(2026, 3, 2))[0]
    assert (line.count, line.by_hand, len(line.made_by)) == (2, False, 2)
    assert record(ask(world)).count == 2
    cancel(world, one(1).request, "2026-03-03")
    assert (one(1).fate, again(one(1).request).state) == (Fate.RELEASED, "cancelled")
    assert record(ask(world)).count == 2


def test_what_has_no_statement_yet_gets_one_before_it_is_sent_or_is_held_back(world: World) -> None:
    ready = {"TransactionStatus": "Awaiting Request Processing"}
    took(
        world, *(article(number) for number in range(1, 5)), article(5, "", **ready), article(6, "", **ready)
    )
    fifth, sixth = (BorrowingRequest.objects.get(source_key=f"illiad:{number}") for number in (5, 6))
    sent(world, fifth, "2026-03-02")
    known = record(fifth)
    assert (known.rule, known.statement, known.count, known.counts) == ("D8", "US-CCG", 4, True)
    with pytest.raises(Refused, match="5 copies from this journal count") as refused:
        sent(world, sixth, "2026-03-02")
    assert (refused.value.code, again(sixth).state) == ("not_cleared", "ready")
    desk, at = clerk(world), day("2026-03-02")
    review.open_hold(request_id=sixth.pk, kind="copyright", actor=desk, at=at)
    clear_copyright(request_id=sixth.pk, ground="override", reason="Needed", actor=desk, at=at)
    lenders.ask(request_id=sixth.pk, actor=world.north.actor(), at=at)
    assert (again(sixth).state, record(sixth).statement) == ("asked", "US-CCG")


def test_loans_copies_without_a_statement_and_a_dry_run_write_no_record(world: World) -> None:
    loan = article(1, RequestType="Loan", DocumentType="Book", LoanTitle="The Moors in Winter")
    took(world, loan, article(2, ""), article(3, "US:XYZ"))
    assert took(world, article(4), dry_run=True).imported == 1
    assert (CopyrightRecord.objects.count(), JournalIssn.objects.count()) == (0, 0)


def test_works_of_a_batch_are_looked_up_once(world: World, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(50):
        took(world, *(article(number) for number in range(1, 100)))
    assert CopyrightRecord.objects.filter(counts=True).count() == 99
