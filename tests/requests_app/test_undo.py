"""Undo restores what was, cancels what has not left, and is refused once something moved on."""

from datetime import date

import pytest

from illservice.accounts.roles import Role
from illservice.core import outbox
from illservice.core.errors import NotPermitted, Refused
from illservice.core.models import OutboxRow, OutboxState
from requests_app.models import BorrowingRequest
from requests_app.services import closing, items, lenders, review, words
from tests.world import World, ask_for, book, later


def again(request: BorrowingRequest) -> BorrowingRequest:
    return BorrowingRequest.objects.get(pk=request.pk)


def snapshot(request: BorrowingRequest) -> dict[str, object]:
    """Everything of a request and beside it, but for the version, the undo store and the history."""
    fresh = again(request)
    left_out = {"version", "undo"}
    columns = {
        f.attname: getattr(fresh, f.attname) for f in fresh._meta.concrete_fields if f.name not in left_out
    }
    for name in ("tries", "holds", "questions", "marks", "items", "timers", "identifiers"):
        columns[name] = sorted(map(str, getattr(fresh, name).values()))
    return columns


def undo(request: BorrowingRequest, world: World, *, seconds: float, role: str = Role.BORROWING) -> None:
    kept = again(request).undo
    assert kept is not None
    closing.undo_last(
        request_id=request.pk,
        act=kept["act"],
        actor=world.north.actor(role),
        at=later(hours=3, seconds=seconds),
    )


def test_undo_of_asking_a_lender_restores_everything_and_cancels_the_letter(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
    )
    before = snapshot(request)
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=3))
    letter = OutboxRow.objects.get(payload__notice="lender_request")
    assert letter.not_before == later(hours=3, seconds=10)
    undo(request, world, seconds=5)
    assert snapshot(request) == before
    letter.refresh_from_db()
    assert letter.state == OutboxState.CANCELLED
    last = again(request).events.latest("id")
    assert (last.action, last.reverses) == ("undo", letter.act)

    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=4))
    assert again(request).state == "asked"


def test_undo_is_refused_once_the_letter_is_taken_up_and_nothing_changes(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
    )
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=3))
    letter = OutboxRow.objects.get(payload__notice="lender_request")
    assert outbox.claim(letter.pk, at=later(hours=3, seconds=9)) is None
    assert outbox.claim(letter.pk, at=later(hours=3, seconds=11)) is not None
    before = snapshot(request)
    with pytest.raises(Refused) as refusal:
        undo(request, world, seconds=12)
    assert refusal.value.code == "message_left"
    assert snapshot(request) == before
    letter.refresh_from_db()
    assert letter.state == OutboxState.LEASED


def test_undo_is_refused_when_the_request_moved_on(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    review.rush(request_id=request.pk, on=True, actor=desk, at=later(hours=1))
    kept = again(request).undo
    assert kept is not None
    review.open_hold(request_id=request.pk, kind="citation", actor=desk, at=later(hours=2))
    with pytest.raises(Refused) as refusal:
        closing.undo_last(request_id=request.pk, act=kept["act"], actor=desk, at=later(hours=3))
    assert refusal.value.code == "moved_on"
    assert again(request).rush
    undo(request, world, seconds=0)
    assert (again(request).state, again(request).rush) == ("ready", True)


def test_undo_needs_the_right_of_what_it_takes_back(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    review.rush(request_id=request.pk, on=True, actor=desk, at=later(hours=1))
    with pytest.raises(NotPermitted):
        undo(request, world, seconds=0, role=Role.STUDENT)
    assert again(request).rush
    undo(request, world, seconds=0)
    assert not again(request).rush


def test_undo_of_a_correction_brings_back_words_and_identifiers(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    before = snapshot(request)
    corrected = book("Bees and Honey", isbn="9780306406157")
    review.edit(request_id=request.pk, values={}, citation=corrected, actor=desk, at=later(hours=1))
    assert again(request).title == "Bees and Honey"
    assert "bees" not in str(again(request).events.latest("id").changed).lower()
    undo(request, world, seconds=0)
    assert snapshot(request) == before


def test_a_message_of_the_patron_neither_stops_undo_nor_is_lost_by_it(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    review.rush(request_id=request.pk, on=True, actor=desk, at=later(hours=1))
    words.patron_message(
        request_id=request.pk, text="It is urgent", actor=world.north.patron_actor(), at=later(hours=2)
    )
    undo(request, world, seconds=0)
    assert not again(request).rush
    assert again(request).attention
    assert again(request).messages.count() == 1


def test_undo_of_a_receipt_takes_items_and_dates_away_again(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
    )
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    before = snapshot(request)
    arrival = items.Arrival(lender_due=date(2026, 4, 20), barcode="X1", pieces=2, pieces_expected=3)
    items.receive(request_id=request.pk, arrival=arrival, actor=desk, at=later(hours=3))
    assert again(request).received_at == later(hours=3)
    undo(request, world, seconds=1)
    assert snapshot(request) == before
