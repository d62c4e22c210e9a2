"""A person is erased: past requests are unlinked, then the record and the account go, unless something is open."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from illservice.accounts.roles import Role
from illservice.core import retention
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import NotFound, NotPermitted
from illservice.core.retention import Keep, Occasion, Person
from patrons.models import (
    AskedBy,
    ContactChannel,
    Erasure,
    History,
    NoticeChoice,
    Patron,
    PatronBlock,
    Proxy,
)

MAY_ERASE = frozenset({Role.ADMINISTRATOR})
"""Roles that erase a person who asks at the desk, and print what is held about them."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What came of it. `complete`: the person is gone; else `reasons` say what is kept and why."""

    unlinked: int
    complete: bool
    reasons: tuple[Keep, ...] = ()


def person_of(patron: Patron) -> Person:
    """A patron's record as the machinery of erasing knows it."""
    return Person(patron.pk, patron.library_id, patron.user_id)


def erase_person(*, patron_id: int, actor: Actor, at: datetime) -> Erased:
    """Erase all that can be erased now; it cannot be taken back.

    Requests that are over are unlinked, each in its own transaction. When nothing is open and nothing owed, the
    record goes too, and the account when it is nobody else's. That it was asked for is kept without the person.
    """
    patron = _own(Patron.objects.filter(pk=patron_id, erased_at__isnull=True).first(), actor)
    unlinked = retention.finish_cases(person_of(patron), at)
    with transaction.atomic():
        locked = Patron.objects.select_for_update(of=("self",)).filter(pk=patron_id, erased_at__isnull=True)
        person = person_of(_own(locked.first(), actor))
        reasons = tuple(retention.reasons_against(person))
        if not reasons:
            retention.erase(Occasion.LEAVING, person, at)
        Erasure.objects.create(
            library_id=person.library_id,
            at=at,
            asked_by=AskedBy.PATRON if actor.kind is ActorKind.PATRON else AskedBy.STAFF,
            unlinked=unlinked,
            complete=not reasons,
            kept_because=sorted({each.code for each in reasons}),
        )
    return Erased(unlinked, not reasons, reasons)


def _own(patron: Patron | None, actor: Actor) -> Patron:
    """People erase themselves, administrators whoever asks at their desk."""
    if patron is None:
        raise NotFound()
    if actor.kind is ActorKind.PATRON:
        own = patron.user_id is not None and patron.user_id == actor.id
    else:
        own = actor.kind is ActorKind.STAFF and patron.library_id == actor.library_id
    if not own:
        raise NotFound(patron=patron.pk)
    if actor.kind is ActorKind.STAFF and not actor.roles & MAY_ERASE:
        raise NotPermitted(action="erase")
    return patron


def erase_blocks(person: Person, _at: datetime) -> None:
    """Blocks go with the record; while an item is out, that stands in the way before."""
    PatronBlock.objects.filter(patron_id=person.record_id).delete()


def erase_telling(person: Person, _at: datetime) -> None:
    """What was chosen about notices goes, and whom the person named; and where others named this person."""
    NoticeChoice.objects.filter(patron_id=person.record_id).delete()
    Proxy.objects.filter(Q(patron_id=person.record_id) | Q(account_id=person.record_id)).delete()


def erase_record(person: Person, at: datetime) -> None:
    """Empty the record. The number in place of the library card is random: nothing of the person is worked into it."""
    Patron.objects.filter(pk=person.record_id).update(
        user=None,
        home_branch=None,
        barcode=f"erased-{secrets.token_hex(8)}",
        name="",
        email="",
        phone="",
        address="",
        department="",
        language="",
        contact=ContactChannel.EMAIL,
        expires_on=None,
        is_blocked=False,
        block_reason="",
        blocked_until=None,
        cleared_at=None,
        note="",
        history=History.LIBRARY,
        search_text="",
        erased_at=at,
    )
