"""What a patron may ask for: pure rules over facts that are passed in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Severity(StrEnum):
    """HOLD: the request is taken in and waits for the desk. REFUSE: it cannot be asked for at all."""

    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a request, in plain words for the patron."""

    code: str
    words: Any
    severity: Severity


@dataclass(frozen=True, slots=True)
class EligibilityFacts:
    """What the rules ask. `today` is the date in the library's own zone; a limit of None means none."""

    today: date
    is_new: bool
    is_blocked: bool
    expires_on: date | None
    open_requests: int
    limit: int | None
    may_loan: bool
    may_copy: bool
    refused_materials: Collection[str]
    refusal_text: str
    wanted: str
    material: str
    has_overdue: bool = False


def check(facts: EligibilityFacts) -> list[Finding]:
    """All findings, refusals first."""
    return _refusals(facts) + _holds(facts)


def _refusals(facts: EligibilityFacts) -> list[Finding]:
    found = []
    if facts.material in facts.refused_materials:
        found.append(("material", _("Your library does not get this kind of material for you.")))
    if not facts.may_loan and not facts.may_copy:
        found.append(("category", _("Requests are not open to your kind of library card.")))
    elif facts.wanted == "loan" and not facts.may_loan:
        found.append(("loan", _("You cannot borrow items from other libraries. You can ask for a copy.")))
    elif facts.wanted == "copy" and not facts.may_copy:
        found.append(("copy", _("You cannot ask for copies from other libraries. You can borrow the item.")))
    return [Finding(code, facts.refusal_text or words, Severity.REFUSE) for code, words in found]


def _holds(facts: EligibilityFacts) -> list[Finding]:
    found = []
    if facts.is_blocked:
        found.append(("blocked", _("Your account is blocked. The library must clear it first.")))
    if facts.has_overdue:
        found.append(("overdue", _("Something that you have is long overdue. Bring it back first.")))
    if facts.expires_on is not None and facts.expires_on < facts.today:
        found.append(("expired", _("Your library card has expired. The library must renew it first.")))
    if facts.is_new:
        found.append(("new", _("This is your first request. The library checks your account first.")))
    if facts.limit is not None and facts.open_requests >= facts.limit:
        found.append(("limit", _("You have reached the number of requests that you may have open at once.")))
    return [Finding(code, words, Severity.HOLD) for code, words in found]
