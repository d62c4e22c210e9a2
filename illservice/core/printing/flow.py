"""Blocks of text one below the other in a field: they wrap, then shrink, then lose lines, and never overflow."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from illservice.core.printing.drawing import draw_lines, draw_rule
from illservice.core.printing.text import ELLIPSIS, LEADING, Fitted, wrap

LEAST_SIZE = 6.0
"""Points; nothing is printed smaller."""
WRITE_HEIGHT = 20.0
"""Points of a line to write on."""
_STEPS = ((1.0, 99), (0.92, 99), (0.84, 99), (0.76, 99), (0.76, 2), (0.68, 2), (0.68, 1), (0.6, 1))
"""How much the blocks shrink, and how many lines each may keep, in turn until all of them fit."""
WHOLE = tuple((scale / 100, 99) for scale in range(100, 44, -5))
"""For addresses: shrink further before a line is lost."""
WHOLE_OR_CUT = (*WHOLE, (0.45, 4), (0.45, 2), (0.45, 1))
"""As WHOLE; and when even that is too much, something of every block stays."""
_LABEL = 0.8
_PAD = 0.5


@dataclass(frozen=True, slots=True)
class Block:
    """One text. `label` says what it is; `after` is the space below it, in points.

    An empty text with a label is a line to write on. `framed` blocks stand in a box.
    """

    text: str
    size: float
    bold: bool = False
    label: str = ""
    lines: int = 4
    after: float = 4.0
    framed: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    label: Fitted
    text: Fitted
    block: Block
    indent: float
    pad: float
    height: float

    @property
    def whole(self) -> bool:
        """Whether nothing of the text was left out."""
        last = self.text.lines[-1] if self.text.lines else ""
        return not last.endswith(ELLIPSIS) or self.block.text.endswith(ELLIPSIS)


@dataclass(frozen=True, slots=True)
class Flow:
    """Blocks that were made to fit a width and a height."""

    rows: tuple[_Row, ...]
    width: float
    whole: bool

    @property
    def height(self) -> float:
        """Points that all rows take together."""
        return sum(row.height for row in self.rows)

    def draw(self, canvas: Canvas, *, x: float, top: float) -> float:
        """Draw downwards from `top`; gives the y below the last row."""
        for row in self.rows:
            self._draw_row(canvas, row, x, top)
            top -= row.height
        return top

    def _draw_row(self, canvas: Canvas, row: _Row, x: float, top: float) -> None:
        if row.block.framed:
            bottom = top - row.height + row.block.after
            canvas.setStrokeGray(0)
            canvas.setLineWidth(1)
            canvas.rect(x, bottom, self.width, top - bottom, stroke=1, fill=0)
        inner, start = x + row.pad, top - row.pad
        beside = row.indent > 0
        drop = max(0.0, row.text.size - row.label.size) * 0.96 if beside else 0.0  # one baseline for both
        below = draw_lines(canvas, row.label, x=inner, top=start - drop, soft=True)
        if not row.block.text and row.block.label:
            y = top - row.height + row.pad + row.block.after
            draw_rule(
                canvas, x=inner + row.indent, y=y, width=self.width - row.indent - 2 * row.pad, weight=0.4
            )
        text_top = start if beside else below
        draw_lines(canvas, row.text, x=inner + row.indent, top=text_top, bold=row.block.bold)


def flow(
    blocks: Sequence[Block],
    *,
    width: float,
    height: float,
    label_width: float = 0.0,
    steps: Sequence[tuple[float, int]] = _STEPS,
) -> Flow:
    """Blocks in a column. Labels stand before the text where `label_width` is given, else above it.

    What cannot be shown even small is left out from the end, and an ellipsis says so; `whole` tells whether it was.
    """
    shown = [block for block in blocks if block.text or block.label]
    rows: list[_Row] = []
    for scale, lines in steps:
        rows = [_row(block, width, label_width, scale, lines) for block in shown]
        if sum(row.height for row in rows) <= height:
            return Flow(tuple(rows), width, all(row.whole for row in rows))
    return Flow(tuple(_as_many(rows, width, label_width, height)), width, whole=False)


def _as_many(rows: list[_Row], width: float, label_width: float, height: float) -> list[_Row]:
    end = _row(Block(ELLIPSIS, LEAST_SIZE, after=0), width, label_width, 1, 1)
    kept: list[_Row] = []
    room = height - end.height
    for row in rows:
        if row.height > room:
            break
        kept.append(row)
        room -= row.height
    return [*kept, end] if height >= end.height else []


def _row(block: Block, width: float, label_width: float, scale: float, lines: int) -> _Row:
    size = max(LEAST_SIZE, block.size * scale)
    pad = size * _PAD if block.framed else 0.0
    indent = label_width if block.label else 0.0
    room = max(size, width - indent - 2 * pad)
    text = _fitted(block.text, size, room, block.bold, min(lines, block.lines))
    label_size = max(LEAST_SIZE, min(size * _LABEL, 9 * scale))
    label_room = max(label_size, (label_width - 4) if indent else width - 2 * pad)
    label = _fitted(block.label, label_size, label_room, False, 2 if indent else 1)
    body = text.height or (size * LEADING if block.text else max(size * LEADING, WRITE_HEIGHT * scale))
    inside = max(body, label.height) if indent else body + label.height
    return _Row(label, text, block, indent, pad, inside + 2 * pad + block.after * scale)


def _fitted(text: str, size: float, width: float, bold: bool, lines: int) -> Fitted:
    return Fitted(tuple(wrap(text, size=size, width=width, bold=bold, most=lines)), size)
