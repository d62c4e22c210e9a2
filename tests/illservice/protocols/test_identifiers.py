"""Identifiers: what is one, and its only normal form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from illservice.protocols.identifiers import NORMALISERS, isbns_in, issns_in

VALID = [
    ("issn", "0317-8471", "0317-8471"),
    ("issn", "03178471", "0317-8471"),
    ("issn", "2434-561x", "2434-561X"),
    ("issn", "1050-124X", "1050-124X"),
    ("issn", "0317\u20138471", "0317-8471"),
    ("issn", " ISSN 0317-8471 ", "0317-8471"),
    ("issn", "e-ISSN: 0317-8471 (online)", "0317-8471"),
    ("issn", "urn:ISSN:0317-8471", "0317-8471"),
    ("isbn", "0-306-40615-2", "9780306406157"),
    ("isbn", "080442957X", "9780804429573"),
    ("isbn", "080442957x", "9780804429573"),
    ("isbn", "0715630407", "9780715630402"),
    ("isbn", "979-10-90636-07-1", "9791090636071"),
    ("isbn", "9798886451740", "9798886451740"),
    ("isbn", "9780306406157 (pbk.)", "9780306406157"),
    ("isbn", "ISBN-13: 978-0-306-40615-7 : £30", "9780306406157"),
    ("isbn", "ISBN-10 0306406152", "9780306406157"),
    ("isbn", "urn:isbn:0306406152", "9780306406157"),
    ("ismn", "979-0-2600-0043-8", "9790260000438"),
    ("ismn", "M-2306-7118-7", "9790230671187"),
    (
        "doi",
        "10.1002/(SICI)1097-4571(1999)50:1<1::AID-ASI1>3.0.CO;2-Q",
        "10.1002/(sici)1097-4571(1999)50:1<1::aid-asi1>3.0.co;2-q",
    ),
    ("doi", "info:doi/10.1000/ABC", "10.1000/abc"),
    ("doi", "https://doi.org/10.1000/abc?nosfx=y", "10.1000/abc"),
    ("doi", "https://doi.org/10.1000%2Fabc", "10.1000/abc"),
    ("doi", "http://dx.doi.org/10.1000/abc", "10.1000/abc"),
    ("doi", "DOI 10.1000/abc", "10.1000/abc"),
    ("doi", "doi:10.1000/abc.", "10.1000/abc"),
    ("doi", "10.1016/S0140-6736(05)67889-1", "10.1016/s0140-6736(05)67889-1"),
    ("doi", "10.1000.10/123", "10.1000.10/123"),
    ("pmid", "27289441", "27289441"),
    ("pmid", "PMID: 27289441", "27289441"),
    ("pmid", "https://pubmed.ncbi.nlm.nih.gov/27289441/", "27289441"),
    ("pmcid", "PMC3531190", "PMC3531190"),
    ("pmcid", "pmc3531190.2", "PMC3531190"),
    ("oclc", "ocm00012345", "12345"),
    ("oclc", "ocn123456789", "123456789"),
    ("oclc", "on1234567890", "1234567890"),
    ("oclc", "(OCoLC)909782404", "909782404"),
    ("oclc", "(OCoLC)ocm00012345", "12345"),
    ("oclc", "https://www.worldcat.org/oclc/909782404", "909782404"),
    ("lccn", "  2011201780", "2011201780"),
    ("lccn", "73090924 //r82", "73090924"),
    ("lccn", "n78-890351", "n78890351"),
    ("lccn", "85-2", "85000002"),
    ("lccn", "agr25000003", "agr25000003"),
    ("eric", "ed 123456", "ED123456"),
    ("bibcode", "1998Natur.392..471G", "1998Natur.392..471G"),
]

INVALID = [
    ("issn", "0317-8472"),
    ("issn", "NBID.ZCBE"),
    ("issn", "977031784700"),
    ("issn", "0000-0000"),
    ("issn", "٠٣١٧-٨٤٧١"),
    ("isbn", "0306406153"),
    ("isbn", "9780306406158"),
    ("isbn", "0000000000"),
    ("isbn", "9790000000001"),
    ("isbn", "9770317847001"),
    ("ismn", "9780306406157"),
    ("doi", "10.1000/"),
    ("doi", "info:doi/"),
    ("doi", "10.1000/a b"),
    ("doi", "11.1000/abc"),
    ("doi", "10.1000/" + "x" * 600),
    ("pmid", "0"),
    ("pmid", "12345678901"),
    ("pmid", "PMC3531190"),
    ("pmcid", "PMC"),
    ("oclc", "0"),
    ("oclc", "ocm"),
    ("lccn", "1234567"),
    ("lccn", "85-1234567"),
    ("eric", "EX123456"),
    ("bibcode", "Natur"),
]


@pytest.mark.parametrize(("kind", "raw", "normal"), VALID)
def test_a_valid_identifier_has_one_normal_form(kind: str, raw: str, normal: str) -> None:
    assert NORMALISERS[kind](raw) == normal
    assert NORMALISERS[kind](normal) == normal


@pytest.mark.parametrize(("kind", "raw"), INVALID)
def test_what_is_no_identifier_has_no_normal_form(kind: str, raw: str) -> None:
    assert NORMALISERS[kind](raw) is None


_ALMOST = st.text(alphabet="0123456789Xx-– ()./:;edjpmcinfoISBNSNDOLCurn<>%?#PMCocmnED", max_size=40)


@given(st.sampled_from(sorted(NORMALISERS)), st.one_of(st.text(max_size=60), _ALMOST))
def test_normalising_never_raises_and_is_idempotent(kind: str, raw: str) -> None:
    normal = NORMALISERS[kind](raw)
    if normal is not None:
        assert normal
        assert NORMALISERS[kind](normal) == normal


@given(st.from_regex(r"(doi:|https://doi\.org/)?10\.[0-9]{4}/[!-~]{1,20}", fullmatch=True))
def test_normalising_a_doi_is_idempotent(raw: str) -> None:
    normal = NORMALISERS["doi"](raw)
    assert normal is None or NORMALISERS["doi"](normal) == normal


def test_several_numbers_in_one_cell_are_told_apart() -> None:
    assert issns_in("1234-5679; 0317-8471 (web), 03178471, 0317-8472") == ("1234-5679", "0317-8471")
    assert issns_in("9780306406157") == ()
    assert isbns_in("0-306-40615-2 (hbk.) 9780306406157 080442957X") == ("9780306406157", "9780804429573")
    assert isbns_in("") == ()
