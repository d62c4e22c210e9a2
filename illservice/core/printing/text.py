"""Text that fits: what can be printed, how wide it is, where it wraps, how far it shrinks."""

import functools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "IllSans", "IllSans-Bold"
BOX = "\u25a1"
"""Stands for a character that the fonts cannot print: seen, and never taken for another one."""
ELLIPSIS = "\u2026"
LONGEST = 1500
"""Characters of one text that are looked at; no field holds more."""
LEADING = 1.2
"""From line to line, in font sizes."""

_FILES = {REGULAR: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}
_REMOVED = frozenset({"Cc", "Cf", "Cs"})
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_STEP = 0.94


@functools.cache
def _font(bold: bool) -> TTFont:
    """The font, read and made known to the PDF library once in a process."""
    name = BOLD if bold else REGULAR
    font = TTFont(name, str(settings.BASE_DIR / "static" / "vendor" / "dejavu" / _FILES[name]))
    pdfmetrics.registerFont(font)
    return font


def font_name(*, bold: bool) -> str:
    """The name by which a canvas knows the font."""
    return str(_font(bold).fontName)


def printable(text: str, *, bold: bool = False) -> str:
    """One line of text as the font can print it.

    Controls and invisible format characters (which could turn the direction of what follows) are removed, every kind
    of space is one space. Scripts that the fonts lack, and those written from right to left, become boxes.
    """
    glyphs = _font(bold).face.charToGlyph
    kept = "".join(_printed(char, glyphs) for char in unicodedata.normalize("NFC", text[:LONGEST]))
    return " ".join(kept.split())


def _printed(char: str, glyphs: dict[int, int]) -> str:
    if char.isspace():
        return " "
    if unicodedata.category(char) in _REMOVED:
        return ""
    if unicodedata.bidirectional(char) in _RIGHT_TO_LEFT or ord(char) not in glyphs:
        return BOX
    return char


def width_of(text: str, *, size: float, bold: bool = False) -> float:
    """Points that a printable text takes."""
    face = _font(bold).face
    widths = face.charWidths
    total = sum(widths.get(ord(char), face.defaultWidth) for char in text)
    return float(total) * size / 1000


@functools.lru_cache(maxsize=4096)
def _words(text: str, bold: bool) -> tuple[tuple[str, float], ...]:
    """The words of a text with their widths at a font size of one point."""
    return tuple((word, width_of(word, size=1, bold=bold)) for word in printable(text, bold=bold).split())


def wrap(text: str, *, size: float, width: float, bold: bool = False, most: int = LONGEST) -> list[str]:
    """Lines no wider than `width`, at most `most`; where one is left out, the last ends in an ellipsis.

    A word that is wider than a line is broken. An empty text has no line.
    """
    lines: list[str] = []
    space = width_of(" ", size=size, bold=bold)
    line, taken = "", 0.0
    for word, unit in _words(text, bold):
        if len(lines) > most:
            break
        wide = unit * size
        if line and taken + space + wide <= width:
            line, taken = f"{line} {word}", taken + space + wide
            continue
        if line:
            lines.append(line)
        line, taken = word, wide
        if wide > width:
            *whole, line = islice(_pieces(word, size=size, width=width, bold=bold), most + 2)
            lines.extend(whole)
            taken = width_of(line, size=size, bold=bold)
    if line:
        lines.append(line)
    return lines if len(lines) <= most else _cut(lines[:most], size=size, width=width, bold=bold)


def _pieces(word: str, *, size: float, width: float, bold: bool) -> Iterator[str]:
    """A word in parts of at most `width`, but of one character at least."""
    part, taken = "", 0.0
    face = _font(bold).face
    for char in word:
        wide = face.charWidths.get(ord(char), face.defaultWidth) * size / 1000
        if part and taken + wide > width:
            yield part
            part, taken = "", 0.0
        part, taken = part + char, taken + wide
    yield part


def _cut(lines: list[str], *, size: float, width: float, bold: bool) -> list[str]:
    """The lines, the last of which says that more was there."""
    last = lines[-1]
    while last and width_of(last + ELLIPSIS, size=size, bold=bold) > width:
        last = last[:-1]
    return [*lines[:-1], last.rstrip() + ELLIPSIS]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines and the font size at which they fit."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        """Points from the top of the first line to the bottom of the last."""
        return len(self.lines) * self.size * LEADING


def fit(
    text: str, *, width: float, height: float, most: float, least: float, lines: int = 1, bold: bool = False
) -> Fitted:
    """The largest size from `most` down to `least` at which the text stands whole; cut at `least` if at none.

    No word is broken as long as a smaller size keeps it whole.
    """
    longest = max((unit for _word, unit in _words(text, bold)), default=0.0)
    size = most
    while size > least:
        room = min(lines, int(height / (size * LEADING)))
        found = _whole(text, size, width, bold, room) if longest * size <= width else []
        if found:
            return Fitted(tuple(found), size)
        size *= _STEP
    room = max(1, min(lines, int(height / (least * LEADING))))
    return Fitted(tuple(wrap(text, size=least, width=width, bold=bold, most=room)), least)


def _whole(text: str, size: float, width: float, bold: bool, room: int) -> list[str]:
    """The lines, if they are no more than there is room for."""
    found = wrap(text, size=size, width=width, bold=bold, most=room + 1) if room else []
    return found if len(found) <= room else []
