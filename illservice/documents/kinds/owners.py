"""Whose a document is: asked of the side of the office that its request number belongs to.

A side registers in its apps.py for the letter that its numbers begin with:

    register_owner("B", Owner(patron_may_open=…, staff_may_see=…))
"""

from collections.abc import Callable
from dataclasses import dataclass

from illservice.core.actors import Actor


def _nobody(_subject: str, _library_id: int, _user_id: int) -> bool:
    return False


def _all_staff(_subject: str, _library_id: int, _actor: Actor) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Owner:
    """What a side says about a request of a library.

    `patron_may_open(subject, library_id, user_id)`: is this account the patron whom the request is for?
    `staff_may_see(subject, library_id, actor)`: may this member of that library's staff see the request?
    """

    patron_may_open: Callable[[str, int, int], bool] = _nobody
    staff_may_see: Callable[[str, int, Actor], bool] = _all_staff


_owners: dict[str, Owner] = {}


def register_owner(letter: str, owner: Owner) -> None:
    """Say who answers for the request numbers that begin with a letter."""
    _owners[letter] = owner


def owner_of(subject: str) -> Owner:
    """Who answers for a request number. Where nobody does, no patron may open and all staff of the library may see."""
    return _owners.get(subject[:1], Owner())
