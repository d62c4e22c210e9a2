"""The counter over a year: the scenarios of standards §1.6 through the services (S1 to S23)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from illservice.citations.copyright import HoldingStatus, Unavailable
from illservice.citations.models import Journal, JournalIssn, Subscription
from illservice.citations.models.titles import IssnKind
from illservice.citations.services import journals_named
from illservice.core.errors import Refused
from requests_app.models import CopyrightRecord, CopyrightRules
from requests_app.models.copyright import Fate
from requests_app.services import closing, copies, review
from requests_app.services.clocks import run_due_timers
from requests_app.services.closing import Supplied
from requests_app.services.copyright import recheck, reevaluate
from requests_app.services.copyright.clearing import (
    Fee,
    clear_copyright,
    get_elsewhere,
    pay_royalty,
    wait_year,
)
from requests_app.services.copyright.rules import set_copyright_rules
from tests.requests_app.copyright.desk import (
    ONLINE,
    PRINT,
    again,
    ask,
    came,
    cancel,
    clerk,
    day,
    filled,
    recent,
    record,
    said,
    sent,
)
from tests.world import World, ask_for, make_house

pytestmark = pytest.mark.django_db

WAITS = ("copyright", "D9", "")
CLEARED = ("ready", "D8", "US-CCG")


def settle(world: World, **values: Any) -> None:
    CopyrightRules.objects.create(library=world.north.library, **values)


def test_s1_the_sixth_recent_copy_of_a_year_waits(world: World) -> None:
    filled(world, 4)
    fifth = ask(world)
    assert said(fifth) == CLEARED
    assert (record(fifth).count, record(fifth).limit, record(fifth).mode) == (4, 5, "rolling")
    came(world, fifth, "2026-03-02")
    sixth = ask(world)
    assert said(sixth) == WAITS
    assert (record(sixth).count, record(sixth).counts) == (5, False)


@pytest.mark.parametrize(("reserve", "expected"), [(True, WAITS), (False, CLEARED)])
def test_s2_an_open_request_holds_its_place_where_the_library_wants_it(
    world: World, reserve: bool, expected: tuple[str, str, str]
) -> None:
    settle(world, contu_reserve_pending=reserve)
    filled(world, 4)
    ask(world)
    assert said(ask(world)) == expected


def test_s3_s4_a_place_comes_back_when_its_request_ends_without_a_copy(world: World) -> None:
    filled(world, 4)
    by_cancelling, waiting = ask(world), ask(world)
    assert said(waiting) == WAITS
    cancel(world, by_cancelling, "2026-03-03")
    assert record(by_cancelling).fate == Fate.RELEASED
    clear_copyright(request_id=waiting.pk, actor=clerk(world), at=day("2026-03-03"))
    assert said(waiting) == CLEARED
    another = ask(world)
    assert said(another) == WAITS
    closing.close_unfilled(request_id=waiting.pk, actor=world.north.actor(), at=day("2026-03-04"))
    recheck(request_id=another.pk, actor=clerk(world), at=day("2026-03-04"))
    assert said(another) == CLEARED


def test_s5_an_old_article_passes_and_counts_nothing(world: World) -> None:
    filled(world, 5)
    old = ask(world, citation=recent(date="2015"))
    assert said(old) == ("ready", "D7", "US-CCL")
    assert not record(old).counts


def test_s6_s7_an_order_before_the_request_makes_it_the_librarys_own(world: World) -> None:
    filled(world, 5)
    before = ask(world, "2026-02-28")
    assert said(before) == WAITS
    journal = JournalIssn.objects.get(value=PRINT).journal
    Subscription.objects.create(
        library=world.north.library.pk,
        journal=journal,
        status=HoldingStatus.ORDERED,
        ordered_on=date(2026, 3, 1),
    )
    reevaluate(
        journal_ids={journal.pk},
        library_id=world.north.library.pk,
        actor=clerk(world),
        at=day("2026-03-01"),
    )
    assert said(before) == WAITS
    assert said(ask(world, "2026-03-02")) == ("ready", "D6", "US-CCL")
    clear_copyright(
        request_id=before.pk, ground="own", reason="Ordered", actor=clerk(world), at=day("2026-03-02")
    )
    assert said(before)[2] == "US-CCL"
    assert not record(before).counts


def test_s17_a_newspaper_is_a_journal_unless_the_library_settled_otherwise(world: World) -> None:
    filled(world, 1)
    Journal.objects.update(sort="newspaper")
    old: dict[str, Any] = {"date": "1990", "article_title": "Then"}
    assert said(ask(world, **old)) == ("ready", "D7", "US-CCL")
    head = world.north.actor("head")
    set_copyright_rules(
        library_id=world.north.library.pk,
        values={"newspaper_is_periodical": False},
        actor=head,
        at=day("2026-03-03"),
    )
    request = ask(world, "2026-03-03", **old | {"article_title": "Later"})
    assert said(request) == ("ready", "D11", "US-CCL")
    assert record(request).counts, "of any age: 1(b) knows no window"


@pytest.mark.parametrize(
    ("country", "sort", "expected"),
    [
        ("DE", "", ("copyright", "G2", "")),
        ("DE", "scholarly", ("ready", "G2", "Other")),
        ("DE", "newspaper", ("copyright", "G2", "")),
        ("CA", "scholarly", ("ready", "C2", "Other")),
        ("CA", "magazine", ("copyright", "C2", "")),
    ],
)
def test_some_laws_ask_what_sort_of_periodical_it_is(
    world: World, country: str, sort: str, expected: tuple[str, str, str]
) -> None:
    filled(world, 1)
    Journal.objects.update(sort=sort)
    entity = world.north.library.entity
    assert entity is not None
    entity.jurisdiction = country
    entity.save()
    assert said(ask(world)) == expected


def test_s8_a_document_supplier_who_pays_takes_no_place(world: World) -> None:
    filled(world, 5)
    sixth = ask(world)
    get_elsewhere(request_id=sixth.pk, way="supplier", actor=clerk(world), at=day("2026-03-03"))
    assert said(sixth) == ("ready", "D9", "Other")
    closing.close_supplied(
        request_id=sixth.pk, supplied=Supplied("supplier"), actor=world.north.actor(), at=day("2026-03-04")
    )
    assert record(ask(world)).count == 5


@pytest.mark.parametrize(("counted", "expected"), [(False, 4), (True, 5)])
def test_s9_a_copy_with_a_royalty_counts_only_where_the_library_wants_it(
    world: World, counted: bool, expected: int
) -> None:
    settle(world, contu_limit=4, contu_count_royalty_paid=counted)
    filled(world, 4)
    paid = ask(world)
    pay_royalty(
        request_id=paid.pk, fee=Fee(pages=8, fee=Decimal("41.50")), actor=clerk(world), at=day("2026-03-03")
    )
    came(world, paid, "2026-03-04")
    assert record(ask(world)).count == expected


def test_s10_s11_the_year_is_that_of_the_request_or_of_the_filling(world: World) -> None:
    came(world, ask(world, "2025-12-20"), "2025-12-30")
    late = came(world, ask(world, "2025-12-30"), "2026-01-05")
    assert record(ask(world, "2026-01-06")).count == 0
    assert record(late).filled_on == date(2026, 1, 5)
    settle(world, contu_count_year_basis="fill_date")
    assert record(ask(world, "2026-01-07")).count == 2


def test_s12_print_and_online_issn_are_one_journal(world: World) -> None:
    journal = Journal()
    journal.set_title("Nature")
    journal.save()
    for value, kind in ((PRINT, IssnKind.PRINT), (ONLINE, IssnKind.ELECTRONIC)):
        JournalIssn.objects.create(journal=journal, value=value, kind=kind)
    filled(world, 3)
    assert record(ask(world, issn="", eissn=ONLINE)).count == 3
    assert record(ask(world, issn="")).count == 4
    other = ask(world, issn="2167-8359")
    assert record(other).count == 0


def test_s12_a_citation_with_both_issns_teaches_that_they_are_one(world: World) -> None:
    ask(world, issn=PRINT, eissn=ONLINE)
    assert record(ask(world, issn="", eissn=ONLINE)).count == 1
    assert len(journals_named(recent(issn=PRINT, eissn=ONLINE))) == 1


def test_s13_two_articles_in_one_request_count_two_and_two_of_one_issue_are_shown(world: World) -> None:
    settle(world, clear_by_law=False)
    double = ask(world)
    clear_copyright(request_id=double.pk, copies=2, actor=clerk(world), at=day("2026-03-02"))
    assert record(double).copies == 2
    again_ = ask(world, issue="77")
    assert record(again_).count == 2
    flagged = ask(world, issue="77")
    assert (again(flagged).queue, record(flagged).flags) == ("copyright", ["same_issue"])
    clear_copyright(request_id=flagged.pk, actor=clerk(world), at=day("2026-03-02"))
    assert said(flagged) == CLEARED


def test_s14_a_loan_instead_of_a_copy_gives_the_place_back(world: World) -> None:
    request = came(world, ask(world), "2026-03-03", kind="loan")
    assert record(request).fate == Fate.RELEASED
    assert record(ask(world)).count == 0


def test_s16_a_chapter_is_counted_by_its_book_whatever_its_age(world: World) -> None:
    def chapter() -> Any:
        return recent(
            title="The Hive and the Honey Bee", isbn="9780915698097", issn="", date="1990", volume=""
        )

    for _ in range(5):
        request = ask(world, "2026-02-02", material="chapter", citation=chapter())
        assert said(request) == ("ready", "D11", "US-CCL")
        came(world, request, "2026-02-02")
    assert said(ask(world, material="chapter", citation=chapter())) == ("copyright", "D12", "")


def test_s18_what_an_aggregator_holds_back_is_no_subscription(world: World) -> None:
    ask(world, "2026-01-02")
    journal = JournalIssn.objects.get(value=PRINT).journal
    Subscription.objects.create(
        library=world.north.library.pk, journal=journal, is_aggregator=True, embargo_months=12
    )
    assert said(ask(world, "2026-03-02", date="2025-12")) == CLEARED
    settle(world, aggregator_embargo_counts_as_subscription=True)
    assert said(ask(world, "2026-03-02", date="2025-12")) == ("ready", "D6", "US-CCL")


def test_s19_a_paper_with_issn_and_volume_is_counted_as_of_a_journal(world: World) -> None:
    paper = recent(isbn="9780915698097")
    assert said(ask(world, material="conference_paper", citation=paper)) == CLEARED


def test_s21_s22_what_came_stays_counted_and_comes_once(world: World) -> None:
    request, desk = sent(world, ask(world), "2026-03-03"), world.north.actor()
    copies.deliver_copy(
        request_id=request.pk, link="https://example.org/1", until=None, actor=desk, at=day("2026-03-04")
    )
    copies.deliver_copy(
        request_id=request.pk, link="https://example.org/2", until=None, actor=desk, at=day("2026-03-05")
    )
    assert record(request).fate == Fate.FILLED
    unwanted = came(world, ask(world), "2026-03-05")
    closing.not_wanted(request_id=unwanted.pk, actor=desk, at=day("2026-03-06"))
    twice = ask(world)
    assert record(twice).count == 2
    settle(world, contu_limit=3)
    late = ask(world)
    assert said(late) == WAITS
    clear_copyright(request_id=late.pk, ground="resupply", actor=clerk(world), at=day("2026-03-06"))
    assert (record(late).counts, record(ask(world)).count) == (False, 3)


def test_branches_and_libraries_of_one_entity_share_the_count_and_another_entity_does_not(
    world: World,
) -> None:
    filled(world, 5)
    sister = make_house("lakeside", "Lakeside Library")
    assert said(ask(world, house=sister)) == CLEARED
    sister.library.entity = world.north.library.entity
    sister.library.save()
    assert said(ask(world, house=sister)) == WAITS


def test_d13_what_nobody_can_date_waits_and_counts_once_it_is_cleared(world: World) -> None:
    undated = ask(world, date="")
    assert said(undated) == ("copyright", "D13", "")
    clear_copyright(request_id=undated.pk, actor=clerk(world), at=day("2026-03-02"))
    assert said(undated) == ("ready", "D13", "US-CCG")
    assert record(ask(world)).count == 1


def test_d13_of_a_journal_at_its_limit_is_not_cleared_as_within_it(world: World) -> None:
    filled(world, 4)
    undated, another = ask(world, date=""), ask(world, date="")
    clear_copyright(request_id=undated.pk, actor=clerk(world), at=day("2026-03-02"))
    assert (record(undated).count, record(undated).limit) == (4, 5)
    with pytest.raises(Refused) as refused:
        clear_copyright(request_id=another.pk, actor=clerk(world), at=day("2026-03-02"))
    assert refused.value.code == "over_limit"
    assert said(another) == ("copyright", "D13", "")


def test_what_waits_for_next_year_is_cleared_on_the_first_of_january(world: World) -> None:
    filled(world, 5)
    request = ask(world, "2026-11-02")
    wait_year(request_id=request.pk, actor=clerk(world), at=day("2026-11-03"))
    assert again(request).act_by.date() == date(2027, 1, 1)
    run_due_timers(day("2026-12-31"))
    assert said(request) == WAITS
    run_due_timers(day("2027-01-02"))
    assert said(request) == CLEARED
    assert record(request).asked_on == date(2027, 1, 1)
    assert record(ask(world, "2027-01-03")).count == 1


def test_over_the_limit_only_with_a_reason_and_then_it_counts(world: World) -> None:
    filled(world, 5)
    request = ask(world)
    with pytest.raises(Refused) as refused:
        clear_copyright(request_id=request.pk, actor=clerk(world), at=day("2026-03-02"))
    assert refused.value.code == "over_limit"
    assert said(request) == WAITS
    clear_copyright(
        request_id=request.pk,
        ground="override",
        reason="Needed for a hearing",
        actor=clerk(world),
        at=day("2026-03-02"),
    )
    assert said(request) == ("ready", "D9", "US-CCG")
    assert record(request).decided_by == clerk(world).id
    assert record(ask(world)).count == 6


def test_what_our_own_shelves_have_is_shown_first(world: World) -> None:
    ask(world, "2026-01-02")
    journal = JournalIssn.objects.get(value=PRINT).journal
    held = Subscription.objects.create(library=world.north.library.pk, journal=journal)
    shown = ask(world)
    assert (again(shown).queue, record(shown).flags) == ("copyright", ["held_here"])
    held.unavailable = Unavailable.MISSING
    held.save()
    done = reevaluate(
        journal_ids={journal.pk},
        library_id=world.north.library.pk,
        actor=clerk(world),
        at=day("2026-03-02"),
    )
    assert (done, said(shown)) == (1, ("ready", "D6", "US-CCL"))


def test_an_article_of_ours_that_staff_looked_for_and_cannot_use_is_copied_as_our_own(world: World) -> None:
    filled(world, 1)
    journal = JournalIssn.objects.get(value=PRINT).journal
    Subscription.objects.create(library=world.north.library.pk, journal=journal)
    desk = world.north.actor()
    for found, expected in (("not_usable", ("ready", "D6", "US-CCL")), ("not_ours", ("copyright", "D8", ""))):
        request = ask(world)
        assert said(request) == ("copyright", "D8", "")
        review.open_hold(request_id=request.pk, kind="owned", actor=desk, at=day("2026-03-02"))
        review.clear_hold(request_id=request.pk, kind="owned", reason=found, actor=desk, at=day("2026-03-03"))
        assert said(request) == expected
        assert not record(request).counts


def test_a_loan_has_no_record_and_another_country_leaves_all_to_staff(world: World) -> None:
    loan = ask_for(world.north)
    assert not CopyrightRecord.objects.filter(request=loan).exists()
    entity = world.north.library.entity
    assert entity is not None
    entity.jurisdiction = "FR"
    entity.save()
    request = ask(world)
    assert said(request) == ("copyright", "R1", "")
    clear_copyright(request_id=request.pk, actor=clerk(world), at=day("2026-03-02"))
    assert said(request) == ("ready", "R1", "Other")
    assert not record(request).counts
