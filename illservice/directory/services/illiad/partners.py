"""The partners and reasons that an export of transactions names, found in the directory or added to it.

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
from illservice.directory.services.illiad.transaction import PartnerCode

_LOCAL_PREFIX: Mapping[str, str] = MappingProxyType(
    {PartnerSystem.DOCLINE: "DOCLINE:", PartnerSystem.RAPIDILL: "RAPID:", PartnerSystem.OTHER: "ILLIAD:"}
)
"""Codes of systems that are no registry of symbols are kept apart from each other and from our own."""
_REASON_WORDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("not owned", "not held", "do not own", "lacking", "lacks"), "NotHeld"),
    (("not on shelf", "missing", "not found", "lost"), "NotOnShelf"),
    (("non-circulating", "noncirculating", "does not circulate", "reference only"), "NonCirculating"),
    (("poor condition", "fragile", "too brittle"), "PoorCondition"),
    (("policy", "licen", "blocked borrower"), "PolicyProblem"),
    (
        ("in use", "on loan", "checked out", "on reserve", "in process", "bindery", "on order"),
        "NotAvailableForILL",
    ),
)
"""Words in which a lending office says no, and the code of ISO 18626 (ReasonUnfilled) that a borrower understands."""


@dataclass(slots=True)
class Partners:
    """The partners and reasons of one run for one library. New reasons are made for `purpose`."""

    library: Library
    purpose: ReasonPurpose = ReasonPurpose.CANCEL
    _partners: dict[PartnerCode, int] = field(default_factory=dict)
    _reasons: dict[str, int] = field(default_factory=dict)

    def prepare(self, codes: Iterable[PartnerCode | None], reasons: Iterable[str]) -> None:
        """Find or add what these name. One transaction when there is something new."""
        new = {code for code in codes if code} - self._partners.keys()
        words = {each for each in reasons if each} - self._reasons.keys()
        if not new and not words:
            return
        with transaction.atomic():
            found = {code: self._partner(code) for code in sorted(new, key=lambda one: one.code)}
            named = {each: self._reason(each) for each in sorted(words)}
        self._partners |= found
        self._reasons |= named

    def partner_id(self, code: PartnerCode) -> int:
        """The library behind a code that was prepared."""
        return self._partners[code]

    def reason_id(self, words: str) -> int | None:
        """The reason with these words, None for none."""
        return self._reasons[words] if words else None

    def _partner(self, code: PartnerCode) -> int:
        known = (
            Symbol.objects.filter(_names(code)).order_by("pk").values_list("library_id", flat=True).first()
        )
        if known is None:
            partner = add_library(code, code.code)
            Partnership.objects.create(library=self.library, partner=partner, system=code.system)
            return partner.pk
        if known != self.library.pk:
            Partnership.objects.get_or_create(
                library=self.library, partner_id=known, defaults={"system": code.system}
            )
        return known

    def _reason(self, words: str) -> int:
        """The library's own reason with these words. New ones are for history: an administrator may offer them."""
        words = words[:200]
        mine = Reason.objects.filter(library=self.library, purpose=self.purpose)
        known = mine.filter(staff_text=words).order_by("pk").values_list("pk", flat=True).first()
        if known is not None:
            return known
        stem = slugify(words)[:36].strip("-") or "reason"
        taken = set(mine.filter(code__startswith=stem).values_list("code", flat=True))
        code = _first_free(stem, taken)
        return Reason.objects.create(
            library=self.library,
            purpose=self.purpose,
            code=code,
            staff_text=words,
            iso_code=iso_reason(words) if self.purpose == ReasonPurpose.NOT_SUPPLIED else "",
            is_active=False,
        ).pk


def iso_reason(words: str) -> str:
    """The code of ISO 18626 (ReasonUnfilled) for words in which an office says no, empty when none fits."""
    plain = words.casefold()
    return next((code for known, code in _REASON_WORDS if any(each in plain for each in known)), "")


def symbol_of(code: PartnerCode) -> tuple[SymbolScheme, str]:
    """The scheme and value under which a code is kept when nobody knows it yet."""
    if code.system == PartnerSystem.OCLC:
        return SymbolScheme.OCLC, code.code
    return SymbolScheme.LOCAL, _LOCAL_PREFIX[code.system] + code.code


def _names(code: PartnerCode) -> Q:
    """The symbols that may mean this partner: its own, and of what no system is known, any that has this code."""
    scheme, value = symbol_of(code)
    condition = Q(scheme=scheme, value__iexact=value)
    condition |= Q(scheme=SymbolScheme.LOCAL, value__iexact=_LOCAL_PREFIX[PartnerSystem.OTHER] + code.code)
    if code.system == PartnerSystem.OTHER:
        condition |= Q(scheme=SymbolScheme.OCLC, value__iexact=code.code)
    return condition


def known_partner(code: str) -> int | None:
    """The library with this code in any system, None when nobody knows it. An address book names no system."""
    condition = Q(scheme=SymbolScheme.OCLC, value__iexact=code)
    for prefix in _LOCAL_PREFIX.values():
        condition |= Q(scheme=SymbolScheme.LOCAL, value__iexact=prefix + code)
    return Symbol.objects.filter(condition).order_by("pk").values_list("library_id", flat=True).first()


def add_library(code: PartnerCode, name: str) -> Library:
    """A library that the directory does not know yet, with its code as symbol."""
    scheme, value = symbol_of(code)
    library = Library.objects.create(name=name, slug=_free_slug(code))
    Symbol.objects.create(library=library, scheme=scheme, value=value)
    return library


def _free_slug(code: PartnerCode) -> str:
    stem = slugify(f"{code.system}-{code.code}")[:32].strip("-")
    return _first_free(
        stem, set(Library.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    )


def _first_free(stem: str, taken: set[str]) -> str:
    """The stem, or the stem with the first number that nobody has."""
    return next(name for n in count(1) if (name := stem if n == 1 else f"{stem}-{n}") not in taken)
