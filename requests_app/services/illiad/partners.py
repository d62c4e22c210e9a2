"""The lenders and reasons that an export names, found in the directory or added to it.

Looked up once each in a run. Added in a transaction of their own before the requests that name them, so that a
batch that must be repeated does not point at rows that were rolled back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from illservice.directory.models import (
    Library,
    Partnership,
    PartnerSystem,
    Reason,
    ReasonPurpose,
    Symbol,
    SymbolScheme,
)
from requests_app.services.illiad.record import Lender, Record

_LOCAL_PREFIX: Mapping[str, str] = MappingProxyType(
    {PartnerSystem.DOCLINE: "DOCLINE:", PartnerSystem.RAPIDILL: "RAPID:", PartnerSystem.OTHER: "ILLIAD:"}
)
"""Codes of systems that are no registry of symbols are kept apart from each other and from our own."""


@dataclass(slots=True)
class Partners:
    """The lenders and reasons of one run for one library."""

    library: Library
    _lenders: dict[Lender, int] = field(default_factory=dict)
    _reasons: dict[str, int] = field(default_factory=dict)

    def prepare(self, records: Iterable[Record]) -> None:
        """Find or add what these records name. One transaction when there is something new."""
        known = list(records)
        lenders = {each.lender for each in known if each.lender} - self._lenders.keys()
        reasons = {each.reason for each in known if each.reason} - self._reasons.keys()
        if not lenders and not reasons:
            return
        with transaction.atomic():
            found = {lender: self._partner(lender) for lender in sorted(lenders, key=lambda one: one.code)}
            named = {words: self._reason(words) for words in sorted(reasons)}
        self._lenders |= found
        self._reasons |= named

    def partner_id(self, lender: Lender) -> int:
        """The library behind a lender that was prepared."""
        return self._lenders[lender]

    def reason_id(self, words: str) -> int | None:
        """The reason with these words, None for none."""
        return self._reasons[words] if words else None

    def _partner(self, lender: Lender) -> int:
        known = (
            Symbol.objects.filter(_names(lender)).order_by("pk").values_list("library_id", flat=True).first()
        )
        partner_id = known if known is not None else self._add_partner(lender)
        if partner_id != self.library.pk:
            Partnership.objects.get_or_create(
                library=self.library, partner_id=partner_id, defaults={"system": lender.system}
            )
        return partner_id

    def _add_partner(self, lender: Lender) -> int:
        scheme, value = _symbol(lender)
        partner = Library.objects.create(name=lender.code, slug=_free_slug(lender))
        Symbol.objects.create(library=partner, scheme=scheme, value=value)
        return partner.pk

    def _reason(self, words: str) -> int:
        """The library's own reason with these words. New ones are for history: an administrator may offer them."""
        words = words[:200]
        mine = Reason.objects.filter(library=self.library, purpose=ReasonPurpose.CANCEL)
        known = mine.filter(staff_text=words).order_by("pk").values_list("pk", flat=True).first()
        if known is not None:
            return known
        stem = slugify(words)[:36].strip("-") or "reason"
        taken = set(mine.filter(code__startswith=stem).values_list("code", flat=True))
        code = _first_free(stem, taken)
        return Reason.objects.create(
            library=self.library, purpose=ReasonPurpose.CANCEL, code=code, staff_text=words, is_active=False
        ).pk


def _symbol(lender: Lender) -> tuple[SymbolScheme, str]:
    if lender.system == PartnerSystem.OCLC:
        return SymbolScheme.OCLC, lender.code
    return SymbolScheme.LOCAL, _LOCAL_PREFIX[lender.system] + lender.code


def _names(lender: Lender) -> Q:
    """The symbols that may mean this lender. Who was asked elsewhere may be known by an OCLC symbol all the same."""
    scheme, value = _symbol(lender)
    condition = Q(scheme=scheme, value__iexact=value)
    if lender.system == PartnerSystem.OTHER:
        condition |= Q(scheme=SymbolScheme.OCLC, value__iexact=lender.code)
    return condition


def _free_slug(lender: Lender) -> str:
    stem = slugify(f"{lender.system}-{lender.code}")[:32].strip("-")
    return _first_free(
        stem, set(Library.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    )


def _first_free(stem: str, taken: set[str]) -> str:
    """The stem, or the stem with the first number that nobody has."""
    return next(name for n in count(1) if (name := stem if n == 1 else f"{stem}-{n}") not in taken)
