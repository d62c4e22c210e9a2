"""Milestones are copies of what the events say, also after undo and reopening."""

from datetime import date

import pytest
from django.core.management import call_command

from illservice.accounts.roles import Role
from illservice.core.actors import CLOCK
from requests_app.models import BorrowingRequest
from requests_app.services import closing, copies, items, lender_news, lenders, loans
from requests_app.services.illiad import Importer
from requests_app.services.lender_news import SentCopy
from requests_app.services.milestones import differences
from tests.requests_app.standing import again, asked
from tests.requests_app.test_import_illiad import SAMPLE
from tests.world import NOON, World, ask_for, later, new_copy


def undo(request: BorrowingRequest, world: World, **delta: float) -> None:
    kept = BorrowingRequest.objects.get(pk=request.pk).undo
    assert kept is not None
    closing.undo_last(
        request_id=request.pk, act=kept["act"], actor=world.north.actor(Role.HEAD), at=later(**delta)
    )


def a_whole_life(world: World) -> BorrowingRequest:
    """Asked, refused, asked again, sent, received, lent, lost, found, returned, with what was undone on the way."""
    request = ask_for(world.north)
    pk, desk = request.pk, world.north.actor(Role.HEAD)
    partners = [world.eastlake.pk, world.westport.pk]
    lenders.plan_lenders(request_id=pk, partner_ids=partners, actor=desk, at=later(hours=1))
    lenders.ask(request_id=pk, actor=desk, at=later(hours=2))
    undo(request, world, hours=2, seconds=5)
    lenders.ask(request_id=pk, actor=desk, at=later(hours=3))
    lenders.lender_will(request_id=pk, actor=desk, at=later(days=1))
    lenders.lender_no(request_id=pk, actor=desk, at=later(days=2), reason=world.no_reason)
    lenders.lender_will(request_id=pk, actor=desk, at=later(days=3))
    lenders.lender_shipped(request_id=pk, actor=desk, at=later(days=4), lender_due=date(2026, 4, 20))
    items.receive(request_id=pk, arrival=items.Arrival(), actor=desk, at=later(days=6))
    undo(request, world, days=6, seconds=5)
    items.receive(request_id=pk, arrival=items.Arrival(), actor=desk, at=later(days=7))
    items.shelve(request_id=pk, actor=desk, at=later(days=8))
    items.hand_over(request_id=pk, actor=desk, at=later(days=9))
    loans.lost(request_id=pk, actor=desk, at=later(days=50))
    loans.found(request_id=pk, actor=desk, at=later(days=51))
    items.send_back(request_id=pk, actor=desk, at=later(days=52))
    items.confirm_return(request_id=pk, actor=CLOCK, at=later(days=82))
    return request


def a_reopened_one(world: World) -> BorrowingRequest:
    """Closed as supplied, the closing undone, closed as unfilled, reopened, and delivered as a copy."""
    request = ask_for(world.north, new_copy())
    pk, desk = request.pk, world.north.actor(Role.HEAD)
    supplied = closing.Supplied("online", link="https://example.org/free.pdf")
    closing.close_supplied(request_id=pk, supplied=supplied, actor=desk, at=later(hours=1))
    undo(request, world, hours=1, seconds=5)
    closing.close_unfilled(request_id=pk, actor=desk, at=later(hours=2))
    closing.reopen(request_id=pk, why="A lender turned up.", actor=desk, at=later(days=1))
    lenders.plan_lenders(request_id=pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(days=1))
    lenders.ask(request_id=pk, actor=desk, at=later(days=2))
    for day in (3, 5):
        copies.deliver_copy(
            request_id=pk, link="https://example.org/a.pdf", until=None, actor=desk, at=later(days=day)
        )
    copies.finish_copy(request_id=pk, actor=CLOCK, at=later(days=30))
    return request


def test_columns_are_what_the_events_say(world: World) -> None:
    life, reopened = a_whole_life(world), a_reopened_one(world)
    closed = ask_for(world.north, new_copy(), patron="ben")
    supplied = closing.Supplied("own")
    closing.close_supplied(
        request_id=closed.pk, supplied=supplied, actor=world.north.actor(), at=later(days=1)
    )
    importer = Importer(world.north.library, at=NOON)
    with SAMPLE.open("rb") as stream:
        importer.read("sample", stream)
    assert list(differences(BorrowingRequest.objects.all())) == []

    life.refresh_from_db()
    assert (life.sent_at, life.promised_at, life.received_at) == (
        later(hours=3),
        later(days=3),
        later(days=7),
    )
    assert (life.returned_at, life.closed_at) == (later(days=52), later(days=82))
    reopened.refresh_from_db()
    assert (reopened.received_at, reopened.closed_at) == (later(days=3), later(days=30))


def test_the_command_names_what_differs_and_puts_it_right(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    life, other = a_whole_life(world), ask_for(world.south)
    call_command("rebuild_milestones", check=True)
    assert capsys.readouterr().out == ""
    BorrowingRequest.objects.filter(pk=life.pk).update(promised_at=None, closed_at=later(days=1))
    BorrowingRequest.objects.filter(pk=other.pk).update(submitted_at=later(days=9))
    with pytest.raises(SystemExit) as stopped:
        call_command("rebuild_milestones", check=True, library="north")
    assert stopped.value.code == 1
    assert capsys.readouterr().out == f"{life.number} promised_at closed_at\n"

    version = BorrowingRequest.objects.get(pk=life.pk).version
    call_command("rebuild_milestones")
    assert capsys.readouterr().out.split() == [
        life.number,
        "promised_at",
        "closed_at",
        other.number,
        "submitted_at",
    ]
    call_command("rebuild_milestones", check=True)
    assert BorrowingRequest.objects.get(pk=life.pk).version == version
    assert BorrowingRequest.objects.get(pk=life.pk).closed_at == later(days=82)


@pytest.mark.parametrize("is_here", [True, False])
def test_a_copy_that_comes_at_once_was_sent_as_well(world: World, is_here: bool) -> None:
    request = asked(world, copy=True)
    lender_news.lender_copy(
        request_id=request.pk, copy=SentCopy(is_here=is_here), actor=world.north.actor(), at=later(days=1)
    )
    assert again(request).shipped_at == later(days=1)
    assert not list(differences(BorrowingRequest.objects.all()))
