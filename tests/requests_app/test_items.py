"""What arrives, where it lies, how it goes home: and what each step refuses."""

from datetime import date
from typing import Any

import pytest

from illservice.core.errors import InvalidInput, Refused, WrongState
from requests_app.models import TryStatus
from requests_app.services import closing, copies, items, lenders, loans, review
from requests_app.services.items import Arrival
from tests.requests_app.standing import (
    again,
    asked,
    at_desk,
    copy_there,
    marks,
    on_loan,
    on_shelf,
    on_the_way,
    refused,
    returned,
    try_of,
)
from tests.world import World, ask_for, later


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"barcode": "x" * 61}, "barcode"),
        ({"condition": "x" * 201}, "condition"),
        ({"labels": ["x" * 101]}, "label"),
        ({"labels": ["x"] * 501}, "labels"),
        ({"pieces": 0}, "pieces"),
        ({"pieces": 40000}, "pieces"),
        ({"kind": "either"}, "kind"),
        ({"conditions": ["with care, please"]}, "conditions"),
        ({"lender_due": date(1, 1, 2)}, "lender_due"),
        ({"lender_due": date(9999, 12, 31)}, "lender_due"),
    ],
)
def test_an_arrival_that_cannot_be_is_refused_by_name(
    world: World, wrong: dict[str, Any], field: str
) -> None:
    request = asked(world)
    with refused(request, InvalidInput, field=field):
        items.receive(
            request_id=request.pk, arrival=Arrival(**wrong), actor=world.north.actor(), at=later(days=1)
        )


def test_a_closed_exchange_is_not_revived_by_reopening(world: World) -> None:
    request, desk = returned(world), world.north.actor()
    items.confirm_return(request_id=request.pk, actor=desk, at=later(days=12))
    closing.reopen(request_id=request.pk, why="Needed again", actor=desk, at=later(days=13))
    with refused(request, Refused, code="lender_may_send"):
        items.receive(request_id=request.pk, arrival=Arrival(), actor=desk, at=later(days=14))
    assert try_of(request, 1).status == TryStatus.DONE


def test_a_late_item_of_a_lender_left_behind_is_a_second_copy_and_moves_nothing(world: World) -> None:
    request, desk = asked(world), world.north.actor()
    lenders.move_on(request_id=request.pk, actor=desk, at=later(days=5))
    second = {"request_id": request.pk, "actor": desk}
    with refused(request, InvalidInput, field="try_id"):
        items.receive_second(try_id=try_of(request, 2).pk, arrival=Arrival(), at=later(days=6), **second)  # type: ignore[arg-type]
    arrival = Arrival(lender_due=date(2026, 4, 9))
    items.receive_second(try_id=try_of(request, 1).pk, arrival=arrival, at=later(days=6), **second)  # type: ignore[arg-type]
    assert (again(request).state, marks(request)) == ("asked", {"second_copy"})
    items.receive(
        request_id=request.pk, arrival=Arrival(lender_due=date(2026, 5, 9)), actor=desk, at=later(days=7)
    )
    loans.change_due(request_id=request.pk, lender_due=date(2026, 5, 19), actor=desk, at=later(days=7))
    dates = [each.lender_due for each in request.tries.all()]
    assert dates == [date(2026, 4, 9), date(2026, 5, 19)], "each lender keeps its own date"
    items.send_back(request_id=request.pk, actor=desk, at=later(days=8))
    items.confirm_return(request_id=request.pk, actor=desk, at=later(days=9))
    assert (again(request).state, marks(request)) == ("completed", {"second_copy"})
    items.return_second(request_id=request.pk, actor=desk, at=later(days=10))
    assert (again(request).state, marks(request)) == ("completed", set())
    with refused(request, Refused, code="second_copy"):
        items.return_second(request_id=request.pk, actor=desk, at=later(days=11))


def test_a_recall_before_the_arrival_binds_it(world: World) -> None:
    request, desk = on_the_way(world, due=date(2026, 4, 20)), world.north.actor()
    loans.recall(request_id=request.pk, back_by=date(2026, 3, 20), actor=desk, at=later(days=1))
    strap = Arrival(lender_due=date(2026, 4, 24))
    items.receive(request_id=request.pk, arrival=strap, actor=desk, at=later(days=2))
    assert (again(request).lender_due, again(request).patron_due) == (date(2026, 3, 20), date(2026, 3, 16))


def test_a_date_given_while_it_travels_holds_when_it_arrives(world: World) -> None:
    request, desk = on_the_way(world, due=date(2026, 4, 20)), world.north.actor()
    loans.change_due(request_id=request.pk, lender_due=date(2026, 5, 20), actor=desk, at=later(days=1))
    items.receive(request_id=request.pk, arrival=Arrival(), actor=desk, at=later(days=2))
    assert again(request).lender_due == date(2026, 5, 20)


def test_what_may_not_leave_the_library_is_not_posted(world: World) -> None:
    request, desk = at_desk(world, conditions=["LibraryUseOnly"]), world.north.actor()
    with refused(request, Refused, code="may_leave_the_library"):
        items.post_to_patron(request_id=request.pk, actor=desk, at=later(days=2))
    items.shelve(request_id=request.pk, actor=desk, at=later(days=2))
    items.hand_over(request_id=request.pk, actor=desk, at=later(days=3))
    assert again(request).state == "on_loan"


def test_a_hand_over_keeps_within_both_dates_and_is_a_delivery(world: World) -> None:
    request, desk = at_desk(world), world.north.actor()
    for wrong in (date(2026, 4, 21), date(2026, 3, 3)):
        with refused(request, InvalidInput, field="patron_due"):
            items.hand_over(request_id=request.pk, actor=desk, at=later(days=2), patron_due=wrong)
    items.hand_over(request_id=request.pk, actor=desk, at=later(days=2))
    assert again(request).delivered_at == later(days=2)
    late = on_loan(world, due=date(2026, 3, 20), at=later(days=16))
    assert late.patron_due == date(2026, 3, 18), "it lay on the shelf past its first date"


def test_send_back_and_reshelve_know_whose_it_is_and_count_pieces(world: World) -> None:
    request, desk = at_desk(world, pieces=3, pieces_expected=3), world.north.actor()
    with refused(request, Refused, code="own_item"):
        items.reshelve(request_id=request.pk, actor=desk, at=later(days=2))
    with refused(request, InvalidInput, field="pieces"):
        items.send_back(request_id=request.pk, pieces=2, actor=desk, at=later(days=2))
    with refused(request, InvalidInput, field="branch"):
        items.send_to_branch(request_id=request.pk, actor=desk, at=later(days=2))
    own = ask_for(world.north, patron="ben")
    review.supply_here(request_id=own.pk, actor=desk, at=later(hours=1))
    review.found_here(request_id=own.pk, actor=world.north.actor("student"), at=later(hours=2))
    assert again(own).location == world.north.main
    with refused(own, Refused, code="from_lender"):
        items.send_back(request_id=own.pk, actor=desk, at=later(hours=3))


def test_what_expires_on_the_shelf_is_still_a_fill(world: World) -> None:
    request, desk = on_shelf(world), world.north.actor()
    items.not_collected(request_id=request.pk, actor=desk, at=later(days=20))
    done = again(request)
    assert (done.state, done.outcome, done.shelf_code, done.wording) == (
        "back_at_desk",
        "filled",
        "",
        "finished",
    )
    with refused(request, WrongState):
        items.hand_over(request_id=request.pk, actor=desk, at=later(days=21))


def test_a_link_must_be_one_that_works(world: World) -> None:
    request, desk = asked(world, copy=True), world.north.actor()
    give = {"request_id": request.pk, "actor": desk, "at": later(days=1)}
    for wrong in ("", "javascript:alert(1)", "https://x.example/" + "a" * 1000):
        with refused(request, InvalidInput):
            copies.deliver_copy(link=wrong, until=None, **give)  # type: ignore[arg-type]
    with refused(request, InvalidInput, field="until"):
        copies.deliver_copy(link="https://x.example/1", until=date(2026, 3, 1), **give)  # type: ignore[arg-type]


def test_a_scan_of_ours_counts_as_ours_even_after_a_lender_was_asked(world: World) -> None:
    request, desk = asked(world, copy=True, lenders_left=False), world.north.actor()
    lenders.lender_no(request_id=request.pk, actor=desk, at=later(days=1))
    review.supply_here(request_id=request.pk, actor=desk, at=later(days=2))
    copies.deliver_copy(
        request_id=request.pk, link="https://x.example/1", until=None, actor=desk, at=later(days=3)
    )
    assert (again(request).fill_source, try_of(request, 1).status) == ("own", TryStatus.UNFILLED)


def test_a_paper_copy_ends_with_its_reader(world: World) -> None:
    request, desk = asked(world, copy=True), world.north.actor()
    items.receive(request_id=request.pk, arrival=Arrival(kind="copy"), actor=desk, at=later(days=1))
    assert again(request).patron_due is None
    with refused(request, Refused, code="is_loan"):
        items.send_back(request_id=request.pk, actor=desk, at=later(days=2))
    items.shelve(request_id=request.pk, actor=desk, at=later(days=2))
    items.hand_over(request_id=request.pk, actor=desk, at=later(days=3))
    assert (again(request).state, try_of(request, 1).status) == ("completed", TryStatus.DONE)


def test_one_better_copy_is_asked_for_at_a_time(world: World) -> None:
    request, patron = copy_there(world), world.north.patron_actor()
    loans.ask_resend(request_id=request.pk, actor=patron, at=later(days=2))
    with refused(request, Refused, code="no_resend_open"):
        loans.ask_resend(request_id=request.pk, actor=patron, at=later(days=2))


def test_a_code_drawn_twice_at_the_same_moment_is_drawn_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = at_desk(world), at_desk(world)
    monkeypatch.setattr(items, "_free_code", lambda _request: "A11")
    assert items.shelve(request_id=first.pk, actor=world.north.actor(), at=later(days=2)) == "A11"
    drawn = iter(["A11", "B22"])
    monkeypatch.setattr(items, "_free_code", lambda _request: next(drawn))
    assert items.shelve(request_id=second.pk, actor=world.north.actor(), at=later(days=2)) == "B22"
    assert second.events.filter(action="shelve").count() == 1
