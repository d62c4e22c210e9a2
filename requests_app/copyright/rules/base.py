"""What every country's rules are, and the questions that all of them ask first."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import Statement
from requests_app.copyright.decision import Decision, Flag, Outcome, cleared
from requests_app.copyright.declarations import Declaration
from requests_app.copyright.facts import CopyrightFacts, Free, Permission, Settings

Rule = Callable[[CopyrightFacts, Settings], Decision | None]


def no_flags(_facts: CopyrightFacts, _settings: Settings) -> tuple[Flag, ...]:
    """Nothing to look at."""
    return ()


_OTHER_GROUNDS = frozenset({"D2", "D3"})
"""Rules that do not rest on the limits of the law."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """The rules of one country: the first of `rules` that answers decides; the last one always answers.

    `code` is ISO 3166. `flags` says what staff should look at although the rules clear it under the law.
    `request_note` is what the law wants written on the request to the other library.
    """

    code: str
    name: str | Promise
    rules: tuple[Rule, ...]
    declaration: Declaration
    flags: Callable[[CopyrightFacts, Settings], tuple[Flag, ...]] = no_flags
    request_note: str = ""

    def decide(self, facts: CopyrightFacts, settings: Settings) -> Decision:
        """The decision for one request. Pure: the same facts give the same answer."""
        for rule in self.rules:
            decision = rule(facts, settings)
            if decision is not None:
                return self._flagged(decision, facts, settings)
        raise LookupError(f"no rule of {self.code} answered")

    def _flagged(self, decision: Decision, facts: CopyrightFacts, settings: Settings) -> Decision:
        """With the flags, where the law is the ground: a licence and a free work know none."""
        by_law = decision.outcome is Outcome.CLEARED and decision.rule not in _OTHER_GROUNDS
        if not by_law and decision.outcome is not Outcome.LIMIT:
            return decision
        flags = self.flags(facts, settings)
        return replace(decision, flags=flags) if flags else decision


def loan(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """D1: a loan makes no copy, so there is nothing to clear."""
    if facts.as_copy:
        return None
    words = _("A loan makes no copy: there is nothing to clear.")
    return Decision(rule="D1", outcome=Outcome.NOT_NEEDED, words=words)


def free(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """D2: what is not protected, or free for everybody, needs no permission and does not count."""
    if not facts.free:
        return None
    words = _("Not protected, or free to copy: %(ground)s.")
    return cleared("D2", Statement.NONE, words, ground=Free(facts.free).label)


def permission(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """D3: an explicit licence or permission goes before the law's limits; the royalties are paid otherwise."""
    if not facts.permission:
        return None
    words = _("Supplied with permission: %(ground)s.")
    return cleared("D3", Statement.OTHER, words, ground=Permission(facts.permission).label)


FIRST: tuple[Rule, ...] = (loan, free, permission)
"""What is asked first in every country."""
