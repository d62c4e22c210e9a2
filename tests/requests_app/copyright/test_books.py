"""Whole works go to staff; parts of books are counted by their work, with its ISBN and without it (CONTU 1(b))."""

from dataclasses import replace
from datetime import date

import pytest

from illservice.citations.identifiers import IdentifierKind, read_identifier
from requests_app.copyright import Settings
from requests_app.models import BorrowingRequest
from requests_app.selectors.copyright.counted import counting
from requests_app.selectors.copyright.report import year_by_title
from requests_app.selectors.copyright.waiting import lines_of
from requests_app.services import review
from tests.requests_app.copyright.desk import again, ask, day, recent, record, said
from tests.world import World

pytestmark = pytest.mark.django_db
PRINTED, ONLINE, OTHER = "9780915698097", "9780198520115", "9780306406157"


def chapter(world: World, *isbns: str) -> BorrowingRequest:
    """A chapter of the same book is asked for, with these ISBNs."""
    cited = recent(title="The Hive and the Honey Bee", issn="", date="1990", volume="")
    numbers = tuple(read_identifier(IdentifierKind.ISBN, each) for each in isbns)
    return ask(world, material="chapter", citation=replace(cited, identifiers=numbers))


def test_a_book_is_one_work_with_its_isbn_and_without_it(world: World) -> None:
    numbered = chapter(world, PRINTED)
    assert record(chapter(world)).count == 1
    assert record(chapter(world, PRINTED)).count == 2
    assert record(chapter(world, OTHER)).count == 1, (
        "another ISBN is another book; what has none may be either"
    )
    assert record(chapter(world, PRINTED, ONLINE)).count == 3
    assert record(chapter(world, ONLINE)).count == 2
    late = chapter(world)
    assert (record(late).count, said(late)) == (6, ("copyright", "D12", ""))
    line = lines_of(world.north.library, [again(late)], settings=Settings(), today=date(2026, 3, 2))[0]
    assert (line.count, line.made_by[0].number, len(line.made_by)) == (6, numbered.number, 6)


def test_other_books_of_the_year_are_not_read_to_count_one(world: World) -> None:
    def entitled(title: str, *isbns: str) -> BorrowingRequest:
        cited = recent(title=title, issn="", date="1990", volume="")
        numbers = tuple(read_identifier(IdentifierKind.ISBN, each) for each in isbns)
        return ask(world, material="chapter", citation=replace(cited, identifiers=numbers))

    same = [entitled("蜜蜂の 60% “巣”_箱", PRINTED, ONLINE), entitled("蜜蜂の 60% “巣”_箱")]
    entitled("Other hives", OTHER)
    for names in (record(same[0]).keys, record(same[1]).keys, [f"isbn:{ONLINE}", "work:another"]):
        known = counting([world.north.library.pk], names, on=date(2026, 3, 2), settings=Settings())
        expected = same if names != [f"isbn:{ONLINE}", "work:another"] else same[:1]
        assert [each.number for each in known] == [each.number for each in expected]


@pytest.mark.parametrize(
    ("found", "expected"),
    [("not_usable", ("ready", "D10", "US-CCL")), ("not_ours", ("copyright", "D12", ""))],
)
def test_a_book_of_ours_that_cannot_be_used_is_copied_as_our_own(
    world: World, found: str, expected: tuple[str, str, str]
) -> None:
    for _ in range(5):
        chapter(world, PRINTED)
    late, desk = chapter(world, PRINTED), world.north.actor()
    review.open_hold(request_id=late.pk, kind="owned", actor=desk, at=day("2026-03-03"))
    review.clear_hold(request_id=late.pk, kind="owned", reason=found, actor=desk, at=day("2026-03-04"))
    assert said(late) == expected
    assert not record(late).counts
    assert said(chapter(world, PRINTED))[1] == "D12", "of the next one nobody has said anything"


def test_the_year_shows_a_book_on_one_line_and_two_books_of_one_title_on_two(world: World) -> None:
    def lines() -> list[int]:
        found = year_by_title(world.north.library, 2026, Settings(), today=date(2026, 3, 2))
        return [each.open_ for each in found]

    for isbns in ((PRINTED,), (), (PRINTED,)):
        chapter(world, *isbns)
    assert lines() == [3]
    chapter(world, OTHER)
    assert sorted(lines()) == [1, 1, 2]


@pytest.mark.parametrize("published", ["2025", "1990"])
@pytest.mark.parametrize("material", ["book", "journal", "thesis", "conference_paper"])
def test_a_whole_work_with_issn_and_volume_is_no_article(world: World, material: str, published: str) -> None:
    whole = recent(article_title="", pages="", date=published, title="Lecture Notes in Bees")
    assert said(ask(world, material=material, citation=whole))[1:] == ("D5", "")
    part = ask(world, material=material, citation=replace(whole, pages="12-20", volume="601"))
    assert record(part).rule == ("D8" if published == "2025" else "D7")
