"""A patron's browser without a browser, for the tests of the patron's pages."""

import re
from typing import Any

from django.test import Client

from illservice.citations.kinds import Material, required_fields
from patrons.models import Patron

NEEDED: dict[str, dict[str, str]] = {
    material: {name: f"Bees and their {name}" for name in required_fields(material)}
    for material in Material.values
}
"""The least that the form of each material wants."""


def signed_in(patron: Patron) -> Client:
    """A browser in which the patron has signed in."""
    assert patron.user is not None
    client = Client()
    client.force_login(patron.user)
    return client


def answers(material: str = "book", **values: str) -> dict[str, str]:
    """A form filled with what is needed, to be picked up at the main desk."""
    wishes = {"wanted": "loan", "delivery": "branch", "branch": "main"}
    if material in {"article", "chapter", "conference_paper", "patent"}:
        wishes = {"wanted": "copy", "delivery": "electronic", "branch": "main"}
    return NEEDED[material] | wishes | values


def to_check(client: Client, material: str = "book", **values: str) -> str:
    """Fill in the form; the address of the check page."""
    response = client.post(f"/ask/{material}/", answers(material, **values))
    assert response.status_code == 302, errors_of(response)
    return str(response.headers["Location"])


def send(client: Client, check_url: str, **values: str) -> Any:
    """Send what the check page shows, with everything ticked that the law wants ticked."""
    shown = text_of(client.get(check_url))
    seen = re.search(r'name="seen" value="(\d+)"', shown)
    assert seen is not None
    return client.post(check_url, {"seen": seen[1]} | accepted(shown) | values)


def accepted(shown: str) -> dict[str, str]:
    """The declaration on a page, accepted: its version, and every box of it ticked."""
    ticks = re.findall(r'<input type="checkbox" name="((?:declare_|accepts_)\w+)"', shown)
    version = re.search(r'name="copyright_version" value="([^"]+)"', shown)
    return dict.fromkeys(ticks, "on") | ({"copyright_version": version[1]} if version else {})


def text_of(response: Any) -> str:
    """The page as text."""
    return str(response.content.decode())


def errors_of(response: Any) -> dict[str, list[str]]:
    """The errors of the page's form by field."""
    form = response.context["form"]
    return {name: [str(each) for each in found] for name, found in form.errors.items()}
