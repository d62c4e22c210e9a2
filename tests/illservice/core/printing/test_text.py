"""Text fits its field: it wraps, shrinks, and says where something was left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from illservice.core.printing.text import BOX, ELLIPSIS, LONGEST, fit, printable, width_of, wrap

ANY_TEXT = st.text(max_size=200)


@pytest.mark.parametrize(
    "text",
    ["A short history of bees", "Zürich – Łódź – İstanbul – Đà Nẵng", "Ἱστορία τῶν μελισσῶν", "Пчёлы и мёд"],
)
def test_latin_greek_and_cyrillic_stand_as_they_are(text: str) -> None:
    assert [printable(text, bold=bold) for bold in (False, True)] == [text, text]


def test_what_the_fonts_cannot_print_becomes_a_box() -> None:
    assert printable("蜂の history") == f"{BOX * 2} history"
    assert printable("שלום bees عسل") == f"{BOX * 4} bees {BOX * 3}"
    assert printable("honey \U0001f41d") == f"honey {BOX}"


def test_controls_and_direction_marks_are_taken_out() -> None:
    assert printable("a\x00b\x1b[31m\u202egnirts\u200b\ud800") == "ab[31mgnirts"
    assert printable("one\ttwo\r\nthree\u00a0four") == "one two three four"


def test_markup_is_text() -> None:
    assert printable("<para><b>x</b>&amp;</para>") == "<para><b>x</b>&amp;</para>"


def test_no_more_than_a_field_can_hold_is_looked_at() -> None:
    assert len(printable("x" * 50_000)) == LONGEST


def test_lines_break_between_words_and_long_words_inside() -> None:
    assert wrap("aa bb cc", size=10, width=width_of("aa bb", size=10) + 0.1) == ["aa bb", "cc"]
    broken = wrap("a" * 30, size=10, width=width_of("a" * 10, size=10) + 0.1)
    assert broken == ["a" * 10] * 3
    assert wrap(" \n ", size=10, width=50) == []


def test_what_is_left_out_is_said() -> None:
    lines = wrap("one two three four five six", size=10, width=60, most=2)
    assert len(lines) == 2
    assert lines[1].endswith(ELLIPSIS)
    assert width_of(lines[1], size=10) <= 60


def test_it_shrinks_before_it_cuts_and_breaks_no_word() -> None:
    whole = fit("Interlibrary loan", width=80, height=20, most=30, least=6)
    assert whole.lines == ("Interlibrary loan",)
    assert 6 < whole.size < 30
    two = fit("30. September 2026", width=150, height=90, most=34, least=10, lines=2, bold=True)
    assert two.lines == ("30. September", "2026")
    cut = fit("Interlibrary loan " * 30, width=80, height=20, most=30, least=6)
    assert cut.lines[-1].endswith(ELLIPSIS)
    assert cut.size == 6


@given(text=ANY_TEXT, size=st.floats(5, 40), width=st.floats(50, 600), most=st.integers(1, 6))
def test_no_line_is_wider_than_its_field(text: str, size: float, width: float, most: int) -> None:
    lines = wrap(text, size=size, width=width, most=most)
    assert len(lines) <= most
    assert all(width_of(line, size=size) <= width + 0.01 or len(line) == 1 for line in lines)
    if not any(line.endswith(ELLIPSIS) for line in lines):
        assert "".join(lines).replace(" ", "") == printable(text).replace(" ", "")


@given(text=ANY_TEXT, width=st.floats(40, 400), height=st.floats(8, 100), lines=st.integers(1, 4))
def test_fitted_text_is_never_higher_than_its_field(
    text: str, width: float, height: float, lines: int
) -> None:
    found = fit(text, width=width, height=height, most=40, least=6, lines=lines)
    assert found.height <= max(height, 6 * 1.2) + 0.01
    assert len(found.lines) <= lines
