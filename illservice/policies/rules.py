"""Which policy wins: a pure rule over versions that are passed in (design §1).

The order is fixed, so that everybody can foresee it: a policy for one partner beats one for its agreement beats one
for everybody; among equals the patron category counts first, then the material, then the kind. Of one policy the
newest version that holds on the day counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from illservice.policies.terms import Terms, default_terms


@dataclass(frozen=True, slots=True)
class Asked:
    """What a decision is asked for. `kind` is loan or copy; empty fields are not known."""

    on: date
    partner_id: int | None = None
    agreement_id: int | None = None
    category: str = ""
    material: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One version of one policy. Empty fields of its selector match everything; `stops` ends the policy."""

    policy_id: int
    version_id: int
    number: int
    name: str
    valid_from: date
    terms: Terms
    valid_until: date | None = None
    stops: bool = False
    partner_id: int | None = None
    agreement_id: int | None = None
    category: str = ""
    material: str = ""
    kind: str = ""


class Why(StrEnum):
    """Why a version did not win."""

    NOT_YET = "not_yet"
    OVER = "over"
    REPLACED = "replaced"
    STOPPED = "stopped"
    OTHER_PARTNER = "other_partner"
    OTHER_AGREEMENT = "other_agreement"
    OTHER_CATEGORY = "other_category"
    OTHER_MATERIAL = "other_material"
    OTHER_KIND = "other_kind"
    LESS_SPECIFIC = "less_specific"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The version that decides (None: the service's defaults) and the others, each with its reason, best first."""

    winner: Candidate | None
    losers: tuple[tuple[Candidate, Why], ...]

    @property
    def version_id(self) -> int | None:
        """The key of the winning version, as a request keeps it."""
        return self.winner.version_id if self.winner else None

    def terms(self, side: str) -> Terms:
        """What holds: the winner's terms, or the service's defaults."""
        return self.winner.terms if self.winner else default_terms(side)


@dataclass(frozen=True, slots=True)
class Redecided:
    """What applying the present policies did to one request: the versions before and after (None: the defaults), the
    due date before and after, and the key of the act. `left` says that nothing was to be done: it is closed, or
    decided so already."""

    number: str
    before: int | None
    after: int | None
    due_before: date | None = None
    due_after: date | None = None
    left: bool = False
    act: str = ""


def decide(asked: Asked, candidates: Iterable[Candidate]) -> Verdict:
    """The most specific policy that matches on the day; among versions of one policy the newest in force."""
    losers: list[tuple[Candidate, Why]] = []
    newest: dict[int, Candidate] = {}
    for each in sorted(candidates, key=lambda one: (one.policy_id, -one.number)):
        why = _out_of_time(each, asked.on)
        if why is None and each.policy_id in newest:
            why = Why.REPLACED
        if why is None:
            newest[each.policy_id] = each
        else:
            losers.append((each, why))
    matching: list[Candidate] = []
    for each in newest.values():
        why = Why.STOPPED if each.stops else _mismatch(each, asked)
        if why is None:
            matching.append(each)
        else:
            losers.append((each, why))
    matching.sort(key=lambda one: (specificity(one), one.policy_id), reverse=True)
    losers = [*((each, Why.LESS_SPECIFIC) for each in matching[1:]), *losers]
    return Verdict(matching[0] if matching else None, tuple(losers))


def specificity(candidate: Candidate) -> tuple[int, bool, bool, bool]:
    """How narrow a policy is, in the order in which it counts."""
    level = 2 if candidate.partner_id is not None else int(candidate.agreement_id is not None)
    return level, bool(candidate.category), bool(candidate.material), bool(candidate.kind)


def _out_of_time(each: Candidate, day: date) -> Why | None:
    if day < each.valid_from:
        return Why.NOT_YET
    if each.valid_until is not None and day > each.valid_until:
        return Why.OVER
    return None


def _mismatch(each: Candidate, asked: Asked) -> Why | None:
    pairs = (
        (each.partner_id, asked.partner_id, Why.OTHER_PARTNER),
        (each.agreement_id, asked.agreement_id, Why.OTHER_AGREEMENT),
        (each.category or None, asked.category, Why.OTHER_CATEGORY),
        (each.material or None, asked.material, Why.OTHER_MATERIAL),
        (each.kind or None, asked.kind, Why.OTHER_KIND),
    )
    return next((why for mine, theirs, why in pairs if mine is not None and mine != theirs), None)
