"""Slips: a heading, a big code, the number with its barcode, facts in lines, and what must not be overlooked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from illservice.core.printing.drawing import (
    draw_barcode,
    draw_flag,
    draw_lines,
    draw_rule,
    impose,
)
from illservice.core.printing.flow import Block, flow
from illservice.core.printing.sheets import A6, SLIP_SHEETS, Field
from illservice.core.printing.text import fit

MARGIN = 8 * mm
BAR_HEIGHT = 11 * mm
_LABEL_WIDTH = 26 * mm
_WIDE = 1.2
_LARGEST_SCALE = 1.45


@dataclass(frozen=True, slots=True)
class Line:
    """A fact with its name. Without a value it is a line to write on. `strong` facts are what the eye looks for."""

    label: str
    value: str
    strong: bool = False


def fact(label: str, value: Any, *, strong: bool = False) -> list[Line]:
    """A line, unless there is nothing to say."""
    return [Line(label, str(value), strong)] if value else []


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip for an item. `code` is read at arm's length; `number` stands in the barcode and below it.

    Never give it a patron's name: a slip lies on open shelves.
    """

    heading: str
    number: str
    code: str = ""
    title: str = ""
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    flag: str = ""
    foot: str = ""


def slips_pdf(slips: Sequence[Slip], *, sheet: str, title: str, language: str, start: int = 1) -> bytes:
    """The slips in their order on a sheet of SLIP_SHEETS. KeyError for another sheet, ValueError without slips."""
    return impose(slips, sheet=SLIP_SHEETS[sheet], draw=_draw, title=title, language=language, start=start)


def _draw(canvas: Canvas, field: Field, slip: Slip) -> None:
    box = field.inset(MARGIN)
    scale = max(1.0, min(_LARGEST_SCALE, field.width / (A6[0] * mm), field.height / (A6[1] * mm)))
    top = _head(canvas, box, slip, scale)
    wide = field.width > field.height * _WIDE
    if wide:
        top = _code_and_barcode(canvas, box, slip, top, scale)
        bottom = box.y + _foot(canvas, box, slip, box.y)
    else:
        top = _code(canvas, box, slip, top, box.width, scale)
        bottom = box.y + _foot(canvas, box, slip, box.y)
        bottom += _barcode(canvas, slip, box.x, bottom, box.width, scale)
    facts = flow(
        _blocks(slip, scale),
        width=box.width,
        height=top - bottom - 2 * mm,
        label_width=_LABEL_WIDTH * scale,
    )
    facts.draw(canvas, x=box.x, top=top)


def _head(canvas: Canvas, box: Field, slip: Slip, scale: float) -> float:
    height = 18 * scale
    room = box.width
    if slip.flag:
        flag = fit(slip.flag, width=box.width * 0.4, height=height, most=13 * scale, least=7, bold=True)
        if flag.lines:
            draw_flag(canvas, flag, right=box.right, top=box.top)
        room = box.width * 0.56
    heading = fit(slip.heading, width=room, height=height, most=13 * scale, least=7, bold=True)
    draw_lines(canvas, heading, x=box.x, top=box.top, bold=True)
    y = box.top - height
    draw_rule(canvas, x=box.x, y=y, width=box.width, weight=1)
    return y - 2 * mm


def _code(canvas: Canvas, box: Field, slip: Slip, top: float, width: float, scale: float) -> float:
    if not slip.code:
        return top
    code = fit(slip.code, width=width, height=60 * scale, most=50 * scale, least=14, bold=True)
    return draw_lines(canvas, code, x=box.x, top=top, bold=True) - 2 * mm


def _code_and_barcode(canvas: Canvas, box: Field, slip: Slip, top: float, scale: float) -> float:
    """Beside each other, where the field is broad enough."""
    width = box.width * 0.42
    left = box.right - width
    below = _code(canvas, box, slip, top, left - box.x - 4 * mm, scale)
    number = fit(slip.number, width=width, height=20, most=13, least=7, bold=True)
    bars = top - BAR_HEIGHT - 2 * mm
    taken = draw_barcode(canvas, slip.number, x=left, y=bars, width=width, height=BAR_HEIGHT, margin=4 * mm)
    number_top = top - BAR_HEIGHT - 3 * mm if taken else top
    if slip.number != slip.code:
        number_top = draw_lines(canvas, number, x=left, top=number_top, bold=True)
    return min(below, number_top - 2 * mm)


def _barcode(canvas: Canvas, slip: Slip, x: float, bottom: float, width: float, scale: float) -> float:
    """Barcode with the number below it, upwards from `bottom`; gives the height that they take."""
    height = 0.0
    if slip.number != slip.code:
        number = fit(slip.number, width=width, height=18 * scale, most=13 * scale, least=7, bold=True)
        draw_lines(canvas, number, x=x, top=bottom + number.height, bold=True)
        height = number.height + 1 * mm
    bars = BAR_HEIGHT * scale
    y = bottom + height
    taken = draw_barcode(canvas, slip.number, x=x, y=y, width=width, height=bars, margin=MARGIN)
    return height + (bars + 2 * mm if taken else 0.0)


def _foot(canvas: Canvas, box: Field, slip: Slip, bottom: float) -> float:
    if not slip.foot:
        return 0.0
    foot = fit(slip.foot, width=box.width, height=20, most=8, least=6, lines=2)
    draw_lines(canvas, foot, x=box.x, top=bottom + foot.height, soft=True)
    return foot.height + 2 * mm


def _blocks(slip: Slip, scale: float) -> list[Block]:
    """What matters most stands first: when room is short, the last ones give way."""
    blocks = [Block(note, 12 * scale, bold=True, framed=True, after=7) for note in slip.notes]
    if slip.title:
        blocks.append(Block(slip.title, 13 * scale, bold=True, lines=4, after=7))
    for line in slip.lines:
        size = 14 * scale if line.strong else 10.5 * scale
        blocks.append(Block(line.value, size, bold=line.strong, label=line.label, lines=3))
    return blocks
