"""What the rules of copyright are told: everything about one request, and what the library has settled for itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import Statement
from illservice.citations.kinds import PARTS, Material
from requests_app.copyright.dates import UNKNOWN, Published
from requests_app.copyright.holdings import Holding
from requests_app.copyright.window import WindowMode


class YearBasis(models.TextChoices):
    """Which date decides the calendar year in which a copy counts."""

    REQUEST_DATE = "request_date", _("the day of the request")
    FILL_DATE = "fill_date", _("the day on which it was filled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a library has settled (standards §10).

    `contu_enabled` off: nothing is counted against a limit, the statement is still made.
    """

    contu_enabled: bool = True
    contu_limit: int = 5
    contu_window_mode: WindowMode = WindowMode.ROLLING
    contu_count_year_basis: YearBasis = YearBasis.REQUEST_DATE
    contu_reserve_pending: bool = True
    contu_count_royalty_paid: bool = False
    chapter_rule_enabled: bool = True
    chapter_statement: Statement = Statement.CCL
    newspaper_is_periodical: bool = True
    aggregator_embargo_counts_as_subscription: bool = False
    timezone: str = "UTC"


class Work(StrEnum):
    """What the copy is made from, as the guidelines tell works apart."""

    PERIODICAL = "periodical"
    NEWSPAPER = "newspaper"
    OTHER = "other"


class Free(models.TextChoices):
    """Why no copyright stands in the way (D2)."""

    NO = "", _("protected, or not known")
    PUBLIC_DOMAIN = "public_domain", _("in the public domain")
    OPEN_ACCESS = "open_access", _("open access")
    GOVERNMENT = "government", _("a work of the government")
    LICENCE = "cc", _("under a Creative Commons licence")


class Permission(models.TextChoices):
    """A licence or permission under which this copy is made (D3)."""

    NO = "", _("none")
    OWN_LICENCE = "own_licence", _("our own licence or pay-per-view")
    PUBLISHER = "publisher", _("permission of the publisher")
    SUPPLIER = "supplier", _("a document supplier who pays the royalties")
    FEE_PAID = "fee_paid", _("the copyright fee is paid through the supplying library")


class Purpose(models.TextChoices):
    """What the copy is for, as declared."""

    UNKNOWN = "", _("not said")
    STUDY = "study", _("research or private study, not commercial")
    COMMERCIAL = "commercial", _("a commercial purpose")
    COLLECTION = "collection", _("the collection of the library")


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyrightFacts:
    """One request as the rules see it; no person, no database.

    `work_key` names the journal's title family or the other work ("" when it cannot be identified), `count` the copies
    that count against it before this request, in the calendar year of `requested`. `holdings` are the entity's
    subscriptions and orders of this title, `unusable` says that staff looked for our own copy and cannot use it.
    `owned_or_ordered` is for other works: a copy in the collection, or an order entered before the request.
    `articles_of_issue` counts all articles that the patron asked for from this issue, `share` is the part of the work
    in percent. None means that nobody knows.
    """

    requested: date
    as_copy: bool = True
    material: Material = Material.ARTICLE
    work: Work = Work.PERIODICAL
    work_key: str = ""
    published: Published = UNKNOWN
    volume: str = ""
    copies: int = 1
    count: int = 0
    whole_work: bool = False
    fair_price_checked: bool = False
    free: Free = Free.NO
    permission: Permission = Permission.NO
    holdings: tuple[Holding, ...] = ()
    unusable: bool = False
    owned_or_ordered: bool = False
    articles_of_issue: int = 1
    share: Decimal | None = None
    one_chapter: bool = False
    purpose: Purpose = Purpose.UNKNOWN
    declared: bool = False
    supplied_before: bool = False
    asked_by_others: bool = False
    scholarly: bool | None = None
    literary: bool = False
    electronic_original: bool = False
    electronic_delivery: bool = True
    not_sold: bool = False
    details: Mapping[str, str] = field(default_factory=dict)


EXCLUDED: frozenset[str] = frozenset({Material.SCORE, Material.MAP, Material.RECORDING})
"""Music, graphic works, films and sound: 17 USC 108(i) takes them out of 108(d) and (e)."""


def work_of(material: str, *, has_issn: bool, has_volume: bool, is_newspaper: bool = False) -> Work:
    """Periodical or other work (S17, S19).

    An article stands in a periodical. Any other part does when it has an ISSN and numbered volumes, whatever the form
    was called that it came on; an ISBN beside the ISSN changes nothing. A whole work never does.
    """
    if is_newspaper:
        return Work.NEWSPAPER
    if material in {Material.ARTICLE, Material.JOURNAL}:
        return Work.PERIODICAL
    return Work.PERIODICAL if has_issn and has_volume else Work.OTHER


_EXTENT = re.compile(
    r"[0-9ivxlc, \[\]]*[0-9]\]?\s*(?:pp?|pages?|s|seiten|p[aá]gs?|p[aá]ginas|hojas|h|leaves|bl|blätter)\.?",
    re.IGNORECASE,
)
"""The extent of a work as catalogues write it."""


def is_whole_work(
    material: str, *, title: str, part_title: str, pages: str, share: Decimal | None = None
) -> bool:
    """Whether a copy of everything is wanted (17 USC 108(e)): no part is named, or all of the pages.

    `title` and `part_title` are compared as they are: hand in normalised ones. An article is never a whole work.
    How many pages there are ("xii, 250 p.") names no part.
    """
    if share is not None and share >= 100:
        return True
    from_to = any(c.isdigit() for c in pages) and not _EXTENT.fullmatch(pages.strip())
    if from_to or material == Material.ARTICLE:
        return False
    named = bool(part_title) and part_title != title
    return not named if material in PARTS else not (named and title)
