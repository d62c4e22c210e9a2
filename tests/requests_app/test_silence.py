"""What follows when nobody answers, sends, fetches or brings back: each once, and never against an open question."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from illservice.core.errors import IllError, InvalidInput
from illservice.core.models import OutboxRow
from illservice.directory.calendars import end_of_day
from illservice.directory.models import Partnership
from requests_app.models import BorrowingRequest, TryStatus
from requests_app.services import items, lenders, loans, review, silence, words
from requests_app.services.clocks import run_due_timers, work_off
from requests_app.services.closing import not_wanted
from tests.requests_app.test_clocks import again, marks, morning_of, on_loan, told
from tests.world import World, ask_for, later, set_terms


def asked(world: World, *partners: Any) -> BorrowingRequest:
    """A request sent to the first of these lenders."""
    request, desk = ask_for(world.north), world.north.actor()
    keys = [each.pk for each in partners or (world.eastlake, world.westport)]
    lenders.plan_lenders(request_id=request.pk, partner_ids=keys, actor=desk, at=later(hours=1))
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    return again(request)


def promised(world: World) -> BorrowingRequest:
    request = asked(world)
    lenders.lender_will(request_id=request.pk, actor=world.north.actor(), at=later(days=1))
    return again(request)


def three_times(at: Any) -> None:
    for _ in range(3):
        run_due_timers(at)


# -- No answer: the next lender --------------------------------------------------------------------------------


def test_silence_asks_the_next_lender_and_cancels_with_the_first_once(world: World) -> None:
    request = asked(world)
    three_times(later(days=9))
    first, second = again(request).tries.order_by("ordinal")
    assert (first.status, first.open, second.status, second.open) == ("silent", False, "asked", True)
    assert (told(request, "lender_cancel"), told(request, "lender_request")) == (1, 2)
    assert (again(request).state, marks(request)) == ("asked", set())
    [event] = request.events.filter(action="move_on")
    assert event.actor_kind == "clock"
    assert second.answer_by is not None
    three_times(second.answer_by)
    assert marks(request) == {"lender_silent"}, "nobody else is planned: the desk decides"
    assert again(request).tries.filter(open=True).get() == second


def test_after_a_gap_of_ten_days_one_lender_is_asked_and_has_its_own_time(world: World) -> None:
    request = asked(world)
    three_times(later(days=30))
    second = again(request).tries.get(open=True)
    assert second.partner == world.westport
    assert second.answer_by is not None
    assert second.answer_by > later(days=30)


def test_an_open_question_waits_for_its_answer(world: World) -> None:
    conditional = asked(world)
    desk = world.north.actor()
    lenders.lender_conditional(
        request_id=conditional.pk, terms=lenders.Terms(["LibraryUseOnly"]), actor=desk, at=later(days=1)
    )
    three_times(later(days=9))
    assert again(conditional).tries.get(open=True).partner == world.eastlake
    lenders.refuse_conditions(request_id=conditional.pk, actor=desk, at=later(days=9))
    cancelled = again(conditional)
    lenders.ask_cancel(request_id=cancelled.pk, actor=desk, at=later(days=10))
    three_times(later(days=30))
    assert marks(cancelled) == {"lender_silent"}
    assert again(cancelled).tries.get(open=True).partner == world.westport


def test_who_is_asked_in_another_system_is_left_to_the_desk(world: World) -> None:
    Partnership.objects.filter(library=world.north.library, partner=world.westport).update(system="oclc")
    request = asked(world)
    three_times(later(days=9))
    assert marks(request) == {"lender_silent"}
    assert again(request).tries.get(open=True).partner == world.eastlake


# -- Promised, and not sent ------------------------------------------------------------------------------------


def test_a_promise_without_a_parcel_is_reminded_once_and_then_shown_to_staff(world: World) -> None:
    request = promised(world)
    three_times(later(days=8))
    assert (told(request, "lender_reminder"), marks(request)) == (1, set())
    three_times(later(days=14))
    assert (told(request, "lender_reminder"), marks(request)) == (1, set())
    three_times(later(days=15))
    assert (told(request, "lender_reminder"), marks(request)) == (1, {"not_shipped"})
    assert again(request).state == "promised"


def test_a_lender_that_was_asked_to_cancel_is_not_reminded(world: World) -> None:
    request = promised(world)
    lenders.ask_cancel(request_id=request.pk, actor=world.north.actor(), at=later(days=2))
    three_times(later(days=8))
    assert (told(request, "lender_reminder"), marks(request)) == (0, {"not_shipped"})


# -- The need-by date has passed ---------------------------------------------------------------------------------


def overdue_need(world: World, request: BorrowingRequest) -> BorrowingRequest:
    desk = world.north.actor()
    review.edit(request_id=request.pk, values={"need_by": date(2026, 3, 4)}, actor=desk, at=later(hours=3))
    return again(request)


def test_the_patron_is_asked_once_staff_see_it_and_nothing_is_cancelled(world: World) -> None:
    request = overdue_need(world, asked(world))
    three_times(morning_of(date(2026, 3, 5)) + timedelta(hours=1))
    three_times(later(days=3, hours=20))
    assert (told(request, "still_needed"), marks(request), again(request).state) == (1, {"need_by"}, "asked")
    assert again(request).version == request.version, "nobody's page is stale by that"


def test_yes_sets_a_new_day_after_which_it_is_asked_again(world: World) -> None:
    request, patron = overdue_need(world, asked(world)), world.north.patron_actor()
    run_due_timers(later(days=3, hours=6))
    for day in (date(2026, 3, 4), date(2026, 3, 1)):
        with pytest.raises(InvalidInput):
            silence.still_needed(request_id=request.pk, need_by=day, actor=patron, at=later(days=4))
    assert marks(request) == {"need_by"}
    silence.still_needed(request_id=request.pk, need_by=date(2026, 3, 6), actor=patron, at=later(days=4))
    assert (marks(request), again(request).need_by) == (set(), date(2026, 3, 6))
    with pytest.raises(IllError):
        silence.still_needed(request_id=request.pk, need_by=None, actor=patron, at=later(days=4))
    three_times(later(days=5, hours=6))
    assert told(request, "still_needed") == 2


def test_nothing_is_asked_once_it_was_sent(world: World) -> None:
    request, desk = overdue_need(world, asked(world)), world.north.actor()
    run_due_timers(later(days=3, hours=6))
    lenders.lender_shipped(request_id=request.pk, actor=desk, at=later(days=3, hours=7))
    assert marks(request) == set()
    other = overdue_need(world, ask_for(world.north, patron="ben"))
    lenders.plan_lenders(request_id=other.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=4))
    lenders.ask(request_id=other.pk, actor=desk, at=later(hours=4))
    lenders.lender_shipped(request_id=other.pk, actor=desk, at=later(hours=5))
    three_times(later(days=5))
    assert told(other, "still_needed") == 0


def page(client: Client, number: str, *, post: dict[str, str] | None = None) -> Any:
    with time_machine.travel(later(days=4), tick=False):
        path = f"/my/requests/{number}/needed/"
        return client.get(path) if post is None else client.post(path, post, follow=True)


def test_the_patron_answers_on_the_page_and_an_answer_twice_is_harmless(world: World, client: Client) -> None:
    request = overdue_need(world, asked(world))
    run_due_timers(later(days=3, hours=6))
    client.force_login(world.north.people["borrowing"])
    assert page(client, request.number).status_code == 404
    client.force_login(world.north.patrons["ada"].user)  # type: ignore[arg-type]  # ada has a sign-in
    with time_machine.travel(later(days=4), tick=False):
        own = client.get(f"/my/requests/{request.number}/").content.decode()
    assert "The day by which you needed it has passed" in own
    assert f"/my/requests/{request.number}/needed/" in own
    shown = page(client, request.number).content.decode()
    assert f'href="/my/requests/{request.number}/cancel/"' in shown
    wrong = page(client, request.number, post={"need_by": "2026-03-01", "version": str(request.version)})
    assert "must be today or later" in wrong.content.decode()
    answer = {"need_by": "2026-04-01", "version": str(request.version)}
    assert "We go on looking for it" in page(client, request.number, post=answer).content.decode()
    assert page(client, request.number, post=answer).status_code == 200
    assert again(request).need_by == date(2026, 4, 1)
    assert request.events.filter(action="still_needed").count() == 1


# -- On the hold shelf -------------------------------------------------------------------------------------------


def on_shelf(world: World) -> BorrowingRequest:
    request, desk = asked(world, world.eastlake), world.north.actor()
    items.receive(request_id=request.pk, arrival=items.Arrival(), actor=desk, at=later(days=1))
    items.shelve(request_id=request.pk, actor=desk, at=later(days=1))
    return again(request)


def test_what_waits_on_the_shelf_is_reminded_of_before_its_time_is_over(world: World) -> None:
    request = on_shelf(world)
    last = end_of_day(date(2026, 3, 13), world.north.library.timezone)
    assert again(request).act_by == last
    run_due_timers(later(days=7, hours=23))
    assert told(request, "pickup_reminder") == 0
    three_times(later(days=8))
    assert (told(request, "pickup_reminder"), marks(request)) == (1, set())
    three_times(last - timedelta(hours=4))
    assert marks(request) == set(), "the patron was told that day, and all of it"
    three_times(last)
    assert (told(request, "pickup_reminder"), marks(request)) == (1, {"shelf_expired"})


def test_the_last_day_on_the_shelf_is_one_on_which_it_can_be_fetched(world: World) -> None:
    set_terms(world.north, shelf_days=4)
    monday = end_of_day(date(2026, 3, 9), world.north.library.timezone)
    assert again(on_shelf(world)).act_by == monday, "Saturday the 7th is closed"


def test_a_short_time_on_the_shelf_is_reminded_of_half_way_and_what_is_not_wanted_never(world: World) -> None:
    set_terms(world.north, shelf_days=4)
    request = on_shelf(world)
    assert request.timers.get(kind="shelf_reminder").due_at == later(days=3)
    not_wanted(request_id=request.pk, actor=world.north.patron_actor(), at=later(days=2))
    assert work_off(later(days=3))["shelf_reminder"].skipped == {"moved_on": 1}
    assert told(request, "pickup_reminder") == 0


# -- More time by itself -----------------------------------------------------------------------------------------


def test_more_time_is_asked_for_by_itself_where_the_policy_says_so_as_often_as_it_allows(
    world: World,
) -> None:
    set_terms(world.north, auto_renew_days=5, renewals=1)
    request = on_loan(world, due=date(2026, 4, 20))
    assert request.patron_due == date(2026, 4, 16)
    run_due_timers(morning_of(date(2026, 4, 10)))
    assert told(request, "lender_renewal") == 0
    three_times(morning_of(date(2026, 4, 11)))
    assert (told(request, "lender_renewal"), told(request, "due_soon")) == (1, 0)
    loans.renewal_yes(
        request_id=request.pk,
        lender_due=date(2026, 5, 20),
        actor=world.north.actor(),
        at=morning_of(date(2026, 4, 12)),
    )
    three_times(morning_of(date(2026, 5, 15)))
    assert told(request, "lender_renewal") == 1, "the policy allows one"
    assert told(request, "due_soon") == 1


def test_what_was_recalled_or_is_lent_in_another_system_is_not_renewed_by_itself(world: World) -> None:
    set_terms(world.north, auto_renew_days=5)
    request, desk = on_loan(world, due=date(2026, 6, 20)), world.north.actor()
    loans.recall(request_id=request.pk, back_by=date(2026, 4, 20), actor=desk, at=later(days=10))
    three_times(morning_of(date(2026, 4, 14)))
    assert told(request, "lender_renewal") == 0
    other = on_loan(world, due=date(2026, 4, 20), patron="ben")
    other.tries.update(system="oclc")
    three_times(morning_of(date(2026, 4, 14)))
    assert not other.questions.exists()


# -- Recalled ----------------------------------------------------------------------------------------------------


def test_a_recall_is_repeated_every_second_day_until_it_is_back(world: World) -> None:
    request, desk = on_loan(world, due=date(2026, 6, 20)), world.north.actor()
    loans.recall(request_id=request.pk, back_by=date(2026, 4, 20), actor=desk, at=later(days=10))
    due = again(request).patron_due
    assert due == date(2026, 4, 16)
    run_due_timers(morning_of(due + timedelta(days=1)))
    assert told(request, "recall_reminder") == 0
    for days in (2, 3, 4):
        three_times(morning_of(due + timedelta(days=days)))
    assert told(request, "recall_reminder") == 2
    three_times(morning_of(due + timedelta(days=14)))
    assert told(request, "recall_reminder") == 3, "one after a gap of ten days, not five"
    items.take_back(request_id=request.pk, actor=desk, at=morning_of(due + timedelta(days=15)))
    three_times(morning_of(due + timedelta(days=40)))
    assert told(request, "recall_reminder") == 3


def test_no_reminder_while_it_is_looked_for(world: World) -> None:
    request, desk = on_loan(world, due=date(2026, 6, 20)), world.north.actor()
    loans.recall(request_id=request.pk, back_by=date(2026, 4, 20), actor=desk, at=later(days=10))
    loans.claim_returned(request_id=request.pk, actor=desk, at=later(days=11))
    three_times(morning_of(date(2026, 4, 25)))
    assert told(request, "recall_reminder") == 0
    at = morning_of(date(2026, 4, 25))
    words.clear_mark(request_id=request.pk, kind="claimed_returned", actor=desk, at=at)
    three_times(morning_of(date(2026, 4, 26)))
    assert told(request, "recall_reminder") == 1


def test_what_a_clock_sends_leaves_at_once(world: World) -> None:
    request = asked(world)
    run_due_timers(later(days=9))
    rows = OutboxRow.objects.filter(subject=request.number, created_at=later(days=9))
    assert {row.not_before for row in rows} == {later(days=9)}
    assert again(request).tries.filter(status=TryStatus.SILENT).count() == 1
