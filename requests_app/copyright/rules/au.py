"""Australia: Copyright Act 1968 s. 49 (the reader's declaration) and s. 50 (from another library)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import Condition, Statement
from requests_app.copyright.decision import Decision, Outcome, review
from requests_app.copyright.declarations import Declaration, DeclaredField
from requests_app.copyright.facts import CopyrightFacts, Purpose, Settings, Work
from requests_app.copyright.rules.base import FIRST, RuleSet

DECLARATION: Final = Declaration(
    version="AU-49/1",
    heading=(_("Declaration on copyright"),),
    paragraphs=(
        _(
            "The law of Australia lets a library copy this for you only after you have declared the following."
        ),
    ),
    accept=_("What I declare here is true."),
    fields=(
        DeclaredField("study", _("I need it for research or study and will use it for nothing else.")),
        DeclaredField("not_supplied", _("No library has given me a copy of this before.")),
        DeclaredField("signature", _("Your full name, as your signature"), "text"),
        DeclaredField("date", _("Date"), "date"),
    ),
    keep_years=4,
)

REASONABLE_PERCENT: Final = 10
"""The reasonable portion of a work that is no article: a tenth, or one chapter (s. 10(2))."""


def declared(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """A1, s. 49(1): a written request with a declaration of research or study, not supplied before."""
    if facts.purpose == Purpose.COLLECTION:
        return None
    if facts.purpose == Purpose.COMMERCIAL or facts.supplied_before:
        return review("A1", _("Not for research or study, or supplied before: staff decide (s. 49(1))."))
    if not facts.declared:
        return review("A1", _("The reader's declaration is missing (s. 49(1))."))
    return None


def article(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """A2, s. 49(4) and s. 50: one article of an issue; more of them only for the same research, so staff look."""
    if facts.work is Work.OTHER or facts.whole_work:
        return None
    if facts.articles_of_issue > 1:
        return review("A2", _("Several articles of one issue: only for the same research (s. 49(4))."))
    return _supplied("A2", Statement.AU_S50_1, facts)


def reasonable_portion(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """A3, s. 49(5) and s. 50(7B): a tenth or one chapter; of an electronic work only when none is sold."""
    small = facts.one_chapter or (facts.share is not None and facts.share <= REASONABLE_PERCENT)
    if not small or facts.whole_work:
        return None
    if not facts.electronic_original:
        return _supplied("A3", Statement.AU_S50_1, facts)
    return _supplied("A3", Statement.AU_S50_7B, facts) if facts.not_sold else None


def not_sold(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """A4, s. 49(5)(b) and s. 50(7A): more, when it cannot be had new in reasonable time at an ordinary price."""
    if not facts.not_sold:
        return None
    statement = Statement.AU_S50_7B if facts.electronic_original else Statement.AU_S50_7A
    return _supplied("A4", statement, facts)


def undecided(_facts: CopyrightFacts, _settings: Settings) -> Decision:
    """A5: an authorised officer looks whether it can be bought, and keeps who looked, when and what was found."""
    return review(
        "A5", _("Look first whether it is sold at an ordinary price, and note who looked and when.")
    )


def _supplied(rule: str, statement: Statement, facts: CopyrightFacts) -> Decision:
    return Decision(
        rule=rule,
        outcome=Outcome.CLEARED,
        statement=statement,
        conditions=(Condition.DESTROY,) if facts.electronic_delivery else (),
        words=_("One copy for research or study (Copyright Act of Australia, s. 49 and s. 50)."),
    )


RULES: Final = RuleSet(
    code="AU",
    name=_("Australia: Copyright Act 1968 s. 49 and s. 50"),
    rules=(*FIRST, declared, article, reasonable_portion, not_sold, undecided),
    declaration=DECLARATION,
    request_note="Request complies with section 50 of the Copyright Act",
)
