"""OpenURLs as real senders write them; the addresses are the project's own."""

from urllib.parse import urlencode

import pytest

from illservice.protocols.openurl.codec import parse_openurl
from illservice.protocols.openurl.messages import CITATION_KEYS, EXTRA_KEYS, LONGEST_OPENURL


def test_an_article_of_version_01_fills_the_form() -> None:
    parsed = parse_openurl(
        "https://resolver.example.edu/openurl?sid=EBSCO:aph&genre=article&issn=03178471&title=Journal+of+Tides"
        "&volume=6&issue=3&spage=286&epage=310&date=20070701&aulast=Moss&aufirst=Ada&atitle=On%20low%20water"
        "&id=doi:10.1000/TIDE.7&stitle=J.+Tides"
    )

    assert (parsed.version, parsed.kind, parsed.material) == ("0.1", "copy", "article")
    assert parsed.citation == {
        "title": "Journal of Tides",
        "short_title": "J. Tides",
        "article_title": "On low water",
        "author": "Moss, Ada",
        "volume": "6",
        "issue": "3",
        "pages": "286-310",
        "date": "2007-07-01",
        "issn": "0317-8471",
        "doi": "10.1000/tide.7",
        "source": "EBSCO:aph",
    }
    assert parsed.warnings == ()
    assert parsed.unknown == {}


def test_a_book_of_version_10_fills_the_form() -> None:
    query = urlencode(
        {
            "url_ver": "Z39.88-2004",
            "ctx_ver": "Z39.88-2004",
            "ctx_enc": "info:ofi/enc:UTF-8",
            "rfr_id": "info:sid/primo.example.com:primo",
            "rft_val_fmt": "info:ofi/fmt:kev:mtx:book",
            "rft.genre": "book",
            "rft.btitle": "Ebb & flow /",
            "rft.au": "Åberg, Östen",
            "rft.pub": "Shore Press,",
            "rft.place": "Łódź :",
            "rft.edition": "2nd ed.",
            "rft.series": "Coasts",
            "rft.date": "1999",
            "rft.isbn": "0-306-40615-2",
            "rft.oclcnum": "(OCoLC)ocm00012345",
            "rft.lccn": "  2011201780",
            "rft.language": "eng",
        }
    )

    parsed = parse_openurl(query)

    assert (parsed.version, parsed.kind, parsed.material) == ("1.0", "loan", "book")
    assert parsed.citation == {
        "title": "Ebb & flow",
        "author": "Åberg, Östen",
        "publisher": "Shore Press",
        "place": "Łódź",
        "edition": "2nd ed.",
        "series": "Coasts",
        "date": "1999",
        "language": "eng",
        "source": "primo.example.com:primo",
        "isbn": "9780306406157",
        "oclc": "12345",
        "lccn": "2011201780",
    }
    assert (parsed.warnings, parsed.unknown) == ((), {})
    assert parse_openurl(query.encode()) == parsed
    assert parse_openurl("?" + query) == parsed
    assert parse_openurl("/openurl;jsessionid=A1?" + query) == parsed


def test_the_10_key_wins_over_the_bare_one_and_the_citing_work_fills_nothing() -> None:
    parsed = parse_openurl(
        "title=Bare&rft.jtitle=Full&volume=1&rft.volume=2&rfe.jtitle=Citing&rfe.issn=0317-8471&rfe.volume=9"
        "&rft.genre=article&rft.issue=4&issue=4"
    )
    assert parsed.citation == {"title": "Full", "volume": "2", "issue": "4"}
    assert parsed.unknown == {
        "title": "Bare",
        "volume": "1",
        "rfe.jtitle": "Citing",
        "rfe.issn": "0317-8471",
        "rfe.volume": "9",
    }


AUTHORS = [
    ("aulast=Moss&aufirst=Ada", "Moss, Ada", {}),
    ("aulast=Moss&auinit=A", "Moss, A", {}),
    ("aulast=Moss&auinit1=A&auinitm=B", "Moss, A B", {}),
    ("aulast=Moss&aufirst=Ada&auinit=A&ausuffix=Jr", "Moss, Ada, Jr", {}),
    ("aulast=Moss,", "Moss", {}),
    ("au=Moss,+Ada&aulast=Moss&aufirst=Ada&auinit=A", "Moss, Ada", {}),
    ("au=,&aulast=Moss", "Moss", {"au": ","}),
    ("rft.au=Moss,+Ada&rft.au=Fern,+Bo&rft.au=Moss,+Ada", "Moss, Ada; Fern, Bo", {}),
    ("aucorp=Tide+Board", "Tide Board", {}),
    ("au=Moss,+A&aufirst=Ada", "Moss, A", {"aufirst": "Ada"}),
]


@pytest.mark.parametrize(("query", "author", "unknown"), AUTHORS)
def test_names_are_joined_last_name_first(query: str, author: str, unknown: dict[str, str]) -> None:
    parsed = parse_openurl(f"genre=book&title=T&{query}")
    assert parsed.citation["author"] == author
    assert parsed.unknown == unknown


DATES = [
    ("date=1999", "1999"),
    ("date=20150401", "2015-04-01"),
    ("date=20150400", "2015-04"),
    ("date=20150000", "2015"),
    ("date=201504", "2015-04"),
    ("date=2015-04-01", "2015-04-01"),
    ("date=2015-04", "2015-04"),
    ("date=2003-9-5", "2003-09-05"),
    ("date=2000.", "2000"),
    ("date=July 28, 2012", "July 28, 2012"),
    ("date=15 May 2001", "15 May 2001"),
    ("date=1998; reprint 2003", "1998; reprint 2003"),
    ("date=Art. No. 12", "Art. No. 12"),
    ("date=20159999", "20159999"),
    ("rft.year=2012&rft.month=5&rft.day=7", "2012-05-07"),
    ("rft.year=2012", "2012"),
    ("chron=Spring 2012", "Spring 2012"),
    ("date=2012-05&year=2012&month=05", "2012-05"),
]


@pytest.mark.parametrize(("query", "date"), DATES)
def test_dates_are_read_in_the_ways_they_are_written(query: str, date: str) -> None:
    parsed = parse_openurl(f"genre=book&title=T&{query}")
    assert parsed.citation == {"title": "T", "date": date}
    assert parsed.unknown == {}


def test_a_month_beside_a_year_is_kept() -> None:
    parsed = parse_openurl("genre=article&title=J&date=2012&month=May&ssn=spring&quarter=2")
    assert {name: parsed.citation[name] for name in ("date", "month", "season", "quarter")} == {
        "date": "2012",
        "month": "May",
        "season": "spring",
        "quarter": "2",
    }


PAGES = [
    ("spage=897&epage=911", "897-911"),
    ("spage=897&epage=911&pages=897-911", "897-911"),
    ("pages=123 - 130", "123-130"),
    ("pages=269%E2%80%93287", "269-287"),
    ("pages=1023-5&spage=1023&epage=1025", "1023-5"),
    ("spage=S70", "S70"),
    ("spage=12&epage=12", "12"),
    ("spage=12&epage=20&pages=12", "12-20"),
    ("artnum=e0123", "e0123"),
]


@pytest.mark.parametrize(("query", "pages"), PAGES)
def test_pages_are_one_text(query: str, pages: str) -> None:
    parsed = parse_openurl(f"genre=article&title=J&{query}")
    assert parsed.citation == {"title": "J", "pages": pages}
    assert parsed.unknown == {}


def test_a_thesis_and_a_patent_use_the_keys_of_their_formats() -> None:
    thesis = parse_openurl(
        "rft_val_fmt=info:ofi/fmt:kev:mtx:dissertation&rft.title=Tides&rft.aulast=Moss&rft.inst=Shore+University"
        "&rft.co=Norway&rft.degree=PhD&rft.advisor=Fern&rft.date=1999"
    )
    assert thesis.citation == {
        "title": "Tides",
        "author": "Moss",
        "publisher": "Shore University",
        "place": "Norway",
        "date": "1999",
    }
    assert thesis.unknown == {"rft.degree": "PhD", "rft.advisor": "Fern"}
    patent = parse_openurl(
        "rft_val_fmt=info:ofi/fmt:kev:mtx:patent&rft.title=Tide+mill&rft.invlast=Moss&rft.invfirst=Ada"
        "&rft.assignee=Mill+Ltd&rft.cc=NO&rft.number=123456&rft.pubdate=1999-01-02&rft.kind=B1"
    )
    assert patent.citation == {
        "title": "Tide mill",
        "author": "Moss, Ada",
        "publisher": "Mill Ltd",
        "place": "NO",
        "issue": "123456",
        "date": "1999-01-02",
    }
    assert patent.unknown == {"rft.kind": "B1"}


def test_dublin_core_names_the_journal_as_the_source() -> None:
    parsed = parse_openurl(
        "rft_val_fmt=info:ofi/fmt:kev:mtx:dc&rft.type=article&rft.title=Low+water&rft.source=Journal+of+Tides"
        "&rft.creator=Moss,+Ada&rft.identifier=doi:10.1000/1&rft.publisher=Shore+Press"
    )
    assert parsed.material == "article"
    assert parsed.citation == {
        "title": "Journal of Tides",
        "article_title": "Low water",
        "author": "Moss, Ada",
        "publisher": "Shore Press",
        "doi": "10.1000/1",
    }


def test_what_a_discovery_system_asked_comes_along() -> None:
    parsed = parse_openurl(
        "svc_id=copy&rft.genre=book&rft.title=Shore&rft.titleOfComponent=Sand&rft.authorOfComponent=Fern,+Bo"
        "&rft.pagesRequested=1-20&svc.neededBy=2031-01-31&svc.note=Please&svc.pickupLocation=Main&svc.level=Rush"
        "&req_id=p1&req.emailAddress=a@example.org&rft.identifier.illiad=7"
    )
    assert parsed.citation == {
        "title": "Shore",
        "article_title": "Sand",
        "article_author": "Fern, Bo",
        "pages": "1-20",
        "needed_by": "2031-01-31",
        "note": "Please",
        "pickup_location": "Main",
    }
    assert parsed.unknown == {
        "svc.level": "Rush",
        "req_id": "p1",
        "req.emailAddress": "a@example.org",
        "rft.identifier.illiad": "7",
    }
    assert set(parsed.citation) <= {*CITATION_KEYS, *EXTRA_KEYS}


def test_an_address_inside_a_proxys_address_is_found() -> None:
    plain = parse_openurl(
        "https://proxy.example.edu/login?url=http://r.example.edu/x?genre=article&atitle=Sand"
    )
    packed = parse_openurl(
        "https://proxy.example.edu/login?qurl=http%3A%2F%2Fr.example.edu%2Fx%3Fgenre%3Darticle%26atitle%3DSand"
    )
    assert plain == packed
    assert plain.citation == {"article_title": "Sand"}


@pytest.mark.parametrize("text", ["hello world", "http://www.example.org/menu", "<html>", "a=b"])
def test_what_is_no_openurl_is_said_and_kept(text: str) -> None:
    parsed = parse_openurl(text)
    assert "not_openurl" in parsed.warnings
    assert parsed.citation == {}
    assert "".join(parsed.unknown.values()) in text


@pytest.mark.parametrize("text", ["", " \r\n", "\x00", b"", "\ufeff"])
def test_nothing_is_said_to_be_empty(text: str | bytes) -> None:
    assert parse_openurl(text).warnings == ("empty",)


def test_more_than_64_kilobytes_are_not_read() -> None:
    fits = "genre=book&title=" + "x" * (LONGEST_OPENURL - 17)
    assert parse_openurl(fits).citation["title"].startswith("xxx")
    for too_long in (fits + "x", (fits + "x").encode(), fits[:-1] + "é"):
        parsed = parse_openurl(too_long)
        assert parsed.warnings == ("too_long",)
        assert (parsed.citation, parsed.unknown) == ({}, {})
