"""Germany: § 60e Abs. 5 UrhG, copies sent on single order."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import Statement
from requests_app.copyright.decision import Decision, cleared, review
from requests_app.copyright.declarations import Declaration
from requests_app.copyright.facts import CopyrightFacts, Purpose, Settings, Work
from requests_app.copyright.rules.base import FIRST, RuleSet

DECLARATION: Final = Declaration(
    version="DE-60e/1",
    heading=(_("Copyright"),),
    paragraphs=(
        _(
            "The law of Germany lets a library send you a tenth of a book, or an article of a specialist journal."
        ),
    ),
    accept=_("I need this copy for a purpose that is not commercial."),
)

MOST_PERCENT: Final = 10
"""Percent of a published work (§ 60e Abs. 5 UrhG)."""


def purpose(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """G1, § 60e Abs. 5: for purposes that are not commercial."""
    if facts.purpose == Purpose.STUDY or facts.declared:
        return None
    if facts.purpose == Purpose.COMMERCIAL:
        return review("G1", _("For a commercial purpose: a licence is needed (§ 60e Abs. 5 UrhG)."))
    return review("G1", _("Ask whether the purpose is commercial (§ 60e Abs. 5 UrhG)."))


def article(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """G2, § 60e Abs. 5: single articles of specialist or scientific journals, none of newspapers and magazines."""
    if facts.work is Work.OTHER or facts.whole_work:
        return None
    if facts.work is Work.NEWSPAPER or facts.scholarly is False:
        return review(
            "G2", _("Articles of newspapers and general magazines may not be sent (§ 60e Abs. 5 UrhG).")
        )
    if facts.scholarly is None:
        return review("G2", _("Say whether it is a specialist or scientific journal (§ 60e Abs. 5 UrhG)."))
    return _sent("G2")


def tenth(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """G3, § 60e Abs. 5: up to ten percent of a published work."""
    if facts.share is None or facts.whole_work:
        return None
    if facts.share > MOST_PERCENT:
        return review("G3", _("More than ten percent of the work (§ 60e Abs. 5 UrhG)."))
    return _sent("G3")


def undecided(_facts: CopyrightFacts, _settings: Settings) -> Decision:
    """G4: how much of the work it is must be known."""
    return review("G4", _("How much of the work it is must be known: ten percent may be sent."))


def _sent(rule: str) -> Decision:
    return cleared(
        rule, Statement.OTHER, _("A single order for a purpose that is not commercial (§ 60e Abs. 5 UrhG).")
    )


RULES: Final = RuleSet(
    code="DE",
    name=_("Germany: § 60e Abs. 5 UrhG"),
    rules=(*FIRST, purpose, article, tenth, undecided),
    declaration=DECLARATION,
)
