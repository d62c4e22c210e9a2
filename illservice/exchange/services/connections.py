"""Connecting a partner's system: address, edition, symbols, credentials, quirks. Every change is written down."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.accounts.models import Membership
from illservice.accounts.roles import Role
from illservice.core.actors import Actor
from illservice.core.audit import audit
from illservice.core.errors import InvalidInput, NotFound, NotPermitted
from illservice.directory.models import Library, Partnership, PartnerSystem
from illservice.exchange.kinds import Quirk, Transport
from illservice.exchange.models import Connection
from illservice.exchange.selectors import read_agency
from illservice.exchange.services import circuit
from illservice.exchange.services.credentials import give_credentials, hide
from illservice.protocols.iso18626.messages import Edition

MAY_CONNECT = frozenset({Role.HEAD, Role.ADMINISTRATOR})
_LONGEST = {"address": 300, "own_agency": 60, "partner_agency": 60, "username": 100, "password": 200}


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """How a partner's system is reached. `password` None keeps the one there is, "" takes it away."""

    transport: str = Transport.HTTP
    address: str = ""
    edition: str = Edition.V1_2
    own_agency: str = ""
    partner_agency: str = ""
    username: str = ""
    password: str | None = None
    quirks: tuple[str, ...] = field(default=())
    is_active: bool = True


def may_connect(actor: Actor, library_id: int) -> None:
    """NotFound in a foreign library, NotPermitted without the role."""
    if actor.library_id != library_id:
        raise NotFound(library=library_id)
    if not actor.roles & MAY_CONNECT:
        raise NotPermitted(action="connect")


def connect(
    *,
    library_id: int,
    partner: str,
    facts: ConnectionFacts,
    actor: Actor,
    at: datetime,
    asked_by_it: bool = False,
    mirror: bool = False,
) -> Connection:
    """Make or change the connection with a partner (its short name).

    `asked_by_it` makes ISO 18626 the way in which the partner is asked; `mirror` makes the other side's loopback, too,
    and is NotPermitted to those who do not administer it.
    """
    may_connect(actor, library_id)
    with transaction.atomic():
        partnership = _locked(library_id, partner)
        values = _checked(partnership, facts)
        if mirror:
            _mirror(partnership, values, actor, at)
        connection = _save(partnership, values, actor, at)
        if asked_by_it:
            _ask_by_messages(partnership, actor, at)
        return connection


def _locked(library_id: int, partner: str) -> Partnership:
    found = (
        Partnership.objects.select_for_update(of=("self",))
        .select_related("library", "partner")
        .filter(library_id=library_id, partner__slug=partner)
        .first()
    )
    if found is None:
        raise NotFound(partner=partner)
    return found


def _checked(partnership: Partnership, facts: ConnectionFacts) -> dict[str, Any]:
    """The columns, or InvalidInput with a word for each field that cannot be used."""
    values: dict[str, Any] = {each.name: getattr(facts, each.name) for each in fields(facts)}
    values |= {"address": facts.address.strip(), "quirks": sorted(set(facts.quirks))}
    values |= {name: _symbol(values[name]) for name in ("own_agency", "partner_agency")}
    wrong: dict[str, Any] = {
        name: _("This is too long.") for name, most in _LONGEST.items() if len(values[name] or "") > most
    }
    if facts.transport not in Transport.values:
        wrong["transport"] = _("Choose how messages travel.")
    elif facts.transport == Transport.LOOPBACK:
        wrong |= _no_loopback(partnership.partner)
    else:
        wrong |= _no_address(values["address"])
    if facts.edition not in list(Edition):
        wrong["edition"] = _("Choose an edition.")
    if set(facts.quirks) - set(Quirk.values):
        wrong["quirks"] = _("Choose among the peculiarities that are listed.")
    if ":" in facts.username:
        wrong["username"] = _("A user name may hold no colon.")
    if wrong:
        raise InvalidInput(wrong)
    return values


def _symbol(text: str) -> str:
    """In the one spelling: the list in capitals, a colon, the symbol. Without a list it is an ISIL."""
    agency = read_agency(text)
    return f"{agency.type.upper()}:{agency.value}" if agency else ""


def _no_loopback(partner: Library) -> dict[str, Any]:
    if partner.is_tenant and partner.is_active:
        return {}
    return {"transport": _("This library does not work in this service: messages go to it by HTTP.")}


def _no_address(address: str) -> dict[str, Any]:
    """Not Django's rule for addresses: a host in a house's own network may have a name without a dot."""
    try:
        named = urlsplit(address)
        usable = named.scheme in {"http", "https"} and bool(named.hostname) and (named.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or any(char.isspace() or not char.isprintable() for char in address):
        return {
            "address": _(
                "Give the address of the partner’s system, such as https://ill.example.org/iso18626."
            )
        }
    if named.username or named.password:
        return {"address": _("Give user name and password in their own fields.")}
    return {}


def _save(partnership: Partnership, values: dict[str, Any], actor: Actor, at: datetime) -> Connection:
    connection = Connection.objects.select_for_update().filter(partnership=partnership).first()
    is_new = connection is None
    connection = connection or Connection(partnership=partnership)
    password = values["password"]
    plain = {name: value for name, value in values.items() if name != "password"}
    changed = [name for name, value in plain.items() if is_new or getattr(connection, name) != value]
    for name in changed:
        setattr(connection, name, plain[name])
    if password is not None and (password or connection.password):
        connection.password = hide(password)
        changed.append("password")
    if not changed:
        return connection
    if is_new:
        connection.save(force_insert=True)
    else:
        connection.save(update_fields=changed)
    _note(connection, "create" if is_new else "change", changed, actor, at)
    return connection


def _note(obj: Connection, action: str, changed: Iterable[str], actor: Actor, at: datetime) -> None:
    audit(obj, action=action, actor=actor, at=at, changed=changed, library_id=obj.partnership.library_id)


def _ask_by_messages(partnership: Partnership, actor: Actor, at: datetime) -> None:
    if partnership.system != PartnerSystem.ISO18626:
        partnership.system = PartnerSystem.ISO18626
        partnership.save(update_fields=["system"])
        audit(partnership, action="change", actor=actor, at=at, changed=["system"])


def administers(actor: Actor, library_id: int) -> bool:
    """Whether the person who acts may connect partners in this library, too."""
    return (
        actor.is_person
        and actor.id is not None
        and Membership.objects.filter(
            user_id=actor.id, library_id=library_id, role__in=[str(role) for role in MAY_CONNECT]
        ).exists()
    )


def _mirror(partnership: Partnership, values: dict[str, Any], actor: Actor, at: datetime) -> None:
    """The same connection seen from the other side; what stands there already is left as it is."""
    if values["transport"] != Transport.LOOPBACK:
        raise InvalidInput({"mirror": _("Only a connection inside this service has another side here.")})
    if not administers(actor, partnership.partner_id):
        raise NotPermitted(action="connect", library=partnership.partner.slug)
    other, created = Partnership.objects.get_or_create(
        library_id=partnership.partner_id, partner_id=partnership.library_id
    )
    if created:
        audit(other, action="create", actor=actor, at=at, changed=["partner"])
    if not Connection.objects.filter(partnership=other).exists():
        mirrored = {
            "transport": Transport.LOOPBACK,
            "edition": values["edition"],
            "own_agency": values["partner_agency"],
            "partner_agency": values["own_agency"],
            "password": None,
        }
        _save(other, mirrored, actor, at)


def _own(library_id: int, partner: str, actor: Actor) -> Connection:
    """The connection, locked. Needs a transaction."""
    may_connect(actor, library_id)
    found = (
        Connection.objects.select_for_update(of=("self",))
        .select_related("partnership")
        .filter(partnership__library_id=library_id, partnership__partner__slug=partner)
        .first()
    )
    if found is None:
        raise NotFound(partner=partner)
    return found


def try_again_now(*, library_id: int, partner: str, actor: Actor, at: datetime) -> int:
    """Close the circuit: what was put off leaves now. Returns how many messages that are.

    The partner counts as silent until it has answered.
    """
    with transaction.atomic():
        connection = _own(library_id, partner, actor)
        connection.open_until = None
        connection.save(update_fields=["open_until"])
        woken = circuit.wake(connection, at)
        _note(connection, "change", ["open_until"], actor, at)
    return woken


def give_partner_credentials(
    *, library_id: int, partner: str, username: str, actor: Actor, at: datetime
) -> str:
    """Make a new password with which the partner signs in here; it is returned once and kept as a digest."""
    username = username.strip()
    if not username or ":" in username or len(username) > _LONGEST["username"]:
        raise InvalidInput({"username": _("Give a user name without a colon.")})
    with transaction.atomic():
        connection = _own(library_id, partner, actor)
        return give_credentials(connection_id=connection.pk, username=username, actor=actor, at=at)


def take_partner_credentials(*, library_id: int, partner: str, actor: Actor, at: datetime) -> None:
    """Ask the partner for no credentials any more."""
    with transaction.atomic():
        connection = _own(library_id, partner, actor)
        connection.partner_username = connection.partner_digest = ""
        connection.save(update_fields=["partner_username", "partner_digest"])
        _note(connection, "change", ["partner_digest", "partner_username"], actor, at)
