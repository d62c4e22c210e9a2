"""A request is decided by a policy that stands on it, and handled by what that policy says."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import ProtectedError

from illservice.core.errors import NotPermitted, Refused
from illservice.directory.models import Agreement, Partnership
from illservice.policies.models import PolicyVersion
from requests_app.models import BorrowingRequest
from requests_app.services import closing, items, lender_news, lenders, loans, review
from requests_app.services.clocks import run_due_timers
from requests_app.services.redeciding import apply_version
from requests_app.workflow.policy import most_paid, needed_by
from tests.requests_app.standing import again, asked, last_act, marks, told
from tests.world import NOON, World, ask_for, later, new_loan, set_terms


def terms_on(request: BorrowingRequest) -> PolicyVersion | None:
    return again(request).policy


def test_a_request_names_its_policy_when_it_comes_in_and_when_a_lender_is_asked(world: World) -> None:
    everybody = set_terms(world.north)
    student = set_terms(world.north, category="student", material="book")
    at_eastlake = set_terms(world.north, partner_id=world.eastlake.pk, answer_working_days=2)
    request, desk = ask_for(world.north), world.north.actor()
    assert terms_on(request) == student
    event = request.events.get(action="submit")
    assert event.changed["policy_id"] == [None, student.pk]
    review.edit(request_id=request.pk, values={"material": "score"}, actor=desk, at=NOON)
    assert terms_on(request) == everybody
    partners = [world.eastlake.pk, world.westport.pk]
    lenders.plan_lenders(request_id=request.pk, partner_ids=partners, actor=desk, at=NOON)
    lenders.ask(request_id=request.pk, actor=desk, at=NOON)
    assert terms_on(request) == at_eastlake
    wednesday = datetime.fromisoformat("2026-03-04T23:59:59-06:00")
    assert request.tries.get(open=True).answer_by == wednesday
    lenders.lender_no(request_id=request.pk, actor=desk, at=later(days=1))
    assert terms_on(request) == everybody, "Westport has none of its own"
    closing.undo_last(request_id=request.pk, act=last_act(request), actor=desk, at=later(days=1))
    assert terms_on(request) == at_eastlake


def test_an_agreement_s_policy_holds_for_its_partners(world: World) -> None:
    circle = Agreement.objects.create(library=world.north.library, code="circle", name="Lake Circle")
    Partnership.objects.filter(library=world.north.library, partner=world.eastlake).update(agreement=circle)
    circles = set_terms(world.north, agreement_id=circle.pk)
    assert asked(world).policy == circles
    at_eastlake = set_terms(world.north, partner_id=world.eastlake.pk)
    assert asked(world).policy == at_eastlake


def test_what_was_decided_stays_though_a_newer_version_says_otherwise(world: World) -> None:
    first = set_terms(world.north, return_buffer_days=10)
    request = asked(world)
    second = set_terms(world.north, return_buffer_days=1)
    assert (first.policy, first.number, second.number) == (second.policy, 1, 2)
    items.receive(
        request_id=request.pk,
        arrival=items.Arrival(lender_due=date(2026, 4, 30)),
        actor=world.north.actor(),
        at=later(days=1),
    )
    assert (again(request).policy, again(request).patron_due) == (first, date(2026, 4, 20))
    assert asked(world).policy == second
    with pytest.raises(ProtectedError):
        PolicyVersion.objects.filter(pk=first.pk).delete()


def test_what_arrives_from_another_lender_or_as_another_kind_is_decided_anew(world: World) -> None:
    everybody = set_terms(world.north)
    eastlake = set_terms(world.north, partner_id=world.eastlake.pk)
    copies = set_terms(world.north, partner_id=world.westport.pk, kind="copy")
    request, desk = asked(world, lenders_left=False), world.north.actor()
    lenders.move_on(request_id=request.pk, actor=desk, at=later(days=5))
    review.edit(request_id=request.pk, values={"material": "score"}, actor=desk, at=later(days=6))
    assert terms_on(request) == everybody
    items.receive(request_id=request.pk, arrival=items.Arrival(), actor=desk, at=later(days=7))
    assert terms_on(request) == eastlake, "it came late from the lender we had left"
    other = asked(world)
    lenders.move_on(request_id=other.pk, actor=desk, at=later(days=5))
    lender_news.lender_copy(
        request_id=other.pk, copy=lender_news.SentCopy(is_here=True), actor=desk, at=later(days=6)
    )
    assert terms_on(other) == copies


def test_times_are_those_of_the_policy(world: World) -> None:
    set_terms(world.north, ship_days=2, shipping_days_out=3, shelf_days=5, unconfirmed_days=6, reply_days=1)
    request, desk = asked(world), world.north.actor()
    act: dict[str, Any] = {"request_id": request.pk, "actor": desk}
    lenders.lender_will(at=later(days=1), **act)
    assert run_due_timers(later(days=2, hours=23)) == 0
    run_due_timers(later(days=3))
    assert marks(request) == set(), "the lender is reminded first"
    run_due_timers(later(days=5))
    assert marks(request) == {"not_shipped"}
    lenders.lender_shipped(at=later(days=6), **act)
    run_due_timers(later(days=9))
    assert marks(request) == {"not_arrived"}
    items.receive(arrival=items.Arrival(), at=later(days=10), **act)
    items.shelve(at=later(days=10), **act)
    run_due_timers(later(days=15))
    assert marks(request) == set()
    run_due_timers(later(days=16))
    assert marks(request) == {"shelf_expired"}
    items.hand_over(at=later(days=16), **act)
    items.take_back(at=later(days=17), **act)
    items.send_back(at=later(days=17), **act)
    run_due_timers(later(days=23))
    assert again(request).state == "completed"


def test_without_a_lender_s_date_the_policy_s_loan_period_counts(world: World) -> None:
    set_terms(world.north, loan_days=12)
    request, desk = ask_for(world.north), world.north.actor()
    act: dict[str, Any] = {"request_id": request.pk, "actor": desk, "at": NOON}
    review.supply_here(**act)
    review.found_here(**act)
    items.shelve(**act)
    items.hand_over(**act)
    assert again(request).patron_due == date(2026, 3, 16), "Saturday the 14th is closed"


def test_needed_by_and_the_price_follow_from_the_policy_where_the_patron_says_nothing(world: World) -> None:
    set_terms(world.north, need_by_days=20, max_cost=Decimal("25.00"))
    silent = ask_for(world.north)
    assert (needed_by(silent), most_paid(silent)) == (date(2026, 3, 22), Decimal("25.00"))
    said = ask_for(world.north, new_loan(need_by=date(2026, 3, 10), max_cost=Decimal("5.00")), patron="ben")
    assert (needed_by(said), most_paid(said)) == (date(2026, 3, 10), Decimal("5.00"))
    run_due_timers(datetime.fromisoformat("2026-03-23T08:00:00-05:00"))
    assert "need_by" in marks(silent)


def test_conditions_of_the_policy_bind_beside_the_lender_s(world: World) -> None:
    set_terms(world.north, conditions=("LibraryUseOnly",))
    request = asked(world)
    arrival = items.Arrival(conditions=["NoReproduction"])
    items.receive(request_id=request.pk, arrival=arrival, actor=world.north.actor(), at=later(days=1))
    assert again(request).conditions == ["NoReproduction", "LibraryUseOnly"]
    assert again(request).tries.get(ordinal=1).conditions == ["NoReproduction"]


def on_loan(world: World) -> BorrowingRequest:
    request = asked(world)
    act: dict[str, Any] = {"actor": world.north.actor(), "at": later(days=1)}
    arrival = items.Arrival(lender_due=date(2026, 4, 20))
    items.receive(request_id=request.pk, arrival=arrival, **act)
    items.hand_over(request_id=request.pk, **act)
    return again(request)


def test_a_patron_asks_for_as_many_renewals_as_the_policy_allows_and_staff_for_more(world: World) -> None:
    set_terms(world.north, renewals=1)
    request, desk, ada = on_loan(world), world.north.actor(), world.north.patron_actor()
    at = later(days=20)
    loans.ask_renewal(request_id=request.pk, actor=ada, at=at)
    loans.renewal_no(request_id=request.pk, actor=desk, at=at)
    loans.ask_renewal(request_id=request.pk, actor=ada, at=at)
    loans.renewal_yes(request_id=request.pk, lender_due=date(2026, 5, 20), actor=desk, at=at)
    with pytest.raises(Refused) as caught:
        loans.ask_renewal(request_id=request.pk, actor=ada, at=at)
    assert caught.value.code == "renewals_left"
    loans.ask_renewal(request_id=request.pk, actor=desk, at=at)
    assert again(request).questions.filter(answered_at__isnull=True).count() == 1


def test_silence_means_yes_where_the_policy_says_so(world: World) -> None:
    set_terms(world.north, renewal_silence_days=3, renewal_days=14)
    request = on_loan(world)
    loans.ask_renewal(request_id=request.pk, actor=world.north.patron_actor(), at=later(days=30))
    end = datetime.fromisoformat("2026-04-04T23:59:59-05:00")
    assert run_due_timers(end - timedelta(minutes=1)) == 0
    run_due_timers(end)
    assert again(request).lender_due == date(2026, 5, 4)
    assert (told(request, "renewed"), told(request, "not_renewed")) == (1, 0)


def test_an_administrator_applies_the_present_policy_and_takes_it_back(world: World) -> None:
    first = set_terms(world.north, return_buffer_days=10, ship_days=5)
    lent, promised, closed = on_loan(world), asked(world), asked(world)
    lenders.lender_will(request_id=promised.pk, actor=world.north.actor(), at=later(days=1))
    lenders.lender_no(request_id=closed.pk, actor=world.north.actor(), at=later(days=1))
    lenders.lender_no(request_id=closed.pk, actor=world.north.actor(), at=later(days=1))
    closing.cancel(request_id=closed.pk, actor=world.north.actor(), at=later(days=1))
    second = set_terms(world.north, return_buffer_days=4, ship_days=7)
    admin = world.north.actor("administrator")
    ids = [lent.pk, promised.pk, closed.pk]
    with pytest.raises(NotPermitted):
        apply_version(lent.pk, second, world.north.actor(), later(days=2))
    done = [apply_version(each, second, admin, later(days=2)) for each in ids]
    assert [(each.before, each.after, each.left) for each in done] == [
        (first.pk, second.pk, False),
        (first.pk, second.pk, False),
        (first.pk, first.pk, True),
    ]
    assert (done[0].due_before, done[0].due_after) == (date(2026, 4, 10), date(2026, 4, 16))
    assert again(lent).timers.get(kind="overdue").due_at.date() == date(2026, 4, 17)
    assert promised.timers.get(kind="not_shipped", finished_at=None).due_at == later(days=8)
    assert (told(lent, "due_changed"), told(promised, "due_changed")) == (1, 0)
    assert apply_version(lent.pk, second, admin, later(days=2)).left
    closing.undo_last(request_id=lent.pk, act=last_act(lent), actor=admin, at=later(days=2))
    assert (again(lent).policy, again(lent).patron_due) == (first, date(2026, 4, 10))


def test_what_is_late_already_gets_no_new_date_unless_it_is_still_to_come(world: World) -> None:
    set_terms(world.north, return_buffer_days=10)
    late, admin = on_loan(world), world.north.actor("administrator")
    assert late.patron_due == date(2026, 4, 10)
    eight = set_terms(world.north, return_buffer_days=8)
    at = datetime.fromisoformat("2026-04-15T12:00:00-05:00")
    kept = apply_version(late.pk, eight, admin, at)
    assert kept.due_after == date(2026, 4, 10)
    moved = apply_version(late.pk, set_terms(world.north, return_buffer_days=2), admin, at)
    assert moved.due_after == date(2026, 4, 17), "the 18th is a Saturday"
