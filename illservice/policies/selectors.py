"""Finding policies: the versions that may decide, and the terms of the one that did."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from django.db.models import Count, F, Q, QuerySet

from illservice.core.errors import NotFound
from illservice.core.statements import Prepared, number, text
from illservice.directory.models import Library, Partnership
from illservice.policies.models import MoveState, Policy, PolicyMove, PolicyVersion
from illservice.policies.rules import Asked, Candidate, Verdict, decide
from illservice.policies.terms import Terms, default_terms, from_json

_MOST = 2**31 - 1
"""No number of a policy is larger (PostgreSQL's integer)."""


def candidates_of(library_id: int, side: str) -> list[Candidate]:
    """Every version that was not taken back, of one side of a library. One statement."""
    return [candidate_from(version) for version in _CANDIDATES.rows(library=library_id, side=side)]


_CANDIDATES = Prepared(
    lambda: PolicyVersion.objects.filter(
        policy__library_id=number("library"), policy__side=text("side"), withdrawn_at__isnull=True
    ).select_related("policy")
)


def candidate_from(version: PolicyVersion) -> Candidate:
    """A version as the rules see it."""
    policy = version.policy
    return Candidate(
        policy_id=policy.pk,
        version_id=version.pk,
        number=version.number,
        name=policy.name,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        terms=from_json(version.terms, policy.side),
        stops=version.stops,
        partner_id=policy.partner_id,
        agreement_id=policy.agreement_id,
        category=policy.category,
        material=policy.material,
        kind=policy.kind,
    )


def candidate_of(version_id: int) -> Candidate:
    """One version by its key, taken back or not."""
    return candidate_from(PolicyVersion.objects.select_related("policy").get(pk=version_id))


def decide_for(
    library_id: int,
    side: str,
    *,
    on: date,
    partner_id: int | None = None,
    category: str = "",
    material: str = "",
    kind: str = "",
) -> Verdict:
    """The policy for these facts on a day; the partner's agreement is looked up. At most two statements."""
    candidates = candidates_of(library_id, side)
    agreement_id = None
    if partner_id is not None and any(each.agreement_id for each in candidates):
        agreement_id = agreement_with(library_id, partner_id)
    asked = Asked(
        on=on,
        partner_id=partner_id,
        agreement_id=agreement_id,
        category=category,
        material=material,
        kind=kind,
    )
    return decide(asked, candidates)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All policies of one side of a library, read once to decide many requests."""

    candidates: list[Candidate]
    agreements: dict[int, int | None]

    def decide(self, asked: Asked) -> Verdict:
        """The same as `decide_for`; the partner's agreement is filled in."""
        known = self.agreements.get(asked.partner_id) if asked.partner_id is not None else None
        return decide(replace(asked, agreement_id=known), self.candidates)


def shelf_of(library_id: int, side: str) -> Shelf:
    """The policies of one side of a library with the agreements of its partners. Two statements at most."""
    candidates = candidates_of(library_id, side)
    if not any(each.agreement_id for each in candidates):
        return Shelf(candidates, {})
    known = Partnership.objects.filter(library_id=library_id)
    return Shelf(candidates, dict(known.values_list("partner_id", "agreement_id")))


def agreement_with(library_id: int, partner_id: int) -> int | None:
    """The agreement under which a library deals with a partner, if there is one."""
    known = Partnership.objects.filter(library_id=library_id, partner_id=partner_id)
    return known.values_list("agreement_id", flat=True).first()


def terms_of(version_id: int | None, side: str) -> Terms:
    """What a version says; the service's defaults for None. Versions never change, so each is read once a process."""
    return default_terms(side) if version_id is None else kept_terms(version_id)


@lru_cache(maxsize=4096)
def kept_terms(version_id: int) -> Terms:
    """The terms of one version, from memory after the first time."""
    version = PolicyVersion.objects.select_related("policy").get(pk=version_id)
    return from_json(version.terms, version.policy.side)


def moves(version: PolicyVersion, before: int | None, after: int | None) -> bool:
    """Whether applying a version moves a request that `before` decided and that `after` would decide today: to itself,
    or away from its policy where it ends it. One statement at most."""
    if not version.stops:
        return before != after == version.pk
    own = set(version.policy.versions.values_list("pk", flat=True))
    return before in own and after not in own


def policies_of(library: Library, side: str = "") -> QuerySet[Policy]:
    """The library's policies with their partners and agreements, by side and name."""
    found = Policy.objects.filter(library=library).select_related("partner", "agreement")
    return found.filter(side=side) if side else found


def policy_numbers(library: Library) -> dict[int, int]:
    """The numbers of the library's policies by their keys."""
    return dict(Policy.objects.filter(library=library).values_list("pk", "number"))


def policy_of(library: Library, number: int) -> Policy:
    """One policy of the library by its number; NotFound when there is none."""
    found = policies_of(library).filter(number=min(number, _MOST)).first()
    if found is None:
        raise NotFound(policy=number)
    return found


def versions_of(policy: Policy) -> QuerySet[PolicyVersion]:
    """Every version of a policy, the newest first, with who made it."""
    return policy.versions.select_related("made_by").order_by("-number")


def newest_version(policy: Policy) -> PolicyVersion | None:
    """The newest version that was not taken back."""
    return policy.versions.filter(withdrawn_at__isnull=True).order_by("-number").first()


SHOWN = 20


@dataclass(slots=True)
class Applied:
    """What became of the requests to which the newest version was applied that was applied at all: how many of them
    stand how, how many have another due date, and the first by number."""

    version: int
    states: Counter[str] = field(default_factory=Counter)
    dates: int = 0
    first: list[PolicyMove] = field(default_factory=list)

    @property
    def lines(self) -> list[tuple[str, int]]:
        """The counts in words, in the order of the states."""
        return [(str(state.label), self.states[state]) for state in MoveState if self.states[state]]


def applied_of(policy: Policy) -> Applied | None:
    """What the page says about the last version that was applied to decided requests. Three statements at most."""
    version = policy.versions.filter(moves__isnull=False).order_by("-number").first()
    if version is None:
        return None
    moves = PolicyMove.objects.filter(version=version)
    moved = ~Q(due_before=F("due_after")) & Q(due_before__isnull=False, due_after__isnull=False)
    found = Applied(version.number)
    for state, count, dates in (
        moves.order_by().values_list("standing").annotate(count=Count("pk"), dates=Count("pk", filter=moved))
    ):
        found.states[state] = count
        found.dates += dates
    dated = moves.filter(moved) if found.dates else moves
    found.first = list(dated.order_by("id")[:SHOWN])
    return found
