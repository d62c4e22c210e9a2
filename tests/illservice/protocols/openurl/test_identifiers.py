"""Identifiers in OpenURLs: every place they come in, and what happens to those that are none."""

import pytest

from illservice.protocols.openurl.codec import parse_openurl


def test_invalid_identifiers_stand_in_unknown_under_their_own_key() -> None:
    parsed = parse_openurl("genre=article&issn=NBID.ZCBE&rft.isbn=0306406153&rft.PMID=0&eissn=0317-8471")

    assert parsed.citation == {"eissn": "0317-8471"}
    assert parsed.unknown == {"issn": "NBID.ZCBE", "rft.isbn": "0306406153", "rft.PMID": "0"}
    assert {"invalid_issn", "invalid_isbn", "invalid_pmid"} <= set(parsed.warnings)


def test_identifiers_with_nothing_in_them_are_ignored() -> None:
    parsed = parse_openurl(
        "rft_id=info:doi/&rft_id=info:pmid/&rft_id=info:oai/&id=doi:&rft_id=urn:ISBN:&rft.issn=&rfr_id=info:sid/"
        "&rft.genre=book&rft.title=Shore"
    )
    assert parsed.citation == {"title": "Shore"}
    assert (parsed.warnings, parsed.unknown) == ((), {})


IDS = [
    ("rft_id=info:doi/10.1000/A", {"doi": "10.1000/a"}),
    ("rft_id=info%253Adoi%252F10.1000%252FA", {"doi": "10.1000/a"}),
    ("rft_id=https://doi.org/10.1000/A", {"doi": "10.1000/a"}),
    ("rft.doi=doi:10.1000/A", {"doi": "10.1000/a"}),
    ("id=10.1000/A", {"doi": "10.1000/a"}),
    ("id=pmid:27289441", {"pmid": "27289441"}),
    ("rft_id=info:pmid/27289441&rft_id=info:doi/10.1000/A", {"pmid": "27289441", "doi": "10.1000/a"}),
    ("rft_id=https://pubmed.ncbi.nlm.nih.gov/27289441", {"pmid": "27289441"}),
    ("rft_id=info:oclcnum/12345", {"oclc": "12345"}),
    ("rft_id=http://www.worldcat.org/oclc/12345", {"oclc": "12345"}),
    ("rfe_dat=<accessionnumber>0012345</accessionnumber>", {"oclc": "12345"}),
    ("rfe_dat=12345", {"oclc": "12345"}),
    ("espnumber=12345", {"oclc": "12345"}),
    ("rft_id=info:lccn/85-2", {"lccn": "85000002"}),
    ("id=bibcode:1998Natur.392..471G", {"bibcode": "1998Natur.392..471G"}),
    ("rft_id=info:eric/ED123456", {"eric": "ED123456"}),
    ("rft_id=urn:ISBN:0306406152", {"isbn": "9780306406157"}),
    ("rft_id=urn:ISSN:03178471", {"issn": "0317-8471"}),
    ("rft.isbn=junk&rft.isbn=0306406152", {"isbn": "9780306406157"}),
    ("rft.isbn=0306406152&rft.eisbn=9780306406157", {"isbn": "9780306406157"}),
    ("rft.eisbn_additional=0306406152", {"isbn": "9780306406157"}),
    ("issn=1234-5679, 0317-8471", {"issn": "1234-5679"}),
    ("issn=9780306406157", {"isbn": "9780306406157"}),
    ("isbn=9790260000438", {"ismn": "9790260000438"}),
]


@pytest.mark.parametrize(("query", "identifiers"), IDS)
def test_identifiers_are_found_wherever_senders_put_them(query: str, identifiers: dict[str, str]) -> None:
    assert parse_openurl(query).citation == identifiers


def test_a_second_identifier_of_a_kind_is_kept_as_unknown() -> None:
    parsed = parse_openurl("rft_id=info:doi/10.1000/1&rft_id=info:doi/10.1000/2&rft_id=info:doi/10.1000/1")
    assert parsed.citation["doi"] == "10.1000/1"
    assert parsed.unknown == {"rft_id": "info:doi/10.1000/2"}
