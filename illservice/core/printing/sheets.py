"""Paper as it is bought: pages and the fields on them, in millimetres from the top left corner."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _
from reportlab.lib.units import mm

A4, LETTER, A6 = (210.0, 297.0), (215.9, 279.4), (105.0, 148.0)


class Family(StrEnum):
    """What is printed; each has sheets of its own."""

    SLIPS = "slips"
    LABELS = "labels"
    BANDS = "bands"


@dataclass(frozen=True, slots=True)
class Field:
    """One field on a page, in points from the bottom left corner, as PDF counts."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.y + self.height

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    def inset(self, by: float) -> "Field":
        """The field without a margin on all sides."""
        return Field(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with equal fields in columns and rows. Lengths in millimetres.

    `left` and `top` are the margins before the first field; `across` and `down` the distance from the edge of one
    field to the same edge of the next. `cut` sheets are plain paper: lines show where to cut.
    """

    code: str
    name: Any
    page: tuple[float, float]
    columns: int
    rows: int
    width: float
    height: float
    left: float = 0.0
    top: float = 0.0
    across: float = 0.0
    down: float = 0.0
    cut: bool = False

    @property
    def places(self) -> int:
        """How many fields one sheet has."""
        return self.columns * self.rows

    @property
    def page_size(self) -> tuple[float, float]:
        """Width and height of the page in points."""
        return self.page[0] * mm, self.page[1] * mm

    def field(self, place: int) -> Field:
        """The field at a place, counted from 0, row by row from the top left."""
        row, column = divmod(place, self.columns)
        x = self.left + column * (self.across or self.width)
        from_top = self.top + row * (self.down or self.height)
        y = self.page[1] - from_top - self.height
        return Field(x * mm, y * mm, self.width * mm, self.height * mm)


def _plain(code: str, name: Any, page: tuple[float, float], columns: int, rows: int) -> Sheet:
    """Plain paper cut into equal parts."""
    return Sheet(code, name, page, columns, rows, page[0] / columns, page[1] / rows, cut=True)


def _by_code(*sheets: Sheet) -> Mapping[str, Sheet]:
    return {sheet.code: sheet for sheet in sheets}


SLIP_SHEETS = _by_code(
    _plain("a4-2", _("A4, two on a page"), A4, 1, 2),
    _plain("a4-4", _("A4, four on a page"), A4, 2, 2),
    _plain("a4-1", _("A4, one on a page"), A4, 1, 1),
    _plain("a6", _("A6, one on a page"), A6, 1, 1),
    _plain("letter-2", _("Letter, two on a page"), LETTER, 1, 2),
    _plain("letter-4", _("Letter, four on a page"), LETTER, 2, 2),
    _plain("letter-1", _("Letter, one on a page"), LETTER, 1, 1),
)
BAND_SHEETS = _by_code(
    _plain("a4-3", _("A4, three on a page"), A4, 3, 1),
    _plain("letter-3", _("Letter, three on a page"), LETTER, 3, 1),
)
LABEL_SHEETS = _by_code(
    Sheet("l7160", _("A4, 3 × 7, 63.5 × 38.1 mm (Avery L7160)"), A4, 3, 7, 63.5, 38.1, 7.2, 15.15, 66.04),
    Sheet("l7159", _("A4, 3 × 8, 63.5 × 33.9 mm (Avery L7159)"), A4, 3, 8, 63.5, 33.9, 7.2, 12.9, 66.04),
    Sheet("l7163", _("A4, 2 × 7, 99.1 × 38.1 mm (Avery L7163)"), A4, 2, 7, 99.1, 38.1, 4.65, 15.15, 101.6),
    Sheet("l7165", _("A4, 2 × 4, 99.1 × 67.7 mm (Avery L7165)"), A4, 2, 4, 99.1, 67.7, 4.65, 13.1, 101.6),
    Sheet(
        "5160", _("Letter, 3 × 10, 2⅝ × 1 in (Avery 5160)"), LETTER, 3, 10, 66.675, 25.4, 4.7625, 12.7, 69.85
    ),
    Sheet(
        "5163", _("Letter, 2 × 5, 4 × 2 in (Avery 5163)"), LETTER, 2, 5, 101.6, 50.8, 3.96875, 12.7, 106.3625
    ),
    Sheet(
        *("5164", _("Letter, 2 × 3, 4 × 3⅓ in (Avery 5164)"), LETTER, 2, 3),
        *(101.6, 84.6667, 3.96875, 12.7, 106.3625),
    ),
    Sheet("102x152", _("Label printer, 102 × 152 mm (4 × 6 in)"), (102.0, 152.0), 1, 1, 102.0, 152.0),
)
"""Sizes and margins as the makers of the sheets publish them."""

FAMILIES: Mapping[Family, Mapping[str, Sheet]] = {
    Family.SLIPS: SLIP_SHEETS,
    Family.LABELS: LABEL_SHEETS,
    Family.BANDS: BAND_SHEETS,
}
