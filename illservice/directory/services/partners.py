"""What a desk changes about its partners. Every change is written down with who and when, never with the values."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from illservice.accounts.roles import Role
from illservice.core.actors import Actor
from illservice.core.audit import audit
from illservice.core.errors import InvalidInput, NotFound, NotPermitted
from illservice.directory.models import BorrowerStanding, Library, Partnership, PartnerSystem, Symbol

MAY_CHANGE_PARTNERS = frozenset({Role.BORROWING, Role.LENDING, Role.HEAD, Role.ADMINISTRATOR})
MAY_SET_STANDING = MAY_CHANGE_PARTNERS - {Role.BORROWING}
_SLUG_LENGTH = 30


def may_change_partners(actor: Actor) -> bool:
    """Whether the actor's work includes addresses of partners."""
    return bool(actor.roles & MAY_CHANGE_PARTNERS)


def _check(actor: Actor, library_id: int) -> None:
    if actor.library_id != library_id:
        raise NotFound(library=library_id)
    if not may_change_partners(actor):
        raise NotPermitted(action="change_partner")


def _email(text: str) -> str:
    text = text.strip()
    try:
        if text:
            validate_email(text)
    except ValidationError as error:
        raise InvalidInput({"email": _("This is not an e-mail address.")}) from error
    return text


def change_partner_address(
    *, library_id: int, partner: str, email: str, actor: Actor, at: datetime
) -> Partnership:
    """Set the address to which one library writes its requests to a partner (its short name)."""
    _check(actor, library_id)
    email = _email(email)
    with transaction.atomic():
        partnership = _locked(library_id, partner)
        if partnership.email != email:
            partnership.email = email
            partnership.save(update_fields=["email"])
            audit(partnership, action="change", actor=actor, at=at, changed=["email"])
        return partnership


def set_standing(
    *, library_id: int, partner: str, standing: str, actor: Actor, at: datetime, until: date | None = None
) -> Partnership:
    """Say whether a library lends to a partner (its short name); `until` is the last day of a suspension."""
    if actor.library_id != library_id:
        raise NotFound(library=library_id)
    if not actor.roles & MAY_SET_STANDING:
        raise NotPermitted(action="set_standing")
    if standing not in BorrowerStanding.values:
        raise InvalidInput({"standing": _("Choose whether you lend to it.")})
    wanted = {
        "standing": standing,
        "suspended_until": until if standing == BorrowerStanding.SUSPENDED else None,
        "suspended_for": "",
        "suspended_since": None,
    }
    with transaction.atomic():
        partnership = _locked(library_id, partner)
        changed = [name for name, value in wanted.items() if getattr(partnership, name) != value]
        for name in changed:
            setattr(partnership, name, wanted[name])
        if changed:
            partnership.save(update_fields=changed)
            audit(partnership, action="change", actor=actor, at=at, changed=changed)
        return partnership


def _locked(library_id: int, partner: str) -> Partnership:
    """What a library knows of a partner (its short name), locked until the transaction ends."""
    partnership = (
        Partnership.objects.select_for_update(of=("self",))
        .select_related("partner")
        .filter(library_id=library_id, partner__slug=partner)
        .first()
    )
    if partnership is None:
        raise NotFound(partner=partner)
    return partnership


def add_partner(
    *,
    library_id: int,
    name: str,
    actor: Actor,
    at: datetime,
    email: str = "",
    system: str = PartnerSystem.MAIL,
    symbol: str = "",
) -> Partnership:
    """Make a library a partner. One that the directory knows by this symbol or name is taken from there."""
    _check(actor, library_id)
    name, symbol, email = " ".join(name.split())[:200], symbol.strip()[:40], _email(email)
    wrong: dict[str, Any] = {}
    if not name:
        wrong["name"] = _("Give the library’s name.")
    if system not in PartnerSystem.values:
        wrong["system"] = _("Choose how it is asked.")
    if wrong:
        raise InvalidInput(wrong)
    with transaction.atomic():
        partner = _known(name, symbol) or _new_library(name, symbol)
        if partner.pk == library_id:
            raise InvalidInput({"name": _("This is your own library.")})
        partnership, created = Partnership.objects.get_or_create(
            library_id=library_id, partner=partner, defaults={"email": email, "system": system}
        )
        if not created:
            raise InvalidInput({"name": _("This library is among your partners already.")})
        audit(partnership, action="create", actor=actor, at=at, changed=["email", "partner", "system"])
        return partnership


def _known(name: str, symbol: str) -> Library | None:
    by_symbol = (
        Symbol.objects.filter(value__iexact=symbol).select_related("library").first() if symbol else None
    )
    return by_symbol.library if by_symbol else Library.objects.filter(name__iexact=name).first()


def _new_library(name: str, symbol: str) -> Library:
    base = slugify(name)[:_SLUG_LENGTH].strip("-") or "library"
    taken = set(Library.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug = next(
        each for each in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if each not in taken
    )
    library = Library.objects.create(name=name, slug=slug)
    if symbol:
        Symbol.objects.create(library=library, value=symbol)
    return library
