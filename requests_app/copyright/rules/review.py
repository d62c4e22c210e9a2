"""Any other country: staff look at every copy, because no rule that holds everywhere exists."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from requests_app.copyright.decision import Decision, review
from requests_app.copyright.declarations import Declaration
from requests_app.copyright.facts import CopyrightFacts, Settings
from requests_app.copyright.rules.base import FIRST, RuleSet

DECLARATION: Final = Declaration(
    version="review/1",
    heading=(_("Copyright"),),
    paragraphs=(_("What we copy for you may be protected. We look whether the law lets us send it."),),
    accept=_("I need this copy for myself and will not pass it on."),
)


def staff(_facts: CopyrightFacts, _settings: Settings) -> Decision:
    """R1: staff decide by the law of their country."""
    return review("R1", _("Staff decide by the law of the country."))


RULES: Final = RuleSet(
    code="",
    name=_("Another country: staff decide"),
    rules=(*FIRST, staff),
    declaration=DECLARATION,
)
