"""Lending exports: what is closed becomes history, what is open goes on here with its borrower."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from illservice.directory.models import Branch, Library, ReasonPurpose
from illservice.directory.services.illiad.partners import Partners
from illservice.directory.services.illiad.places import Statuses
from illservice.directory.services.illiad.report import Progress, Unusable, unheard
from illservice.directory.services.illiad.run import TransactionImporter
from lending.services.illiad.places import LENDING
from lending.services.illiad.record import Record, understand
from lending.services.illiad.writing import present_keys, write


@dataclass(slots=True)
class Lending:
    """The lending side of one import."""

    library: Library
    at: datetime
    statuses: Statuses = LENDING
    _partners: Partners = field(init=False)
    _branches: dict[str, int] = field(init=False)
    _zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        self._partners = Partners(self.library, ReasonPurpose.NOT_SUPPLIED)
        self._zone = ZoneInfo(self.library.timezone)
        branches = Branch.objects.filter(library=self.library).values_list("name", "code", "pk")
        self._branches = {word.casefold(): key for name, code, key in branches for word in (name, code)}

    def understand(self, raw: dict[str, str], values: Mapping[str, str]) -> Record:
        """The line as a record; Unusable when it cannot be taken over."""
        return understand(
            raw, values, zone=self._zone, currency=self.library.currency, statuses=self.statuses
        )

    def present(self, keys: Sequence[str]) -> set[str]:
        """Which of these keys the library has already."""
        return present_keys(self.library, keys)

    def refusals(self, records: Sequence[Record]) -> dict[str, Unusable]:
        """None: a borrower that nobody knows is added."""
        return {}

    def write(self, records: Sequence[Record]) -> None:
        """Write these records, all or none."""
        write(self.library, records, self._partners, self._branches, at=self.at)


class Importer(TransactionImporter[Record]):
    """Takes lending exports into one library."""

    def __init__(
        self,
        library: Library,
        *,
        at: datetime,
        dry_run: bool = False,
        progress: Progress = unheard,
        statuses: Statuses = LENDING,
    ) -> None:
        super().__init__(Lending(library, at, statuses), dry_run=dry_run, progress=progress)
