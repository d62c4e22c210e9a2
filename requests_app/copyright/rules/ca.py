"""Canada: Copyright Act s. 29 and s. 30.2. Copies are not counted; it matters what they are made from."""

from dataclasses import replace
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import Condition, Statement
from requests_app.copyright.decision import Decision, Outcome, review
from requests_app.copyright.declarations import Declaration
from requests_app.copyright.facts import CopyrightFacts, Purpose, Settings, Work
from requests_app.copyright.rules.base import FIRST, RuleSet
from requests_app.copyright.window import years_before

DECLARATION: Final = Declaration(
    version="CA-30.2/1",
    heading=(_("Copyright"),),
    paragraphs=(
        _("The law of Canada lets a library give you one copy for research or private study."),
        _("You may print a file once, may not pass it on, and may use it for five business days."),
    ),
    accept=_("I need this copy for research or private study."),
)

ONE_YEAR: Final = 1
FAIR_SHARE: Final = 10
"""Percent of a work that libraries take for a fair part (s. 29 gives no figure)."""

_DIGITAL = (Condition.ONE_PRINT, Condition.FIVE_DAYS, Condition.NOT_PASSED_ON)


def purpose(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """C1, s. 29: research, private study, education, parody or satire; a commercial purpose is for staff."""
    if facts.purpose != Purpose.COMMERCIAL:
        return None
    return _review(facts, "C1", _("Not for research or private study: staff decide."))


def periodical(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """C2, s. 30.2(2) and (3): scholarly periodicals; others and newspapers when they are over a year old."""
    if facts.work is Work.OTHER or facts.whole_work:
        return None
    if facts.literary:
        return _review(facts, "C2", _("Fiction, poetry, drama and music are not covered by s. 30.2(3)."))
    if facts.scholarly and facts.work is Work.PERIODICAL:
        return _single_copy("C2", facts)
    if _over_a_year_old(facts.published.last, facts.requested):
        return _single_copy("C2", facts)
    return _review(
        facts, "C2", _("Not scholarly, or not known to be, and less than a year old: s. 30.2(2)(b).")
    )


def _over_a_year_old(last: date | None, requested: date) -> bool:
    return last is not None and last < years_before(requested, ONE_YEAR)


def fair_part(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """C3, s. 30.2(1): what the reader could copy by fair dealing, here one chapter or a tenth of the work."""
    small = facts.one_chapter or (facts.share is not None and facts.share <= FAIR_SHARE)
    return _single_copy("C3", facts) if small and not facts.whole_work else None


def undecided(facts: CopyrightFacts, _settings: Settings) -> Decision:
    """C4: everything else is for staff."""
    return _review(
        facts, "C4", _("More than a fair part of the work, or not known: staff decide (s. 29, s. 30.2).")
    )


def _conditions(facts: CopyrightFacts) -> tuple[Condition, ...]:
    return _DIGITAL if facts.electronic_delivery else ()


def _review(facts: CopyrightFacts, rule: str, words: Promise) -> Decision:
    """Staff decide; what they allow by the law has its conditions."""
    return replace(review(rule, words), conditions=_conditions(facts))


def _single_copy(rule: str, facts: CopyrightFacts) -> Decision:
    """One copy; s. 30.2(5.02) ties a file to measures."""
    return Decision(
        rule=rule,
        outcome=Outcome.CLEARED,
        statement=Statement.OTHER,
        conditions=_conditions(facts),
        words=_("One copy for research or private study (Copyright Act of Canada, s. 30.2)."),
    )


RULES: Final = RuleSet(
    code="CA",
    name=_("Canada: Copyright Act s. 29 and s. 30.2"),
    rules=(*FIRST, purpose, periodical, fair_part, undecided),
    declaration=DECLARATION,
)
