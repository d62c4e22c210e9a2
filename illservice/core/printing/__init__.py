"""Paper: slips, labels and book bands as PDF, with the barcode of a number.

    pdf = slips_pdf([Slip("Hold shelf", "B0012348", code="K47")], sheet="a4-4", title="Slips", language="en")

Everything here draws what it is given, knows no request and changes nothing. The layouts are pure functions of their
values: the same values give the same bytes. Text wraps, then shrinks, then ends in an ellipsis; it never leaves its
field. Latin, Greek and Cyrillic are printed from the fonts in static/vendor/dejavu; what these cannot print becomes an
empty box. A desk says what it prints as `Kind`s and has one door for them, `print_door` (kinds.py, door.py).
"""

from illservice.core.printing.bands import Band, bands_pdf
from illservice.core.printing.door import MOST, After, PrintJob, pdf_response, print_page
from illservice.core.printing.kinds import (
    Kind,
    Piece,
    PrintDesk,
    Sorted,
    pdf_of,
    pieces_of,
    print_door,
    print_links,
)
from illservice.core.printing.labels import Label, labels_pdf
from illservice.core.printing.sheets import (
    BAND_SHEETS,
    FAMILIES,
    LABEL_SHEETS,
    SLIP_SHEETS,
    Family,
    Sheet,
)
from illservice.core.printing.slips import Line, Slip, fact, slips_pdf

__all__ = [
    "BAND_SHEETS",
    "FAMILIES",
    "LABEL_SHEETS",
    "MOST",
    "SLIP_SHEETS",
    "After",
    "Band",
    "Family",
    "Kind",
    "Label",
    "Line",
    "Piece",
    "PrintDesk",
    "PrintJob",
    "Sheet",
    "Slip",
    "Sorted",
    "bands_pdf",
    "fact",
    "labels_pdf",
    "pdf_of",
    "pdf_response",
    "pieces_of",
    "print_door",
    "print_links",
    "print_page",
    "slips_pdf",
]
