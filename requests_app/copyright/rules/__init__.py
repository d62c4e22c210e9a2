"""The rules of each country: a module with RULES, and its line here."""

from collections.abc import Mapping
from types import MappingProxyType

from requests_app.copyright.rules import au, ca, de, gb, nz, review, us
from requests_app.copyright.rules.base import RuleSet

RULE_SETS: Mapping[str, RuleSet] = MappingProxyType(
    {
        "US": us.RULES,
        "CA": ca.RULES,
        "GB": gb.RULES,
        "AU": au.RULES,
        "NZ": nz.RULES,
        "DE": de.RULES,
    }
)
"""By the country of law of a legal entity (ISO 3166)."""


def rules_for(jurisdiction: str) -> RuleSet:
    """The rules of a country; where we have none, staff decide."""
    return RULE_SETS.get(jurisdiction.strip().upper(), review.RULES)


def law_of(jurisdiction: str) -> str:
    """The law of a country as people call it, in the reader's language; its code where we have no rules for it."""
    known = RULE_SETS.get(jurisdiction.strip().upper())
    return jurisdiction if known is None else str(known.name)
