"""What came of an import, the same for every kind of export."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class Unusable(Exception):
    """A line that cannot be taken over, with the code and the words that the report shows."""

    def __init__(self, code: str, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(code)


class Unmapped(Unusable):
    """A transaction in a status that nobody said the meaning of."""

    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(
            "unmapped_status", f"“{status}” is no status that is understood; say with --map what it is."
        )


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that was not taken over. `line` is the physical line where it starts."""

    file: str
    line: int
    code: str
    reason: str


@dataclass(slots=True)
class Report:
    """What came of an import: read = imported + updated + present + len(rejected)."""

    dry_run: bool
    read: int = 0
    imported: int = 0
    updated: int = 0
    present: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    unmapped_statuses: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """The contract of the command's last line."""
        return {
            "dry_run": self.dry_run,
            "read": self.read,
            "imported": self.imported,
            "updated": self.updated,
            "present": self.present,
            "rejected": [
                {"file": each.file, "line": each.line, "code": each.code, "reason": each.reason}
                for each in self.rejected
            ],
            "unmapped_statuses": dict(sorted(self.unmapped_statuses.items())),
            "warnings": dict(sorted(self.warnings.items())),
        }

    def reject(self, file: str, line: int, unusable: Unusable) -> None:
        """Note a line that was not used, and its status when that was why."""
        if isinstance(unusable, Unmapped):
            self.unmapped_statuses[unusable.status] += 1
        self.rejected.append(Rejected(file, line, unusable.code, unusable.reason))


Progress = Callable[[Report], None]


def unheard(_report: Report) -> None:
    """For those who want no word on the way."""
