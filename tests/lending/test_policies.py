"""What another library asks is decided by a policy that stands on the request, and handled by what it says."""

from datetime import date, datetime, timedelta

from illservice.core.models import OutboxRow
from illservice.policies.models import PolicyVersion
from lending.models import Channel, LendingRequest
from lending.services import answers, editing, loans
from lending.services.clocks import run_due_timers
from lending.services.editing import Correction
from lending.services.redeciding import apply_version
from tests.lending.verbs import a_reason, again, as_borrower, desk, lend, new_copy, new_loan, shipped
from tests.world import NOON, World, later, set_terms


def lending(world: World, **values: object) -> PolicyVersion:
    return set_terms(world.north, "lending", **values)  # type: ignore[arg-type]


def test_the_borrower_is_the_partner_and_the_kind_counts(world: World) -> None:
    everybody = lending(world)
    eastlake = lending(world, partner_id=world.eastlake.pk)
    copies = lending(world, partner_id=world.eastlake.pk, kind="copy")
    set_terms(world.north, partner_id=world.eastlake.pk)
    assert lend(world).policy == eastlake
    assert lend(world, borrower=world.westport).policy == everybody
    request = lend(world, new_copy())
    assert request.policy == copies
    assert request.events.get(action="submit").changed["policy_id"] == [None, request.policy_id]
    correction = Correction(kind="loan")
    editing.edit(request_id=request.pk, correction=correction, actor=desk(world), at=NOON)
    assert again(request).policy == eastlake


def test_another_kind_than_asked_for_is_decided_when_it_leaves(world: World) -> None:
    loan, copy = lending(world, kind="loan", loan_days=14), lending(world, kind="copy")
    request = lend(world, new_copy())
    assert request.policy == copy
    loans.ship(request_id=request.pk, actor=desk(world), at=NOON)
    assert (again(request).policy, again(request).due) == (loan, date(2026, 3, 16))


def test_a_newer_version_changes_nothing_that_was_decided(world: World) -> None:
    lending(world, loan_days=14)
    request = lend(world)
    lending(world, loan_days=60)
    loans.ship(request_id=request.pk, actor=desk(world), at=NOON)
    assert again(request).due == date(2026, 3, 16)


def test_we_answer_within_the_open_days_of_the_policy(world: World) -> None:
    lending(world, answer_working_days=5)
    request = lend(world)
    assert request.act_by == datetime.fromisoformat("2026-03-09T23:59:59-05:00")


def test_conditions_of_the_policy_go_with_every_loan_unless_the_desk_names_others(world: World) -> None:
    lending(world, conditions=("LibraryUseOnly",))
    usual, other = lend(world), lend(world)
    loans.ship(request_id=usual.pk, actor=desk(world), at=NOON)
    loans.ship(request_id=other.pk, actor=desk(world), at=NOON, conditions=["SignatureRequired"])
    assert (again(usual).conditions, again(other).conditions) == (["LibraryUseOnly"], ["SignatureRequired"])


def said_of(request: LendingRequest) -> list[str]:
    known = request.questions.filter(kind="renewal").order_by("pk")
    return list(known.values_list("answer", flat=True))


def test_a_borrower_that_renewed_as_often_as_agreed_is_answered_no_at_once(world: World) -> None:
    lending(world, renewals=1, renewal_days=10)
    request, borrower = shipped(world), as_borrower(world)
    loans.ask_renewal(request_id=request.pk, actor=borrower, at=later(days=20))
    loans.renew(request_id=request.pk, actor=desk(world), at=later(days=21))
    loans.ask_renewal(request_id=request.pk, actor=borrower, at=later(days=30))
    assert said_of(request) == ["yes", "no"]
    assert again(request).queue == "on_loan"
    loans.ask_renewal(request_id=request.pk, actor=desk(world), at=later(days=31))
    loans.renew(request_id=request.pk, actor=desk(world), at=later(days=31))
    assert (said_of(request), again(request).renewals) == (["yes", "no", "yes"], 2)


def test_our_silence_grants_a_renewal_where_the_policy_says_so(world: World) -> None:
    lending(world, renewal_silence_days=2, renewal_days=10)
    request = shipped(world)
    loans.ask_renewal(request_id=request.pk, actor=as_borrower(world), at=later(days=34))
    run_due_timers(later(days=36))
    assert said_of(request) == [""]
    run_due_timers(datetime.fromisoformat("2026-04-07T23:59:59-05:00"))
    assert said_of(request) == ["yes"]
    assert again(request).due == date(2026, 4, 17)


def test_a_promised_date_is_lengthened_and_never_shortened(world: World) -> None:
    lending(world, loan_days=35)
    request, admin = shipped(world), world.north.actor("administrator")
    due = request.due
    assert due is not None
    shorter = lending(world, loan_days=14)
    kept = apply_version(request.pk, shorter, admin, later(days=2))
    assert (again(request).policy, kept.due_after) == (shorter, due)
    longer = lending(world, loan_days=42)
    moved = apply_version(request.pk, longer, admin, later(days=2))
    assert (again(request).policy, moved.due_after) == (longer, due + timedelta(days=7))


def test_a_library_with_as_many_open_requests_as_agreed_is_told_to_ask_later(world: World) -> None:
    lending(world, open_limit=2)
    first, second = lend(world), lend(world)
    third = lend(world, new_loan(channel=Channel.ISO18626), actor=as_borrower(world))
    assert {again(first).state, again(second).state} == {"new"}
    assert (third.state, third.retry_after) == ("not_supplied", None)
    assert third.reason is not None
    assert third.reason.iso_code == "NotCurrentAvailableForILL"
    assert "2 requests of yours are open" in third.messages.get().text
    payload = OutboxRow.objects.filter(subject=third.number).latest("pk").payload
    assert payload["retry"]
    assert lend(world, borrower=world.westport).state == "new", "each library has its own"
    answers.refuse(request_id=first.pk, reason=a_reason("not_supplied"), actor=desk(world), at=later(days=1))
    assert lend(world).state == "new"


def test_a_loan_is_late_by_its_due_date_and_no_other(world: World) -> None:
    request = shipped(world, due=date(2026, 6, 15))
    assert request.act_by == datetime.fromisoformat("2026-06-15T23:59:59-05:00")
    loans.recall(request_id=request.pk, back_by=date(2026, 4, 1), actor=desk(world), at=later(days=3))
    assert again(request).act_by == datetime.fromisoformat("2026-04-01T23:59:59-05:00")
