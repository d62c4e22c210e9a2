"""Slips, labels and bands: what stands on them, where, on how many pages, and that scanners read them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.units import mm

from illservice.core.printing import (
    BAND_SHEETS,
    FAMILIES,
    LABEL_SHEETS,
    SLIP_SHEETS,
    Band,
    Family,
    Label,
    Line,
    Sheet,
    Slip,
    bands_pdf,
    labels_pdf,
    slips_pdf,
)
from tests.illservice.core.printing.reading import barcodes, pages, reader, words

NUMBER = "B0012348"
SHEETS = [sheet for sheets in FAMILIES.values() for sheet in sheets.values()]


def slip(**values: Any) -> Slip:
    given_ = {
        "heading": "Hold shelf",
        "number": NUMBER,
        "code": "K47",
        "title": "A short history of bees",
        "lines": (Line("Pick up at", "Hill Branch", strong=True), Line("Author", "Hale, Miriam")),
        "notes": ("Use in the library only",),
        "flag": "Rush",
        "foot": "Northfield Library",
    }
    return Slip(**given_ | values)


def label(name: str = "Eastlake University", **values: Any) -> Label:
    given_ = {
        "to": (
            name,
            "Interlibrary Loan",
            "Receiving Dock 4",
            "1200 Lakeshore Drive",
            "Eastlake OH 44095",
            "USA",
        ),
        "sender": ("Northfield Library", "12 Main Street", "Northfield MN 55057"),
        "number": NUMBER,
        "small": ("Your number: 214578963",),
        "to_label": "To:",
        "sender_label": "From:",
    }
    return Label(**given_ | values)


def band(**values: Any) -> Band:
    given_ = {
        "heading": "Interlibrary loan",
        "number": NUMBER,
        "due_label": "Please return by",
        "due": "20 April 2026",
        "title": "A short history of bees",
        "conditions": ("No copies to be made",),
        "lines": (Line("Lent by", "Eastlake University"),),
        "return_label": "Return to",
        "return_to": ("Northfield Library", "12 Main Street"),
        "foot": "Please leave this band on the item.",
    }
    return Band(**given_ | values)


def slips(items: list[Slip], sheet: str = "a4-4") -> bytes:
    return slips_pdf(items, sheet=sheet, title="Slips", language="en")


def labels(items: list[Label], sheet: str = "l7160", start: int = 1) -> bytes:
    return labels_pdf(items, sheet=sheet, start=start, title="Labels", language="en")


def bands(items: list[Band], sheet: str = "a4-3") -> bytes:
    return bands_pdf(items, sheet=sheet, title="Bands", language="en")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.code)
def test_every_field_is_on_the_page_and_none_covers_another(sheet: Sheet) -> None:
    fields = [sheet.field(place) for place in range(sheet.places)]
    width, height = sheet.page_size
    for one in fields:
        assert one.x >= -0.01
        assert one.y >= -0.01
        assert one.right <= width + 0.01
        assert one.top <= height + 0.01
    for number, one in enumerate(fields):
        for other in fields[number + 1 :]:
            beside = one.right <= other.x + 0.01 or other.right <= one.x + 0.01
            assert beside or one.y >= other.top - 0.01 or other.y >= one.top - 0.01


@pytest.mark.parametrize("sheet", SLIP_SHEETS)
def test_a_slip_says_all_it_was_given_on_every_paper(sheet: str) -> None:
    (text,) = pages(slips([slip()], sheet))
    for each in (
        "Hold shelf",
        "Rush",
        "K47",
        NUMBER,
        "A short history of bees",
        "Hill Branch",
        "Hale, Miriam",
    ):
        assert each in text
    assert "Use in the library only" in text
    assert "Northfield Library" in text


@pytest.mark.parametrize("sheet", BAND_SHEETS)
def test_a_band_says_all_it_was_given(sheet: str) -> None:
    (text,) = pages(bands([band()], sheet))
    for each in ("20 April 2026", NUMBER, "No copies to be made", "Eastlake University", "12 Main Street"):
        assert each in text
    assert "Please leave this band on the item." in text


@pytest.mark.parametrize("sheet", LABEL_SHEETS)
def test_no_line_of_an_address_is_lost_on_any_label(sheet: str) -> None:
    (text,) = pages(labels([label()], sheet))
    for each in (*label().to, "Northfield Library", "Northfield MN 55057", NUMBER, "214578963"):
        assert each in text


def test_the_code_and_the_date_are_the_largest_words() -> None:
    for pdf, largest in ((slips([slip()]), "K47"), (bands([band()]), "20 April")):
        found = words(pdf)
        assert max(found, key=lambda word: word.size).text == largest


@pytest.mark.parametrize(
    ("count", "sheet", "expected"),
    [(1, "a4-1", 1), (4, "a4-4", 1), (5, "a4-4", 2), (9, "letter-2", 5), (3, "a6", 3)],
)
def test_slips_fill_one_page_after_the_other(count: int, sheet: str, expected: int) -> None:
    found = pages(slips([slip(code=f"S{number}X") for number in range(count)], sheet))
    assert len(found) == expected
    text = " ".join(found)
    assert [text.count(f"S{number}X") for number in range(count)] == [1] * count


def test_long_lines_of_an_address_are_cut_before_its_place_is_lost() -> None:
    long = "University Library, Interlibrary Loan and Document Delivery, Building 12, ground floor behind the lift"
    to = ("Eastlake University", long, long, "1234 Street of the Long Names", "Eastlake MN 55057", "USA")
    (text,) = pages(labels([label(to=to)], "5160"))
    for each in ("Eastlake University", "University Lib", to[3][:16], *to[4:], NUMBER):
        assert each in text


def test_labels_begin_where_the_sheet_still_has_some() -> None:
    pdf = labels([label(f"Name{number}") for number in range(3)], "l7160", start=20)
    assert len(pages(pdf)) == 2
    first = {word.text: word for word in words(pdf)}
    sheet = LABEL_SHEETS["l7160"]
    for name, place in (("Name0", 19), ("Name1", 20)):
        field = sheet.field(place)
        assert field.x <= first[name].x <= field.right
        assert field.y <= first[name].y <= field.top
    (last,) = [word for word in words(pdf, 1) if word.text == "Name2"]
    field = sheet.field(0)
    assert (field.x <= last.x <= field.right, field.y <= last.y <= field.top) == (True, True)


@pytest.mark.parametrize("start", [0, -1, 22])
def test_a_sheet_has_no_other_places(start: int) -> None:
    with pytest.raises(ValueError, match="no field"):
        labels([label()], "l7160", start=start)


def test_nothing_is_no_document() -> None:
    with pytest.raises(ValueError, match="nothing"):
        slips([])


def test_the_same_paper_gives_the_same_bytes_without_a_persons_name_or_a_time() -> None:
    pdf = slips([slip()])
    assert pdf == slips([slip()])
    assert pdf != slips([slip(code="K48")])
    facts = reader(pdf).metadata
    assert facts is not None
    assert (facts.title, facts.author or "", facts.creator) == ("Slips", "", "illservice")
    assert reader(pdf).trailer["/Root"]["/Lang"] == "en"  # type: ignore[index]


@pytest.mark.parametrize(
    "make",
    [
        *(lambda sheet=sheet: slips([slip()], sheet) for sheet in SLIP_SHEETS),
        *(lambda sheet=sheet: labels([label()], sheet) for sheet in LABEL_SHEETS),
        *(lambda sheet=sheet: bands([band()], sheet) for sheet in BAND_SHEETS),
    ],
)
def test_a_scanner_reads_the_number(make: Callable[[], bytes], tmp_path: Path) -> None:
    assert barcodes(make(), tmp_path) == [NUMBER]


def test_a_number_that_no_barcode_can_hold_stands_in_letters() -> None:
    for number in ("", "Ü-1", "9" * 80):
        (text,) = pages(slips([slip(number=number, code="")]))
        assert number[:20] in text


def test_hostile_words_are_printed_as_words() -> None:
    (text,) = pages(slips([slip(title="<para><font size=90>x</font></para> \x00\x1b & 蜂")]))
    assert "<para><font size=90>x</font></para> & □" in text


def test_too_much_of_everything_stays_in_its_field_and_says_so() -> None:
    much = slip(
        heading="h " * 300,
        code="W" * 99,
        title="long title " * 300,
        lines=tuple(Line("label " * 20, "x" * 900) for _ in range(40)),
        notes=("note " * 200,) * 9,
        foot="foot " * 300,
        flag="flag " * 90,
    )
    pdf = slips([much, much, much, much])
    assert len(pages(pdf)) == 1
    assert "…" in pages(pdf)[0]
    for word in words(pdf):
        assert 8 * mm - 1 <= word.x <= 202 * mm
        assert 8 * mm - 3 <= word.y <= 290 * mm


ANYTHING = st.text(max_size=120)
MANY = st.lists(ANYTHING, max_size=5).map(tuple)


@settings(max_examples=40, deadline=None)
@given(title=ANYTHING, code=ANYTHING, number=ANYTHING, more=MANY, count=st.integers(1, 9))
def test_any_slip_can_be_printed(
    title: str, code: str, number: str, more: tuple[str, ...], count: int
) -> None:
    lines = tuple(Line(each, each[::-1]) for each in more)
    one = Slip(title, number, code=code, title=title, lines=lines, notes=more, flag=code, foot=title)
    assert len(reader(slips([one] * count, "a4-4")).pages) == (count + 3) // 4


@settings(max_examples=40, deadline=None)
@given(to=MANY, sender=MANY, number=ANYTHING, small=MANY, start=st.integers(1, 30), count=st.integers(1, 40))
def test_any_label_can_be_printed(
    to: tuple[str, ...], sender: tuple[str, ...], number: str, small: tuple[str, ...], start: int, count: int
) -> None:
    one = Label(to, sender, number, small)
    assert len(reader(labels([one] * count, "5160", start)).pages) == (start - 1 + count + 29) // 30
    assert len(reader(labels([one], "102x152")).pages) == 1


@settings(max_examples=40, deadline=None)
@given(due=ANYTHING, title=ANYTHING, number=ANYTHING, more=MANY)
def test_any_band_can_be_printed(due: str, title: str, number: str, more: tuple[str, ...]) -> None:
    lines = tuple(Line(each, each) for each in more)
    one = Band(title, number, due, due, title, more, lines, title, more, due)
    assert len(reader(bands([one] * 4)).pages) == 2


def test_every_family_has_its_sheets() -> None:
    assert set(FAMILIES) == set(Family)
    assert all(code == sheet.code for sheets in FAMILIES.values() for code, sheet in sheets.items())
