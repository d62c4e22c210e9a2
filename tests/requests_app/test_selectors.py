"""Lists and counts of the desk."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from illservice.accounts.roles import Role
from illservice.core.paging import keyset_page
from requests_app import selectors
from requests_app.models import BorrowingRequest
from requests_app.services import items, lenders, review, words
from requests_app.services.closing import cancel
from tests.world import World, ask_for, book, later, new_loan


def numbers(found: Any) -> set[str]:
    return {each.number for each in found}


def asked(world: World, request: BorrowingRequest) -> BorrowingRequest:
    desk = world.north.actor(Role.BORROWING)
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
    )
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    return request


def test_counts_are_the_number_of_rows_in_each_list(world: World) -> None:
    desk = world.north.actor(Role.BORROWING)
    first, second, third = (
        ask_for(world.north, new_loan(citation=book(f"Book number {word}")))
        for word in ("one", "two", "three")
    )
    ask_for(world.south)
    asked(world, first)
    words.flag(request_id=first.pk, kind="lender_silent", at=later(days=5))
    review.rush(request_id=second.pk, on=True, actor=desk, at=later(hours=1))
    review.open_hold(request_id=third.pk, kind="citation", actor=desk, at=later(hours=1))
    counts = selectors.queue_counts(world.north.library, desk)
    seen = selectors.visible_to_staff(world.north.library, desk)
    assert (counts.total, counts.attention, counts.rush) == (3, 1, 1)
    assert counts.queues == {"asked": 1, "ready": 1, "citation": 1}
    for queue, expected in {"": 3, "rush": 1, "attention": 1, "closed": 0, **counts.queues}.items():
        assert selectors.in_queue(seen, queue).count() == expected


def test_attention_counts_closed_requests_too(world: World) -> None:
    desk = world.north.actor(Role.BORROWING)
    request = ask_for(world.north)
    cancel(request_id=request.pk, actor=desk, at=later(hours=3))
    words.patron_message(
        request_id=request.pk, text="Thank you", actor=world.north.patron_actor(), at=later(days=1)
    )
    counts = selectors.queue_counts(world.north.library, desk)
    assert (counts.total, counts.attention, dict(counts.queues)) == (0, 1, {})


def test_counts_cost_one_statement(world: World) -> None:
    for word in ("one", "two", "three"):
        ask_for(world.north, new_loan(citation=book(f"Book number {word}")))
    with CaptureQueriesContext(connection) as statements:
        selectors.queue_counts(world.north.library, world.north.actor(Role.BORROWING))
    assert len(statements) == 1


def test_branch_staff_see_their_branch_only(world: World) -> None:
    north = world.north
    here = ask_for(north, new_loan(pickup_branch_id=north.branch.pk))
    ask_for(north, new_loan(citation=book("Elsewhere")))
    clerk = north.actor(Role.BRANCH, branches=frozenset({north.branch.pk}))
    assert numbers(selectors.visible_to_staff(north.library, clerk)) == {here.number}
    assert selectors.queue_counts(north.library, clerk).total == 1
    assert selectors.by_numbers(north.library, clerk, [here.number]) == [here]


@pytest.mark.parametrize("orders", [selectors.ORDERS, selectors.FOUND_ORDERS, selectors.CLOSED_ORDERS])
def test_pages_by_key_neither_skip_nor_repeat_a_row(world: World, orders: Any) -> None:
    made = []
    for count in range(11):  # many ties: same moment, same title, no date
        request = ask_for(
            world.north,
            new_loan(
                citation=book("The same title" if count % 2 else f"Title {count % 3}"),
                need_by=date(2026, 4, 1) if count % 3 == 0 else None,
                again_because="needed twice",
            ),
            patron="ada" if count % 2 else "ben",
        )
        made.append(request)
    BorrowingRequest.objects.filter(pk__in=[each.pk for each in made[:4]]).update(rush=True)
    if orders is selectors.CLOSED_ORDERS:
        BorrowingRequest.objects.update(closed_at=later(days=1))
    for order in orders.values():
        forwards: list[str] = []
        cursor, before = None, None
        for _page in range(9):
            found = selectors.for_list(selectors.sortable(BorrowingRequest.objects.all(), order))
            page = keyset_page(found, order=order, cursor=cursor, size=3)
            forwards += [each.number for each in page.rows]
            before, cursor = page.previous_cursor, page.next_cursor
            if cursor is None:
                break
        assert sorted(forwards) == sorted(each.number for each in made)
        found = selectors.for_list(selectors.sortable(BorrowingRequest.objects.all(), order))
        back = keyset_page(found, order=order, cursor=before, size=3)
        assert [each.number for each in back.rows] == forwards[6:9]


def test_choices_name_only_the_librarys_own(world: World) -> None:
    choices = selectors.filter_choices(world.north.library)
    assert [name for _key, name in choices.branches] == ["Hill Branch", "Main Library"]
    assert [name for _key, name in choices.lenders] == ["Eastlake University", "Westport Public Library"]
    assert selectors.filter_choices(world.south.library).lenders == []


def test_the_last_act_is_what_can_be_undone(world: World) -> None:
    request = asked(world, ask_for(world.north))
    kept = selectors.last_act(request.pk)
    assert kept is not None
    assert kept[1] is True
    items.receive(
        request_id=request.pk,
        arrival=items.Arrival(),
        actor=world.north.actor(Role.STUDENT),
        at=later(days=1),
    )
    now = selectors.last_act(request.pk)
    assert now is not None
    assert now[0] != kept[0]
    assert now[1] is False
