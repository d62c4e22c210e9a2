"""What the daily mail to staff counts. Each part of the service registers its section; nobody here knows a noun."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """So many of something wait, `late` of them longer than they should."""

    label: Any
    count: int
    late: int = 0


Lines = Callable[[Any, int | None, datetime], list[Line]]
"""From the library, one of its branches (None: all of it) and the moment: lines, those with nothing left out."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the mail; `for_branches`: a branch gets it too, about itself."""

    title: Any
    lines: Lines
    position: int
    for_branches: bool = False


_sections: dict[str, Section] = {}


def register_section(name: str, section: Section) -> None:
    """Make a section known; its app calls this when it is ready."""
    _sections[name] = section


def digest_of(library: Any, branch_id: int | None, at: datetime) -> list[tuple[Any, list[Line]]]:
    """Titles with their lines, in order, without those that have nothing to say."""
    known = sorted(_sections.values(), key=lambda section: section.position)
    asked = (each for each in known if branch_id is None or each.for_branches)
    found = ((each.title, each.lines(library, branch_id, at)) for each in asked)
    return [(title, lines) for title, lines in found if lines]
