"""Fills an empty installation for the walk of two: one that borrows, or one with two libraries that lend.

    python -m tests.browser.instance_setup borrower|lender ADDRESS_OF_THE_OTHER      (in the environment of the service)

Prints, as JSON, the password that the other installation signs in with here; a second call with `--passwords` notes
what the other one printed.
"""

import argparse
import json
import sys

import django

django.setup()

from illservice.core import clock  # noqa: E402
from illservice.core.actors import Actor, ActorKind  # noqa: E402
from illservice.directory.models import Library, Partnership, PartnerSystem, Symbol  # noqa: E402
from illservice.exchange.models import Connection  # noqa: E402
from illservice.exchange.services.credentials import give_credentials, hide  # noqa: E402
from illservice.management.shared_reasons import ensure_shared_reasons  # noqa: E402
from tests.world import make_house  # noqa: E402

OURS = {"borrower": ("north",), "lender": ("south", "east")}
SETUP = Actor(ActorKind.STAFF)


def fill(role: str, other: str) -> dict[str, str]:
    """Libraries, people, partners, connections; returns the passwords for the partners by their name."""
    ensure_shared_reasons()
    theirs = OURS["lender" if role == "borrower" else "borrower"]
    partners = [_outside(slug) for slug in theirs]
    passwords = {}
    for slug in OURS[role]:
        house = make_house(slug, f"{slug.title()}field Library")
        for partner in partners:
            partnership = Partnership.objects.create(
                library=house.library, partner=partner, system=PartnerSystem.ISO18626
            )
            connection = Connection.objects.create(
                partnership=partnership, address=f"{other}iso18626", username=f"{slug}-at-{partner.slug}"
            )
            user = f"{partner.slug}-at-{slug}"
            passwords[user] = give_credentials(
                connection_id=connection.pk, username=user, actor=SETUP, at=clock.now()
            )
    return passwords


def _outside(slug: str) -> Library:
    library = Library.objects.create(name=f"{slug.title()}field Library", slug=slug)
    Symbol.objects.create(library=library, value=slug.upper())
    return library


def note(passwords: dict[str, str]) -> None:
    """Keep what the partners gave us, encrypted."""
    for user, password in passwords.items():
        Connection.objects.filter(username=user).update(password=hide(password))


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("role", choices=sorted(OURS))
    words.add_argument("other")
    words.add_argument("--passwords")
    asked = words.parse_args()
    if asked.passwords:
        note(json.loads(asked.passwords))
    else:
        json.dump(fill(asked.role, asked.other), sys.stdout)


if __name__ == "__main__":
    main()
