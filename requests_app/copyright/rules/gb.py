"""United Kingdom: Copyright, Designs and Patents Act 1988, s. 42A (for readers), s. 41 (for libraries)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import Statement
from requests_app.copyright.decision import Decision, Outcome, cleared, review
from requests_app.copyright.declarations import Declaration, DeclaredField
from requests_app.copyright.facts import CopyrightFacts, Permission, Purpose, Settings, Work
from requests_app.copyright.rules.base import RuleSet, free, loan, permission

DECLARATION: Final = Declaration(
    version="GB-42A/1",
    heading=(_("Declaration on copyright"),),
    paragraphs=(
        _(
            "The law of the United Kingdom lets a library copy this for you only after you have declared the following."
        ),
    ),
    accept=_("What I declare here is true. I know that a false declaration makes me liable for the copy."),
    fields=(
        DeclaredField("not_supplied", _("No library has given me a copy of this before.")),
        DeclaredField("non_commercial", _("I need it for non-commercial research or private study.")),
        DeclaredField("not_passed_on", _("I will not give the copy to anybody else.")),
        DeclaredField(
            "nobody_else",
            _("Nobody with whom I work or study has asked for much the same at about the same time."),
        ),
        DeclaredField("signature", _("Your full name, as your signature"), "text"),
        DeclaredField("date", _("Date"), "date"),
    ),
    keep_years=6,
)

FAIR_SHARE: Final = 10
"""Percent of a work that libraries take for a reasonable proportion (s. 42A gives no figure)."""


def fee_paid(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """U1: a service whose price holds the fee for the owner, as the British Library's."""
    if facts.permission != Permission.FEE_PAID:
        return None
    return cleared("U1", Statement.UK_FEE_PAID, _("The copyright fee is paid through the supplying library."))


def purpose(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """U2, s. 42A(2): non-commercial research or private study, not supplied before, nobody else at the same time."""
    if facts.purpose == Purpose.COLLECTION:
        return None
    if facts.purpose == Purpose.COMMERCIAL or facts.supplied_before or facts.asked_by_others:
        return review("U2", _("Not within s. 42A(2): ask for it as a copy with the copyright fee paid."))
    if not facts.declared:
        return review("U2", _("The reader's written declaration is missing (s. 42A(2))."))
    return None


def one_article(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """U3, s. 42A(1)(a) and s. 41: one article of an issue."""
    if facts.work is Work.OTHER or facts.whole_work:
        return None
    if facts.articles_of_issue > 1 or facts.copies > 1:
        return review("U3", _("More than one article of the same issue (s. 42A(1)(a))."))
    return _fair("U3")


def reasonable_part(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """U4, s. 42A(1)(b): a reasonable proportion of another published work, here one chapter or a tenth."""
    small = facts.one_chapter or (facts.share is not None and facts.share <= FAIR_SHARE)
    return _fair("U4") if small and not facts.whole_work and facts.copies == 1 else None


def undecided(_facts: CopyrightFacts, _settings: Settings) -> Decision:
    """U5, s. 41: more than that only for a library that cannot find the owner; staff look."""
    return review(
        "U5", _("More than a reasonable part of the work, or not known: staff decide (s. 41, s. 42A).")
    )


def _fair(rule: str) -> Decision:
    words = _("One copy for non-commercial research or private study (CDPA s. 42A).")
    return Decision(rule=rule, outcome=Outcome.CLEARED, statement=Statement.UK_FAIR_DEALING, words=words)


RULES: Final = RuleSet(
    code="GB",
    name=_("United Kingdom: CDPA 1988 s. 41 and s. 42A"),
    rules=(loan, free, fee_paid, permission, purpose, one_article, reasonable_part, undecided),
    declaration=DECLARATION,
)
