"""Policies are made, changed, stopped and taken back. A version is never altered: each change is a new one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.core.audit import audit
from illservice.core.errors import InvalidInput, NotFound, NotPermitted, Refused
from illservice.directory.models import Agreement, Library, Partnership
from illservice.policies.models import Policy, PolicyVersion
from illservice.policies.services.applying import apply_to_decided, take_decided_back
from illservice.policies.terms import Terms, to_json

MAY_SET_POLICIES = frozenset({Role.HEAD, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Selector:
    """For whom and for what a policy is; empty means "for all"."""

    side: str
    partner_id: int | None = None
    agreement_id: int | None = None
    category: str = ""
    material: str = ""
    kind: str = ""

    def key(self) -> str:
        """All of it as one text: the same for the same selector."""
        parts = (
            self.side,
            self.partner_id or "",
            self.agreement_id or "",
            self.category,
            self.material,
            self.kind,
        )
        return "|".join(str(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Wording:
    """What a version shall say: a name for people, the days on which it holds, the terms."""

    name: str
    valid_from: date
    terms: Terms
    valid_until: date | None = None


def make_policy(
    *,
    library_id: int,
    selector: Selector,
    wording: Wording,
    actor: Actor,
    at: datetime,
    decided_too: bool = False,
) -> PolicyVersion:
    """A policy with its first version. InvalidInput when there is one for the same already.

    `decided_too`: open requests that were decided before are decided anew by it (an administrator says so).
    """
    _refuse(library_id, actor)
    _check(wording)
    with transaction.atomic():
        Library.objects.select_for_update(of=("self",)).get(
            pk=library_id
        )  # numbers are counted under its lock
        _check_selector(library_id, selector)
        known = Policy.objects.filter(library_id=library_id)
        if known.filter(selector=selector.key()).exists():
            raise InvalidInput({"name": _("There is a policy for exactly this already. Change that one.")})
        last = known.aggregate(last=Max("number"))["last"] or 0
        policy = Policy.objects.create(
            library_id=library_id,
            number=last + 1,
            side=selector.side,
            name=wording.name,
            partner_id=selector.partner_id,
            agreement_id=selector.agreement_id,
            category=selector.category,
            material=selector.material,
            kind=selector.kind,
            selector=selector.key(),
        )
        audit(policy, action="create", actor=actor, at=at, changed=["name", "selector"])
        version = _add_version(policy, wording, actor, at, changed=["terms"])
        if decided_too:
            apply_to_decided(version, actor=actor, at=at)
        return version


def change_policy(
    *,
    library_id: int,
    number: int,
    wording: Wording,
    seen: int,
    actor: Actor,
    at: datetime,
    decided_too: bool = False,
) -> PolicyVersion:
    """A new version of a policy; `seen` is the number of the version that the person saw (0: none).

    `decided_too`: open requests that were decided before are decided anew by it (an administrator says so).
    """
    _refuse(library_id, actor)
    _check(wording)
    with transaction.atomic():
        policy = _locked(library_id, number)
        _refuse_stale(policy, seen)
        if policy.name != wording.name:
            policy.name = wording.name
            policy.save(update_fields=["name"])
        version = _add_version(policy, wording, actor, at, changed=["terms"])
        if decided_too:
            apply_to_decided(version, actor=actor, at=at)
        return version


def stop_policy(
    *,
    library_id: int,
    number: int,
    on: date,
    seen: int,
    actor: Actor,
    at: datetime,
    decided_too: bool = False,
) -> PolicyVersion:
    """The policy ends: from this day on the next wider one decides. What it decided keeps it, unless `decided_too`:
    then its open requests are decided anew by the next wider one (an administrator says so)."""
    _refuse(library_id, actor)
    with transaction.atomic():
        policy = _locked(library_id, number)
        _refuse_stale(policy, seen)
        last = policy.versions.filter(withdrawn_at__isnull=True).order_by("number").last()
        version = PolicyVersion.objects.create(
            policy=policy,
            number=_next(policy),
            valid_from=on,
            terms=last.terms if last else {},
            stops=True,
            made_at=at,
            made_by_id=_person(actor),
        )
        audit(policy, action="stop", actor=actor, at=at, changed=["terms"])
        if decided_too:
            apply_to_decided(version, actor=actor, at=at)
        return version


def take_back(*, library_id: int, number: int, version: int, actor: Actor, at: datetime) -> PolicyVersion:
    """Undo the newest version: what was in force before it decides again. Older ones cannot be taken back alone.

    Requests to which it was applied although they were decided before go back, too; only an administrator does that.
    """
    _refuse(library_id, actor)
    with transaction.atomic():
        policy = _locked(library_id, number)
        newest = policy.versions.filter(withdrawn_at__isnull=True).order_by("-number").first()
        if newest is None or newest.number != version:
            raise Refused(_("Somebody changed this policy again: take the newest change back first."))
        newest.withdrawn_at = at
        newest.save(update_fields=["withdrawn_at"])
        take_decided_back(newest, actor=actor, at=at)
        audit(policy, action="undo", actor=actor, at=at, changed=["terms"])
        return newest


def _add_version(
    policy: Policy, wording: Wording, actor: Actor, at: datetime, changed: Iterable[str]
) -> PolicyVersion:
    version = PolicyVersion.objects.create(
        policy=policy,
        number=_next(policy),
        valid_from=wording.valid_from,
        valid_until=wording.valid_until,
        terms=to_json(wording.terms),
        made_at=at,
        made_by_id=_person(actor),
    )
    audit(policy, action="change", actor=actor, at=at, changed=changed)
    return version


def _next(policy: Policy) -> int:
    return int(policy.versions.aggregate(last=Max("number"))["last"] or 0) + 1


def _person(actor: Actor) -> int | None:
    return actor.id if actor.kind == ActorKind.STAFF else None


def _locked(library_id: int, number: int) -> Policy:
    found = Policy.objects.select_for_update(of=("self",)).filter(library_id=library_id, number=number)
    policy = found.first()
    if policy is None:
        raise NotFound(policy=number)
    return policy


def _refuse(library_id: int, actor: Actor) -> None:
    if actor.library_id != library_id:
        raise NotFound(library=library_id)
    if not actor.roles & MAY_SET_POLICIES:
        raise NotPermitted(action="set_policies")


def _refuse_stale(policy: Policy, seen: int) -> None:
    if _next(policy) - 1 != seen:
        raise Refused(_("Somebody else changed this policy since you opened it. Nothing of yours was saved."))


def _check(wording: Wording) -> None:
    if wording.valid_until is not None and wording.valid_until < wording.valid_from:
        raise InvalidInput({"valid_until": _("This day lies before the first one.")})


def _check_selector(library_id: int, selector: Selector) -> None:
    partners = Partnership.objects.filter(library_id=library_id)
    if selector.partner_id and not partners.filter(partner_id=selector.partner_id).exists():
        raise InvalidInput({"partner": _("Choose a partner of your library.")})
    agreements = Agreement.objects.filter(library_id=library_id)
    if selector.agreement_id and not agreements.filter(pk=selector.agreement_id).exists():
        raise InvalidInput({"agreement": _("Choose an agreement of your library.")})
    if selector.partner_id and selector.agreement_id:
        raise InvalidInput({"agreement": _("Choose a partner or an agreement, not both.")})
