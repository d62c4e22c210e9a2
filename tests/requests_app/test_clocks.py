"""Timers: started by a state, stopped by leaving it, worked off once."""

from datetime import date, datetime, timedelta

from illservice.core.models import OutboxRow
from requests_app.models import BorrowingRequest
from requests_app.services import copies, items, lenders, loans, review, words
from requests_app.services.clocks import run_due_timers
from tests.world import World, ask_for, later, new_copy


def again(request: BorrowingRequest) -> BorrowingRequest:
    return BorrowingRequest.objects.get(pk=request.pk)


def marks(request: BorrowingRequest) -> set[str]:
    return set(again(request).marks.filter(cleared_at__isnull=True).values_list("kind", flat=True))


def told(request: BorrowingRequest, notice: str) -> int:
    return OutboxRow.objects.filter(subject=request.number, payload__notice=notice).count()


def on_loan(world: World, *, due: date, patron: str = "ada") -> BorrowingRequest:
    request, desk = ask_for(world.north, patron=patron), world.north.actor()
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
    )
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    items.receive(request_id=request.pk, arrival=items.Arrival(lender_due=due), actor=desk, at=later(days=1))
    items.shelve(request_id=request.pk, actor=desk, at=later(days=1))
    items.hand_over(request_id=request.pk, actor=desk, at=later(days=2))
    return again(request)


def morning_of(day: date) -> datetime:
    return datetime.fromisoformat(f"{day}T08:00:00-05:00")


def test_a_silent_lender_is_put_before_staff_once_and_by_its_own_time(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
    )
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    friday = datetime.fromisoformat("2026-03-06T23:59:59-06:00")
    assert again(request).act_by == friday, "four open days after the Monday on which it was asked"
    assert run_due_timers(friday - timedelta(minutes=1)) == 0
    assert run_due_timers(friday) == 1
    assert run_due_timers(friday + timedelta(hours=1)) == 0
    assert (marks(request), again(request).attention) == ({"lender_silent"}, True)
    lenders.move_on(request_id=request.pk, actor=desk, at=later(days=5))
    assert marks(request) == {"all_tried"}
    assert again(request).state == "ready"


def test_a_due_loan_is_reminded_then_overdue_each_once(world: World) -> None:
    request = on_loan(world, due=date(2026, 4, 20))
    assert request.patron_due == date(2026, 4, 16)
    reminder, overdue = morning_of(date(2026, 4, 13)), morning_of(date(2026, 4, 17))
    assert run_due_timers(reminder - timedelta(minutes=1)) == 0
    for _ in range(3):
        run_due_timers(reminder)
    assert (told(request, "due_soon"), told(request, "overdue")) == (1, 0)
    for _ in range(3):
        run_due_timers(overdue)
    assert (told(request, "due_soon"), told(request, "overdue")) == (1, 1)
    assert marks(request) == {"overdue"}
    assert again(request).version == request.version


def test_no_reminder_while_a_renewal_is_asked_and_a_new_date_starts_afresh(world: World) -> None:
    request = on_loan(world, due=date(2026, 4, 20))
    loans.ask_renewal(request_id=request.pk, actor=world.north.patron_actor(), at=later(days=41))
    run_due_timers(morning_of(date(2026, 4, 15)))
    assert (told(request, "due_soon"), told(request, "overdue")) == (0, 0)
    loans.renewal_yes(
        request_id=request.pk,
        lender_due=date(2026, 5, 20),
        actor=world.north.actor(),
        at=morning_of(date(2026, 4, 16)),
    )
    assert again(request).patron_due == date(2026, 5, 15)
    run_due_timers(morning_of(date(2026, 5, 12)))
    assert told(request, "due_soon") == 1


def test_a_return_that_nobody_confirms_is_taken_as_received(world: World) -> None:
    request, desk = on_loan(world, due=date(2026, 4, 20)), world.north.actor()
    items.take_back(request_id=request.pk, actor=desk, at=later(days=10))
    items.send_back(request_id=request.pk, actor=desk, at=later(days=10))
    assert run_due_timers(later(days=39)) == 0
    assert run_due_timers(later(days=40)) == 1
    assert again(request).state == "completed"


def test_a_delivered_copy_finishes_when_its_link_ends(world: World) -> None:
    request, desk = ask_for(world.north, new_copy()), world.north.actor()
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
    )
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    copies.deliver_copy(
        request_id=request.pk,
        link="https://x.example/a",
        until=date(2026, 3, 20),
        actor=desk,
        at=later(days=1),
    )
    assert run_due_timers(datetime.fromisoformat("2026-03-20T20:00:00-05:00")) == 0
    assert run_due_timers(datetime.fromisoformat("2026-03-21T00:00:00-05:00")) == 1
    assert again(request).state == "completed"


def test_an_unanswered_question_and_a_passed_need_by_date_are_shown_to_staff(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    review.edit(request_id=request.pk, values={"need_by": date(2026, 3, 4)}, actor=desk, at=later(hours=1))
    review.ask_patron(request_id=request.pk, text="Which edition?", actor=desk, at=later(hours=2))
    assert (again(request).wording, again(request).next_actor) == ("answer_needed", "patron")
    run_due_timers(later(days=8))
    assert marks(request) == {"need_by", "no_reply"}
    assert again(request).is_open


def test_a_refused_renewal_and_a_search_in_vain_start_the_reminders_again(world: World) -> None:
    request, desk = on_loan(world, due=date(2026, 4, 20)), world.north.actor()
    loans.ask_renewal(request_id=request.pk, actor=world.north.patron_actor(), at=later(days=30))
    loans.renewal_no(request_id=request.pk, actor=desk, at=later(days=31))
    loans.claim_returned(request_id=request.pk, actor=desk, at=later(days=32))
    run_due_timers(morning_of(date(2026, 4, 13)))
    assert told(request, "due_soon") == 0
    words.clear_mark(
        request_id=request.pk, kind="claimed_returned", actor=desk, at=morning_of(date(2026, 4, 13))
    )
    for _ in range(2):
        run_due_timers(morning_of(date(2026, 4, 14)))
    assert (told(request, "due_soon"), told(request, "overdue")) == (1, 0)
    for _ in range(2):
        run_due_timers(morning_of(date(2026, 4, 17)))
    assert (told(request, "due_soon"), told(request, "overdue")) == (1, 1)


def test_a_renewal_that_nobody_answers_is_refused_and_the_reminders_come(world: World) -> None:
    request = on_loan(world, due=date(2026, 4, 20))
    loans.ask_renewal(request_id=request.pk, actor=world.north.patron_actor(), at=later(days=30))
    end = datetime.fromisoformat("2026-04-07T23:59:59-05:00")
    assert again(request).act_by == end, "four open days after Wednesday 1 April"
    for _ in range(2):
        run_due_timers(end)
    assert (told(request, "not_renewed"), again(request).patron_due) == (1, request.patron_due)
    assert again(request).act_by == morning_of(date(2026, 4, 17))
    run_due_timers(morning_of(date(2026, 4, 13)))
    assert told(request, "due_soon") == 1


def test_conditions_that_nobody_answers_in_time_count_as_refused(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    partners = [world.eastlake.pk, world.westport.pk]
    lenders.plan_lenders(request_id=request.pk, partner_ids=partners, actor=desk, at=later(hours=1))
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    lenders.lender_conditional(
        request_id=request.pk,
        terms=lenders.Terms(["NoReproduction"]),
        reply_by=later(days=6),
        actor=desk,
        at=later(days=1),
    )
    run_due_timers(later(days=5))
    assert marks(request) == set(), "the lender has answered, so it is not silent"
    for _ in range(2):
        run_due_timers(later(days=6))
    assert again(request).tries.get(open=True).partner == world.westport
    assert told(request, "lender_conditions_refused") == 1
    assert told(request, "lender_request") == 2


def test_a_better_copy_is_waited_for_and_has_its_own_time(world: World) -> None:
    request, desk = ask_for(world.north, new_copy()), world.north.actor()
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
    )
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    link = {"request_id": request.pk, "link": "https://x.example/a", "actor": desk}
    copies.deliver_copy(until=date(2026, 3, 20), at=later(days=1), **link)  # type: ignore[arg-type]
    loans.ask_resend(request_id=request.pk, actor=world.north.patron_actor(), at=later(days=2))
    assert again(request).attention
    run_due_timers(later(days=30))
    assert again(request).state == "copy_delivered"
    copies.deliver_copy(until=date(2026, 5, 20), at=later(days=31), **link)  # type: ignore[arg-type]
    run_due_timers(later(days=60))
    assert again(request).state == "copy_delivered"
    run_due_timers(later(days=80))
    assert again(request).state == "completed"
