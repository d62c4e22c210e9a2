"""Borrowing exports: what is closed becomes history without a person, what is open goes on here with its patron."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from illservice.directory.models import Library
from illservice.directory.services.illiad.partners import Partners
from illservice.directory.services.illiad.places import Statuses
from illservice.directory.services.illiad.report import Progress, Unusable, unheard
from illservice.directory.services.illiad.run import TransactionImporter
from patrons.models import Patron
from requests_app.services.illiad.places import BORROWING, NEEDS_PATRON
from requests_app.services.illiad.record import Record, understand
from requests_app.services.illiad.writing import present_keys, write


@dataclass(slots=True)
class Borrowing:
    """The borrowing side of one import."""

    library: Library
    at: datetime
    statuses: Statuses = BORROWING
    _partners: Partners = field(init=False)
    _zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        self._partners = Partners(self.library)
        self._zone = ZoneInfo(self.library.timezone)

    def understand(self, raw: dict[str, str], values: Mapping[str, str]) -> Record:
        """The line as a record; Unusable when it cannot be taken over."""
        return understand(
            raw, values, zone=self._zone, currency=self.library.currency, statuses=self.statuses
        )

    def present(self, keys: Sequence[str]) -> set[str]:
        """Which of these keys the library has already."""
        return present_keys(self.library, keys)

    def refusals(self, records: Sequence[Record]) -> dict[str, Unusable]:
        """Who waits for an item must be known before it: otherwise nobody could be reminded, ever."""
        waiting = [record for record in records if record.state in NEEDS_PATRON]
        patrons = self._patrons(waiting)
        return {
            record.key: Unusable(
                "patron_unknown", "The library has no patron with this username; read users first."
            )
            if record.username
            else Unusable("patron_missing", "It is open, and no column says for whom.")
            for record in waiting
            if record.username.casefold() not in patrons
        }

    def write(self, records: Sequence[Record]) -> None:
        """Write these records, all or none."""
        patrons = self._patrons([record for record in records if record.is_open])
        write(self.library, records, self._partners, patrons, at=self.at)

    def _patrons(self, records: Sequence[Record]) -> dict[str, Patron]:
        """The library's patrons with these usernames, else with these card numbers, in one statement."""
        names = {record.username for record in records if record.username}
        if not names:
            return {}
        names |= {name.casefold() for name in names}
        found = Patron.objects.filter(
            Q(user__username__in=names) | Q(barcode__in=names), library=self.library
        ).select_related("user", "category")
        people = list(found)
        by_card = {each.barcode.casefold(): each for each in people}
        return by_card | {each.user.username.casefold(): each for each in people if each.user is not None}


class Importer(TransactionImporter[Record]):
    """Takes borrowing exports into one library."""

    def __init__(
        self,
        library: Library,
        *,
        at: datetime,
        dry_run: bool = False,
        progress: Progress = unheard,
        statuses: Statuses = BORROWING,
    ) -> None:
        super().__init__(Borrowing(library, at, statuses), dry_run=dry_run, progress=progress)
