"""What a file is, told by its content alone; its name and what the sender calls it count for nothing.

Signatures: PDF ISO 32000-1 §7.5.2 (`%PDF-`; taken only at the very first byte, as what stands before it could be a
page), TIFF 6.0 §2, JPEG ISO/IEC 10918-1 annex B (SOI, then a marker), PNG ISO/IEC 15948 §5.2.
"""

import mmap
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _


class MediaType(StrEnum):
    """What is taken."""

    PDF = "application/pdf"
    TIFF = "image/tiff"
    JPEG = "image/jpeg"
    PNG = "image/png"


EXTENSIONS = {MediaType.PDF: "pdf", MediaType.TIFF: "tif", MediaType.JPEG: "jpg", MediaType.PNG: "png"}
SHOWN_BY_BROWSERS = frozenset({MediaType.PDF, MediaType.JPEG, MediaType.PNG})

HEAD = 1024
"""Bytes from the beginning that tell the type; browsers that guess look no further."""

_TAIL = 2048
_SIGNATURES = (
    (b"%PDF-", MediaType.PDF),
    (b"II*\x00", MediaType.TIFF),
    (b"MM\x00*", MediaType.TIFF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
)
_ENDS = {MediaType.PDF: b"%%EOF", MediaType.PNG: b"IEND"}
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|iframe|svg)\b", re.IGNORECASE)
_LOCKED = re.compile(rb"/Encrypt\b")
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia)\b")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_HIDDEN_PAGES = re.compile(rb"/ObjStm\b")


class CheckResult(models.TextChoices):
    """What looking at the content came to."""

    FIT = "fit", _("fit to be sent")
    LINK = "link", _("an address: what is there was not looked at")
    LOCKED = "locked", _("a PDF with a password or restrictions")
    ACTIVE = "active", _("a PDF that holds programs or other files")
    BROKEN = "broken", _("the end is missing")
    CHANGED = "changed", _("not the file that was attached")
    MISSING = "missing", _("the file is not there")


@dataclass(frozen=True, slots=True)
class Examined:
    """What the whole of a file tells: the result, and the number of pages where it can be known."""

    result: CheckResult
    pages: int | None = None


def sniff(head: bytes) -> MediaType | None:
    """The type of a file by its first bytes, None for everything that is not taken."""
    return next((media for signature, media in _SIGNATURES if head.startswith(signature)), None)


def holds_markup(head: bytes) -> bool:
    """Whether a file that begins like a scan also begins like a page (a polyglot)."""
    return _MARKUP.search(head[:HEAD]) is not None


def examine(path: Path, media: MediaType) -> Examined:
    """Look through a whole file without reading it into memory."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        end = _ENDS.get(media)
        if end is not None and content.rfind(end, max(0, len(content) - _TAIL)) < 0:
            return Examined(CheckResult.BROKEN)
        if media is not MediaType.PDF:
            return Examined(CheckResult.FIT)
        if _LOCKED.search(content):
            return Examined(CheckResult.LOCKED)
        result = CheckResult.ACTIVE if _ACTIVE.search(content) else CheckResult.FIT
        return Examined(result, _pages(content))


def _pages(content: mmap.mmap) -> int | None:
    """Pages of a PDF that lists them openly; None when they are packed away or the file was changed afterwards."""
    versions = sum(1 for _each in re.finditer(rb"%%EOF", content))
    if versions > (2 if content.find(b"/Linearized", 0, HEAD) >= 0 else 1) or _HIDDEN_PAGES.search(content):
        return None
    return sum(1 for _each in _PAGE.finditer(content)) or None
