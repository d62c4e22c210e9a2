"""Asking lenders: turns, answers, conditions, cancellation, and what each refuses."""

from datetime import date
from decimal import Decimal

from illservice.core.errors import InvalidInput, NotPermitted, Refused, StaleVersion, WrongState
from requests_app.services import closing, lenders, loans, review
from tests.requests_app.standing import (
    again,
    asked,
    everything,
    marks,
    on_the_way,
    questions,
    refused,
    told,
    try_of,
)
from tests.world import World, ask_for, book, later, new_loan

UNDONE = ("version", "undo", "events", "outbox")


def without(found: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in found.items() if name not in names}


def test_undo_of_a_no_asks_the_first_lender_again_and_not_the_next(world: World) -> None:
    request, desk = asked(world), world.north.actor()
    before = everything(request)
    for turn, service in enumerate((lenders.lender_no, lenders.move_on)):
        service(request_id=request.pk, actor=desk, at=later(days=1 + turn))
        assert request.tries.get(open=True).partner == world.westport
        kept = again(request).undo
        assert kept is not None
        closing.undo_last(
            request_id=request.pk, act=kept["act"], actor=desk, at=later(days=1 + turn, seconds=2)
        )
        assert without(everything(request), *UNDONE) == without(before, *UNDONE)


def test_what_nobody_wants_any_more_is_asked_of_nobody_else(world: World) -> None:
    desk, patron = world.north.actor(), world.north.patron_actor()
    for service in (lenders.lender_no, lenders.move_on):
        request = asked(world)
        lenders.ask_cancel(request_id=request.pk, actor=patron, at=later(hours=3))
        service(request_id=request.pk, actor=desk, at=later(hours=4))
        done = again(request)
        assert (done.state, done.outcome, questions(request)) == ("cancelled", "cancelled", set())
        assert (told(request, "lender_request"), told(request, "cancelled")) == (1, 1)
        assert list(request.tries.values_list("ordinal", flat=True)) == [1]
    request = asked(world)
    lenders.ask_cancel(request_id=request.pk, actor=patron, at=later(hours=3))
    lenders.cancel_refused(request_id=request.pk, actor=desk, at=later(hours=4))
    assert (again(request).state, marks(request)) == ("asked", {"not_wanted"})
    lenders.lender_no(request_id=request.pk, actor=desk, at=later(hours=5))
    assert (again(request).state, marks(request)) == ("cancelled", set())


def test_an_accepted_cancellation_leaves_nothing_open(world: World) -> None:
    request, desk = asked(world), world.north.actor()
    with refused(request, Refused, code="cancel_open"):
        lenders.cancel_accepted(request_id=request.pk, actor=desk, at=later(hours=3))
    lenders.ask_cancel(request_id=request.pk, actor=desk, at=later(hours=3))
    with refused(request, Refused, code="no_cancel_open"):
        lenders.ask_cancel(request_id=request.pk, actor=desk, at=later(hours=3))
    lenders.cancel_accepted(request_id=request.pk, actor=desk, at=later(hours=4))
    assert (again(request).state, marks(request), questions(request)) == ("cancelled", set(), set())
    assert [each.status for each in request.tries.all()] == ["cancelled"]


def test_a_crossing_shipment_answers_the_cancellation_and_brings_its_conditions(world: World) -> None:
    request, desk = asked(world), world.north.actor()
    lenders.lender_conditional(
        request_id=request.pk, terms=lenders.Terms(["LibraryUseOnly"]), actor=desk, at=later(hours=3)
    )
    assert (again(request).queue, again(request).next_actor) == ("conditional", "desk")
    lenders.ask_cancel(request_id=request.pk, actor=desk, at=later(hours=4))
    lenders.lender_shipped(request_id=request.pk, actor=desk, at=later(hours=5))
    done = again(request)
    assert (done.state, done.conditions) == ("on_the_way", ["LibraryUseOnly"])
    assert (marks(request), questions(request)) == ({"not_wanted"}, set())


def test_a_new_lender_starts_with_a_clean_sheet(world: World) -> None:
    request, desk = on_the_way(world, due=date(2026, 4, 20)), world.north.actor()
    lenders.claim(request_id=request.pk, actor=desk, at=later(days=1))
    with refused(request, Refused, code="not_claimed"):
        lenders.claim(request_id=request.pk, actor=desk, at=later(days=1))
    loans.recall(request_id=request.pk, back_by=date(2026, 4, 1), actor=desk, at=later(days=1))
    lenders.lender_no(request_id=request.pk, actor=desk, at=later(days=2))
    fresh = again(request)
    assert (fresh.state, marks(request)) == ("asked", set())
    assert (fresh.lender_due, fresh.patron_due, fresh.cost) == (None, None, None)
    assert try_of(request, 1).lender_due == date(2026, 4, 1)


def test_asking_needs_a_list_a_known_system_and_nobody_being_asked(world: World) -> None:
    request, desk = ask_for(world.north, new_loan(citation=book("Ferns"))), world.north.actor()
    with refused(request, Refused, code="lender_planned"):
        lenders.ask(request_id=request.pk, actor=desk, at=later(hours=1))
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
    )
    ask = {"request_id": request.pk, "actor": desk, "at": later(hours=1)}
    with refused(request, InvalidInput, field="system"):
        lenders.ask(system="pigeon", **ask)  # type: ignore[arg-type]
    with refused(request, InvalidInput, field="system_number"):
        lenders.ask(system="oclc", system_number="1" * 61, **ask)  # type: ignore[arg-type]
    with refused(request, NotPermitted):
        lenders.ask(request_id=request.pk, actor=world.north.actor("student"), at=later(hours=1))
    with refused(request, StaleVersion):
        lenders.ask(request_id=request.pk, actor=desk, at=later(hours=1), version=1)
    review.open_hold(request_id=request.pk, kind="citation", actor=desk, at=later(hours=1))
    with refused(request, WrongState):
        lenders.ask(request_id=request.pk, actor=desk, at=later(hours=1))


def test_terms_are_codes_and_sums_that_can_be_kept(world: World) -> None:
    request, desk = asked(world), world.north.actor()
    wrong = {
        "conditions": lenders.Terms(["please be careful with it"]),
        "cost": lenders.Terms(cost=Decimal("99999999999")),
        "cost_currency": lenders.Terms(cost=Decimal("1"), currency="EURO"),
    }
    for field, terms in wrong.items():
        with refused(request, InvalidInput, field=field):
            lenders.lender_conditional(request_id=request.pk, terms=terms, actor=desk, at=later(hours=3))
    for service in (lenders.accept_conditions, lenders.refuse_conditions):
        with refused(request, Refused, code="conditional_open"):
            service(request_id=request.pk, actor=desk, at=later(hours=3))


def test_a_number_belongs_to_the_lender_it_can_belong_to(world: World) -> None:
    request, desk = asked(world), world.north.actor()
    note = {"request_id": request.pk, "system": "oclc", "actor": desk}
    lenders.record_number(system_number="A1", at=later(hours=3), **note)  # type: ignore[arg-type]
    lenders.move_on(request_id=request.pk, actor=desk, at=later(hours=4))
    lenders.record_number(system_number="A2", at=later(hours=5), **note)  # type: ignore[arg-type]
    lenders.lender_no(request_id=request.pk, actor=desk, at=later(hours=6))
    lenders.record_number(system_number="A3", at=later(hours=7), **note)  # type: ignore[arg-type]
    assert [each.system_number for each in request.tries.all()] == ["A1", "A3"]
    other = asked(world)
    with refused(request, InvalidInput, field="system_number"):
        lenders.record_number(
            system_number="A4",
            try_id=try_of(other, 1).pk,
            at=later(hours=8),
            **note,  # type: ignore[arg-type]
        )
