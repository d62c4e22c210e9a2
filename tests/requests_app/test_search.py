"""Search finds a request by everything that people know of it, and never another library's."""

import pytest

from illservice.accounts.roles import Role
from requests_app import selectors
from requests_app.models import BorrowingRequest, LenderTry
from requests_app.services import items, lenders
from tests.world import World, article, ask_for, book, later, new_copy, new_loan


def found(world: World, text: str, *, persons: bool = True) -> set[str]:
    seen = selectors.visible_to_staff(world.north.library, world.north.actor(Role.BORROWING))
    return {each.number for each in selectors.search(seen, text, persons=persons)}


@pytest.fixture
def bees(world: World) -> BorrowingRequest:
    """A loan that was asked for elsewhere, came, and lies on the shelf."""
    citation = book("A Short History of Bées", author="Hale, Miriam", isbn="978-0-306-40615-7")
    desk = world.north.actor(Role.BORROWING)
    for house in (world.south, world.north):
        request = ask_for(house, new_loan(citation=citation))
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
    )
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2), system="oclc", system_number="OC-4711")
    items.receive(
        request_id=request.pk, arrival=items.Arrival(barcode="39001000001"), actor=desk, at=later(days=2)
    )
    items.shelve(request_id=request.pk, actor=desk, at=later(days=2))
    ask_for(world.north, new_copy(citation=article("On Salt", author="Moran, Ike")), patron="ben")
    return BorrowingRequest.objects.get(pk=request.pk)


@pytest.mark.parametrize(
    "text",
    [
        "short history",
        "BEES histor",
        "hale miriam",
        "Ada Northfield",
        "north-ada-001",
        "ada@north.example",
        "OC-4711",
        "39001000001",
        "978-0-306-40615-7",
        "9780306406157",
        "0306406152",
        "  hale   bees ",
    ],
)
def test_every_way_to_name_it_finds_it(world: World, bees: BorrowingRequest, text: str) -> None:
    assert found(world, text) == {bees.number}


def test_our_number_finds_it_however_it_is_typed(world: World, bees: BorrowingRequest) -> None:
    for text in (bees.number, bees.number.lower(), f"{bees.number[:4]} {bees.number[4:]}"):
        assert found(world, text) == {bees.number}


def test_words_that_do_not_stand_together_find_nothing(world: World, bees: BorrowingRequest) -> None:
    for text in ("bees nowhere", "%", "_", "", "   ", "\x00", "‽", "x" * 5000):
        assert found(world, text) == set()


def test_another_librarys_request_is_never_found(world: World, bees: BorrowingRequest) -> None:
    other = BorrowingRequest.objects.get(library=world.south.library)
    desk = world.north.actor(Role.BORROWING)
    LenderTry.objects.create(request=other, ordinal=1, partner=world.eastlake, system_number="SECRET-1")
    for text in (other.number, "Ada Southfield", "south-ada-001", "SECRET-1"):
        assert found(world, text) == set()
        assert selectors.expected(world.north.library, desk, text) == []
        seen = selectors.visible_to_staff(world.north.library, desk)
        assert selectors.exact_hits(seen, text) == []


def test_those_who_need_not_know_persons_do_not_find_them(world: World, bees: BorrowingRequest) -> None:
    assert found(world, "Ada Northfield", persons=False) == set()
    assert found(world, "short history", persons=False) == {bees.number}
    assert selectors.sees_persons(world.north.actor(Role.STUDENT))
    assert not selectors.sees_persons(world.north.actor(Role.COPYRIGHT))
    assert not selectors.sees_persons(world.north.actor(Role.LENDING))


def test_a_code_names_what_carries_it(world: World, bees: BorrowingRequest) -> None:
    seen = selectors.visible_to_staff(world.north.library, world.north.actor(Role.BORROWING))
    assert selectors.exact_hits(seen, "oc-4711") == []
    assert selectors.exact_hits(seen, "OC-4711") == [bees.number]
    assert selectors.exact_hits(seen, "history") == []
    twin = ask_for(world.north, new_copy(citation=article("Another part")), patron="ben")
    LenderTry.objects.create(request=twin, ordinal=1, partner=world.eastlake, system_number="OC-4711")
    assert set(selectors.exact_hits(seen, "OC-4711")) == {bees.number, twin.number}
    assert found(world, "OC-4711") == {bees.number, twin.number}


def test_the_bench_finds_what_is_expected_and_says_where_the_rest_is(
    world: World, bees: BorrowingRequest
) -> None:
    desk, library = world.north.actor(Role.STUDENT), world.north.library
    ask_for(world.north, new_loan(citation=book("A Short History of Nobody Asked")))
    coming = ask_for(world.north, new_loan(citation=book("A Short History of Rivers")))
    clerk = world.north.actor(Role.BORROWING)
    lenders.plan_lenders(
        request_id=coming.pk, partner_ids=[world.eastlake.pk], actor=clerk, at=later(hours=1)
    )
    lenders.ask(request_id=coming.pk, actor=clerk, at=later(hours=2))
    assert selectors.expected(library, desk, "short history") == [coming]
    assert selectors.expected(library, desk, "OC-4711") == [bees]
    assert selectors.expected(library, desk, bees.shelf_code.lower()) == [bees]
    card = selectors.expected(library, desk, "north-ada-001", states={"on_shelf"}, cards=True)
    assert card == [bees]
    assert selectors.expected(library, desk, "north-ada-001") == []
