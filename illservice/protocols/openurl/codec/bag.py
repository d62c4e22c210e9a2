"""The pairs of one OpenURL while they are being understood: who takes a value marks it, what is left is unknown."""

import re
from collections.abc import Iterable, Iterator

from illservice.protocols.openurl.codec.pairs import Pair, plain_text
from illservice.protocols.text import clean_text


class Bag:
    """Pairs by name. `rft.x` comes before the bare `x` of version 0.1; `rfe.x` is never asked for."""

    def __init__(self, pairs: Iterable[Pair], warnings: list[str]) -> None:
        self.pairs = [pair for pair in pairs if clean_text(pair.value)]
        self.warnings = warnings
        self._by_name: dict[str, list[Pair]] = {}
        for pair in self.pairs:
            self._by_name.setdefault(pair.name, []).append(pair)

    def warn(self, code: str) -> None:
        if code not in self.warnings:
            self.warnings.append(code)

    def open(self, *names: str) -> Iterator[Pair]:
        """The pairs nobody took yet under these names, name by name, `rft.` first."""
        for name in names:
            for full in (f"rft.{name}", name):
                yield from (pair for pair in self._by_name.get(full, ()) if not pair.used)

    def text(self, pair: Pair) -> str:
        return plain_text(pair.value, self.warnings)

    def peek(self, *names: str) -> str:
        """The first value with a letter or digit in it, not taken."""
        return next((text for text in map(self._quietly, self.open(*names)) if _says_something(text)), "")

    def take(self, *names: str) -> str:
        """The first value with a letter or digit in it; the same value under any of the names goes with it."""
        for pair in self.open(*names):
            text = self.text(pair)
            if _says_something(text):
                self.mark_same(text, *names)
                return text
        return ""

    def take_all(self, *names: str) -> list[str]:
        """Every different value that says something, of the first of the names that has one."""
        for full in (full for name in names for full in (f"rft.{name}", name)):
            values: dict[str, str] = {}
            for pair in self._by_name.get(full, ()):
                text = self.text(pair)
                if not pair.used and _says_something(text):
                    pair.used = True
                    values.setdefault(text.casefold(), text)
            if values:
                return list(values.values())
        return []

    def mark_same(self, text: str, *names: str) -> None:
        for pair in self.open(*names):
            if self._quietly(pair).casefold() == text.casefold():
                pair.used = True

    def absorb(self, text: str, *names: str) -> None:
        """Marks what only repeats words of a text already taken: the given name inside the full name."""
        words = set(_words(text))
        for pair in self.open(*names):
            repeated = set(_words(self._quietly(pair)))
            if repeated and repeated <= words:
                pair.used = True

    def leftovers(self) -> dict[str, str]:
        """What nobody took, by the key it came with; different values of one key joined with "; "."""
        left: dict[str, dict[str, None]] = {}
        for pair in self.pairs:
            if not pair.used and (value := clean_text(pair.value)):
                left.setdefault(pair.key, {})[value] = None
        return {key: "; ".join(values) for key, values in left.items()}

    def _quietly(self, pair: Pair) -> str:
        return plain_text(pair.value, [])


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)
