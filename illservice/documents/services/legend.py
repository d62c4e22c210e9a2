"""The notice of copyright on a copy that we supply (17 USC 108(a)(3)): a first page before the scan.

The page is added when the copy is opened, behind the bytes of the original (ISO 32000-1 §7.5.6, incremental update), so
that the file in our folder and any signature in it stay as they are.
"""

import logging
from io import BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pypdf import PdfReader, PdfWriter

from illservice.citations.copyright import copy_legend
from illservice.core.printing import Slip, slips_pdf
from illservice.directory.models import Library
from illservice.documents.kinds import CheckResult, MediaType
from illservice.documents.models import Document

logger = logging.getLogger(__name__)

_LETTER_PAPER = frozenset({"US", "CA"})


def legend_of(library: Library) -> str:
    """The notice for copies that a library supplies, in the active language. Needs the library's entity."""
    return copy_legend(_country(library))


def with_legend(document: Document, stream: BinaryIO) -> BinaryIO:
    """The scan with the notice as its first page; `stream` itself where none can be added.

    Images, PDFs with a password or with programs, and damaged ones are left as they are: the page and the mail by which
    they are opened carry the words. Takes `stream` over: it is closed unless it is given back.
    """
    if document.media_type != MediaType.PDF or document.check_result != CheckResult.FIT:
        return stream
    try:
        stamped = _stamped(stream, _first_page(document))
    except Exception:  # noqa: BLE001 - a file from anywhere can fail a reader of PDF in any way
        logger.warning("no notice of copyright could be put on document %s", document.pk)
        stream.seek(0)
        return stream
    stream.close()
    return stamped


def _stamped(stream: BinaryIO, page: BinaryIO) -> BinaryIO:
    writer = PdfWriter(PdfReader(stream, strict=True), incremental=True)
    writer.insert_page(PdfReader(page).pages[0], 0)
    stamped = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - the response closes it
    try:
        writer.write(stamped)
    except BaseException:
        stamped.close()
        raise
    stamped.seek(0)
    return stamped


def _first_page(document: Document) -> BinaryIO:
    library = document.library
    slip = Slip(library.name, document.subject, notes=(legend_of(library),))
    sheet = "letter-1" if _country(library) in _LETTER_PAPER else "a4-1"
    title = _("Copy for request %(number)s") % {"number": document.subject}
    return BytesIO(slips_pdf([slip], sheet=sheet, title=title, language=get_language() or "en"))


def _country(library: Library) -> str:
    return library.entity.jurisdiction.strip().upper() if library.entity else ""
