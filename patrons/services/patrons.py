"""What the desk does with a patron's record."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from illservice.accounts.roles import Role
from illservice.citations.text import clean_lines, clean_text
from illservice.core.actors import CLOCK, Actor, ActorKind
from illservice.core.audit import audit
from illservice.core.clock import latest_date, local_date
from illservice.core.errors import InvalidInput, NotFound, NotPermitted
from illservice.core.timers import ELSEWHERE, Tally
from illservice.directory.models import Branch
from patrons.models import Patron, PatronCategory

DESK = frozenset({Role.BORROWING, Role.HEAD, Role.ADMINISTRATOR})
EDITABLE = frozenset(
    {
        *("barcode", "name", "email", "phone", "address", "department", "language", "contact"),
        *("expires_on", "category_id", "home_branch_id", "note"),
    }
)
FREE: dict[str, Any] = {"is_blocked": False, "block_reason": "", "blocked_until": None}
"""How the columns of a block stand without one."""
BATCH = 200
_LINES = frozenset({"address", "note"})


def create_patron(*, library_id: int, values: Mapping[str, Any], actor: Actor, at: datetime) -> Patron:
    """Add a patron that the desk has seen, so it is cleared at once. `values` by column, of EDITABLE."""
    _may(actor, library_id)
    cleaned = _cleaned(values, library_id)
    missing = {
        name: _("This is needed.") for name in ("barcode", "name", "category_id") if not cleaned.get(name)
    }
    if missing:
        raise InvalidInput(missing)
    patron = Patron(library_id=library_id, cleared_at=at, **cleaned)
    with transaction.atomic():
        _save(patron)
        audit(patron, action="create", actor=actor, at=at, changed=cleaned)
    return patron


def update_patron(*, patron_id: int, values: Mapping[str, Any], actor: Actor, at: datetime) -> Patron:
    """Change columns of EDITABLE; what is not named stays."""
    with transaction.atomic():
        patron = _locked(patron_id, actor)
        cleaned = _cleaned(values, patron.library_id)
        changed = {name: value for name, value in cleaned.items() if getattr(patron, name) != value}
        if not changed:
            return patron
        for name, value in changed.items():
            setattr(patron, name, value)
        _save(patron, changed)
        audit(patron, action="change", actor=actor, at=at, changed=changed)
        return patron


def clear_patron(*, patron_id: int, actor: Actor, at: datetime) -> Patron:
    """Say that the desk has looked at a new patron. Doing it twice changes nothing."""
    with transaction.atomic():
        patron = _locked(patron_id, actor)
        if patron.cleared_at is None:
            _set(patron, actor=actor, at=at, action="clear", cleared_at=at)
        return patron


def block_patron(
    *, patron_id: int, reason: str, actor: Actor, at: datetime, until: date | None = None
) -> Patron:
    """Let new requests of a patron wait for the desk, up to and with the day `until`. The reason is for staff."""
    words = clean_text(reason)[:200]
    if not words:
        raise InvalidInput({"reason": _("Say why, so that your colleagues know.")})
    with transaction.atomic():
        patron = _locked(patron_id, actor)
        values = {"is_blocked": True, "block_reason": words, "blocked_until": until}
        if any(getattr(patron, name) != value for name, value in values.items()):
            _set(patron, actor=actor, at=at, action="block", **values)
        return patron


def unblock_patron(*, patron_id: int, actor: Actor, at: datetime) -> Patron:
    """Take a block away."""
    with transaction.atomic():
        patron = _locked(patron_id, actor)
        if patron.is_blocked:
            _set(patron, actor=actor, at=at, action="unblock", **FREE)
        return patron


def end_blocks(at: datetime) -> Tally:
    """Take away the blocks whose last day is over where the patron's library is. One batch."""
    over = Patron.objects.filter(is_blocked=True, blocked_until__lt=latest_date(at))
    found = list(over.order_by("blocked_until", "pk").select_related("library")[:BATCH])
    tally = Tally(looked_at=len(found), more=len(found) == BATCH)
    for patron in found:
        if patron.blocked_until and patron.blocked_until >= local_date(at, patron.library.timezone):
            continue
        tally.due += 1
        with transaction.atomic():
            # Whoever changes the row ends the block; a block that was made longer meanwhile stays.
            same = Patron.objects.filter(pk=patron.pk, is_blocked=True, blocked_until=patron.blocked_until)
            if same.update(**FREE):
                audit(patron, action="block_over", actor=CLOCK, at=at, changed=FREE)
                tally.done += 1
            else:
                tally.skip(ELSEWHERE)
    tally.more = tally.more and tally.done > 0
    return tally


def _may(actor: Actor, library_id: int) -> None:
    if actor.library_id != library_id:
        raise NotFound(library=library_id)
    if actor.kind != ActorKind.IMPORT and not actor.roles & DESK:
        raise NotPermitted()


def _locked(patron_id: int, actor: Actor) -> Patron:
    patron = (
        Patron.objects.select_for_update()
        .filter(pk=patron_id, library_id=actor.library_id or 0, erased_at__isnull=True)
        .first()
    )
    if patron is None:
        raise NotFound(patron=patron_id)
    _may(actor, patron.library_id)
    return patron


def _set(patron: Patron, *, actor: Actor, at: datetime, action: str, **values: Any) -> None:
    for name, value in values.items():
        setattr(patron, name, value)
    patron.save(update_fields=list(values))
    audit(patron, action=action, actor=actor, at=at, changed=values)


def _save(patron: Patron, changed: Mapping[str, Any] | None = None) -> None:
    try:
        with transaction.atomic():
            patron.save(update_fields=None if changed is None else [_field(name) for name in changed])
    except IntegrityError as error:
        raise InvalidInput({"barcode": _("Another patron has this library card number.")}) from error


def _field(column: str) -> str:
    return column.removesuffix("_id")


def _cleaned(values: Mapping[str, Any], library_id: int) -> dict[str, Any]:
    """Each value as its column takes it; InvalidInput names all that do not fit, and what nobody may set here."""
    cleaned: dict[str, Any] = {}
    wrong: dict[str, Any] = {name: _("This cannot be changed here.") for name in set(values) - EDITABLE}
    for name in set(values) & EDITABLE:
        try:
            cleaned[name] = clean_value(name, values[name])
        except ValidationError as error:
            wrong[name] = " ".join(error.messages)
    wrong |= _foreign(cleaned, library_id)
    if wrong:
        raise InvalidInput(wrong)
    return cleaned


def clean_value(column: str, value: Any) -> Any:
    """One value as its column takes it, without control characters; raises ValidationError."""
    if isinstance(value, str):
        value = clean_lines(value) if column in _LINES else clean_text(value)
    if column.endswith("_id"):
        return value
    field = next(each for each in Patron._meta.concrete_fields if each.name == column)
    return field.clean(value or None if column == "expires_on" else value, None)


def _foreign(cleaned: Mapping[str, Any], library_id: int) -> dict[str, Any]:
    """Categories and branches must be the library's own."""
    found: dict[str, Any] = {}
    category, branch = cleaned.get("category_id"), cleaned.get("home_branch_id")
    if category and not PatronCategory.objects.filter(pk=category, library_id=library_id).exists():
        found["category_id"] = _("Choose a category of your library.")
    if branch and not Branch.objects.filter(pk=branch, library_id=library_id).exists():
        found["home_branch_id"] = _("Choose a branch of your library.")
    return found
