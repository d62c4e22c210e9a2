"""How tests read paper: the words of a page, where they stand, and the barcodes."""

import io
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader


@dataclass(frozen=True)
class Word:
    """A piece of text at a place, in points from the lower left corner."""

    text: str
    x: float
    y: float
    size: float


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def pages(pdf: bytes) -> list[str]:
    """The text of each page, with single spaces."""
    return [" ".join(page.extract_text().split()) for page in reader(pdf).pages]


def words(pdf: bytes, page: int = 0) -> list[Word]:
    """Everything written on a page with its place."""
    found: list[Word] = []

    def visit(text: str, matrix: Any, place: Any, _font: Any, size: float) -> None:
        if text.strip():
            found.append(Word(text.strip(), place[4] + matrix[4], place[5] + matrix[5], size))

    reader(pdf).pages[page].extract_text(visitor_text=visit)
    return found


def barcodes(pdf: bytes, folder: Path) -> list[str]:
    """What a scanner reads from all pages; skips with a word where the tools are not installed."""
    draw, scan = shutil.which("pdftoppm"), shutil.which("zbarimg")
    if draw is None or scan is None:
        pytest.skip("needs pdftoppm and zbarimg to read barcodes")
    (folder / "paper.pdf").write_bytes(pdf)
    subprocess.run([draw, "-r", "150", "-gray", folder / "paper.pdf", folder / "page"], check=True)
    images = sorted(folder.glob("page*.pgm"))
    done = subprocess.run([scan, "-q", "--raw", *images], capture_output=True, text=True)
    return done.stdout.split()
