"""Words of copyright that both desks use: statements on the wire, the legend on a copy, what a licence allows.

Facts of standards: ISO 18626 open list CopyrightCompliance; 17 USC 108(a)(3) for the legend; CONTU guideline 3 for the
representation that a request carries.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Statement(models.TextChoices):
    """What a library says of copyright with a copy request. The values are ISO 18626's; NONE has no code there."""

    CCG = "US-CCG", _("conforms to the copyright guidelines (CCG)")
    CCL = "US-CCL", _("conforms to copyright law (CCL)")
    UK_FAIR_DEALING = "UK-FairDealing", _("fair dealing (United Kingdom)")
    UK_FEE_PAID = "UK-CopyRFeePaid", _("copyright fee paid (United Kingdom)")
    AU_S49 = "AU-CopyrightActS49", _("Copyright Act s. 49 (Australia)")
    AU_S50_1 = "AU-CopyrightActS50-1", _("Copyright Act s. 50(1) (Australia)")
    AU_S50_7A = "AU-CopyrightActS50-7A", _("Copyright Act s. 50(7A) (Australia)")
    AU_S50_7B = "AU-CopyrightActS50-7B", _("Copyright Act s. 50(7B) (Australia)")
    AU_S183_COMMONWEALTH = "AU-CopyRCatS183ComW", _("Copyright Act s. 183, Commonwealth (Australia)")
    AU_S183_STATE = "AU-CopyRCatS183State", _("Copyright Act s. 183, State (Australia)")
    AU_CLEARED = "AU-CopyrightCleared", _("cleared with the owner (Australia)")
    AU_GENERAL_BUSINESS = "AU-GenBus", _("general business (Australia)")
    NZ_S54 = "NZ-CopyrightActS54", _("Copyright Act s. 54 (New Zealand)")
    NZ_S55 = "NZ-CopyrightActS55", _("Copyright Act s. 55 (New Zealand)")
    OTHER = "Other", _("another ground, or the fee is paid")
    NONE = "none", _("not protected")

    @property
    def iso_code(self) -> str:
        """What goes over the wire as copyrightCompliance: an unprotected work is another ground there."""
        return Statement.OTHER.value if self is Statement.NONE else str(self.value)

    @property
    def short(self) -> str:
        """How people write it: CCG, CCL."""
        return str(self.value).removeprefix("US-")


COPYRIGHT_STATEMENTS: Mapping[str, Promise] = MappingProxyType(
    {
        Statement.CCG.value: _(
            "within the copyright guidelines (CCG): a recent article of a journal we do not hold"
        ),
        Statement.CCL.value: _("allowed by copyright law (CCL)"),
        Statement.OTHER.value: _("another reason, or the fee is paid"),
    }
)
"""What a borrowing library can choose from on our forms, in its own words. The list of ISO 18626 is open."""

COPY_LEGEND: Final = "Notice: This material may be protected by copyright law (Title 17 U.S. Code)."
"""The legend of a copy of a work on which no notice of copyright is found, 17 USC 108(a)(3). Never translated."""

_LEGENDS: Mapping[str, str | Promise] = MappingProxyType(
    {
        "US": COPY_LEGEND,
        "CA": _(
            "Notice: This copy is for research or private study. It may be printed once, may not be passed on, and may"
            " be used for five business days (Copyright Act, s. 30.2)."
        ),
        "GB": _(
            "Notice: This copy is for non-commercial research or private study and may not be passed on (Copyright,"
            " Designs and Patents Act 1988)."
        ),
        "AU": _("Notice: This copy was made under the Copyright Act 1968. It is for research or study."),
        "NZ": _(
            "Notice: This copy is for research or private study and may not be passed on (Copyright Act 1994)."
        ),
        "DE": _(
            "Notice: This copy is for purposes that are not commercial and may not be passed on (§ 60e UrhG)."
        ),
    }
)


def copy_legend(jurisdiction: str) -> str:
    """What stands on and beside a copy that a library of this country supplies, in the active language.

    The law of the library that makes the copy counts (standards §1.7); every other country has plain words.
    """
    words = _LEGENDS.get(jurisdiction.strip().upper())
    return str(words or _("Notice: This material may be protected by copyright law."))


class IllTerms(models.TextChoices):
    """What a licence says of interlibrary loan (17 USC 108(f)(4): a licence goes before the law)."""

    SILENT = "silent", _("says nothing: the law counts")
    CONTU = "contu", _("by the CONTU guidelines")
    CONTU_PAPER = "contu_paper", _("by the CONTU guidelines, print and fax only")
    PAPER = "paper", _("print or fax")
    SECURE = "secure", _("by a secure electronic way (Ariel, Odyssey)")
    ELECTRONIC = "electronic", _("electronically")
    NON_PROFIT = "non_profit", _("to non-profit libraries only")
    PROHIBITED = "prohibited", _("prohibited")

    def allows(self, *, electronically: bool) -> bool:
        """Whether a copy may go to another library so; PAPER allows fax, NON_PROFIT asks for a look at the borrower."""
        if self is IllTerms.PROHIBITED:
            return False
        return not electronically or self not in {IllTerms.CONTU_PAPER, IllTerms.PAPER}


class HoldingStatus(models.TextChoices):
    """How far a subscription has come."""

    ORDERED = "ordered", _("ordered")
    ACTIVE = "active", _("active")
    CANCELLED = "cancelled", _("cancelled")


class Unavailable(models.TextChoices):
    """Why what a library has is not reasonably available to it (CONTU 2)."""

    NO = "", _("available, or not known")
    BINDERY = "bindery", _("at the bindery")
    MISSING = "missing", _("missing from the shelf")
    DOWN = "down", _("electronic access is down")
    NOT_YET = "not_yet", _("not yet arrived")


class Condition(models.TextChoices):
    """What the law ties the delivery of the copy to."""

    ONE_PRINT = "one_print", _("The reader may print it once.")
    FIVE_DAYS = "five_days", _("The link ends five business days after it is first opened.")
    NOT_PASSED_ON = "not_passed_on", _("The reader may not pass the file on.")
    DESTROY = "destroy", _("Files made on the way are destroyed.")
    TERMS = "terms", _("The reader gets written terms of use with the file.")

    @property
    def for_reader(self) -> str:
        """What a reader must know who opens the copy; empty where it binds the library alone."""
        return str(_FOR_READERS.get(self, ""))


FIVE_DAYS: Final = 5
"""Open days that a file may be opened from its first use on (Copyright Act of Canada, s. 30.2(5.02)(c))."""

_FOR_READERS: Final[Mapping[Condition, str | Promise]] = MappingProxyType(
    {
        Condition.ONE_PRINT: _("You may print this copy once."),
        Condition.FIVE_DAYS: _("It can be opened for five business days after you first open it."),
        Condition.NOT_PASSED_ON: _("You may not pass the file on."),
    }
)


def words_for_reader(codes: Iterable[str]) -> list[str]:
    """The conditions that a reader must know, in the reader's language; codes that nobody knows say nothing."""
    known = (Condition(code) for code in codes if code in Condition.values)
    return [words for each in known if (words := each.for_reader)]
