"""Address labels: to whom, from whom, and the barcode of the request."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from illservice.core.printing.drawing import draw_barcode, draw_lines, draw_rule, impose
from illservice.core.printing.flow import WHOLE, WHOLE_OR_CUT, Block, flow
from illservice.core.printing.sheets import LABEL_SHEETS, Field
from illservice.core.printing.text import ELLIPSIS, LONGEST, fit

_SIDE, _LARGE_SIDE = 3 * mm, 6 * mm
_TWO_LINES = 30 * mm
"""Labels at least this high give the sender two lines."""
_LARGE = 90 * mm
"""Labels at least this high have room for a parcel's label: sender, addressee and barcode in three parts."""

_LONGEST_LINES = (LONGEST, 60, 45, 32, 24, 16)
"""Characters that lines of an address keep, in turn until all lines are there."""


@dataclass(frozen=True, slots=True)
class Label:
    """An address label. Addresses are lines from the top; the first one is the name. `small` are further numbers."""

    to: tuple[str, ...]
    sender: tuple[str, ...] = ()
    number: str = ""
    small: tuple[str, ...] = ()
    to_label: str = ""
    sender_label: str = ""


def labels_pdf(labels: Sequence[Label], *, sheet: str, start: int, title: str, language: str) -> bytes:
    """The labels in their order on a sheet of LABEL_SHEETS, from place `start` (1-based, row by row) of the first.

    KeyError for another sheet; ValueError without labels and for a place that the sheet does not have.
    """
    return impose(labels, sheet=LABEL_SHEETS[sheet], draw=_draw, title=title, language=language, start=start)


def _draw(canvas: Canvas, field: Field, label: Label) -> None:
    if field.height >= _LARGE:
        _draw_large(canvas, field.inset(_LARGE_SIDE), label)
    else:
        _draw_small(canvas, field, label)


def _draw_small(canvas: Canvas, field: Field, label: Label) -> None:
    """Sender in one line, the address, then the barcode with the numbers beside it."""
    end = min(2.5 * mm, field.height * 0.06)
    box = Field(field.x + _SIDE, field.y + end, field.width - 2 * _SIDE, field.height - 2 * end)
    top = box.top
    if label.sender:
        words = " · ".join(label.sender)
        words = f"{label.sender_label} {words}"
        lines = 2 if field.height >= _TWO_LINES else 1
        sender = fit(words, width=box.width, height=8 * lines, most=6.5, least=5, lines=lines)
        top = draw_lines(canvas, sender, x=box.x, top=top) - 0.6 * mm
        draw_rule(canvas, x=box.x, y=top, width=box.width, weight=0.4)
        top -= 0.8 * mm
    bottom = box.y + _numbers(canvas, box, label, min(11 * mm, box.height * 0.26))
    _address(canvas, Field(box.x, bottom, box.width, top - bottom), label, most=13.0)


def _numbers(canvas: Canvas, box: Field, label: Label, height: float) -> float:
    """The lower end: barcode left, numbers right. Gives its height."""
    if not label.number and not label.small:
        return 0.0
    taken = draw_barcode(
        canvas, label.number, x=box.x, y=box.y, width=box.width * 0.56, height=height, margin=_SIDE
    )
    left = box.x + taken
    blocks = [Block(label.number, 9, bold=True, lines=1, after=0)]
    blocks += [Block(each, 7.5, lines=2, after=0) for each in label.small]
    words = flow(blocks, width=box.right - left, height=height, steps=WHOLE_OR_CUT)
    words.draw(canvas, x=left, top=box.y + height)
    return height + 1 * mm


def _address(canvas: Canvas, field: Field, label: Label, *, most: float) -> None:
    """Line by line if it can be; else the name, and the rest one after the other. Where that is too much, long lines
    lose their ends before any line is lost: the place stands near the end of an address.
    """
    sizes = [most, *[most * 0.88] * (len(label.to) - 1)]
    blocks = [
        Block(line, size, bold=number == 0, lines=2, after=0)
        for number, (line, size) in enumerate(zip(label.to, sizes, strict=False))
    ]
    found = flow(blocks, width=field.width, height=field.height, steps=WHOLE)
    if not found.whole:
        for longest in _LONGEST_LINES:
            found = flow(
                _run_together(label, most, longest),
                width=field.width,
                height=field.height,
                steps=WHOLE_OR_CUT,
            )
            if found.whole:
                break
    found.draw(canvas, x=field.x, top=field.top)


def _run_together(label: Label, most: float, longest: int) -> list[Block]:
    *lines, last = [line for line in label.to[1:] if line] or [""]
    cut = [line if len(line) <= longest else f"{line[:longest].rstrip()}{ELLIPSIS}" for line in lines]
    return [
        Block(label.to[0], most, bold=True, lines=2, after=0),
        Block(" · ".join([*cut, last]), most * 0.88, lines=12, after=0),
    ]


def _draw_large(canvas: Canvas, box: Field, label: Label) -> None:
    sender = [Block(label.sender_label, 9, after=1)]
    sender += [Block(line, 10, bold=n == 0, lines=2, after=0) for n, line in enumerate(label.sender)]
    part = flow(sender if label.sender else [], width=box.width, height=box.height * 0.26)
    top = part.draw(canvas, x=box.x, top=box.top) - 2 * mm
    draw_rule(canvas, x=box.x, y=top, width=box.width, weight=1)
    top -= 4 * mm
    bottom = box.y + _large_numbers(canvas, box, label)
    if label.to_label:
        words = fit(label.to_label, width=box.width, height=14, most=10, least=7)
        top = draw_lines(canvas, words, x=box.x, top=top) - 1 * mm
    _address(canvas, Field(box.x, bottom, box.width, top - bottom - 2 * mm), label, most=20.0)


def _large_numbers(canvas: Canvas, box: Field, label: Label) -> float:
    blocks = [Block(label.number, 15, bold=True, lines=1, after=2)]
    blocks += [Block(each, 10, lines=2, after=0) for each in label.small]
    words = flow(blocks, width=box.width, height=box.height * 0.16)
    words.draw(canvas, x=box.x, top=box.y + words.height)
    height = 18 * mm
    y = box.y + words.height + 2 * mm
    taken = draw_barcode(
        canvas, label.number, x=box.x, y=y, width=box.width, height=height, margin=_LARGE_SIDE
    )
    edge = words.height + (height + 6 * mm if taken else 4 * mm)
    if label.number or label.small:
        draw_rule(canvas, x=box.x, y=box.y + edge - 2 * mm, width=box.width)
        return edge
    return 0.0
