"""Words compared: search, fingerprints, and whether two citations are one item."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from illservice.citations.data import CitationData
from illservice.citations.normalise import (
    Reason,
    fingerprint,
    first_name,
    first_page,
    identifier_keys,
    normalise_title,
    same_item,
    search_text,
    shelf_key,
)


def cite(**values: str) -> CitationData:
    return CitationData.from_mapping(values)


ARTICLE = cite(
    title="Journal of tides : the organ of the Shore Society.",
    article_title="The effect of low winter water on the mood of gulls: a pilot study.",
    author="Moss, Ada",
    volume="12",
    issue="3",
    date="2012",
    pages="101-112",
    issn="0317-8471",
)
BOOK = cite(title="Sand and salt /", author="Fern, Bo.", date="1999", isbn="0306406152")


def test_search_text_forgets_accents_punctuation_and_case() -> None:
    assert search_text("Þe Ångström—Œuvre,", "STRASSE ß (3)") == "the angstrom oeuvre strasse ss 3"
    assert search_text("日本語 の本") == "日本語 の本"
    assert search_text("…!") == ""


@given(st.text())
def test_search_text_is_idempotent(text: str) -> None:
    assert search_text(search_text(text)) == search_text(text)


def test_titles_are_compared_without_article_and_cataloguers_signs() -> None:
    assert normalise_title("The Lancet =") == normalise_title("Lancet /") == "lancet"
    assert normalise_title("Salt & sand") == normalise_title("Salt and sand.") == "salt and sand"
    assert normalise_title("A") == "a"


@pytest.mark.parametrize(
    ("pages", "page"),
    [
        ("897-911", "897"),
        ("S70-", "s70"),
        ("pp. 012-20", "12"),
        ("p12", "12"),
        ("-", ""),
        ("EPUB", ""),
        ("DOI:10.1038/nn.4469", ""),
    ],
)
def test_the_first_page(pages: str, page: str) -> None:
    assert first_page(pages) == page


@pytest.mark.parametrize(
    ("author", "name"),
    [("Moss, Ada; Fern, Bo", "moss"), ("Ada Moss", "moss"), ("Moss,", "moss"), (",", ""), ("", "")],
)
def test_the_family_name(author: str, name: str) -> None:
    assert first_name(author) == name


SAME = [
    (
        ARTICLE,
        cite(article_title="Effect of low winter water on the mood of gulls", title="J. Tides"),
        Reason.WORDS,
    ),
    (
        ARTICLE,
        cite(
            article_title="THE EFFECT OF LOW WINTER WATER ON THE MOOD OF GULLS - A PILOT STUDY", pages="101-"
        ),
        Reason.WORDS,
    ),
    (ARTICLE, cite(title="Journal of tides", volume="12", pages="101"), Reason.PLACE),
    (BOOK, cite(title="Salt", isbn="9780306406157"), Reason.IDENTIFIER),
    (BOOK, cite(title="Sand & Salt", author="Bo Fern"), Reason.WORDS),
    (BOOK, cite(title="Sand and salt"), Reason.WORDS),
    (
        cite(article_title="Editorial", doi="10.1000/1"),
        cite(article_title="Ed.", doi="DOI 10.1000/1"),
        Reason.IDENTIFIER,
    ),
    (
        cite(article_title="The gull", title="Shore", volume="5", pages="5-"),
        cite(article_title="The gull", title="Bulletin of the shore", volume="5", pages="5-9"),
        Reason.WORDS,
    ),
]
OTHER = [
    (
        cite(article_title="Editorial", title="Shore", volume="1"),
        cite(article_title="Editorial", title="Sea", volume="1"),
        Reason.TOO_LITTLE,
    ),
    (
        cite(article_title="Editorial", volume="1", pages="1"),
        cite(article_title="Editorial", volume="2", pages="1"),
        Reason.OTHER_PART,
    ),
    (
        ARTICLE,
        cite(
            article_title="The effect of low winter water on the mood of gulls: a pilot study II",
            title="Journal of tides",
            volume="12",
            pages="113",
        ),
        Reason.OTHER_PART,
    ),
    (
        cite(article_title="The myth of the even shore line", title="Shore", volume="25", pages="421"),
        cite(article_title="The myth of the even shore line", title="Sea", volume="32", pages="176"),
        Reason.OTHER_PART,
    ),
    (
        cite(article_title="Low water and the gulls", doi="10.1000/1"),
        cite(article_title="Low water and the gulls", doi="10.1000/2"),
        Reason.OTHER_IDENTIFIER,
    ),
    (ARTICLE, cite(title="Journal of tides", issn="0317-8471"), Reason.OTHER_PART),
    (
        cite(title="B", article_title="One shell", isbn="0306406152", pages="1"),
        cite(title="B", article_title="Two crabs", isbn="0306406152", pages="9"),
        Reason.OTHER_WORDS,
    ),
    (
        cite(title="Sand and salt", isbn="0306406152", volume="1"),
        cite(title="Sand and salt", isbn="0306406152", volume="2"),
        Reason.OTHER_VOLUME,
    ),
    (cite(title="Sand and salt", volume="1"), cite(title="Sand and salt", volume="2"), Reason.OTHER_VOLUME),
    (BOOK, cite(title="Sand and salt", author="Moss, Ada"), Reason.OTHER_AUTHOR),
    (cite(title="Sand", edition="1st"), cite(title="Sand", edition="2nd"), Reason.OTHER_EDITION),
    (BOOK, cite(title="Salt"), Reason.OTHER_WORDS),
    (cite(), cite(), Reason.TOO_LITTLE),
]


@pytest.mark.parametrize(("one", "other", "reason"), SAME)
def test_the_same_item_is_known_however_it_is_written(
    one: CitationData, other: CitationData, reason: Reason
) -> None:
    assert same_item(one, other)
    assert same_item(one, other).reason == same_item(other, one).reason == reason


@pytest.mark.parametrize(("one", "other", "reason"), OTHER)
def test_another_item_is_not_taken_for_the_same(
    one: CitationData, other: CitationData, reason: Reason
) -> None:
    assert not same_item(one, other)
    assert same_item(one, other).reason == reason
    assert same_item(other, one).same is False


def test_the_shared_identifier_is_named_and_a_journals_issn_is_none() -> None:
    assert same_item(BOOK, cite(isbn="978-0-306-40615-7")).keys == ("isbn:9780306406157",)
    assert identifier_keys(ARTICLE) == frozenset()
    assert identifier_keys(cite(title="B", article_title="C", isbn="0306406152", pmid="12")) == {"pmid:12"}


def test_fingerprints_are_equal_for_the_same_words_and_hold_none() -> None:
    mark = fingerprint(ARTICLE)
    assert mark == fingerprint(
        cite(article_title="Effect of Low Winter Water on the Mood of Gulls", title="J. Tides")
    )
    assert mark == fingerprint(
        cite(article_title="The effect of low winter water on the mood of gulls: a pilot (author's transl)")
    )
    assert len(mark) == 41
    assert fingerprint(BOOK) == fingerprint(cite(title="SAND & SALT", author="B. Fern"))
    assert (
        len({mark, fingerprint(BOOK), fingerprint(cite(title="Sand and salt", author="Fern", volume="2"))})
        == 3
    )


def test_short_titles_need_a_place_and_nothing_has_no_fingerprint() -> None:
    one, two = (cite(article_title="Editorial", title="Shore", volume=volume, pages="1") for volume in "12")
    assert fingerprint(one) != fingerprint(two)
    assert fingerprint(cite()) == fingerprint(cite(article_title="?", author="Moss")) == ""
    assert fingerprint(cite(pmid="12")) == fingerprint(cite(pmid="PMID 12")) != ""


@given(
    *[
        st.builds(
            cite, title=st.text(max_size=20), article_title=st.text(max_size=20), pages=st.text("0123-S")
        )
    ]
    * 2
)
def test_comparing_is_symmetric_and_never_raises(one: CitationData, other: CitationData) -> None:
    assert same_item(one, other).same == same_item(other, one).same
    assert len(fingerprint(one)) <= 64


@pytest.mark.parametrize(
    "shelf",
    [
        [
            "Q 9",
            "Q77 .B2",
            "QL 77",
            "QL568",
            "QL 568 .A65",
            "QL 568 .A65 1998",
            "QL 568 .A65 C2",
            "QL 568 .A7",
            "QL 568.5",
        ],
        ["595", "595 H3", "595.7 A2", "595.79 A1", "596", "1024.5"],
        ["PER 2", "PER v.9", "PER v.10 no.2", "PER v.10 no.11", "PER v.11", ""],
        ["Ärz 1", "ÄRZ 2"],
    ],
)
def test_call_numbers_sort_as_books_stand(shelf: list[str]) -> None:
    backwards = shelf[::-1]
    assert sorted(backwards, key=shelf_key) == shelf


@given(st.lists(st.text(max_size=100), max_size=5))
def test_any_call_numbers_can_be_sorted_and_none_stands_last(shelf: list[str]) -> None:
    found = sorted(shelf, key=shelf_key)
    empty = [not each.strip() for each in found]
    assert empty == sorted(empty)
    backwards = shelf[::-1]
    assert found == sorted(backwards, key=shelf_key)
