"""Royalties are paid in batches. Payable is what came as a copy; what was not filled is owed to nobody."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.audit import audit
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput, NotFound, NotPermitted, Refused
from illservice.directory.models import Library
from requests_app.models import Royalty, RoyaltyBatch, RoyaltyState
from requests_app.models.copyright import Fate, Way
from requests_app.selectors.copyright.royalties import due_royalties
from requests_app.workflow.rights import COPYRIGHT_DESK

SETTLED = frozenset({RoyaltyState.UNPAID, RoyaltyState.ELSEWHERE, RoyaltyState.WAIVED})
"""What staff may say of one royalty by itself."""


def make_batch(*, library_id: int, currency: str, actor: Actor, at: datetime) -> RoyaltyBatch:
    """Put all that is payable in one currency into a batch."""
    _check(library_id, actor)
    with transaction.atomic():
        found = due_royalties(library_id).filter(currency=currency).select_for_update(of=("self",))
        # PostgreSQL takes no NUL; a currency is letters.
        keys = list(found.order_by("pk").values_list("pk", flat=True)) if currency.isalpha() else []
        if not keys:
            raise Refused(_("Nothing is to be paid in this currency."), code="nothing_payable")
        batch = RoyaltyBatch.objects.create(library_id=library_id, currency=currency, made_at=at)
        Royalty.objects.filter(pk__in=keys).update(status=RoyaltyState.BATCHED, batch=batch)
        audit(batch, action="create", actor=actor, at=at, changed=["royalties"])
        return batch


def take_apart(*, library_id: int, batch_id: int, actor: Actor, at: datetime) -> None:
    """Dissolve a batch that is not paid: its royalties are to be paid as before."""
    with transaction.atomic():
        batch = _locked(library_id, batch_id, actor)
        if batch.paid_on is not None:
            raise Refused(_("This batch is paid. Take that back first."), code="batch_paid")
        batch.royalties.update(status=RoyaltyState.UNPAID, batch=None)
        audit(batch, action="delete", actor=actor, at=at, changed=["royalties"])
        batch.delete()


def pay_batch(*, library_id: int, batch_id: int, paid_on: date, actor: Actor, at: datetime) -> None:
    """It was paid on that day."""
    with transaction.atomic():
        batch = _locked(library_id, batch_id, actor)
        if paid_on > local_date(at, batch.library.timezone):
            raise InvalidInput({"paid_on": _("That day is not over yet.")})
        if batch.paid_on is not None:
            raise Refused(_("This batch is paid already."), code="batch_paid")
        batch.paid_on = paid_on
        batch.save(update_fields=["paid_on"])
        batch.royalties.update(status=RoyaltyState.PAID, paid_on=paid_on)
        audit(batch, action="change", actor=actor, at=at, changed=["paid_on"])


def unpay_batch(*, library_id: int, batch_id: int, actor: Actor, at: datetime) -> None:
    """It was not paid after all."""
    with transaction.atomic():
        batch = _locked(library_id, batch_id, actor)
        if batch.paid_on is None:
            raise Refused(_("This batch is not paid."), code="batch_unpaid")
        batch.paid_on = None
        batch.save(update_fields=["paid_on"])
        batch.royalties.update(status=RoyaltyState.BATCHED, paid_on=None)
        audit(batch, action="change", actor=actor, at=at, changed=["paid_on"])


def settle_royalty(*, library_id: int, number: str, state: str, actor: Actor, at: datetime) -> None:
    """One royalty was paid in another way, or is waived; `unpaid` takes that back. Not what is in a batch."""
    _check(library_id, actor)
    if state not in SETTLED:
        raise InvalidInput({"state": _("Say how it was settled.")})
    with transaction.atomic():
        found = Royalty.objects.select_for_update(of=("self",)).select_related("record__library")
        royalty = found.filter(record__library=library_id, record__request__number=number).first()
        if royalty is None:
            raise NotFound(request=number)
        if royalty.status not in SETTLED:
            raise Refused(_("This royalty is in a batch."), code="in_batch")
        zone = royalty.record.library.timezone
        royalty.status = state
        royalty.paid_on = local_date(at, zone) if state == RoyaltyState.ELSEWHERE else None
        royalty.save(update_fields=["status", "paid_on"])
        audit(royalty, action="change", actor=actor, at=at, changed=["status"])


def is_billed(request_id: int) -> bool:
    """Whether the royalty of a copy that came is in a batch, paid or not."""
    billed = (RoyaltyState.BATCHED, RoyaltyState.PAID)
    found = Royalty.objects.filter(record__request=request_id, status__in=billed)
    return found.filter(record__way=Way.ROYALTY, record__fate=Fate.FILLED).exists()


def refuse_unbilled(request_id: int, was_billed: bool) -> None:
    """Refuse that something is taken back which would leave a royalty in its batch for a copy that did not come."""
    if was_billed and not is_billed(request_id):
        raise Refused(
            _("This can no longer be undone: its royalty is in a batch. Take that apart first."),
            code="royalty_in_batch",
            action="undo",
        )


def _check(library_id: int, actor: Actor) -> None:
    if actor.library_id != library_id or not Library.objects.filter(pk=library_id).exists():
        raise NotFound(library=library_id)
    if not actor.roles & COPYRIGHT_DESK:
        raise NotPermitted(action="royalties")


def _locked(library_id: int, batch_id: int, actor: Actor) -> RoyaltyBatch:
    _check(library_id, actor)
    found = RoyaltyBatch.objects.select_for_update(of=("self",)).select_related("library")
    batch = found.filter(pk=batch_id, library=library_id).first()
    if batch is None:
        raise NotFound(batch=batch_id)
    return batch
