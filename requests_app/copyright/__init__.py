"""Copyright of copies that we ask for: facts in, decision out. Pure: no database, no clock.

    facts = CopyrightFacts(requested=date(2026, 1, 2), work_key="0028-4793", published=read_published("2021"), count=3)
    decision = decide("US", facts, Settings())
    decision.statement, decision.rule, decision.sentence

The rules of the United States are 17 USC 108 and the CONTU guidelines (standards §1.5), other countries' stand in
`rules` (standards §1.7). docs/copyright.md says what each does.
"""

from requests_app.copyright.dates import Precision, Published, read_published
from requests_app.copyright.decision import Decision, Flag, Outcome, WayOut
from requests_app.copyright.facts import CopyrightFacts, Settings, Work
from requests_app.copyright.holdings import Holding
from requests_app.copyright.rules import RULE_SETS, rules_for
from requests_app.copyright.window import WindowMode, is_recent

__all__ = [
    "RULE_SETS",
    "CopyrightFacts",
    "Decision",
    "Flag",
    "Holding",
    "Outcome",
    "Precision",
    "Published",
    "Settings",
    "WayOut",
    "WindowMode",
    "Work",
    "decide",
    "is_recent",
    "read_published",
    "rules_for",
]


def decide(jurisdiction: str, facts: CopyrightFacts, settings: Settings) -> Decision:
    """The decision by the rules of a country."""
    return rules_for(jurisdiction).decide(facts, settings)
