"""What a library subscribes to or has ordered (CONTU 2(a)), and what its licences say of interlibrary loan."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import HoldingStatus
from illservice.citations.models import Journal, LicenceTerms, Subscription
from illservice.citations.models.titles import HOLDING_FACTS, LICENCE_FACTS, seen_of
from illservice.citations.services.changed import holdings_changed
from illservice.core.actors import Actor
from illservice.core.audit import audit
from illservice.core.errors import InvalidInput, NotFound, Refused
from illservice.core.fitting import refuse_unfit


def add_subscription(
    *, library_id: int, journal_id: int, facts: Mapping[str, Any], actor: Actor, at: datetime
) -> Subscription:
    """A subscription or order of a library. `facts` are HOLDING_FACTS."""
    with transaction.atomic():
        journal = Journal.objects.filter(pk=journal_id).first()
        if journal is None:
            raise NotFound(journal=journal_id)
        row = Subscription(library=library_id, journal=journal)
        return _write_subscription(row, facts, actor, at)


def change_subscription(
    *, library_id: int, subscription_id: int, facts: Mapping[str, Any], seen: str, actor: Actor, at: datetime
) -> Subscription:
    """Other facts of it. Refused (`stale`) when somebody changed it since it was `seen`."""
    with transaction.atomic():
        row = locked_subscription(library_id, subscription_id)
        _refuse_stale(row, HOLDING_FACTS, seen)
        return _write_subscription(row, facts, actor, at)


def end_subscription(
    *, library_id: int, subscription_id: int, on: date, actor: Actor, at: datetime
) -> Subscription:
    """It ends with this day. What was covered until then stays on record."""
    with transaction.atomic():
        row = locked_subscription(library_id, subscription_id)
        facts = {name: getattr(row, name) for name in HOLDING_FACTS}
        facts |= {"ends": on, "status": HoldingStatus.CANCELLED}
        return _write_subscription(row, facts, actor, at)


def remove_subscription(*, library_id: int, subscription_id: int, actor: Actor, at: datetime) -> None:
    """Take away what was entered by mistake."""
    with transaction.atomic():
        row = locked_subscription(library_id, subscription_id)
        audit(row, action="delete", actor=actor, at=at, library_id=library_id)
        journal_id = row.journal_id
        row.delete()
        holdings_changed(library_id=library_id, journal_ids=[journal_id], actor=actor, at=at)


def locked_subscription(library_id: int, subscription_id: int) -> Subscription:
    """A subscription of the library, locked; NotFound for another's."""
    found = Subscription.objects.select_for_update(of=("self",)).filter(
        library=library_id, pk=subscription_id
    )
    row = found.first()
    if row is None:
        raise NotFound(subscription=subscription_id)
    return row


def save_licence(
    *,
    library_id: int,
    facts: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    licence_id: int | None = None,
    seen: str = "",
) -> LicenceTerms:
    """A licence of the library, new or changed. `facts` are LICENCE_FACTS; InvalidInput (`name`) when it is taken."""
    with transaction.atomic():
        row = LicenceTerms(library=library_id) if licence_id is None else _licence(library_id, licence_id)
        if licence_id is not None:
            _refuse_stale(row, LICENCE_FACTS, seen)
        changed = _set(row, LICENCE_FACTS, facts)
        _refuse_backwards(row, "starts", "ends")
        others = LicenceTerms.objects.filter(library=library_id, name=row.name).exclude(pk=row.pk)
        if others.exists():
            raise InvalidInput({"name": _("There is a licence of this name already.")})
        _save(row, changed, actor, at, library_id)
        return row


def remove_licence(*, library_id: int, licence_id: int, actor: Actor, at: datetime) -> None:
    """Take a licence away. Refused (`used`) while a subscription names it: its terms would be lost without a word."""
    with transaction.atomic():
        row = _licence(library_id, licence_id)
        if row.subscriptions.exists():
            raise Refused(_("Subscriptions name this licence. Give them another one first."), code="used")
        audit(row, action="delete", actor=actor, at=at, library_id=library_id)
        row.delete()


def _licence(library_id: int, licence_id: int) -> LicenceTerms:
    found = LicenceTerms.objects.select_for_update(of=("self",)).filter(library=library_id, pk=licence_id)
    row = found.first()
    if row is None:
        raise NotFound(licence=licence_id)
    return row


def _write_subscription(
    row: Subscription, facts: Mapping[str, Any], actor: Actor, at: datetime
) -> Subscription:
    changed = _set(row, HOLDING_FACTS, facts)
    _check_subscription(row)
    row.covers_key = f"{row.covers_from.isoformat() if row.covers_from else ''}/{row.first_volume}"
    twins = Subscription.objects.filter(
        library=row.library, source=row.source, journal=row.journal_id, covers_key=row.covers_key
    )
    if twins.exclude(pk=row.pk).exists():
        raise InvalidInput(
            {"covers_from": _("A subscription of this package begins there already. Change that one.")}
        )
    _save(row, changed, actor, at, row.library)
    if changed:
        holdings_changed(library_id=row.library, journal_ids=[row.journal_id], actor=actor, at=at)
    return row


def _check_subscription(row: Subscription) -> None:
    if row.status == HoldingStatus.ORDERED and row.ordered_on is None:
        raise InvalidInput({"ordered_on": _("An order needs the day on which it was entered.")})
    _refuse_backwards(row, "starts", "ends")
    _refuse_backwards(row, "covers_from", "covers_to")
    licences = LicenceTerms.objects.filter(library=row.library)
    if row.licence_id is not None and not licences.filter(pk=row.licence_id).exists():
        raise InvalidInput({"licence": _("Choose a licence of your library.")})


def _refuse_backwards(row: models.Model, first: str, last: str) -> None:
    begins, ends = getattr(row, first), getattr(row, last)
    if begins and ends and ends < begins:
        raise InvalidInput({last: _("It ends before it begins.")})


def _set(row: models.Model, names: tuple[str, ...], facts: Mapping[str, Any]) -> list[str]:
    """Write the facts; gives the names of those that differ."""
    changed = [name for name in names if name in facts and getattr(row, name) != facts[name]]
    for name in changed:
        setattr(row, name, facts[name])
    return changed


def _save(row: models.Model, changed: list[str], actor: Actor, at: datetime, library_id: int) -> None:
    is_new = row.pk is None
    if not changed and not is_new:
        return
    refuse_unfit(row)
    row.save()
    action = "create" if is_new else "change"
    audit(row, action=action, actor=actor, at=at, changed=() if is_new else changed, library_id=library_id)


def _refuse_stale(row: models.Model, names: tuple[str, ...], seen: str) -> None:
    if seen != seen_of(row, names):
        raise Refused(
            _("Somebody else changed this since you opened it. Nothing of yours was saved."), code="stale"
        )
