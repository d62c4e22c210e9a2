"""Clocks: who looks after timers that are due. The sweeper calls each one in turn."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[datetime], int]
_clocks: dict[str, Clock] = {}


def register_clock(name: str, clock: Clock) -> None:
    """Name a clock; it gets the present moment and returns how many timers it worked off."""
    _clocks[name] = clock


def clocks() -> dict[str, Clock]:
    """All registered clocks by name, in a stable order."""
    return dict(sorted(_clocks.items()))
