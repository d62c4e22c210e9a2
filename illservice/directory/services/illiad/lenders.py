"""ILLiad's address book (LenderAddresses, LenderAddressesAll): partners with their symbols, addresses and telephones.

A symbol may have several addresses. The one with the lowest number is the partner's; the others are kept in the note of
the partnership. What the library knows of a partner already is never replaced, only completed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DatabaseError, transaction

from illservice.citations.text import clean_text
from illservice.core.actors import IMPORT
from illservice.core.audit import entry
from illservice.core.csvfile import CsvFile, CsvReject
from illservice.core.models import AuditEntry
from illservice.directory.models import Library, Partnership, PartnerSystem
from illservice.directory.services.illiad.columns import plain_name
from illservice.directory.services.illiad.partners import add_library, known_partner
from illservice.directory.services.illiad.report import Progress, Report, Unusable, unheard
from illservice.directory.services.illiad.run import plain_values, refuse_file, sort_rejects
from illservice.directory.services.illiad.transaction import PartnerCode, partner_code

_STRING = "lenderstring"
_LINES = ("libraryname", "address1", "address2", "address3", "address4")
_TOWN = ("city", "state", "zip")
_OCLC_LENGTHS = range(3, 6)
"""Letters of an OCLC symbol. What is longer is a code of another system."""
LONGEST_LINE = 200
BATCH = 50
"""Partners in one transaction."""


@dataclass(frozen=True, slots=True)
class Address:
    """One line of the address book."""

    line: int
    code: str
    number: int
    name: str
    email: str
    phone: str
    postal: str
    billing: str


class LenderImporter:
    """Takes address books into the partners of one library, and reports like the import of transactions."""

    def __init__(
        self, library: Library, *, at: datetime, dry_run: bool = False, progress: Progress = unheard
    ) -> None:
        self.report = Report(dry_run)
        self._library, self._at, self._progress = library, at, progress
        self._would_be: set[str] = set()

    def read(self, name: str, stream: BinaryIO) -> None:
        """Take over one file. All its addresses are read first, because those of a symbol stand anywhere in it."""
        table = CsvFile(stream)
        plain = {column: plain_name(column) for column in table.header}
        if _STRING not in plain.values():
            refuse_file(self.report, name, table, "Lender String")
            return
        first_reject = len(self.report.rejected)
        addresses = self._addresses(name, table, plain)
        groups = [list(group) for _code, group in groupby(addresses, key=lambda each: each.code)]
        for start in range(0, len(groups), BATCH):
            self._take(name, groups[start : start + BATCH])
            self._progress(self.report)
        sort_rejects(self.report.rejected, first_reject)
        self.report.warnings += table.warnings

    def _addresses(self, name: str, table: CsvFile, plain: Mapping[str, str]) -> list[Address]:
        """The usable lines, by symbol and number."""
        found = []
        for row in table:
            self.report.read += 1
            try:
                if isinstance(row, CsvReject):
                    raise Unusable(row.code, row.reason)
                found.append(self._understand(row.line, plain_values(row, plain)))
            except Unusable as unusable:
                self.report.reject(name, row.line, unusable)
        return sorted(found, key=lambda each: (each.code, each.number, each.line))

    def _understand(self, line: int, values: Mapping[str, str]) -> Address:
        code = partner_code(values.get(_STRING, ""))
        if not any(c.isalnum() for c in code):
            raise Unusable("symbol_missing", "There is no lender string.")
        number = values.get("addressnumber", "").strip().split(".")[0]
        return Address(
            line=line,
            code=code,
            number=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1,
            name=clean_text(values.get("libraryname", ""))[:LONGEST_LINE],
            email=self._email(values.get("emailaddress", "")),
            phone=clean_text(values.get("phone", ""))[:50],
            postal=_postal(values),
            billing=clean_text(values.get("billingcategory", ""))[:LONGEST_LINE],
        )

    def _email(self, text: str) -> str:
        """An address that cannot be written to is left out, with a warning. Of several the first one is taken."""
        first = text.replace(";", ",").split(",")[0].strip()
        try:
            if first:
                validate_email(first)
        except ValidationError:
            self.report.warnings["wrong_email"] += 1
            return ""
        return first if len(first) <= 254 else ""

    def _take(self, name: str, groups: Sequence[list[Address]]) -> None:
        """A batch in one transaction; when the database refuses that, each partner in its own."""
        try:
            self._count(self._write(groups))
        except DatabaseError:
            for group in groups:
                try:
                    self._count(self._write([group]))
                except DatabaseError:
                    for each in group:
                        words = "The database did not take this record."
                        self.report.reject(name, each.line, Unusable("database", words))

    def _write(self, groups: Sequence[list[Address]]) -> list[str]:
        """What became of each address: imported, updated, present."""
        if self.report.dry_run:
            return [word for group in groups for word in self._compare(group)]
        with transaction.atomic():
            audits: list[AuditEntry] = []
            outcomes = [word for group in groups for word in self._partner(group, audits)]
            AuditEntry.objects.bulk_create(audits)
        return outcomes

    def _count(self, outcomes: Iterable[str]) -> None:
        for word in outcomes:
            setattr(self.report, word, getattr(self.report, word) + 1)

    def _compare(self, group: list[Address]) -> list[str]:
        """What would become of the addresses of one symbol."""
        partner_id = known_partner(group[0].code)
        mine = Partnership.objects.filter(library=self._library, partner_id=partner_id or 0)
        known = mine.select_related("partner").first()
        if known is None and partner_id != self._library.pk:
            new = group[0].code not in self._would_be
            self._would_be.add(group[0].code)
            return ["imported" if new else "present"] * len(group)
        return self._complete(known, group)[0] if known else ["present"] * len(group)

    def _partner(self, group: list[Address], audits: list[AuditEntry]) -> list[str]:
        """Find or add the partner of one symbol and complete what is known of it."""
        main = group[0]
        partner_id = known_partner(main.code)
        if partner_id == self._library.pk:
            self.report.warnings["own_symbol"] += len(group)
            return ["present"] * len(group)
        system = _system(main)
        if partner_id is None:
            library = add_library(PartnerCode(main.code, _registry(main.code)), main.name or main.code)
            partner_id = library.pk
        partnership, new = Partnership.objects.get_or_create(
            library=self._library, partner_id=partner_id, defaults={"system": system}
        )
        outcomes, changed = self._complete(partnership, group)
        if new or changed:
            for column, value in changed.items():
                setattr(partnership, column, value)
            partnership.save(update_fields=list(changed))
            action = "create" if new else "change"
            names = {*changed, "partner", "system"} if new else set(changed)
            audits.append(entry(partnership, action=action, actor=IMPORT, at=self._at, changed=names))
        if _nameless(partnership.partner, main):
            partnership.partner.name = main.name
            partnership.partner.save(update_fields=["name"])
        return ["imported"] * len(group) if new else outcomes

    def _complete(self, known: Partnership, group: list[Address]) -> tuple[list[str], dict[str, Any]]:
        """What is empty and can be filled: what became of each address, and the columns."""
        main = group[0]
        offered = {
            "email": main.email,
            "phone": main.phone,
            "return_address": main.postal,
            "cost_note": main.billing,
        }
        changed: dict[str, Any] = {
            column: value for column, value in offered.items() if value and not getattr(known, column)
        }
        outcomes = ["updated" if changed or _nameless(known.partner, main) else "present"]
        note = known.note
        for each in group[1:]:
            words = _other(each)
            new = bool(each.postal) and words not in note
            if new:
                note = f"{note}\n{words}".strip()
                self.report.warnings["other_address"] += 1
            outcomes.append("updated" if new else "present")
        return outcomes, changed | ({"note": note} if note != known.note else {})


def _nameless(partner: Library, main: Address) -> bool:
    """Whether a library stands there under its code only, from an earlier import, and can get its name."""
    return bool(main.name) and not partner.is_tenant and partner.name == main.code != main.name


def _postal(values: Mapping[str, str]) -> str:
    """The postal address, a line for each column that has one, the town in one line."""
    lines = [clean_text(values.get(column, ""))[:LONGEST_LINE] for column in _LINES]
    lines.append(" ".join(text for column in _TOWN if (text := clean_text(values.get(column, "")))))
    lines.append(clean_text(values.get("country", "")))
    return "\n".join(dict.fromkeys(line for line in lines if line))


def _other(address: Address) -> str:
    """Another address of the same symbol, as one line of the note."""
    parts = [*address.postal.splitlines(), address.email, address.phone]
    return f"{address.code} {address.number}: {', '.join(part for part in parts if part)}"


def _registry(code: str) -> PartnerSystem:
    """Who gave a code: an OCLC symbol has three to five letters and digits."""
    plain = code.isascii() and code.isalnum()
    return PartnerSystem.OCLC if plain and len(code) in _OCLC_LENGTHS else PartnerSystem.OTHER


def _system(main: Address) -> PartnerSystem:
    """How a new partner is asked: where its symbol stands, else by mail when there is an address for it."""
    registry = _registry(main.code)
    if registry == PartnerSystem.OTHER and main.email:
        return PartnerSystem.MAIL
    return registry
