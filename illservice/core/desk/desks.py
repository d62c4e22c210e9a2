"""The desks of the office. Each registers itself, so that the shell around their pages knows none of them by name."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from illservice.core.actors import Actor
from illservice.core.desk.links import Addresses

Stages = Callable[[HttpRequest, Any, Actor], list[dict[str, Any]]]
"""From the page, the library and who works there: the queues with their true counts (components/_stage_nav.html)."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the bar or of the account's menu, by the name of its page; `roles` empty means everybody."""

    label: Any
    name: str
    roles: frozenset[str] = frozenset()

    def is_for(self, actor: Actor) -> bool:
        """Whether this person is offered it."""
        return not self.roles or bool(actor.roles & self.roles)


@dataclass(frozen=True, slots=True)
class Desk:
    """One side of the office; `prefix` begins its addresses.

    `roles` see it offered: whoever works only at one desk is not shown the other one.
    """

    label: Any
    prefix: str
    links: Addresses
    roles: frozenset[str]
    position: int
    nav: tuple[Link, ...]
    account: tuple[Link, ...]
    stages: Stages


_loaders: dict[str, Callable[[], Desk]] = {}


def register_desk(letter: str, load: Callable[[], Desk]) -> None:
    """Make a desk known by the letter of its numbers; its app calls this when it is ready.

    The desk is loaded with the first page that asks: workers and commands need no pages.
    """
    _loaders[letter] = load


def all_desks() -> list[Desk]:
    """Every desk, in the order of the bar."""
    return sorted((load() for load in _loaders.values()), key=lambda desk: desk.position)


def desks_for(roles: Collection[str]) -> list[Desk]:
    """The desks at which somebody with these roles works."""
    return [desk for desk in all_desks() if desk.roles & set(roles)]


def desk_of_path(path: str) -> Desk | None:
    """The desk whose page this is, None on pages of both."""
    return next((desk for desk in all_desks() if path.startswith(desk.prefix)), None)


def desk_of_number(number: str) -> Desk | None:
    """The desk that a request belongs to."""
    load = _loaders.get(number[:1])
    return load() if load else None
