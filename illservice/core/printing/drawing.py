"""A document of equal fields, and what every layout draws into one: lines of text, a barcode, a rule."""

import io
from collections.abc import Callable, Sequence
from typing import TypeVar

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from illservice.core.printing.sheets import Field, Sheet
from illservice.core.printing.text import LEADING, Fitted, font_name, printable, width_of

Item = TypeVar("Item")

QUIET_MODULES = 10
"""Blank modules on each side of a Code 128 symbol (ISO/IEC 15417)."""
LEAST_MODULE, MOST_MODULE = 0.19 * mm, 0.5 * mm
"""Below the first, office printers and hand scanners fail; above the second nothing is won."""
LONGEST_CODE = 48

_GREY = 0.35
_CUT_GREY = 0.6
_CAP = 0.96
"""From the top of a line to its baseline, in font sizes: the ascender of the fonts and half of the extra leading."""


def impose(
    items: Sequence[Item],
    *,
    sheet: Sheet,
    draw: Callable[[Canvas, Field, Item], None],
    title: str,
    language: str,
    start: int = 1,
) -> bytes:
    """A PDF with one item in each field, from field `start` (1-based) of the first sheet on.

    ValueError without items, and for a start that the sheet does not have. The document names no person and no time,
    so that the same items give the same bytes.
    """
    if not items:
        raise ValueError("nothing to print")
    if not 1 <= start <= sheet.places:
        raise ValueError(f"{sheet.code} has no field {start}")
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=sheet.page_size, invariant=1, pageCompression=1, lang=language)
    canvas.setTitle(printable(title))
    canvas.setAuthor("")
    canvas.setSubject("")
    canvas.setCreator("illservice")
    for position, item in enumerate(items, start=start - 1):
        place = position % sheet.places
        if place == 0 or position == start - 1:
            _cut_lines(canvas, sheet)
        draw(canvas, sheet.field(place), item)
        if place == sheet.places - 1 or position == start + len(items) - 2:
            canvas.showPage()  # also when nothing stands on it: every item has its place
    canvas.save()
    return stream.getvalue()


def _cut_lines(canvas: Canvas, sheet: Sheet) -> None:
    """Where plain paper is cut; sheets of labels are cut already."""
    if not sheet.cut:
        return
    width, height = sheet.page_size
    canvas.saveState()
    canvas.setStrokeGray(_CUT_GREY)
    canvas.setLineWidth(0.5)
    canvas.setDash(3, 3)
    for column in range(1, sheet.columns):
        canvas.line(column * sheet.width * mm, 0, column * sheet.width * mm, height)
    for row in range(1, sheet.rows):
        canvas.line(0, row * sheet.height * mm, width, row * sheet.height * mm)
    canvas.restoreState()


def draw_lines(
    canvas: Canvas, fitted: Fitted, *, x: float, top: float, bold: bool = False, soft: bool = False
) -> float:
    """Draw lines downwards from `top`; gives the y below the last one."""
    canvas.setFont(font_name(bold=bold), fitted.size)
    canvas.setFillGray(_GREY if soft else 0)
    for number, line in enumerate(fitted.lines):
        canvas.drawString(x, top - number * fitted.size * LEADING - fitted.size * _CAP, line)
    canvas.setFillGray(0)
    return top - fitted.height


def draw_flag(canvas: Canvas, fitted: Fitted, *, right: float, top: float) -> None:
    """White words on black, ending at `right`: what nobody may overlook."""
    pad = fitted.size * 0.35
    width = max(width_of(line, size=fitted.size, bold=True) for line in fitted.lines) + 2 * pad
    canvas.setFillGray(0)
    canvas.roundRect(right - width, top - fitted.height, width, fitted.height, 2, stroke=0, fill=1)
    canvas.setFont(font_name(bold=True), fitted.size)
    canvas.setFillGray(1)
    for number, line in enumerate(fitted.lines):
        y = top - number * fitted.size * LEADING - fitted.size * _CAP
        canvas.drawString(right - width + pad, y, line)
    canvas.setFillGray(0)


def draw_rule(canvas: Canvas, *, x: float, y: float, width: float, weight: float = 0.6) -> None:
    """A line from left to right."""
    canvas.setStrokeGray(0)
    canvas.setLineWidth(weight)
    canvas.line(x, y, x + width, y)


def draw_barcode(
    canvas: Canvas, value: str, *, x: float, y: float, width: float, height: float, margin: float = 0.0
) -> float:
    """Draw a Code 128 symbol (ISO/IEC 15417) from `x` on; gives the width that it takes with its quiet zones.

    `margin` is blank paper before `x`, which is part of the quiet zone. 0 and nothing drawn for a value that is empty,
    too long or not printable ASCII, and where the bars would be too thin to be read: the number stands beside it in
    letters.
    """
    if not value or len(value) > LONGEST_CODE or not value.isascii() or not value.isprintable():
        return 0.0
    modules = Code128(value, barWidth=1, quiet=0, humanReadable=0).width
    module = min(MOST_MODULE, width / (modules + 2 * QUIET_MODULES))
    if module < LEAST_MODULE:
        return 0.0
    quiet = QUIET_MODULES * module
    before = max(0.0, quiet - margin)
    symbol = Code128(value, barWidth=module, barHeight=height, quiet=0, humanReadable=0)
    canvas.setFillGray(0)
    symbol.drawOn(canvas, x + before, y)
    return float(before + modules * module + quiet)
