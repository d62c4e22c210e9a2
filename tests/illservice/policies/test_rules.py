"""Which policy wins, and that a version reads back as it was written."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from illservice.policies.rules import Asked, Candidate, Why, decide, specificity
from illservice.policies.terms import OverdueStep, Side, Terms, default_terms, from_json, to_json

DAY = date(2026, 3, 2)
TERMS = default_terms(Side.LENDING)
ANY = Candidate(1, 11, 1, "everybody", date(2020, 1, 1), TERMS)
GROUP = replace(ANY, policy_id=2, version_id=21, name="group", agreement_id=5)
PARTNER = replace(ANY, policy_id=3, version_id=31, name="partner", partner_id=7)
BOOKS = replace(
    ANY, policy_id=4, version_id=41, name="books", material="book", kind="loan", category="faculty"
)
ASKED = Asked(DAY, partner_id=7, agreement_id=5, category="faculty", material="book", kind="loan")


def test_one_partner_beats_the_group_beats_everybody() -> None:
    verdict = decide(ASKED, [ANY, BOOKS, GROUP, PARTNER])
    assert verdict.winner == PARTNER
    assert [each.name for each, why in verdict.losers] == ["group", "books", "everybody"]
    assert {why for _each, why in verdict.losers} == {Why.LESS_SPECIFIC}
    assert decide(replace(ASKED, partner_id=8), [ANY, BOOKS, GROUP, PARTNER]).winner == GROUP
    assert (
        decide(replace(ASKED, partner_id=8, agreement_id=None), [ANY, BOOKS, GROUP, PARTNER]).winner == BOOKS
    )
    assert decide(Asked(DAY), [BOOKS, GROUP, PARTNER]).winner is None


def test_the_newest_version_in_force_counts_and_a_stop_ends_the_policy() -> None:
    second = replace(ANY, version_id=12, number=2, valid_from=DAY, valid_until=date(2026, 3, 31))
    stop = replace(ANY, version_id=13, number=3, valid_from=date(2026, 5, 1), stops=True)
    versions = [ANY, second, stop]
    assert decide(Asked(date(2026, 3, 1)), versions).winner == ANY
    verdict = decide(Asked(DAY), versions)
    assert verdict.winner == second
    assert dict(verdict.losers) == {ANY: Why.REPLACED, stop: Why.NOT_YET}
    assert decide(Asked(date(2026, 4, 1)), versions).winner == ANY
    assert decide(Asked(date(2026, 5, 1)), versions).winner is None


@given(
    st.permutations([ANY, BOOKS, GROUP, PARTNER]),
    st.integers(0, 9),
    st.sampled_from(["", "faculty", "child"]),
)
def test_the_order_of_the_versions_does_not_matter_and_everyone_has_a_reason(
    candidates: list[Candidate], partner: int, category: str
) -> None:
    asked = replace(ASKED, partner_id=partner, category=category)
    verdict = decide(asked, candidates)
    assert verdict == decide(asked, [ANY, BOOKS, GROUP, PARTNER])
    assert verdict.winner is not None
    assert len(verdict.losers) == 3
    equals = [each for each, why in verdict.losers if why == Why.LESS_SPECIFIC]
    assert all(specificity(each) <= specificity(verdict.winner) for each in equals)


money = st.none() | st.decimals(0, 999, places=2)
steps = st.builds(OverdueStep, st.integers(0, 300), st.booleans(), st.booleans(), st.booleans())


@given(
    st.builds(
        Terms,
        replacement_charge=money,
        fee=money,
        renewal_silence_days=st.none() | st.integers(0, 99),
        due_soon_days=st.lists(st.integers(0, 30), max_size=4).map(tuple),
        overdue=st.lists(steps, max_size=4).map(lambda each: tuple(sorted(each))),
        conditions=st.lists(st.sampled_from(["LibraryUseOnly", "SignatureRequired"])).map(tuple),
    )
)
def test_terms_read_back_as_they_were_kept(terms: Terms) -> None:
    assert from_json(to_json(terms), Side.BORROWING) == terms


def test_an_older_version_gets_the_defaults_of_what_it_does_not_know() -> None:
    terms = from_json({"loan_days": 14, "fee": "2.50", "invented": 1}, Side.LENDING)
    assert terms == replace(TERMS, loan_days=14, fee=Decimal("2.50"))
