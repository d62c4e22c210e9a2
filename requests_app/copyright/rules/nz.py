"""New Zealand: Copyright Act 1994 s. 51 to s. 56C; s. 53 for readers of other libraries, s. 54 for collections."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import Condition, Statement
from requests_app.copyright.decision import Decision, Outcome, review
from requests_app.copyright.declarations import Declaration
from requests_app.copyright.facts import CopyrightFacts, Purpose, Settings, Work
from requests_app.copyright.rules.base import FIRST, RuleSet

DECLARATION: Final = Declaration(
    version="NZ-53/1",
    heading=(_("Copyright"),),
    paragraphs=(
        _("The law of New Zealand lets a library give you one copy for research or private study."),
        _("You may not pass a file on, and may keep it only under the terms that come with it."),
    ),
    accept=_("I need this copy for research or private study."),
)

MOST_ARTICLES: Final = 2
"""Articles on the same subject from one issue (s. 53)."""
REASONABLE_PERCENT: Final = 10
"""Percent of a work that libraries take for a reasonable proportion (s. 51 gives no figure)."""


def collection(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """N1, s. 54: for a collection, when it could not be bought at an ordinary price within the six months before."""
    if facts.purpose != Purpose.COLLECTION:
        return None
    if not facts.not_sold:
        return review(
            "N1", _("For a collection: show that it could not be bought in the last six months (s. 54).")
        )
    words = _("For the collection; not sold within six months, recorded, and paid for on demand (s. 54).")
    return Decision(rule="N1", outcome=Outcome.CLEARED, statement=Statement.NZ_S54, words=words)


def purpose(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """N2, s. 51 and s. 52: research or private study, and not supplied before."""
    if facts.purpose != Purpose.COMMERCIAL and not facts.supplied_before:
        return None
    return review("N2", _("Not for research or private study, or supplied before: staff decide (s. 51)."))


def article(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """N3, s. 52 and s. 53: one article, or two of an issue on the same subject."""
    if facts.work is Work.OTHER or facts.whole_work:
        return None
    if max(facts.articles_of_issue, facts.copies) > MOST_ARTICLES:
        return review("N3", _("More than two articles of one issue (s. 53)."))
    return _single_copy("N3", facts)


def reasonable_part(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """N4, s. 51 and s. 53: a reasonable proportion of another work, here one chapter or a tenth."""
    small = facts.one_chapter or (facts.share is not None and facts.share <= REASONABLE_PERCENT)
    return _single_copy("N4", facts) if small and not facts.whole_work else None


def undecided(_facts: CopyrightFacts, _settings: Settings) -> Decision:
    """N5: everything else is for staff."""
    return review("N5", _("More than a reasonable part of the work, or not known: staff decide (s. 51)."))


def _single_copy(rule: str, facts: CopyrightFacts) -> Decision:
    """One copy; s. 56C wants written terms with a file, and other files destroyed."""
    return Decision(
        rule=rule,
        outcome=Outcome.CLEARED,
        statement=Statement.OTHER,
        conditions=(Condition.TERMS, Condition.DESTROY) if facts.electronic_delivery else (),
        words=_("One copy for research or private study (Copyright Act of New Zealand, s. 53)."),
    )


RULES: Final = RuleSet(
    code="NZ",
    name=_("New Zealand: Copyright Act 1994 s. 51 to s. 56C"),
    rules=(*FIRST, collection, purpose, article, reasonable_part, undecided),
    declaration=DECLARATION,
)
