"""The rules of other countries, each with its declaration and the code that goes over the wire."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from illservice.citations.copyright import Condition, Statement
from illservice.citations.kinds import Material
from requests_app.copyright import RULE_SETS, CopyrightFacts, Outcome, Settings, Work, decide, rules_for
from requests_app.copyright.dates import read_published
from requests_app.copyright.facts import Free, Permission, Purpose

ARTICLE = CopyrightFacts(
    requested=date(2026, 6, 1),
    work_key="0028-4793",
    published=read_published("2026-05"),
    declared=True,
    purpose=Purpose.STUDY,
    scholarly=True,
    count=99,
)
CHAPTER = replace(ARTICLE, material=Material.CHAPTER, work=Work.OTHER, one_chapter=True, share=Decimal(8))
LONG = replace(CHAPTER, one_chapter=False, share=Decimal(30))
CASES = (
    ("CA", ARTICLE, "C2", Statement.OTHER),
    ("CA", replace(ARTICLE, scholarly=None), "C2", None),
    ("CA", replace(ARTICLE, scholarly=None, published=read_published("2024")), "C2", Statement.OTHER),
    ("CA", replace(ARTICLE, work=Work.NEWSPAPER), "C2", None),
    ("CA", replace(ARTICLE, work=Work.NEWSPAPER, published=read_published("2025-05")), "C2", Statement.OTHER),
    ("CA", replace(ARTICLE, literary=True), "C2", None),
    ("CA", replace(ARTICLE, purpose=Purpose.COMMERCIAL), "C1", None),
    ("CA", CHAPTER, "C3", Statement.OTHER),
    ("CA", LONG, "C4", None),
    ("GB", ARTICLE, "U3", Statement.UK_FAIR_DEALING),
    ("GB", replace(ARTICLE, declared=False), "U2", None),
    ("GB", replace(ARTICLE, supplied_before=True), "U2", None),
    ("GB", replace(ARTICLE, articles_of_issue=2), "U3", None),
    (
        "GB",
        replace(ARTICLE, purpose=Purpose.COMMERCIAL, permission=Permission.FEE_PAID),
        "U1",
        Statement.UK_FEE_PAID,
    ),
    ("GB", CHAPTER, "U4", Statement.UK_FAIR_DEALING),
    ("GB", LONG, "U5", None),
    ("AU", ARTICLE, "A2", Statement.AU_S50_1),
    ("AU", replace(ARTICLE, declared=False), "A1", None),
    ("AU", replace(ARTICLE, articles_of_issue=2), "A2", None),
    ("AU", CHAPTER, "A3", Statement.AU_S50_1),
    ("AU", replace(CHAPTER, electronic_original=True), "A5", None),
    ("AU", replace(CHAPTER, electronic_original=True, not_sold=True), "A3", Statement.AU_S50_7B),
    ("AU", LONG, "A5", None),
    ("AU", replace(LONG, not_sold=True), "A4", Statement.AU_S50_7A),
    ("NZ", replace(ARTICLE, articles_of_issue=2), "N3", Statement.OTHER),
    ("NZ", replace(ARTICLE, articles_of_issue=3), "N3", None),
    ("NZ", replace(LONG, purpose=Purpose.COLLECTION, not_sold=True), "N1", Statement.NZ_S54),
    ("NZ", replace(LONG, purpose=Purpose.COLLECTION), "N1", None),
    ("NZ", CHAPTER, "N4", Statement.OTHER),
    ("NZ", LONG, "N5", None),
    ("DE", ARTICLE, "G2", Statement.OTHER),
    ("DE", replace(ARTICLE, work=Work.NEWSPAPER), "G2", None),
    ("DE", replace(ARTICLE, scholarly=False), "G2", None),
    ("DE", replace(ARTICLE, declared=False, purpose=Purpose.UNKNOWN), "G1", None),
    ("DE", replace(CHAPTER, share=Decimal(10)), "G3", Statement.OTHER),
    ("DE", replace(CHAPTER, share=Decimal("10.1")), "G3", None),
    ("DE", replace(CHAPTER, share=None), "G4", None),
    ("FR", ARTICLE, "R1", None),
)


@pytest.mark.parametrize(("country", "facts", "rule", "statement"), CASES)
def test_each_country_decides_by_its_own_law_and_counts_nothing(
    country: str, facts: CopyrightFacts, rule: str, statement: Statement | None
) -> None:
    decision = decide(country, facts, Settings())
    assert (decision.rule, decision.statement, decision.counts) == (rule, statement, False)
    assert decision.outcome is (Outcome.CLEARED if statement else Outcome.REVIEW)
    assert "%(" not in decision.sentence


@pytest.mark.parametrize("country", [*RULE_SETS, "FR", ""])
def test_everywhere_a_loan_needs_nothing_and_what_is_free_or_licensed_goes_on(country: str) -> None:
    found = [
        decide(country, facts, Settings()).rule
        for facts in (
            replace(ARTICLE, as_copy=False),
            replace(ARTICLE, free=Free.PUBLIC_DOMAIN),
            replace(ARTICLE, permission=Permission.PUBLISHER),
        )
    ]
    assert found == ["D1", "D2", "D3"]


@pytest.mark.parametrize("country", [*RULE_SETS, "FR"])
def test_every_country_has_its_declaration_with_a_version_of_its_own(country: str) -> None:
    rules = rules_for(country)
    assert rules.declaration.text
    assert str(rules.declaration.accept)
    assert str(rules.name)
    versions = [each.declaration.version for each in RULE_SETS.values()]
    assert len(set(versions)) == len(versions)


def test_where_the_law_wants_a_signature_the_form_asks_for_name_and_date() -> None:
    for country in ("GB", "AU"):
        asked = {field.name: field.kind for field in rules_for(country).declaration.fields}
        assert (asked["signature"], asked["date"], asked["not_supplied"]) == ("text", "date", "tick")
    assert rules_for("AU").request_note == "Request complies with section 50 of the Copyright Act"


def test_what_the_law_ties_a_file_to_goes_with_the_decision() -> None:
    digital = decide("CA", ARTICLE, Settings())
    assert set(digital.conditions) == {Condition.ONE_PRINT, Condition.FIVE_DAYS, Condition.NOT_PASSED_ON}
    assert decide("CA", replace(ARTICLE, electronic_delivery=False), Settings()).conditions == ()


def test_the_codes_on_the_wire_are_those_of_iso_18626() -> None:
    assert (Statement.CCG.iso_code, Statement.NONE.iso_code) == ("US-CCG", "Other")
    assert (Statement.CCL.short, Statement.UK_FAIR_DEALING.short) == ("CCL", "UK-FairDealing")
