"""What is still to print at the lending desk, marking it, and where printing is offered."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from illservice.accounts.roles import Role
from illservice.core.errors import InvalidInput, Refused
from lending.models import LendingItem, LendingRequest
from lending.services import items, words
from lending.workflow.slips import pull_slips
from tests.illservice.core.printing.reading import pages
from tests.lending.printing import (
    DONE,
    DOOR,
    MOST_STATEMENTS,
    STACKS,
    at,
    desk_of_north,
    everything,
    get,
    printed,
    signed_in,
)
from tests.lending.verbs import again, copied, desk, found, lend, pulled, shipped
from tests.world import NOON, World, later


@pytest.fixture
def clerk(world: World) -> Client:
    """The lending desk of Northfield, which knows where Eastlake is."""
    return desk_of_north(world)


# --- What is still to print ------------------------------------------------------------------


def left(client: Client, **more: Any) -> Any:
    return client.get(DOOR, {"kind": "pull_slip", "left": "1", "sheet": "a4-4"} | more, follow=True)


def test_what_is_still_to_print_is_one_document_by_place(world: World, clerk: Client) -> None:
    main = pulled(world, copies=[at(world, "QL 1", "main")])
    hill = pulled(world, copies=[at(world, "QL 2", "hill")])
    bare = pulled(world, copies=[at(world, "QL 3")])
    marked = pulled(world, copies=[at(world, "QL 4", "main")])
    items.mark_printed(request_id=marked.pk, actor=desk(world), at=NOON)

    def numbers(**more: Any) -> list[bool]:
        text = " ".join(pages(left(clerk, **more).content))
        return [each.number in text for each in (main, hill, bare, marked)]

    assert numbers() == [True, True, True, False]
    assert numbers(location="hill") == [False, True, False, False]
    assert numbers(location="-") == [False, False, True, False]
    assert "Print 3 slips still to print" in clerk.get(STACKS).content.decode()
    assert "Print 1 slip still to print" in clerk.get(STACKS, {"location": "hill"}).content.decode()


def test_somebody_of_one_branch_prints_what_is_left_there(world: World) -> None:
    here = pulled(world, copies=[at(world, "QL 2", "hill")])
    away = pulled(world, copies=[at(world, "QL 1", "main")])
    text = " ".join(pages(left(signed_in(world, Role.BRANCH)).content))
    assert (here.number in text, away.number in text) == (True, False)


def test_nothing_left_is_said(world: World, clerk: Client) -> None:
    response = left(clerk)
    assert response.redirect_chain == [(STACKS, 302)]
    assert "Every slip is printed." in response.content.decode()


def offered(page: str) -> dict[str, str]:
    """What the page's button for marking would send."""
    form = page.partition(f'action="{DONE}"')[2].partition("</form>")[0]
    found = {}
    for name in ("items", "back"):
        found[name] = form.partition(f'name="{name}" value="')[2].partition('"')[0]
    return found


def test_marking_is_an_act_of_its_own_offered_with_the_print_and_can_be_undone(
    world: World, clerk: Client
) -> None:
    first, second = pulled(world, copies=[at(world, "QL 1", "hill")]), pulled(world)
    page = left(clerk, sheet="", location="hill").content.decode()
    sent = offered(page)
    assert sent["items"] == str(first.items.get().pk)
    response = clerk.post(DONE, sent, follow=True)
    assert "Marked as printed" in response.content.decode()
    assert [again(each).items.get().printed_at is None for each in (first, second)] == [False, True]
    words.undo_last(
        request_id=first.pk, act=str(first.events.latest("id").act), actor=desk(world), at=later(hours=1)
    )
    assert again(first).items.get().printed_at is None


def test_many_are_marked_at_once_and_each_has_its_way_back(world: World, clerk: Client) -> None:
    requests = [pulled(world) for _ in range(3)]
    sent = offered(left(clerk, sheet="").content.decode())
    page = clerk.post(DONE, sent, follow=True).content.decode()
    assert "Done: 3 of 3" in page
    assert page.count("/undo/") == 3
    assert not LendingItem.objects.filter(printed_at__isnull=True).exists()
    before = [everything(each) for each in requests]
    again_page = clerk.post(DONE, sent, follow=True).content.decode()
    assert "Done: 0 of 3" in again_page
    assert [everything(each) for each in requests] == before


def test_nobody_marks_what_is_not_theirs(world: World, clerk: Client) -> None:
    request = pulled(world)
    before = everything(request)
    key = str(request.items.get().pk)
    stranger = Client()
    stranger.force_login(world.south.people[Role.LENDING])
    assert stranger.post(DONE, {"items": key}).status_code == 404
    said = stranger.post("/lend/south/print/done/", {"items": key}, follow=True).content.decode()
    assert "Nothing of this is left to mark." in said
    assert signed_in(world, Role.COPYRIGHT).post(DONE, {"items": key}).status_code == 403
    assert clerk.post(DONE, {"items": "x,9" + "9" * 30}, follow=True).status_code == 200
    assert everything(request) == before
    assert DONE not in get(signed_in(world, Role.COPYRIGHT), "pull_slip", request).content.decode()


def test_a_copy_elsewhere_gets_its_slip_when_its_turn_comes(world: World, clerk: Client) -> None:
    request = pulled(world, copies=[at(world, "QL 1", "main"), at(world, "QL 1 c.2", "hill")])
    items.mark_printed(request_id=request.pk, actor=desk(world), at=NOON)
    with pytest.raises(Refused):
        items.mark_printed(request_id=request.pk, actor=desk(world), at=NOON)
    assert "Every slip is printed." in left(clerk).content.decode()
    first = request.items.order_by("position")[0]
    items.item_not_found(request_id=request.pk, item_id=first.pk, actor=desk(world), at=NOON)
    assert "QL 1 c.2" in pages(left(clerk, location="hill").content)[0]
    with pytest.raises(InvalidInput):
        items.mark_printed(request_id=request.pk, item_ids={first.pk}, actor=desk(world), at=NOON)
    assert not pull_slips(again(request).items.all())[0].is_printed


# --- Where it is offered, and what it costs --------------------------------------------------


def test_lists_and_pages_offer_what_there_is(world: World, clerk: Client) -> None:
    to_pull, new = pulled(world), lend(world)
    page = clerk.get("/lend/north/?queue=to_pull").content.decode()
    assert '<option value="pull_slip">' in page
    assert '<option value="mark_printed">' in page
    assert '<option value="band">' not in page
    assert 'name="print"' not in clerk.get("/lend/north/?queue=new").content.decode()
    one = clerk.get(f"/lend/north/requests/{to_pull.number}/").content.decode()
    for kind in ("pull_slip", "shipping_label"):
        assert f"{DOOR}?kind={kind}&amp;number={to_pull.number}" in one
    assert DOOR not in clerk.get(f"/lend/north/requests/{new.number}/").content.decode()


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("pull_slip", pulled),
        ("shipping_label", found),
        ("band", shipped),
        ("packing_slip", shipped),
        ("packing_slip", copied),
    ],
)
def test_many_cost_the_same_few_statements(world: World, clerk: Client, kind: str, make: Any) -> None:
    def statements(*requests: LendingRequest, **more: Any) -> int:
        with CaptureQueriesContext(connection) as seen:
            printed(clerk, kind, *requests, **more)
        return len(seen)

    one = make(world)
    few = statements(one)
    assert statements(one, *(make(world) for _ in range(4))) == few <= MOST_STATEMENTS
    if kind == "pull_slip":
        assert statements(left="1") <= MOST_STATEMENTS + 1
