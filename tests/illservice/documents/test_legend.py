"""A copy that we supply carries the notice of copyright (17 USC 108(a)(3)); the file itself stays as it came."""

import io
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from illservice.citations.copyright import COPY_LEGEND
from illservice.documents.kinds import Audience
from illservice.documents.services.legend import legend_of
from illservice.documents.services.storage import open_stored
from tests.illservice.documents.conftest import JPEG, PDF, Shelf, body
from tests.illservice.documents.test_opening import ACCEPTED, browser, made, path_of


def scanned(pages: int = 2, *, first: str = "page") -> bytes:
    """A whole PDF of that many pages."""
    stream = io.BytesIO()
    canvas = Canvas(stream)
    for number in range(pages):
        canvas.drawString(72, 72, f"{first} {number}")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def opened(shelf: Shelf, content: bytes) -> tuple[bytes, Any]:
    """What a borrower gets, and the answer in which it came."""
    link = made(shelf, Audience.BORROWER, content)
    answer = browser(None).post(path_of(link), ACCEPTED)
    assert answer.status_code == 200
    return body(answer), answer


def texts(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def test_a_pdf_begins_with_the_notice_and_the_file_is_not_touched(shelf: Shelf) -> None:
    scan = scanned()
    content, answer = opened(shelf, scan)
    first, *rest = texts(content)
    assert COPY_LEGEND in first
    assert "Northfield Library" in first
    assert rest == ["page 0", "page 1"]
    assert content.startswith(scan)  # an update behind it: what is signed stays signed
    assert answer["Content-Length"] == str(len(content))
    (kept,) = shelf.files()
    assert kept.read_bytes() == scan


def test_the_patron_s_copy_carries_it_too_and_staff_see_the_original(shelf: Shelf) -> None:
    scan = scanned()
    link = made(shelf, Audience.PATRON, scan)
    ada = browser(shelf.world.north.patrons["ada"].user)
    assert COPY_LEGEND in texts(body(ada.post(path_of(link), ACCEPTED)))[0]
    stored = open_stored(link.document.storage_key)
    assert stored is not None
    assert stored.read() == scan


def _locked() -> bytes:
    writer, stream = PdfWriter(io.BytesIO(scanned())), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize("content", [PDF, JPEG, _locked(), scanned()[:-400] + b"%%EOF\n"], ids=range(4))
def test_what_cannot_be_added_to_goes_out_as_it_is_and_the_page_says_it(shelf: Shelf, content: bytes) -> None:
    got, _answer = opened(shelf, content)
    assert got == content
    link = made(shelf, Audience.BORROWER, content)
    assert COPY_LEGEND in browser(None).get(path_of(link)).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [(b"/Type /Pages", b"/Type /Page "), (b"/Count 1", b"/Count x"), (b"/Parent", b"/Praent")],
    ids=["no pages", "no count", "no parent"],
)
def test_a_crooked_pdf_is_never_lost(shelf: Shelf, wrong: tuple[bytes, bytes]) -> None:
    content = scanned(1).replace(*wrong)
    got, _answer = opened(shelf, content)
    assert got.startswith(content)


def test_each_country_has_its_own_words(shelf: Shelf) -> None:
    library = shelf.world.north.library
    assert library.entity is not None
    said = set()
    for country in ("US", "CA", "GB", "AU", "NZ", "DE", "FR"):
        library.entity.jurisdiction = country
        library.entity.save()
        words = legend_of(library)
        said.add(words)
        first = texts(opened(shelf, scanned(1))[0])[0]
        assert words.split("(")[0].strip() in first
    assert len(said) == 7
