"""An administrator applies a version to requests that were decided before, and takes that back.

Which requests they are is written down with the version, in its transaction. Workers decide them anew, batch by batch,
each in an act of its own; what becomes of each stands in `PolicyMove`. Both sides register how they do it.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.accounts.roles import Role
from illservice.core import outbox
from illservice.core.actors import Actor, ActorKind
from illservice.core.clock import local_date
from illservice.core.errors import IllError, InvalidInput, NotPermitted
from illservice.core.models import OutboxRow
from illservice.policies.models import MoveState, PolicyMove, PolicyVersion
from illservice.policies.rules import Redecided
from illservice.policies.selectors import candidates_of
from illservice.policies.services.preview import open_lines, winner_by

KIND = "policy_apply"
"""Rows of the outbox: a batch of requests is decided anew."""
BATCH = 50
ALONE = "policy-move:"
"""Streams of requests that are tried again, each on its own."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Applier:
    """How a side decides one request anew: `forth(request_id, version, actor, at)` and `back(move, actor, at)`."""

    forth: Callable[[int, PolicyVersion, Actor, datetime], Redecided]
    back: Callable[[PolicyMove, Actor, datetime], Redecided]


_appliers: dict[str, Applier] = {}


def register_applier(side: str, applier: Applier) -> None:
    """Make it known; the app of the side calls this when it is ready."""
    _appliers[side] = applier


def may_apply(actor: Actor) -> bool:
    """What was promised is changed by administrators alone."""
    return Role.ADMINISTRATOR in actor.roles


def holds_on(valid_from: date, valid_until: date | None, day: date) -> bool:
    """Whether a version with these dates decides on a day."""
    return valid_from <= day and (valid_until is None or day <= valid_until)


def apply_to_decided(version: PolicyVersion, *, actor: Actor, at: datetime) -> int:
    """Let a version decide the open requests that it would decide today; one that ends its policy leaves those that
    the policy would decide without it to the next wider one. Needs the transaction that makes it.

    Returns how many wait to be decided anew. InvalidInput when it does not hold today.
    """
    if not may_apply(actor):
        raise NotPermitted(action="apply_policy")
    policy = version.policy
    today = local_date(at, policy.library.timezone)
    if not holds_on(version.valid_from, version.valid_until, today):
        raise InvalidInput(
            {"valid_from": _("Only a version that holds today can be applied to what is decided already.")}
        )
    known, wanted = candidates_of(policy.library_id, policy.side), {version.pk}
    if version.stops:
        known = [each for each in known if each.version_id != version.pk]
        wanted = {each.version_id for each in known if each.policy_id == policy.pk}
    winner = winner_by(policy.library, known, today)
    moves = [
        PolicyMove(version=version, request_key=line.key, number=line.number)
        for line in open_lines(policy.library, policy.side)
        if (won := winner(line)) is not None and won.version_id in wanted
    ]
    _enqueue(version, PolicyMove.objects.bulk_create(moves, batch_size=500), "forth", actor, at)
    return len(moves)


def take_decided_back(version: PolicyVersion, *, actor: Actor, at: datetime) -> int:
    """What a version decided because it was applied goes back to what decided it before. Needs the transaction.

    Returns how many wait to be taken back; what still waited to be moved is left as it is.
    """
    moves = version.moves.order_by("id")
    if not moves.exists():
        return 0
    if not may_apply(actor):
        raise NotPermitted(action="apply_policy")
    moves.filter(standing=MoveState.WAITING).update(standing=MoveState.LEFT)
    moves.filter(standing=MoveState.MOVED).update(standing=MoveState.RETURNING)
    back = list(moves.filter(standing=MoveState.RETURNING))
    _enqueue(version, back, "back", actor, at)
    return len(back)


def _enqueue(
    version: PolicyVersion, moves: Sequence[PolicyMove], way: str, actor: Actor, at: datetime
) -> None:
    for first in range(0, len(moves), BATCH):
        keys = [each.pk for each in moves[first : first + BATCH]]
        payload = {"version": version.pk, "moves": keys, "by": actor.id}
        _parcel(version, f"policy:{version.pk}:{way}:{first}", f"policy:{version.policy_id}", payload, at)


def _parcel(version: PolicyVersion, key: str, stream: str, payload: dict[str, Any], at: datetime) -> None:
    library = version.policy.library_id
    parcel = outbox.Parcel(kind=KIND, key=key, stream=stream, payload=payload, library=library)
    outbox.enqueue(parcel, at=at)


def deliver_moves(row: OutboxRow, at: datetime) -> str:
    """Decide a batch anew. What is done already is passed over, so that a second delivery does nothing.

    What breaks off is tried again on its own, so that it holds up neither the others nor what takes it all back.
    """
    version = PolicyVersion.objects.select_related("policy").get(pk=row.payload["version"])
    actor = Actor(
        ActorKind.STAFF,
        id=row.payload["by"],
        library_id=version.policy.library_id,
        roles=frozenset({Role.ADMINISTRATOR}),
        cause=f"policy:{version.policy.number}/{version.number}",
    )
    failed = [key for key in row.payload["moves"] if not _move(key, version, actor, at)]
    if failed and row.stream.startswith(ALONE):
        raise outbox.TemporaryFailure("the request could not be decided anew")
    with transaction.atomic():
        for key in failed:
            _parcel(version, f"{row.key}:{key}", f"{ALONE}{key}", row.payload | {"moves": [key]}, at)
    return f"{len(row.payload['moves']) - len(failed)} requests"


def give_up(row: OutboxRow, _at: datetime) -> None:
    """What broke off again and again waits no longer: the page says that it stays as it is."""
    if row.kind == KIND:
        moves = PolicyMove.objects.filter(pk__in=row.payload["moves"])
        moves.filter(standing=MoveState.WAITING).update(standing=MoveState.LEFT)
        moves.filter(standing=MoveState.RETURNING).update(standing=MoveState.KEPT)


def _move(key: int, version: PolicyVersion, actor: Actor, at: datetime) -> bool:
    """One request; False when it broke off."""
    applier = _appliers[version.policy.side]
    try:
        with transaction.atomic():
            move = PolicyMove.objects.select_for_update().get(pk=key)
            if move.standing == MoveState.WAITING:
                _forth(move, version, applier, actor, at)
            elif move.standing == MoveState.RETURNING:
                _back(move, applier, actor, at)
    except Exception:
        # One bad request must not hold up the others.
        logger.exception("move %s of a policy failed", key)
        return False
    return True


def _forth(move: PolicyMove, version: PolicyVersion, applier: Applier, actor: Actor, at: datetime) -> None:
    try:
        with transaction.atomic():
            done = applier.forth(move.request_key, version, actor, at)
    except IllError:
        done = None
    move.standing = MoveState.LEFT if done is None or done.left else MoveState.MOVED
    if done is not None and not done.left:
        move.before_id, move.after_id, move.act = done.before, done.after, done.act
        move.due_before, move.due_after = done.due_before, done.due_after
    move.save()


def _back(move: PolicyMove, applier: Applier, actor: Actor, at: datetime) -> None:
    try:
        with transaction.atomic():
            done = applier.back(move, actor, at)
    except IllError:
        done = None
    move.standing = MoveState.KEPT if done is None or done.left else MoveState.RETURNED
    move.save(update_fields=["standing"])
