"""A file of titles and subscriptions: matched by ISSN, never deleting, safe to read again.

Journals are shared by all libraries here, subscriptions are the library's own. A file never brings two journals that
are known already together: that is for staff.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, BinaryIO

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from illservice.citations.models import Journal, JournalIssn, Subscription
from illservice.citations.services.changed import holdings_changed
from illservice.citations.services.titles_file import BadTitle, NoTitle, TitleRecord, header_of, read_title
from illservice.citations.services.titles_shelf import Plan, Shelf
from illservice.core.actors import Actor
from illservice.core.audit import entry
from illservice.core.csvfile import CsvFile, CsvReject
from illservice.core.errors import InvalidInput
from illservice.core.models import AuditEntry

BATCH = 200
"""Records of one transaction: short enough that nobody at a desk waits for the file."""

Progress = Callable[[int], None]
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass
class TitlesReport:
    """What became of a file: read = created + updated + unchanged + passed_over + rejected.

    Created, updated and unchanged speak of the lines, `journals` of the journals that are new here; `touched` are the
    keys of those about which something was written.
    """

    dry_run: bool
    read: int = 0
    journals: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    passed_over: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    unknown_columns: list[str] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)

    def reject(self, line: int, bad: BadTitle) -> None:
        """Note a line that was not used."""
        self.rejected.append({"line": line, "code": bad.code, "reason": bad.reason})

    def as_dict(self) -> dict[str, Any]:
        """For the last line of the command's output."""
        numbers = ("dry_run", "read", "journals", "created", "updated", "unchanged", "passed_over")
        return {
            **{name: getattr(self, name) for name in numbers},
            "rejected": self.rejected,
            "warnings": dict(sorted(self.warnings.items())),
        }


def import_titles(
    stream: BinaryIO,
    *,
    library_id: int,
    actor: Actor,
    at: datetime,
    source: str = "",
    usual: Mapping[str, str] = _NOTHING,
    kbart: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> TitlesReport:
    """Read a file in KBART, or with the columns COLUMNS; others are passed over with a warning.

    `source` names the package: ranges of other packages stay as they are. `usual` is what holds for every line, by the
    names of COLUMNS, unless the line says otherwise; KBART has none for licences and aggregators. What neither says
    of a subscription that is known already stays as it is. InvalidInput (field `file`) when the header has no column
    for titles, or is not KBART although `kbart` says so; (`licence`) when the library has none of this name.
    """
    table = CsvFile(stream)
    header, is_kbart, unknown = header_of(table.header)
    if not is_kbart and (kbart or not {"title", "issn", "eissn"} & set(header)):
        raise InvalidInput({"file": _needs(kbart)})
    report = TitlesReport(dry_run, unknown_columns=unknown)
    report.warnings["unknown_column"] += len(unknown)
    shelf = Shelf(library_id, source[:100])
    usual = {column: value for column, value in usual.items() if value}
    if "licence" in usual:
        _refuse_unknown(shelf, usual["licence"])
    batch: list[TitleRecord] = []
    for record in _records(table, dict(zip(table.header, header, strict=True)), usual, report):
        batch.append(record)
        if len(batch) == BATCH:
            _write(batch, shelf, report, actor, at)
            batch = []
            if progress is not None:
                progress(report.read)
    _write(batch, shelf, report, actor, at)
    holdings_changed(journal_ids=report.touched, library_id=library_id, actor=actor, at=at)
    report.warnings = +(report.warnings + table.warnings)
    report.rejected.sort(key=lambda each: int(each["line"]))
    return report


def _needs(kbart: bool) -> str:
    if kbart:
        return _("This is no KBART file: its first line must name the column publication_title.")
    return _("The first line of the file must name its columns, and title or issn among them.")


def _refuse_unknown(shelf: Shelf, licence: str) -> None:
    try:
        shelf.licence(licence)
    except BadTitle as bad:
        raise InvalidInput({"licence": _("No licence of your library has this name.")}) from bad


def _records(
    table: CsvFile, names: Mapping[str, str], usual: Mapping[str, str], report: TitlesReport
) -> Iterator[TitleRecord]:
    """The usable records in order; the others go into the report."""
    for row in table:
        report.read += 1
        if isinstance(row, CsvReject):
            report.reject(row.line, BadTitle(row.code, row.reason))
            continue
        values = {names[column]: value for column, value in row.values.items()}
        values |= {column: value for column, value in usual.items() if not values.get(column, "").strip()}
        try:
            yield read_title(row.line, values, report.warnings)
        except BadTitle as bad:
            report.reject(row.line, bad)
        except NoTitle as other:
            report.passed_over += 1
            report.warnings[other.code] += 1


def _write(batch: list[TitleRecord], shelf: Shelf, report: TitlesReport, actor: Actor, at: datetime) -> None:
    """Write a batch in one transaction; when the database refuses it, each record in its own."""
    try:
        _attempt(batch, shelf, report, actor, at)
        return
    except DatabaseError:
        shelf.forget()
    for record in batch:
        try:
            _attempt([record], shelf, report, actor, at)
        except DatabaseError:
            shelf.forget()
            report.reject(record.line, BadTitle("not_saved", "The database refused the record."))


def _attempt(
    batch: list[TitleRecord], shelf: Shelf, report: TitlesReport, actor: Actor, at: datetime
) -> None:
    """Plan and write; the report changes only when all of it was written. A dry run plans."""
    if report.dry_run:
        plans, rejected = shelf.plans(batch)
    else:
        with transaction.atomic():
            plans, rejected = shelf.plans(batch)
            _save(plans, shelf.library_id, actor, at)
        report.touched |= {plan.journal.pk for plan in plans if plan.outcome != "unchanged"}
    outcomes = Counter(plan.outcome for plan in plans)
    report.created += outcomes["created"]
    report.updated += outcomes["updated"]
    report.unchanged += outcomes["unchanged"]
    report.journals += sum(plan.is_new for plan in plans)
    for line, bad in rejected:
        report.reject(line, bad)


def _save(plans: list[Plan], library_id: int, actor: Actor, at: datetime) -> None:
    """Write the plans of one batch, journals first."""
    audits: list[AuditEntry] = []

    def note(obj: Journal | Subscription, action: str, changed: Iterable[str] = ()) -> None:
        audits.append(entry(obj, action=action, actor=actor, at=at, changed=changed, library_id=library_id))

    for plan in plans:
        if plan.is_new:
            plan.journal.save(force_insert=True)
            note(plan.journal, "create")
        elif plan.issns:
            note(plan.journal, "change", ["issns"])
    rows = [
        JournalIssn(journal=plan.journal, value=one.value, kind=one.kind, is_linking=one.is_linking)
        for plan in plans
        for one in plan.issns
    ]
    JournalIssn.objects.bulk_create(rows)
    for plan in plans:
        _save_subscription(plan, note)
    AuditEntry.objects.bulk_create(audits)


def _save_subscription(plan: Plan, note: Callable[..., None]) -> None:
    row = plan.subscription
    if row is None:
        return
    if plan.is_new_subscription:
        row.journal = plan.journal
        row.save(force_insert=True)
        note(row, "create")
    elif plan.changed:
        row.save(update_fields=plan.changed)
        note(row, "change", plan.changed)
