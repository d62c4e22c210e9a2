"""A borrowing library's browser without a browser, for the tests of its pages."""

import re
from typing import Any

from django.test import Client

from illservice.accounts.models import User
from illservice.directory.models import Library
from lending.models import BorrowerAccount
from lending.selectors.borrowers import Dealing, dealings_of
from tests.requests_app.patron_walks import NEEDED
from tests.world import World

AT = "/from/north/"


def person(
    world: World, name: str = "eastlake-ill", borrower: Library | None = None, lender: Library | None = None
) -> User:
    """Somebody of Eastlake (or `borrower`) with an account of Northfield (or `lender`)."""
    user = User.objects.create_user(name, email=f"{name}@eastlake.example", password="correct horse")
    BorrowerAccount.objects.create(
        user=user, library=borrower or world.eastlake, lender=lender or world.north.library
    )
    return user


def signed_in(user: User) -> Client:
    """A browser in which the person has signed in."""
    client = Client()
    client.force_login(user)
    return client


def dealing(user: User) -> Dealing:
    """The only dealing of the person."""
    return dealings_of(user)[0]


def answers(material: str = "book", **values: str) -> dict[str, str]:
    """A form filled with what is needed: a loan by post, or a copy by link."""
    wishes = {"wanted": "loan", "delivery": "link", "ship_to": "Eastlake University\n1 Lake Road"}
    if material in {"article", "chapter", "conference_paper", "patent"}:
        wishes |= {"wanted": "copy", "copyright_statement": "US-CCG"}
    return NEEDED[material] | wishes | values


def to_check(client: Client, material: str = "book", **values: str) -> str:
    """Fill in the form; the address of the check page."""
    response = client.post(f"{AT}ask/{material}/", answers(material, **values))
    assert response.status_code == 302, errors_of(response)
    return str(response.headers["Location"])


def send(client: Client, check_url: str) -> Any:
    """Send what the check page shows."""
    seen = re.search(r'name="seen" value="(\d+)"', text_of(client.get(check_url)))
    assert seen is not None
    return client.post(check_url, {"seen": seen[1]})


def text_of(response: Any) -> str:
    """The page as text."""
    return str(response.content.decode())


def errors_of(response: Any) -> dict[str, list[str]]:
    """The errors of the page's form by field."""
    form = response.context["form"]
    return {name: [str(each) for each in found] for name, found in form.errors.items()}
