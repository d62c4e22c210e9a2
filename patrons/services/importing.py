"""The institution's file of patrons: matched by card number, never deleting, safe to run again."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from django.db import DatabaseError, transaction

from illservice.accounts.models import User
from illservice.core.actors import IMPORT
from illservice.core.audit import entry
from illservice.core.csvfile import CsvFile, CsvReject
from illservice.core.errors import InvalidInput
from illservice.core.models import AuditEntry
from illservice.directory.models import Branch, Library
from patrons.models import ContactChannel, Patron, PatronCategory
from patrons.services.records import COLUMNS, BadRecord, Keys, PatronRecord, read_record

BATCH = 200
"""Records of one transaction: short enough that nobody at the desk waits for the file."""

Progress = Callable[[int], None]


class Reader:
    """How a file names and writes what is known of a patron: here as COLUMNS say. Another system has its own.

    `header` gives each column's name among COLUMNS, or its own when it is none; `record` understands one row.
    """

    needs = "barcode"
    known: Collection[str] = COLUMNS

    def header(self, names: Sequence[str]) -> list[str]:
        """The columns by the names of COLUMNS."""
        return [name.casefold().replace(" ", "_") for name in names]

    def record(self, line: int, row: Mapping[str, str], keys: Keys, warnings: Counter[str]) -> PatronRecord:
        """One line understood; BadRecord when it cannot be used."""
        return read_record(line, row, keys, warnings)


AS_WRITTEN = Reader()


@dataclass
class ImportReport:
    """What became of a file: `read` = created + updated + unchanged + rejected."""

    dry_run: bool
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    unknown_columns: list[str] = field(default_factory=list)

    def reject(self, line: int, code: str, reason: str) -> None:
        """Note a line that was not used."""
        self.rejected.append({"line": line, "code": code, "reason": reason})

    def as_dict(self) -> dict[str, Any]:
        """For the last line of the command's output."""
        return {
            "dry_run": self.dry_run,
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "warnings": dict(sorted(self.warnings.items())),
        }


def import_patrons(
    stream: BinaryIO,
    *,
    library: Library,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
    reader: Reader = AS_WRITTEN,
) -> ImportReport:
    """Read a CSV file with the columns COLUMNS (others are ignored with a warning), or those of the reader's system.

    New patrons wait for the desk to clear them. InvalidInput when the file has a header without barcode.
    """
    table = CsvFile(stream)
    header = reader.header(table.header)
    report = ImportReport(dry_run)
    if reader.needs not in header and not table.warnings["empty_file"]:
        raise InvalidInput(
            {"file": f"The first line of the file must name its columns, and {reader.needs} among them."}
        )
    report.unknown_columns = [name for name in header if name and name not in reader.known]
    report.warnings["unknown_column"] += len(report.unknown_columns)
    batch: list[PatronRecord] = []
    for record in _records(table, header, reader, _keys_of(library), report):
        batch.append(record)
        if len(batch) == BATCH:
            _write(batch, library, report, at)
            batch = []
            if progress is not None:
                progress(report.read)
    _write(batch, library, report, at)
    report.warnings = +(report.warnings + table.warnings)
    report.rejected.sort(key=lambda each: each["line"])
    return report


def _keys_of(library: Library) -> Keys:
    categories = PatronCategory.objects.filter(library=library).values_list("code", "pk")
    branches = Branch.objects.filter(library=library).values_list("name", "code", "pk")
    by_name = {name.casefold(): key for name, _code, key in branches}
    return Keys(
        {code.casefold(): key for code, key in categories},
        by_name | {code.casefold(): key for _name, code, key in branches},
    )


def _records(
    table: CsvFile, header: list[str], reader: Reader, keys: Keys, report: ImportReport
) -> Iterator[PatronRecord]:
    """The usable records in order; the others go into the report."""
    names = dict(zip(table.header, header, strict=True))
    seen: dict[str, int] = {}
    for row in table:
        report.read += 1
        if isinstance(row, CsvReject):
            report.reject(row.line, row.code, row.reason)
            continue
        values = {names[column]: value for column, value in row.values.items()}
        try:
            record = reader.record(row.line, values, keys, report.warnings)
        except BadRecord as bad:
            report.reject(row.line, bad.code, bad.reason)
            continue
        first = seen.setdefault(record.barcode, row.line)
        if first != row.line:
            report.reject(row.line, "duplicate", f"The same barcode stands in line {first}.")
        else:
            yield record


@dataclass(slots=True)
class _Plan:
    """What is to be done for one record. `user` is the account to connect, with or without a key yet."""

    patron: Patron
    changed: dict[str, Any]
    user: User | None

    @property
    def outcome(self) -> str:
        if self.patron._state.adding:
            return "created"
        return "updated" if self.changed else "unchanged"


@dataclass(slots=True)
class _Done:
    """What became of some records."""

    outcomes: Counter[str]
    rejected: list[tuple[int, BadRecord]]


def _write(batch: list[PatronRecord], library: Library, report: ImportReport, at: datetime) -> None:
    """Write a batch in one transaction; when the database refuses it, each record in its own."""
    try:
        done = [_attempt(batch, library, report.dry_run, at)]
    except DatabaseError:
        done = [_alone(record, library, at) for record in batch]
    for part in done:
        report.created += part.outcomes["created"]
        report.updated += part.outcomes["updated"]
        report.unchanged += part.outcomes["unchanged"]
        for line, bad in part.rejected:
            report.reject(line, bad.code, bad.reason)


def _alone(record: PatronRecord, library: Library, at: datetime) -> _Done:
    try:
        return _attempt([record], library, False, at)
    except DatabaseError:
        return _Done(Counter(), [(record.line, BadRecord("not_saved", "The database refused the record."))])


def _attempt(batch: list[PatronRecord], library: Library, dry_run: bool, at: datetime) -> _Done:
    if dry_run:
        plans, rejected = _plans(batch, library)
        return _Done(Counter(plan.outcome for plan in plans), rejected)
    with transaction.atomic():
        plans, rejected = _plans(batch, library)
        outcomes = Counter(plan.outcome for plan in plans)
        AuditEntry.objects.bulk_create([_apply(plan, at) for plan in plans if plan.outcome != "unchanged"])
    return _Done(outcomes, rejected)


def _plans(batch: list[PatronRecord], library: Library) -> tuple[list[_Plan], list[tuple[int, BadRecord]]]:
    """Compare the records with what is there, in three statements for the whole batch."""
    barcodes = [record.barcode for record in batch]
    known = Patron.objects.filter(library=library, barcode__in=barcodes).select_related("user")
    patrons = {each.barcode: each for each in known}
    names = [record.username for record in batch if record.username]
    users = {each.username: each for each in User.objects.filter(username__in=names)}
    holders = Patron.objects.filter(library=library, user__in=users.values())
    taken = dict(holders.values_list("user__username", "barcode"))
    plans, rejected = [], []
    for record in batch:
        try:
            patron = patrons.get(record.barcode) or _new_patron(record, library)
            plans.append(_plan(record, patron, users, taken))
        except BadRecord as bad:
            rejected.append((record.line, bad))
    return plans, rejected


def _new_patron(record: PatronRecord, library: Library) -> Patron:
    for column, name in (("name", "name"), ("category", "category_id")):
        if name not in record.values:
            raise BadRecord(f"no_{column}", f"A new patron needs the column {column}.")
    return Patron(
        library=library,
        barcode=record.barcode,
        contact=ContactChannel.EMAIL,
        cleared_at=record.cleared_at,
    )


def _plan(record: PatronRecord, patron: Patron, users: dict[str, User], taken: dict[str, str]) -> _Plan:
    changed = {name: value for name, value in record.values.items() if getattr(patron, name) != value}
    user = None
    if record.username:
        if taken.setdefault(record.username, record.barcode) != record.barcode:
            raise BadRecord("username_taken", "Another patron of the library has this username.")
        user = users.get(record.username) or User(username=record.username)
        if user._state.adding or user.pk != patron.user_id:
            changed["user"] = user
    return _Plan(patron, changed, user)


def _apply(plan: _Plan, at: datetime) -> AuditEntry:
    """Write one plan. A new account has no password: the gateway signs it in, or a reset mail gives it one."""
    patron, user, is_new = plan.patron, plan.user, plan.patron._state.adding
    old_email = patron.email
    for name, value in plan.changed.items():
        setattr(patron, name, value)
    if user is not None and user._state.adding:
        user.email, user.display_name, user.language = patron.email, patron.name[:150], patron.language
        user.set_unusable_password()
        user.save(force_insert=True)
        patron.user = user
    elif patron.user is not None and old_email and patron.user.email == old_email != patron.email:
        patron.user.email = patron.email  # or the mail for a new password would go to the old address
        patron.user.save(update_fields=["email"])
    names = [name.removesuffix("_id") for name in plan.changed]
    if is_new:
        patron.save(force_insert=True)
    else:
        patron.save(update_fields=names)
    return entry(patron, action="create" if is_new else "change", actor=IMPORT, at=at, changed=names)
