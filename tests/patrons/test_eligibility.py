"""What a patron may ask for."""

from datetime import date
from typing import Any

import pytest

from patrons.eligibility import EligibilityFacts, Severity, check

TODAY = date(2026, 3, 2)
WELL: dict[str, Any] = {
    "today": TODAY,
    "is_new": False,
    "is_blocked": False,
    "expires_on": TODAY,
    "open_requests": 4,
    "limit": 5,
    "may_loan": True,
    "may_copy": True,
    "refused_materials": ["score"],
    "refusal_text": "",
    "wanted": "either",
    "material": "book",
}


def codes(**facts: Any) -> list[str]:
    return [found.code for found in check(EligibilityFacts(**WELL | facts))]


def test_nothing_speaks_against_a_patron_in_good_standing() -> None:
    assert codes() == []
    assert codes(expires_on=None, limit=None, open_requests=900) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"is_new": True}, ["new"]),
        ({"is_blocked": True}, ["blocked"]),
        ({"expires_on": date(2026, 3, 1)}, ["expired"]),
        ({"open_requests": 5}, ["limit"]),
        ({"limit": 0, "open_requests": 0}, ["limit"]),
        ({"is_new": True, "is_blocked": True, "expires_on": date(2025, 1, 1)}, ["blocked", "expired", "new"]),
        ({"wanted": "loan", "may_loan": False}, ["loan"]),
        ({"wanted": "copy", "may_loan": False}, []),
        ({"wanted": "either", "may_loan": False}, []),
        ({"wanted": "copy", "may_copy": False}, ["copy"]),
        ({"wanted": "copy", "may_copy": False, "may_loan": False}, ["category"]),
        ({"wanted": "either", "may_copy": False, "may_loan": False}, ["category"]),
        ({"material": "score", "is_new": True}, ["material", "new"]),
    ],
)
def test_each_fact_gives_its_finding(facts: dict[str, Any], expected: list[str]) -> None:
    assert codes(**facts) == expected


def test_only_what_the_category_excludes_is_refused_and_the_rest_waits() -> None:
    found = check(EligibilityFacts(**WELL | {"material": "score", "limit": 1, "is_blocked": True}))
    assert [each.severity for each in found] == [Severity.REFUSE, Severity.HOLD, Severity.HOLD]


def test_the_categorys_own_words_are_used_for_a_refusal_only() -> None:
    facts = WELL | {"material": "score", "is_new": True, "refusal_text": "Scores: ask the music library."}
    refused, new = check(EligibilityFacts(**facts))
    assert refused.words == "Scores: ask the music library."
    assert new.words != refused.words
