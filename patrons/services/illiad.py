"""Coming from ILLiad: its export of users, read by the one import of patrons.

Columns are known by name, with or without blanks. A status that the library has no category for becomes one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.utils.text import slugify

from illservice.citations.text import clean_text
from illservice.core.actors import IMPORT
from illservice.core.audit import audit
from illservice.core.errors import InvalidInput
from illservice.directory.models import Library
from illservice.directory.services.illiad.columns import plain_name
from illservice.directory.services.illiad.dates import is_empty_date, read_day
from illservice.directory.services.illiad.report import Progress, Report, Unusable, unheard
from patrons.models import PatronCategory
from patrons.services.importing import ImportReport, Reader, import_patrons
from patrons.services.records import Keys, PatronRecord, read_record

_USERNAME = "username"
_CARDS = ("barcode", "cardnumber", "ssn", _USERNAME)
_PHONES = ("phone", "mobilephone")
_SITES = ("nvtgc", "site", "pickuplocation")
_STREET = ("address", "address2")
_TOWN = ("city", "state", "zip")
_CONTACTS = {"email": "email", "phone": "phone", "mail": "letter", "sms": "email"}
_BLOCKED = {"b": "", "blk": "", "blocked": "", "dis": "disavowed", "disavowed": "disavowed"}
_CLEARED = frozenset({"yes", "y"})
_KNOWN = frozenset(
    {
        *_CARDS,
        *_PHONES,
        *_SITES,
        *_STREET,
        *_TOWN,
        "firstname",
        "lastname",
        "emailaddress",
        "status",
        "department",
    }
    | {"country", "expirationdate", "cleared", "notificationmethod"}
)


class Users(Reader):
    """The columns of ILLiad's users. What was cleared there is cleared here; who was blocked there stays blocked."""

    needs = _USERNAME
    known = _KNOWN

    def __init__(self, library: Library, *, at: datetime, dry_run: bool) -> None:
        self._library, self._at, self._dry_run = library, at, dry_run
        self._names: frozenset[str] = frozenset()

    def header(self, names: Sequence[str]) -> list[str]:
        """The columns by their plain names; those that nobody uses keep their own, so that they are named."""
        plain = [plain_name(name) for name in names]
        self._names = frozenset(plain) & _KNOWN
        return plain

    def record(self, line: int, row: Mapping[str, str], keys: Keys, warnings: Counter[str]) -> PatronRecord:
        """One user as a patron; BadRecord when it cannot be used."""
        self._category(row.get("status", ""), keys, warnings)
        record = read_record(line, self._as_patron(row, warnings), keys, warnings)
        if clean_text(row.get("cleared", "")).casefold() in _CLEARED:
            record.cleared_at = self._at
        return record

    def _as_patron(self, row: Mapping[str, str], warnings: Counter[str]) -> dict[str, str]:
        """The row in the columns of the patrons' file. A column that the export lacks is left out."""
        patron = {
            "barcode": _first(row, _CARDS),
            "username": clean_text(row.get(_USERNAME, "")),
            "name": " ".join(clean_text(row.get(name, "")) for name in ("firstname", "lastname")),
            "category": clean_text(row.get("status", "")),
            "home_branch": _first(row, _SITES),
            "contact": _CONTACTS.get(plain_name(row.get("notificationmethod", "")), ""),
        }
        plain = {
            "email": ("emailaddress",),
            "phone": _PHONES,
            "department": ("department",),
            "address": _STREET,
        }
        for column, names in plain.items():
            if self._names & set(names):
                patron[column] = _address(row) if column == "address" else _first(row, names)
        if "expirationdate" in self._names:
            self._expires(patron, row, warnings)
        if "cleared" in self._names:
            said = clean_text(row.get("cleared", "")).casefold()
            patron["blocked"] = "yes" if said in _BLOCKED else "no"
            patron["block_reason"] = _BLOCKED.get(said, "")
        return patron

    def _expires(self, patron: dict[str, str], row: Mapping[str, str], warnings: Counter[str]) -> None:
        said = row.get("expirationdate", "").strip()
        day = read_day(said)
        if day is None and said and not is_empty_date(said):
            warnings["date_unreadable"] += 1
        else:
            patron["expires"] = day.isoformat() if day else ""

    def _category(self, status: str, keys: Keys, warnings: Counter[str]) -> None:
        """Make the category for a status that the library has none for. Its limits are the administrator's affair."""
        name = clean_text(status)
        if not name or name.casefold() in keys.categories:
            return
        warnings["category_added"] += 1
        keys.categories[name.casefold()] = 0 if self._dry_run else self._add(name)

    def _add(self, name: str) -> int:
        mine = PatronCategory.objects.filter(library=self._library)
        known = mine.filter(name__iexact=name[:100]).values_list("pk", flat=True).first()
        if known is not None:
            return known
        stem = slugify(name)[:26].strip("-") or "category"
        taken = set(mine.filter(code__startswith=stem).values_list("code", flat=True))
        code = next(each for each in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if each not in taken)
        with transaction.atomic():
            category = PatronCategory.objects.create(library=self._library, code=code, name=name[:100])
            audit(category, action="create", actor=IMPORT, at=self._at, changed=["code", "name"])
        return category.pk


def _first(row: Mapping[str, str], names: Sequence[str]) -> str:
    return next((text for name in names if (text := clean_text(row.get(name, "")))), "")


def _address(row: Mapping[str, str]) -> str:
    """Street, town and country, a line each."""
    lines = [clean_text(row.get(name, "")) for name in _STREET]
    lines.append(" ".join(text for name in _TOWN if (text := clean_text(row.get(name, "")))))
    lines.append(clean_text(row.get("country", "")))
    return "\n".join(line for line in lines if line)


class UserImporter:
    """Takes exports of users into one library, and reports like the import of transactions."""

    def __init__(
        self, library: Library, *, at: datetime, dry_run: bool = False, progress: Progress = unheard
    ) -> None:
        self.report = Report(dry_run)
        self._library, self._at, self._progress = library, at, progress

    def read(self, name: str, stream: BinaryIO) -> None:
        """Take over one file. `name` is what the report calls it."""
        reader = Users(self._library, at=self._at, dry_run=self.report.dry_run)
        try:
            done = import_patrons(
                stream, library=self._library, at=self._at, dry_run=self.report.dry_run, reader=reader
            )
        except InvalidInput:
            self.report.read += 1
            self.report.reject(name, 1, Unusable("no_export", "There is no column “Username”."))
            return
        self._add(name, done)
        self._progress(self.report)

    def _add(self, name: str, done: ImportReport) -> None:
        report = self.report
        if done.warnings.pop("empty_file", 0):
            report.read += 1
            report.reject(name, 1, Unusable("empty_file", "There is no line with the names of the columns."))
        report.read += done.read
        report.imported += done.created
        report.updated += done.updated
        report.present += done.unchanged
        for each in done.rejected:
            report.reject(name, each["line"], Unusable(each["code"], each["reason"]))
        report.warnings += done.warnings
