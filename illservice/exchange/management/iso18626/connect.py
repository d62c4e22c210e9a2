"""`./ill iso18626 connect --library SLUG --partner SLUG …`: the same as the page about a partner's system."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser, OutputWrapper
from django.db import transaction
from django.utils.text import slugify

from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import IllError, InvalidInput, NotFound
from illservice.directory.models import Library, Partnership, Symbol, SymbolScheme
from illservice.exchange.kinds import Quirk, Transport
from illservice.exchange.selectors import read_agency
from illservice.exchange.services.connections import ConnectionFacts, connect, give_partner_credentials
from illservice.protocols.iso18626.messages import Edition

HELP = (
    "Connects a partner's system: makes the connection or changes it, and has the partner asked by messages."
)


def add_arguments(parser: CommandParser) -> None:
    """The words after `connect`."""
    parser.add_argument("--library", required=True, metavar="SLUG", help="short name of our library")
    parser.add_argument("--partner", required=True, metavar="SLUG", help="short name of the partner")
    parser.add_argument("--name", default="", help="makes a partner that the directory does not know yet")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--address", default="", metavar="URL", help="where the partner takes messages")
    way.add_argument("--loopback", action="store_true", help="the partner works in this service, too")
    parser.add_argument("--edition", default=str(Edition.V1_2), choices=[str(each) for each in Edition])
    parser.add_argument("--own-symbol", default="", metavar="ISIL:XX", help="our symbol there")
    parser.add_argument("--partner-symbol", default="", metavar="ISIL:XX", help="their symbol")
    parser.add_argument("--username", default="", help="our user name there")
    parser.add_argument("--password-file", metavar="FILE", help="a file with our password there")
    parser.add_argument(
        "--quirk", action="append", default=[], choices=Quirk.values, help="as often as needed"
    )
    parser.add_argument(
        "--give-credentials", default="", metavar="USER", help="prints a password for the partner"
    )


def run(options: Mapping[str, Any], stdout: OutputWrapper, stderr: OutputWrapper) -> int:
    """0 when it is connected, with the partner's password if one was asked for; 1 with the reason, and no change."""
    try:
        password = _connect(options)
    except InvalidInput as refusal:
        for name, words in refusal.fields.items():
            stderr.write(f"{name}: {words}")
        return 1
    except (IllError, OSError, UnicodeDecodeError) as problem:
        stderr.write(str(problem))
        return 1
    if password:
        stdout.write(f"user: {options['give_credentials']}\npassword: {password}")
    return 0


def _connect(options: Mapping[str, Any]) -> str:
    """All of it or nothing. Returns the partner's new password, "" when none was asked for."""
    with transaction.atomic():
        library = Library.objects.filter(slug=options["library"], is_tenant=True).first()
        if library is None:
            raise NotFound(f"No library {options['library']} works here.")
        _know(library, options)
        known: dict[str, Any] = {
            "library_id": library.pk,
            "partner": options["partner"],
            "actor": Actor(ActorKind.IMPORT, library_id=library.pk, roles=frozenset({Role.ADMINISTRATOR})),
            "at": clock.now(),
        }
        connect(facts=_facts(options), asked_by_it=True, **known)
        username = options["give_credentials"]
        return give_partner_credentials(username=username, **known) if username else ""


def _know(library: Library, options: Mapping[str, Any]) -> None:
    """The partner and that we know it, made where they are missing."""
    partner = Library.objects.filter(slug=options["partner"]).first()
    if partner is None:
        if slugify(options["partner"]) != options["partner"]:
            raise InvalidInput({"partner": "A short name is small letters, digits and hyphens."})
        if not options["name"]:
            raise NotFound(f"There is no library {options['partner']}: give its --name to make it.")
        partner = Library.objects.create(slug=options["partner"], name=options["name"])
        _name_it(partner, options["partner_symbol"])
    if partner == library:
        raise InvalidInput({"partner": "A library is not its own partner."})
    Partnership.objects.get_or_create(library=library, partner=partner)


def _name_it(partner: Library, text: str) -> None:
    agency = read_agency(text)
    if agency is not None and agency.type.lower() in SymbolScheme.values:
        Symbol.objects.get_or_create(
            scheme=agency.type.lower(), value=agency.value, defaults={"library": partner}
        )


def _facts(options: Mapping[str, Any]) -> ConnectionFacts:
    secret = options["password_file"]
    return ConnectionFacts(
        transport=Transport.LOOPBACK if options["loopback"] else Transport.HTTP,
        address=options["address"],
        edition=options["edition"],
        own_agency=options["own_symbol"],
        partner_agency=options["partner_symbol"],
        username=options["username"],
        password=Path(secret).read_text(encoding="utf-8").strip() if secret else None,
        quirks=tuple(options["quirk"]),
    )
