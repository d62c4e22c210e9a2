"""Which rows of a file speak of one work, as far as the file itself proves it: a journal by ISSN, a book by ISBN.

Two valid ISSNs in one cell belong to one journal. Different valid ISSNs are never brought together because their titles
are alike; a title without a valid ISSN belongs to the one journal that bears it, and to none when several do. The same
holds for books.
"""

from collections.abc import Iterable

from illservice.citations.normalise import normalise_title


class Families:
    """The journals of a file by ISSN and title."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}
        self._by_title: dict[str, set[str]] = {}

    def learn(self, issns: Iterable[str], title: str) -> None:
        """One row: the valid ISSNs of its cell and the title as written."""
        known = list(issns)
        for issn in known:
            self._above.setdefault(issn, issn)
            self._above[self._root(issn)] = self._root(known[0])
        words = normalise_title(title)
        if known and words:
            self._by_title.setdefault(words, set()).add(known[0])

    def key(self, issns: Iterable[str], title: str) -> str:
        """The journal of a row, "" when nothing names it or its title is that of several."""
        first = next(iter(issns), "")
        if first:
            return f"issn:{self._root(first)}"
        words = normalise_title(title)
        found = {self._root(each) for each in self._by_title.get(words, ())}
        if len(found) == 1:
            return f"issn:{found.pop()}"
        return f"title:{words}" if words and not found else ""

    def bearers(self, title: str) -> int:
        """How many different journals bear a title in this file."""
        return len({self._root(each) for each in self._by_title.get(normalise_title(title), ())})

    def _root(self, issn: str) -> str:
        while self._above.setdefault(issn, issn) != issn:
            issn = self._above[issn]
        return issn
