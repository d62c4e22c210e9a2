"""Which version it is, and what kind of thing it asks for (the genre repair included)."""

import pytest

from illservice.protocols.openurl.codec import parse_openurl

VERSIONS = [
    ("genre=book&title=Shore", "0.1"),
    ("url_ver=Z39.88-2004&genre=book&title=Shore", "0.1"),
    ("rft.title=Shore", "1.0"),
    ("rft_id=info:doi/10.1000/1", "1.0"),
    ("req_id=somebody&title=Shore", "1.0"),
    ("rft.title=", "1.0"),
    ("rfe.title=Shore", "0.1"),
]


@pytest.mark.parametrize(("query", "version"), VERSIONS)
def test_the_version_is_told_by_the_keys(query: str, version: str) -> None:
    assert parse_openurl(query).version == version


MATERIALS = [
    # genre as sent
    ("genre=article&title=J", "article", "copy"),
    ("genre=preprint&title=J", "article", "copy"),
    ("genre=bookitem&title=B&atitle=C", "chapter", "copy"),
    ("genre=book&title=B", "book", "loan"),
    ("genre=proceeding&title=P&atitle=Q&issn=0317-8471", "conference_paper", "copy"),
    ("genre=conference&title=P", "book", "loan"),
    ("genre=conference&title=P&atitle=Q", "conference_paper", "copy"),
    ("genre=journal&title=J", "journal", "loan"),
    ("rft.genre=issue&rft.jtitle=J", "journal", "loan"),
    ("rft.genre=report&rft.title=R", "report", "loan"),
    ("rft.genre=document&rft.title=D", "other", "loan"),
    ("genre=dissertations+%26+theses&title=T", "thesis", "loan"),
    ("genre=map&title=M", "map", "loan"),
    ("genre=musical_score&title=S", "score", "loan"),
    ("genre=Video&title=V", "recording", "loan"),
    # repaired
    ("rft_val_fmt=info:ofi/fmt:kev:mtx:dissertation&rft.genre=book&rft.title=T", "thesis", "loan"),
    ("rft_val_fmt=info:ofi/fmt:kev:mtx:patent&rft.title=T", "patent", "copy"),
    ("genre=book&isbn=0306406152&title=B&atitle=C", "chapter", "copy"),
    ("genre=book&isbn=0306406152&title=B&atitle=B", "book", "loan"),
    ("genre=book&issn=0317-8471&title=J&atitle=A", "article", "copy"),
    ("genre=unknown&issn=0317-8471&title=J&atitle=A", "article", "copy"),
    ("genre=journal&issn=0317-8471&title=J&atitle=A", "article", "copy"),
    ("genre=journal&title=J&volume=2&spage=5", "article", "copy"),
    ("genre=unknown&title=B", "book", "loan"),
    ("genre=unknown&id=pmid:27289441", "article", "copy"),
    # no genre
    ("id=doi:10.1000/1", "article", "copy"),
    ("id=pmid:27289441&sid=google", "article", "copy"),
    ("isbn=0306406152", "book", "loan"),
    ("isbn=0306406152&title=B&atitle=C", "chapter", "copy"),
    ("issn=0317-8471&title=J&atitle=A", "article", "copy"),
    ("issn=0317-8471&title=J&volume=1&pages=2-3", "article", "copy"),
    ("issn=0317-8471", "journal", "loan"),
    ("title=B&aulast=X", "book", "loan"),
    ("rft_val_fmt=info:ofi/fmt:kev:mtx:article&rft.jtitle=J", "article", "copy"),
    ("rft_val_fmt=info:ofi/fmt:kev:mtx:book&rft.title=B&rft.atitle=C", "chapter", "copy"),
    ("sid=google", "other", "loan"),
    # as the reader wants it
    ("svc_id=loan&rft.genre=article&rft.jtitle=J", "article", "loan"),
    ("svc_id=copy&rft.genre=book&rft.btitle=B", "book", "copy"),
]


@pytest.mark.parametrize(("query", "material", "kind"), MATERIALS)
def test_genre_format_and_keys_decide_what_it_is(query: str, material: str, kind: str) -> None:
    parsed = parse_openurl(query)
    assert (parsed.material, parsed.kind) == (material, kind)
