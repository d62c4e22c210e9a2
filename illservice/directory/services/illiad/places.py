"""Statuses of ILLiad and the places here that they mean. Each side has its own table of both.

A status is compared without case, blanks and punctuation. What a site made up itself is said with `--map`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from illservice.core.errors import InvalidInput
from illservice.directory.services.illiad.columns import plain_name


@dataclass(frozen=True, slots=True)
class Place:
    """Where a transaction goes: a state of our table, and what stands beside it. `outcome` only where it has one."""

    state: str
    outcome: str = ""
    hold: str = ""
    question: str = ""
    mark: str = ""


class Statuses:
    """What each status means: a place by its word. Later tables go before earlier ones."""

    def __init__(self, places: Mapping[str, Place], *tables: Mapping[str, str]) -> None:
        self._places = dict(places)
        self._words = {plain_name(status): word for table in tables for status, word in table.items()}

    def place(self, status: str) -> Place | None:
        """The place of a status, None when nobody said what it means."""
        word = self._words.get(plain_name(status))
        return None if word is None else self._places[word]

    def mapped(self, said: Iterable[str]) -> "Statuses":
        """The same with what an administrator said, each `STATUS=PLACE`; InvalidInput when one cannot be."""
        own: dict[str, str] = {}
        for each in said:
            status, equals, word = (part.strip() for part in each.rpartition("="))
            if not (equals and plain_name(status)):
                raise InvalidInput({"map": f"{each}: write it like “Awaiting Pickup=on_shelf”."})
            if word not in self._places:
                known = ", ".join(sorted(self._places))
                raise InvalidInput({"map": f"{word} is no place. There are: {known}."})
            if own.setdefault(plain_name(status), word) != word:
                raise InvalidInput({"map": f"{status} was given two places."})
        return Statuses(self._places, self._words, own)
