"""Book bands: a tall strip round the cover, with the date by which the book has to be back."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from illservice.core.printing.drawing import draw_barcode, draw_lines, draw_rule, impose
from illservice.core.printing.flow import Block, flow
from illservice.core.printing.sheets import BAND_SHEETS, Field
from illservice.core.printing.slips import Line
from illservice.core.printing.text import fit

SIDE, END = 6 * mm, 10 * mm
BAR_HEIGHT = 14 * mm
_ADDRESS_SHARE = 0.32


@dataclass(frozen=True, slots=True)
class Band:
    """A strip for a book that is lent. The date is read across a room, the barcode by every desk it comes back to.

    `conditions` bind the reader and stand in a box each. `return_to` is an address line by line. Never give it a
    patron's name: the book travels.
    """

    heading: str
    number: str
    due_label: str
    due: str
    title: str = ""
    conditions: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    return_label: str = ""
    return_to: tuple[str, ...] = ()
    foot: str = ""


def bands_pdf(bands: Sequence[Band], *, sheet: str, title: str, language: str, start: int = 1) -> bytes:
    """The bands in their order on a sheet of BAND_SHEETS. KeyError for another sheet, ValueError without bands."""
    return impose(bands, sheet=BAND_SHEETS[sheet], draw=_draw, title=title, language=language, start=start)


def _draw(canvas: Canvas, field: Field, band: Band) -> None:
    box = Field(field.x + SIDE, field.y + END, field.width - 2 * SIDE, field.height - 2 * END)
    heading = fit(band.heading, width=box.width, height=36, most=13, least=8, lines=2, bold=True)
    top = draw_lines(canvas, heading, x=box.x, top=box.top, bold=True) - 1.5 * mm
    draw_rule(canvas, x=box.x, y=top, width=box.width, weight=1)
    top = _due(canvas, box, band, top - 4 * mm)
    top = _number(canvas, box, band, top - 3 * mm)
    bottom = _address(canvas, box, band)
    facts = flow(_blocks(band), width=box.width, height=top - bottom - 4 * mm)
    facts.draw(canvas, x=box.x, top=top)


def _due(canvas: Canvas, box: Field, band: Band, top: float) -> float:
    label = fit(band.due_label, width=box.width, height=20, most=12, least=7)
    top = draw_lines(canvas, label, x=box.x, top=top)
    due = fit(band.due, width=box.width, height=88, most=34, least=10, lines=2, bold=True)
    return draw_lines(canvas, due, x=box.x, top=top, bold=True)


def _number(canvas: Canvas, box: Field, band: Band, top: float) -> float:
    taken = draw_barcode(
        canvas, band.number, x=box.x, y=top - BAR_HEIGHT, width=box.width, height=BAR_HEIGHT, margin=SIDE
    )
    top -= BAR_HEIGHT + 1 * mm if taken else 0.0
    number = fit(band.number, width=box.width, height=24, most=17, least=8, bold=True)
    return draw_lines(canvas, number, x=box.x, top=top, bold=True) - 4 * mm


def _address(canvas: Canvas, box: Field, band: Band) -> float:
    """The lower end: where it goes back to, and the last words. Gives the upper edge."""
    first = [Block(band.return_label, 9, after=1)] if band.return_to else []
    lines = [
        Block(line, 11, bold=number == 0, lines=2, after=0) for number, line in enumerate(band.return_to)
    ]
    last = [Block(band.foot, 9, after=0)] if band.foot else []
    if lines and last:
        last.insert(0, Block(" ", 4, after=4))
    blocks = [*first, *lines, *last]
    if not blocks:
        return box.y
    found = flow(blocks, width=box.width, height=box.height * _ADDRESS_SHARE)
    top = box.y + found.height
    draw_rule(canvas, x=box.x, y=top + 2 * mm, width=box.width)
    found.draw(canvas, x=box.x, top=top)
    return top + 2 * mm


def _blocks(band: Band) -> list[Block]:
    blocks = [Block(each, 13, bold=True, framed=True, after=7) for each in band.conditions]
    if band.title:
        blocks.append(Block(band.title, 12, bold=True, lines=6, after=8))
    blocks += [
        Block(line.value, 13 if line.strong else 10.5, bold=line.strong, label=line.label, after=6)
        for line in band.lines
    ]
    return blocks
