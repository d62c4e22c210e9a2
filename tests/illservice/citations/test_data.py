"""Citations as values: clean texts, identifiers read, years found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from illservice.citations.data import CitationData
from illservice.citations.identifiers import IdentifierKind, read_identifier
from illservice.citations.text import clean_lines, clean_text, parse_year
from illservice.protocols.identifiers import NORMALISERS
from illservice.protocols.openurl.codec import parse_openurl
from illservice.protocols.openurl.messages import CITATION_KEYS


def test_a_citation_is_made_from_any_mapping() -> None:
    citation = CitationData.from_mapping(
        {
            "title": " Low\x00 water\n marks ",
            "date": "c1999.",
            "isbn": "0-306-40615-2",
            "issn": "junk",
            "color": "red",
        }
    )
    assert citation.title == "Low water marks"
    assert citation.year == 1999
    assert [(one.kind, one.raw, one.normalised, one.valid) for one in citation.identifiers] == [
        ("issn", "junk", "", False),
        ("isbn", "0-306-40615-2", "9780306406157", True),
    ]
    assert citation.normalised("isbn", "issn") == {"9780306406157"}


def test_an_openurl_becomes_a_citation_without_loss() -> None:
    parsed = parse_openurl(
        "genre=article&title=J&atitle=A&aulast=Moss&volume=1&issn=0317-8471&id=doi:10.1000/1"
    )
    citation = CitationData.from_mapping(parsed.citation)
    assert citation.texts() == {name: parsed.citation.get(name, "") for name in citation.texts()}
    assert {(one.kind, one.normalised) for one in citation.identifiers} == {
        ("issn", "0317-8471"),
        ("doi", "10.1000/1"),
    }


def test_kinds_and_keys_are_the_same_in_every_layer() -> None:
    assert set(IdentifierKind.values) == set(NORMALISERS)
    assert {*CitationData().texts(), *IdentifierKind.values} == set(CITATION_KEYS)


def test_the_same_identifier_written_twice_is_one() -> None:
    twice = (read_identifier("isbn", "0306406152"), read_identifier("isbn", "9780306406157"))
    assert CitationData().with_identifiers(twice).identifiers == twice[:1]


@given(st.sampled_from(IdentifierKind.values), st.text())
def test_reading_an_identifier_never_raises(kind: str, raw: str) -> None:
    identifier = read_identifier(kind, raw)
    assert identifier.valid == bool(identifier.normalised)
    assert "\x00" not in identifier.raw


YEARS = [
    ("2015-04-01", 2015),
    ("9 2016", 2016),
    ("20150401", 2015),
    ("201504", 2015),
    ("c1998.", 1998),
    ("1998; reprint 2003", 1998),
    ("July 28, 2012", 2012),
    ("Art. No. 12345", None),
    ("1066", None),
    ("", None),
]


@pytest.mark.parametrize(("date", "year"), YEARS)
def test_years_are_found_in_dates_as_written(date: str, year: int | None) -> None:
    assert parse_year(date) == year


@given(st.text())
def test_clean_text_is_one_line_that_stays_as_it_is(text: str) -> None:
    clean = clean_text(text)
    assert clean == clean_text(clean)
    assert len(clean.splitlines()) <= 1
    assert clean.encode().decode() == clean


def test_notes_keep_their_lines() -> None:
    assert clean_lines("\r\nOne\x07 \r\n\n\n\n two\u202e\rthree \n") == "One\n\ntwo\nthree"
