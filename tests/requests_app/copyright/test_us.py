"""The rules of the United States: D1 to D13, and the counter scenarios as far as they need no database."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from illservice.citations.copyright import HoldingStatus, IllTerms, Statement, Unavailable
from illservice.citations.kinds import Material
from requests_app.copyright import (
    CopyrightFacts,
    Decision,
    Flag,
    Holding,
    Outcome,
    Settings,
    WindowMode,
    Work,
    decide,
    read_published,
)
from requests_app.copyright.counting import Cleared, Fate, count
from requests_app.copyright.decision import WayOut
from requests_app.copyright.facts import Free, Permission, YearBasis, is_whole_work, work_of
from requests_app.copyright.rules.us import DECLARATION

USUAL = Settings()
J = "0028-4793"
RECENT = CopyrightFacts(requested=date(2026, 6, 1), work_key=J, published=read_published("2025"))
OLD = replace(RECENT, published=read_published("2015"))
CHAPTER = replace(RECENT, material=Material.CHAPTER, work=Work.OTHER, published=read_published("1990"))
ORDER = Holding(status=HoldingStatus.ORDERED, ordered_on=date(2026, 3, 1))


def us(facts: CopyrightFacts, settings: Settings = USUAL) -> Decision:
    return decide("US", facts, settings)


def filled(number: int, **more: Any) -> list[Cleared]:
    known = Cleared(work_key=J, requested=date(2026, 1, 10), filled=date(2026, 1, 20), fate=Fate.FILLED)
    return [replace(known, **more)] * number


def counted(known: list[Cleared], settings: Settings = USUAL, on: date = date(2026, 6, 1)) -> int:
    return count(known, work_key=J, on=on, settings=settings)


HELD = Holding(unavailable=Unavailable.MISSING)
RULES = (
    ("D1", replace(RECENT, as_copy=False), None, 0),
    ("D2", replace(RECENT, free=Free.OPEN_ACCESS, count=9), Statement.NONE, 0),
    ("D3", replace(RECENT, permission=Permission.SUPPLIER, count=9), Statement.OTHER, 0),
    ("D4", replace(RECENT, material=Material.SCORE), None, 0),
    ("D5", replace(RECENT, whole_work=True), None, 0),
    ("D5", replace(RECENT, whole_work=True, fair_price_checked=True), Statement.CCL, 0),
    ("D6", replace(RECENT, holdings=(HELD,), count=9), Statement.CCL, 0),
    ("D6", replace(RECENT, holdings=(HELD,), published=read_published("")), Statement.CCL, 0),
    ("D7", replace(OLD, count=9), Statement.CCL, 0),
    ("D7", replace(OLD, work_key=""), Statement.CCL, 0),
    ("D8", replace(RECENT, count=4), Statement.CCG, 1),
    ("D9", replace(RECENT, count=5), None, 0),
    ("D10", replace(CHAPTER, owned_or_ordered=True, count=9), Statement.CCL, 0),
    ("D11", replace(CHAPTER, count=4), Statement.CCL, 1),
    ("D11", replace(CHAPTER, published=read_published("")), Statement.CCL, 1),
    ("D12", replace(CHAPTER, count=5), None, 0),
    ("D13", replace(RECENT, published=read_published("n.d.")), None, 0),
    ("D13", replace(RECENT, work_key=""), None, 0),
    ("D13", replace(CHAPTER, work_key=""), None, 0),
)


@pytest.mark.parametrize(("rule", "facts", "statement", "adds"), RULES)
def test_the_first_rule_that_holds_decides(
    rule: str, facts: CopyrightFacts, statement: Statement | None, adds: int
) -> None:
    decision = us(facts)
    assert (decision.rule, decision.statement, decision.adds) == (rule, statement, adds)
    assert "%(" not in decision.sentence
    assert len(decision.sentence) > 20


def test_the_sentence_and_what_is_kept_name_count_limit_and_window() -> None:
    decision = us(replace(RECENT, count=4))
    assert (decision.count, decision.limit, decision.mode) == (4, 5, WindowMode.ROLLING)
    assert "number 5 of 5" in decision.sentence
    assert us(replace(CHAPTER, count=4)).mode == ""


def test_s1_the_sixth_recent_copy_of_a_year_waits_for_staff_with_every_way_out() -> None:
    decision = us(replace(RECENT, count=counted(filled(5))))
    assert (decision.rule, decision.outcome) == ("D9", Outcome.LIMIT)
    assert set(decision.ways_out) == set(WayOut) - {WayOut.BUY}
    assert WayOut.BUY in us(replace(CHAPTER, count=5)).ways_out


def test_s2_a_cleared_open_request_holds_its_place_where_the_library_reserves() -> None:
    known = [*filled(4), *filled(1, fate=Fate.OPEN, filled=None)]
    assert us(replace(RECENT, count=counted(known))).rule == "D9"
    generous = Settings(contu_reserve_pending=False)
    assert us(replace(RECENT, count=counted(known, generous)), generous).statement == Statement.CCG


@pytest.mark.parametrize("why", ["S3 cancelled", "S4 unfilled", "S14 filled as a loan"])
def test_s3_s4_s14_what_makes_no_copy_gives_its_place_back(why: str) -> None:
    known = [*filled(4), *filled(1, fate=Fate.RELEASED, filled=None)]
    assert us(replace(RECENT, count=counted(known))).statement == Statement.CCG, why


def test_s5_an_old_article_passes_a_full_count_and_adds_nothing() -> None:
    decision = us(replace(OLD, count=5))
    assert (decision.statement, decision.counts) == (Statement.CCL, False)


def test_s6_s7_an_order_counts_only_for_requests_after_it() -> None:
    after = replace(RECENT, count=5, holdings=(ORDER,), requested=date(2026, 3, 2))
    assert (us(after).rule, us(after).statement) == ("D6", Statement.CCL)
    assert us(replace(after, requested=date(2026, 2, 28))).rule == "D9"
    assert us(replace(after, requested=date(2026, 3, 1))).rule == "D9"


def test_s8_a_supplier_who_pays_the_royalty_leaves_the_count_alone() -> None:
    decision = us(replace(RECENT, count=5, permission=Permission.SUPPLIER))
    assert (decision.statement, decision.adds) == (Statement.OTHER, 0)


def test_s9_royalty_paid_copies_count_only_where_the_library_says_so() -> None:
    known = [*filled(4), *filled(1, royalty_paid=True)]
    assert counted(known) == 4
    assert counted(known, Settings(contu_count_royalty_paid=True)) == 5


def test_s10_s11_the_year_is_that_of_the_request_or_of_the_filling_as_settled() -> None:
    in_2025 = filled(1, requested=date(2025, 12, 20), filled=date(2025, 12, 30))
    across = filled(1, requested=date(2025, 12, 30), filled=date(2026, 1, 5))
    still_open = filled(1, requested=date(2025, 12, 30), filled=None, fate=Fate.OPEN)
    by_fill = Settings(contu_count_year_basis=YearBasis.FILL_DATE)
    new_year, old_year = date(2026, 1, 2), date(2025, 12, 31)
    assert counted(in_2025, on=new_year) == 0
    assert (counted(across, on=old_year), counted(across, on=new_year)) == (1, 0)
    assert (counted(across, by_fill, old_year), counted(across, by_fill, new_year)) == (0, 1)
    assert (counted(still_open, on=new_year), counted(still_open, by_fill, new_year)) == (0, 1)


def test_s12_only_copies_of_the_same_title_family_count() -> None:
    assert counted([*filled(2), *filled(3, work_key="1533-4406")]) == 2


def test_s13_two_articles_count_two_and_two_from_one_issue_are_shown_to_staff() -> None:
    two = us(replace(RECENT, copies=2, count=3))
    assert (two.adds, two.is_automatic) == (2, True)
    assert us(replace(RECENT, copies=2, count=4)).rule == "D9", "the second one would be the sixth copy"
    same_issue = us(replace(OLD, copies=2, articles_of_issue=2))
    assert same_issue.flags == (Flag.SAME_ISSUE,)
    assert not same_issue.is_automatic


def test_s16_a_chapter_of_an_old_book_counts_whatever_its_age() -> None:
    decision = us(replace(CHAPTER, count=counted(filled(5))))
    assert (decision.rule, decision.outcome) == ("D12", Outcome.LIMIT)
    without = us(replace(CHAPTER, count=5), Settings(chapter_rule_enabled=False))
    assert (without.rule, without.counts) == ("D11", False)
    assert us(CHAPTER, Settings(chapter_statement=Statement.CCG)).statement == Statement.CCG


def test_s17_a_newspaper_is_a_periodical_unless_the_library_says_otherwise() -> None:
    paper = replace(RECENT, work=Work.NEWSPAPER, published=read_published("2026-05-02"))
    assert us(paper).rule == "D8"
    assert us(paper, Settings(newspaper_is_periodical=False)).rule == "D11"


def test_s18_an_aggregators_embargo_is_no_subscription_unless_the_library_says_so() -> None:
    package = Holding(is_aggregator=True, embargo_months=12, unavailable=Unavailable.DOWN)
    new = replace(RECENT, published=read_published("2026-03-01"), holdings=(package,))
    assert us(new).statement == Statement.CCG
    generous = Settings(aggregator_embargo_counts_as_subscription=True)
    assert (us(new, generous).rule, us(new, generous).statement) == ("D6", Statement.CCL)
    publisher = replace(new, holdings=(replace(package, is_aggregator=False),))
    assert us(publisher, generous).rule == "D8"
    older = replace(new, published=read_published("2025-01"))
    assert us(older).rule == "D6"


def test_s19_what_has_an_issn_and_volumes_is_a_periodical_whatever_its_form_was_called() -> None:
    assert work_of(Material.CONFERENCE_PAPER, has_issn=True, has_volume=True) is Work.PERIODICAL
    assert work_of(Material.CONFERENCE_PAPER, has_issn=True, has_volume=False) is Work.OTHER
    assert work_of(Material.CHAPTER, has_issn=False, has_volume=True) is Work.OTHER
    assert work_of(Material.ARTICLE, has_issn=False, has_volume=False) is Work.PERIODICAL
    assert work_of(Material.ARTICLE, has_issn=True, has_volume=True, is_newspaper=True) is Work.NEWSPAPER


def test_s20_what_a_licence_lets_us_send_to_another_library() -> None:
    paper_only = {IllTerms.CONTU_PAPER, IllTerms.PAPER}
    assert {each for each in IllTerms if not each.allows(electronically=True)} == {
        *paper_only,
        IllTerms.PROHIBITED,
    }
    assert {each for each in IllTerms if not each.allows(electronically=False)} == {IllTerms.PROHIBITED}


def test_s21_s22_received_stays_received_and_a_better_scan_is_no_new_copy() -> None:
    assert counted([*filled(2), *filled(1, is_resupply=True)]) == 2


def test_what_we_hold_and_can_use_is_shown_to_staff_and_not_called_our_own() -> None:
    decision = us(replace(RECENT, holdings=(Holding(),)))
    assert (decision.rule, decision.flags) == ("D8", (Flag.HELD_HERE,))
    looked = replace(RECENT, holdings=(Holding(), HELD), unusable=True)
    assert (us(looked).rule, us(looked).flags) == ("D6", ())
    assert us(replace(looked, holdings=(Holding(),))).statement == Statement.CCL
    for none_of_ours in ((), (Holding(ends=date(2020, 1, 1)),), (Holding(embargo_months=60),)):
        assert us(replace(looked, holdings=none_of_ours)).rule == "D8", (
            "no subscription covers it (CONTU 2(a))"
        )


def test_the_rule_can_be_switched_off_and_the_statement_is_still_made() -> None:
    decision = us(replace(RECENT, count=50), Settings(contu_enabled=False))
    assert (decision.statement, decision.adds, decision.limit) == (Statement.CCG, 1, None)
    assert us(replace(RECENT, count=5), Settings(contu_limit=6)).statement == Statement.CCG


def test_the_window_is_the_librarys_own() -> None:
    facts = replace(RECENT, requested=date(2026, 1, 2), published=read_published("2021"))
    rules = {mode: us(facts, Settings(contu_window_mode=mode)).rule for mode in WindowMode}
    assert rules == {WindowMode.ROLLING: "D8", WindowMode.CALENDAR5: "D7", WindowMode.CALENDAR6: "D8"}
    by_year = us(facts, Settings(contu_window_mode=WindowMode.CALENDAR5))
    assert by_year.mode == "calendar5"
    assert by_year.sentence.startswith(
        "Published before 2022, the first year that this library counts as recent"
    )
    older = us(replace(facts, published=read_published("2020")))
    assert (older.rule, older.mode) == ("D7", "rolling")
    assert "more than five years before the request" in older.sentence


WHOLE = (
    (Material.BOOK, "cosmos", "", "", True),
    (Material.BOOK, "cosmos", "first chapter", "", False),
    (Material.BOOK, "cosmos", "", "12-20", False),
    (Material.BOOK, "cosmos", "", "p. 250", False),
    (Material.BOOK, "cosmos", "", "xii, 250 p.", True),
    (Material.BOOK, "cosmos", "first chapter", "250 S.", False),
    (Material.THESIS, "cosmos", "", "[4], 214 leaves", True),
    (Material.CHAPTER, "cosmos", "the stars", "12 p.", False),
    (Material.THESIS, "", "on cosmos", "", True),
    (Material.CHAPTER, "cosmos", "cosmos", "-", True),
    (Material.CHAPTER, "cosmos", "the stars", "", False),
    (Material.CHAPTER, "cosmos", "", "", True),
    (Material.ARTICLE, "nature", "", "", False),
    (Material.JOURNAL, "nature", "", "", True),
)


@pytest.mark.parametrize(("material", "title", "part", "pages", "whole"), WHOLE)
def test_a_copy_without_a_part_is_a_whole_work(
    material: str, title: str, part: str, pages: str, whole: bool
) -> None:
    assert is_whole_work(material, title=title, part_title=part, pages=pages) is whole


def test_the_warning_is_word_for_word_that_of_37_cfr_201_14() -> None:
    assert DECLARATION.is_verbatim
    words = " ".join(DECLARATION.text.split())
    assert "One of these specified conditions is" in words, "many sites misquote it"
    digest = hashlib.sha256(words.encode()).hexdigest()
    assert digest == "6d5cb834350d6ed3fed9eaaaea6e8d7610fda64fd6b0c09029bcdf2c2f04d059"
