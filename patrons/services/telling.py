"""How a patron wants to be told of things, and whom the patron sends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.accounts.roles import Role
from illservice.citations.text import clean_text
from illservice.core.actors import Actor, ActorKind
from illservice.core.audit import audit
from illservice.core.errors import InvalidInput, NotFound, NotPermitted
from patrons.models import OFF, ContactChannel, NoticeChoice, Patron, Proxy
from patrons.selectors import Reader

DESK = frozenset({Role.BORROWING, Role.HEAD, Role.ADMINISTRATOR})
MOST_PROXIES = 10


@dataclass(frozen=True, slots=True)
class Wish:
    """What a patron chose. `everything` is a `ContactChannel`; the others a channel's code, empty for the same."""

    everything: str
    reminders: str = ""
    news: str = ""
    address: str = ""


def choose_notices(
    *, patron_id: int, wish: Wish, channels: Collection[str], actor: Actor, at: datetime
) -> None:
    """Keep how a patron wants to be told. `channels`: the codes that the library offers beside mail.

    InvalidInput for a channel that is not offered, and for one without the number that it needs.
    """
    address = clean_text(wish.address)[:80]
    wrong = _wrong(wish, address, channels)
    if wrong:
        raise InvalidInput(wrong)
    with transaction.atomic():
        patron = _own(patron_id, actor)
        if patron.contact != wish.everything:
            patron.contact = wish.everything
            patron.save(update_fields=["contact"])
        values = {"reminders": wish.reminders, "news": wish.news, "address": address}
        choice, _made = NoticeChoice.objects.update_or_create(patron=patron, defaults=values)
        audit(choice, action="change", actor=actor, at=at, changed=values, library_id=patron.library_id)


def _wrong(wish: Wish, address: str, channels: Collection[str]) -> dict[str, object]:
    """What does not fit, by field."""
    wrong: dict[str, object] = {}
    offered = {"", "mail", *channels}
    if wish.everything not in ContactChannel.values or (
        wish.everything == ContactChannel.MESSAGE and not channels
    ):
        wrong["everything"] = _("Choose one of these.")
    if wish.reminders not in offered | {OFF}:
        wrong["reminders"] = _("Choose one of these.")
    if wish.news not in offered:
        wrong["news"] = _("Choose one of these.")
    needed = wish.everything == ContactChannel.MESSAGE or {wish.reminders, wish.news} & set(channels)
    if needed and not any(char.isdigit() for char in address):
        wrong["address"] = _("Give the number that the messages shall go to.")
    return wrong


def set_reminders(*, reader: Reader, wanted: bool, actor: Actor, at: datetime) -> bool:
    """Switch reminders off or on again for whoever reads them. False when nobody has this link any more.

    Everything else still comes: what is ready, recalled, overdue or to be paid. Twice is once.
    """
    with transaction.atomic():
        if reader.proxy_id:
            return bool(Proxy.objects.filter(pk=reader.proxy_id).update(gets_reminders=wanted))
        still_there = Patron.objects.filter(pk=reader.patron_id, erased_at__isnull=True)
        patron = still_there.select_for_update().first()
        if patron is None:
            return False
        choice, _made = NoticeChoice.objects.get_or_create(patron=patron)
        if (choice.reminders != OFF) != wanted:
            choice.reminders = "" if wanted else OFF
            choice.save(update_fields=["reminders"])
            library = patron.library_id
            audit(choice, action="change", actor=actor, at=at, changed=["reminders"], library_id=library)
        return True


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a patron sends: with name and address, or with the library card of a patron here (only staff look it up)."""

    name: str = ""
    email: str = ""
    card: str = ""
    may_collect: bool = True
    gets_notices: bool = False
    until: date | None = None


def name_proxy(*, patron_id: int, named: Named, actor: Actor, at: datetime) -> Proxy:
    """Let a patron be represented. InvalidInput says what is missing."""
    with transaction.atomic():
        patron = _own(patron_id, actor)
        account = _account(patron, named.card, actor) if named.card else None
        name = clean_text(account.name if account else named.name)[:200]
        email = "" if account else clean_text(named.email)
        _check_proxy(patron, name, email, named, has_account=account is not None)
        proxy = Proxy.objects.create(
            patron=patron,
            account=account,
            name=name,
            email=email,
            may_collect=named.may_collect,
            gets_notices=named.gets_notices,
            until=named.until,
        )
        audit(proxy, action="create", actor=actor, at=at, library_id=patron.library_id)
    return proxy


def _check_proxy(patron: Patron, name: str, email: str, named: Named, *, has_account: bool) -> None:
    wrong: dict[str, object] = {}
    if not name:
        wrong["name"] = _("Give the person’s name.")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            wrong["email"] = _("This is no e-mail address.")
    elif named.gets_notices and not has_account:
        wrong["email"] = _("Give an e-mail address, so that the person can be told.")
    if not (named.may_collect or named.gets_notices):
        wrong["may_collect"] = _("Say what the person may do.")
    if patron.proxies.count() >= MOST_PROXIES:
        wrong["name"] = _("You have named as many people as is possible. Take one away first.")
    if wrong:
        raise InvalidInput(wrong)


def _account(patron: Patron, card: str, actor: Actor) -> Patron:
    """The patron with a card, for staff only: a patron could find out with it whose card is whose."""
    if actor.kind == ActorKind.PATRON:
        raise NotPermitted()
    found = Patron.objects.filter(library_id=patron.library_id, barcode=card.strip()).exclude(pk=patron.pk)
    account = None if "\x00" in card else found.first()
    if account is None:
        raise InvalidInput({"card": _("No other patron has this library card.")})
    return account


def remove_proxy(*, patron_id: int, proxy_id: int, actor: Actor, at: datetime) -> bool:
    """Take a proxy away; what waits for them is not sent any more. False when it is gone already."""
    with transaction.atomic():
        patron = _own(patron_id, actor)
        proxy = Proxy.objects.filter(pk=proxy_id, patron=patron).first()
        if proxy is None:
            return False
        audit(proxy, action="delete", actor=actor, at=at, library_id=patron.library_id)
        proxy.delete()
    return True


def _own(patron_id: int, actor: Actor) -> Patron:
    """The patron, locked: for the person, and for the desk of the library."""
    patron = Patron.objects.select_for_update().filter(pk=patron_id, library_id=actor.library_id or 0).first()
    if patron is None or (actor.kind == ActorKind.PATRON and patron.user_id != actor.id):
        raise NotFound(patron=patron_id)
    if actor.kind != ActorKind.PATRON and not actor.roles & DESK:
        raise NotPermitted()
    return patron
