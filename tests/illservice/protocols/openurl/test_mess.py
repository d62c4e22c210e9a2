"""What real senders do to their values: ampersands, encodings, markup, empty keys."""

from urllib.parse import urlencode

import pytest

from illservice.protocols.openurl.codec import parse_openurl
from illservice.protocols.openurl.messages import WARNINGS

TORN = [
    ("title=Journal of Ebb & Flow&genre=journal", "title", "Journal of Ebb & Flow"),
    ("title=Journal+of+Ebb+&+Flow&genre=journal", "title", "Journal of Ebb & Flow"),
    ("title=Ebb &amp; Flow&genre=journal", "title", "Ebb & Flow"),
    ("title=Ebb %26amp; Flow&genre=journal", "title", "Ebb & Flow"),
    ("title=Ebb &#38; Flow&genre=journal", "title", "Ebb & Flow"),
    ("title=The &quot;Ebb&quot; notes&genre=journal", "title", 'The "Ebb" notes'),
    ("title=AT&T notes&genre=journal", "title", "AT&T notes"),
    ("title=R&D&genre=journal", "title", "R&D"),
    ("title=Time & place&genre=journal", "title", "Time & place"),
    ("title=Salt & E=mc2 & sand&genre=journal", "title", "Salt & E=mc2 & sand"),
    ("genre=book&title=B&pub=Moss & Sons&date=1999", "publisher", "Moss & Sons"),
    ("genre=book&title=B&sid=Abstracts & Indexes:Full Text", "source", "Abstracts & Indexes:Full Text"),
    ("rft.genre=book&rft.title=B&rft.au=Moss, A. & Fern, B.", "author", "Moss, A. & Fern, B."),
]


@pytest.mark.parametrize(("query", "field", "value"), TORN)
def test_a_value_torn_by_an_ampersand_is_put_together_again(query: str, field: str, value: str) -> None:
    parsed = parse_openurl(query)
    assert parsed.citation[field] == value
    assert parsed.unknown == {}


def test_text_without_a_place_is_unknown_and_harms_no_number() -> None:
    parsed = parse_openurl("=&=lost&genre=book&isbn=0306406152& stray words&flag&title=Shore&x-trace=17&&")

    assert parsed.citation == {"title": "Shore", "isbn": "9780306406157"}
    assert parsed.unknown == {"": "lost; stray words; flag", "x-trace": "17"}
    assert parsed.warnings == ("empty_key",)


MESSY = [
    ("??genre=book&title=Shore", "double_question_mark"),
    ("http://resolver.example.edu/x??genre=book&title=Shore", "double_question_mark"),
    ("genre=book&amp;title=Shore", "html_ampersand"),
    ("=&genre=book&title=Shore", "empty_key"),
    ("genre=book&title=Shore&volume=100%", "bare_percent"),
    ("genre=book&title=<i>Sh</i>ore", "markup_removed"),
    ("title=Shore&isbn=0306406152", "no_genre"),
    ("genre=scroll&title=Shore", "unknown_genre"),
    ("rft_val_fmt=info:ofi/fmt:kev:mtx:mtx&rft.genre=book&rft.title=Shore", "bad_format"),
    ("url_ver=Z39.88-2004&rft.genre=book&title=Shore", "mixed_versions"),
    ("genre=book&title=Shore&date=July 28, 2012", "odd_date"),
    ("genre=book&title=Shore&issn=NBID.ZCBE", "invalid_issn"),
    ("genre=book&title=Shore&isbn=0306406153", "invalid_isbn"),
    ("genre=book&title=Shore&id=doi:10.1000/", "invalid_doi"),
    ("genre=book&title=Shore&rft_id=info:pmid/12345678901", "invalid_pmid"),
    ("genre=book&title=Shore&ctx_enc=info:ofi/enc:KLINGON", "bad_encoding"),
]


@pytest.mark.parametrize(("query", "code"), MESSY)
def test_mess_is_said_and_does_no_harm(query: str, code: str) -> None:
    parsed = parse_openurl(query)
    assert code in parsed.warnings
    assert parsed.citation["title"] == "Shore"
    assert set(parsed.warnings) <= set(WARNINGS)


ENCODINGS = [
    ("genre=book&title=Caf%C3%A9", "Café"),
    ("genre=book&title=Caf%E9", "Café"),
    ("ctx_enc=info:ofi/enc:ISO-8859-1&genre=book&title=Caf%E9%96bar", "Café–bar"),
    ("ctx_enc=info:ofi/enc:ISO-8859-1&genre=book&title=%C3%A9", "Ã©"),
    ("ctx_enc=info%3Aofi%2Fenc%3AISO-8859-1&genre=book&title=Café", "Café"),
    ("genre=book&title=%u00e9%uD83D%uDE00", "é😀"),
    ("genre=book&title=Cafe%CC%81", "Café"),
    ("genre=book&title=100%+wool", "100% wool"),
    ("genre=book&title=a%00b%0Ac%1b%E2%80%AEd", "ab cd"),
    ("genre%3Dbook%26title%3DShore", "Shore"),
]


@pytest.mark.parametrize(("query", "title"), ENCODINGS)
def test_every_encoding_ends_as_clean_text(query: str, title: str) -> None:
    assert parse_openurl(query).citation["title"] == title


def test_bytes_that_are_not_utf8_are_read_as_western() -> None:
    parsed = parse_openurl("genre=book&title=Café".encode("latin-1"))
    assert parsed.citation["title"] == "Café"
    assert parsed.warnings == ("not_utf8",)


MARKUP = [
    ("<i>Low</i> water<br/>marks", "Low watermarks"),
    ("H<sub>2</sub>O &lt;b&gt;bold&lt;/b&gt;", "H2O bold"),
    ("<script>x</script>y", "xy"),
    ("a <img src=x onerror=y", "a < img src=x onerror=y"),
    ("<<b>script>z", "< script>z"),
    ("p < 0.05 and q > 3", "p < 0.05 and q > 3"),
]


@pytest.mark.parametrize(("sent", "title"), MARKUP)
def test_titles_carry_no_markup(sent: str, title: str) -> None:
    parsed = parse_openurl(urlencode({"genre": "article", "title": "J", "atitle": sent}))
    assert parsed.citation["article_title"] == title


HEAVY = [
    "<!--",
    "<?",
    "<a",
    "& ",
    "issn=1&",
    "rft_id=http://x/&",
    "au=A,&",
    "k=v&",
    "%",
    "1 - ",
    "[[",
    "=",
    "&lt;",
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("scrap", HEAVY)
def test_64_kilobytes_of_one_scrap_cost_no_more_than_they_should(scrap: str) -> None:
    parse_openurl("title=" + scrap * (65_000 // len(scrap)))
