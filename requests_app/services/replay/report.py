"""What came of a replay, and how it is told."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

OVER = frozenset({"D9", "D12"})
"""Rules that say the limit is reached."""


@dataclass(frozen=True, slots=True)
class OverLimit:
    """A request that stood over the limit. `count` copies counted before it."""

    file: str
    line: int
    journal: str
    issn: str
    year: int
    count: int
    fee_recorded: bool


@dataclass(frozen=True, slots=True)
class Open:
    """A row that the rules do not decide; `rule` is None where not even the day of the request is known."""

    file: str
    line: int
    rule: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A row with another statement than ours."""

    file: str
    line: int
    ours: str
    theirs: str
    why: str


@dataclass(slots=True)
class Replay:
    """The whole answer. rows = decided by any rule + those of `undecidable` without a rule."""

    mode: str
    limit: int
    rows: int
    decided: Counter[str] = field(default_factory=Counter)
    over_limit: list[OverLimit] = field(default_factory=list)
    undecidable: list[Open] = field(default_factory=list)
    compared: int = 0
    agreed: int = 0
    table: dict[str, Counter[str]] = field(default_factory=dict)
    disagreements: list[Disagreement] = field(default_factory=list)

    def compare(self, ours: str, theirs: str, agreed: bool) -> None:
        """Count one pair of statements."""
        self.compared += 1
        self.agreed += agreed
        self.table.setdefault(ours, Counter())[theirs] += 1

    @property
    def rate(self) -> float | None:
        """The share of rows on which we agree, None when none can be compared."""
        return round(self.agreed / self.compared, 6) if self.compared else None

    def as_json(self) -> dict[str, Any]:
        """The contract of the command."""
        return {
            "rows": self.rows,
            "mode": str(self.mode),
            "limit": self.limit,
            "decided": {rule: self.decided[rule] for rule in sorted(self.decided, key=_number)},
            "over_limit": [asdict(each) for each in self.over_limit],
            "undecidable": [asdict(each) for each in self.undecidable],
            "agreement": {
                "compared": self.compared,
                "agree": self.agreed,
                "rate": self.rate,
                "table": {ours: dict(sorted(theirs.items())) for ours, theirs in sorted(self.table.items())},
                "disagreements": [asdict(each) for each in self.disagreements],
            },
        }


def _number(rule: str) -> int:
    return int(rule[1:])


def in_file(each: Open | Disagreement) -> tuple[str, int]:
    """Sorts by file and line."""
    return each.file, each.line
