"""P2: statistics are equal to the digit; P3: what is owed or not returned stays; P4: copyright counts stay."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from illservice.core import retention
from illservice.core.errors import Refused
from illservice.core.retention import Case, Keep, Person
from illservice.directory.models import Library
from lending.models import LendingEvent, LendingRequest
from patrons.models import PrivacyRules
from patrons.services import person_of
from requests_app.models import (
    BorrowingCharge,
    BorrowingEvent,
    BorrowingHold,
    BorrowingRequest,
    BorrowingTimer,
    CopyrightRecord,
    LenderTry,
    RequestIdentifier,
)
from requests_app.selectors.copyright.report import year_by_title
from requests_app.selectors.copyright.rules import copyright_rules, settings_of
from requests_app.services import copies, lenders
from requests_app.services.clocks import run_due_timers
from requests_app.services.milestones import differences
from requests_app.services.privacy import anonymise
from requests_app.workflow.timers import forget_at
from tests.privacy.trail import Trail, sweep
from tests.requests_app import standing
from tests.world import NOON, World, ask_for, later, new_copy

COUNTED = (
    "library_id", "state", "outcome", "kind", "kind_supplied", "material", "fill_source", "reason_id", "source",
    "submitted_at", "sent_at", "shipped_at", "received_at", "delivered_at", "returned_at", "closed_at", "cost",
)  # fmt: skip
BORROWED = (
    "patron_category",
    "patron_department",
    "pickup_branch_id",
    "cleared_at",
    "promised_at",
    "delivery",
)


DECIDED = (
    "request_id", "library_id", "work_key", "asked_on", "copies", "counts", "fate", "filled_on", "rule", "statement",
    "count", "limit", "mode", "jurisdiction", "way", "ground", "decided_at",
)  # fmt: skip


def statistics() -> dict[str, Counter[Any]]:
    """Everything that a report could count: requests of both sides by all their columns, events, tries, holds."""
    lent = [
        each for each in COUNTED if each in {field.attname for field in LendingRequest._meta.concrete_fields}
    ]
    events = ("request_id", "action", "from_state", "to_state", "happened_at", "actor_kind")
    return {
        "borrowing": Counter(BorrowingRequest.objects.values_list(*COUNTED, *BORROWED)),
        "lending": Counter(LendingRequest.objects.values_list(*lent, "borrower_id", "checked_in_at")),
        "borrowing events": Counter(BorrowingEvent.objects.values_list(*events)),
        "lending events": Counter(LendingEvent.objects.values_list(*events)),
        "tries": Counter(
            LenderTry.objects.values_list("partner_id", "status", "asked_at", "cost", "reason_id")
        ),
        "copyright holds": Counter(
            BorrowingHold.objects.values_list("kind", "opened_at", "cleared_at", "reason")
        ),
    }


def copyright_record() -> list[Any]:
    """What a count of copies by journal and year asks: never the person."""
    requests = BorrowingRequest.objects.order_by("pk")
    names = (
        "title",
        "article_title",
        "year",
        "volume",
        "issue",
        "date",
        "submitted_at",
        "outcome",
        "kind_supplied",
    )
    numbers = RequestIdentifier.objects.order_by("pk").values_list(
        "request_id", "kind", "normalised", "valid"
    )
    said = LendingRequest.objects.order_by("pk").values_list("title", "copyright_statement", "submitted_at")
    decided = CopyrightRecord.objects.order_by("pk").values_list(*DECIDED)
    return [list(requests.values_list(*names)), list(numbers), list(said), list(decided), year_of_copies()]


def year_of_copies() -> list[Any]:
    """The report of the year, to the digit."""
    library = Library.objects.get(slug="north")
    settings = settings_of(copyright_rules(library), library)
    return [astuple(each) for each in year_by_title(library, NOON.year, settings, today=NOON.date())]


def a_copy(world: World) -> BorrowingRequest:
    """A copy of an article that was delivered and is over."""
    request, desk = ask_for(world.north, new_copy()), world.north.actor()
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
    )
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    copies.deliver_copy(
        request_id=request.pk, link="https://x.example/1", until=None, actor=desk, at=later(days=1)
    )
    copies.finish_copy(request_id=request.pk, actor=desk, at=later(days=20))
    return BorrowingRequest.objects.get(pk=request.pk)


def test_p2_statistics_are_the_same_to_the_digit_after_both_clocks(trail: Trail) -> None:
    before = statistics()
    sweep(trail.pair.at, days=92)
    assert trail.again().patron_id is None
    assert statistics() == before
    sweep(trail.pair.at, days=365 * 5)
    assert (trail.again().title, trail.again().search_text) == ("", "")
    assert statistics() == before
    assert list(differences(BorrowingRequest.objects.all())) == []


@pytest.fixture
def a_debt() -> Iterator[list[str]]:
    """What the money of the house will say one day: these requests are not paid."""
    owed: list[str] = []

    def reasons(subject: Case | Person) -> list[Keep]:
        if isinstance(subject, Case):
            return [Keep("debt", "A fee is open.")] if subject.number in owed else []
        return [Keep("debt", "A fee is open.")] if set(retention.numbers_of(subject)) & set(owed) else []

    retention.register_reasons("a test", reasons)
    yield owed
    retention.register_reasons("a test", lambda _subject: [])


def test_p3_what_is_owed_keeps_the_request_until_it_is_paid(world: World, a_debt: list[str]) -> None:
    request = a_copy(world)
    a_debt.append(request.number)
    with pytest.raises(Refused) as refusal:
        anonymise(request_id=request.pk, at=later(days=110))
    assert refusal.value.code == "debt"
    assert run_due_timers(later(days=110)) == 1
    request.refresh_from_db()
    assert request.patron_id == world.north.patrons["ada"].pk
    assert run_due_timers(later(days=111)) == 0
    a_debt.clear()
    assert run_due_timers(later(days=117, minutes=1)) == 1
    request.refresh_from_db()
    assert request.patron_id is None


def test_p3_what_is_not_returned_is_left_alone(world: World) -> None:
    request = standing.on_loan(world)
    with pytest.raises(Refused) as refusal:
        anonymise(request_id=request.pk, at=later(days=500))
    assert refusal.value.code == "open"
    assert not BorrowingTimer.objects.filter(request=request, kind="unlink").exists()
    request.refresh_from_db()
    assert request.patron_id is not None


def a_charge(request: BorrowingRequest, **values: Any) -> BorrowingCharge:
    """What ada was asked to pay."""
    sums: dict[str, Any] = {"kind": "other", "payer": "patron", "actual": "4.50", "currency": "USD"}
    return BorrowingCharge.objects.create(
        request=request,
        library=request.library,
        ordinal=1,
        noted_on=NOON.date(),
        note="Ada grumbled",
        **sums | values,
    )


def test_p3_a_debt_keeps_the_request_and_the_person_and_says_how_much(world: World) -> None:
    request, ada = a_copy(world), world.north.patrons["ada"]
    charge = a_charge(request)
    with pytest.raises(Refused) as refusal:
        anonymise(request_id=request.pk, at=later(days=110))
    assert refusal.value.code == "debt"
    (keep,) = retention.reasons_against(person_of(ada))
    assert str(keep.words) == f"Something is still to be paid for request {request.number}: 4.50 USD."
    BorrowingCharge.objects.filter(pk=charge.pk).update(settled="waived")
    assert retention.reasons_against(person_of(ada)) == []
    anonymise(request_id=request.pk, at=later(days=111))
    charge.refresh_from_db()
    assert (charge.note, charge.actual) == (retention.BLACK, Decimal("4.50"))


def test_p3_a_charge_makes_the_delay_the_longer_one(world: World) -> None:
    request = a_copy(world)
    a_charge(request, settled="paid", paid_on=NOON.date(), paid_amount="4.50")
    run_due_timers(later(days=20 + 91))
    request.refresh_from_db()
    assert request.patron_id is not None
    assert run_due_timers(later(days=20 + 179)) == 0
    assert run_due_timers(later(days=20 + 181)) == 1
    request.refresh_from_db()
    assert request.patron_id is None


def test_p4_the_copyright_record_survives_the_person_and_goes_after_three_full_years(trail: Trail) -> None:
    a_copy_too = a_copy(World(trail.pair.north, trail.pair.south, *_partners(), None))  # type: ignore[arg-type]
    before = copyright_record()
    sweep(trail.pair.at, days=200)
    assert BorrowingRequest.objects.filter(patron=trail.patron).count() == 0
    assert copyright_record() == before
    last = later().replace(year=2029, month=12, day=31, hour=23)
    sweep(last)
    assert copyright_record() == before
    sweep(last, days=1)
    a_copy_too.refresh_from_db()
    assert (a_copy_too.title, a_copy_too.article_title, a_copy_too.fingerprint) == ("", "", "")
    assert a_copy_too.submitted_at == later()
    assert not RequestIdentifier.objects.filter(request=a_copy_too).exists()
    record = CopyrightRecord.objects.get(request=a_copy_too)
    assert (record.work_key, record.keys, record.details) == ("", [], {})
    assert (record.rule, record.statement, record.fate) == ("D7", "US-CCL", "filled")


def test_p4_the_reason_of_staff_goes_with_the_person_and_the_ground_stays(world: World) -> None:
    request = a_copy(world)
    CopyrightRecord.objects.filter(request=request).update(reason="For Ada's thesis", ground="override")
    anonymise(request_id=request.pk, at=later(days=120))
    record = CopyrightRecord.objects.get(request=request)
    assert (record.reason, record.ground) == ("", "override")


def _partners() -> tuple[Any, Any]:
    return Library.objects.get(slug="eastlake"), Library.objects.get(slug="westport")


def test_the_year_is_the_librarys_own(world: World) -> None:
    """Half past five in the morning of 1 January in UTC is still the old year in Chicago."""
    request = a_copy(world)
    request.submitted_at = datetime(2027, 1, 1, 5, 30, tzinfo=UTC)
    assert forget_at(request) == datetime(2030, 1, 1, 6, 0, tzinfo=UTC)
    request.submitted_at = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)
    assert forget_at(request) == datetime(2028, 1, 1, 6, 0, tzinfo=UTC)
    PrivacyRules.objects.create(library=world.north.library, citation_years=5)
    again = BorrowingRequest.objects.select_related("library").get(pk=request.pk)
    again.submitted_at = request.submitted_at
    assert forget_at(again) == datetime(2030, 1, 1, 6, 0, tzinfo=UTC)
