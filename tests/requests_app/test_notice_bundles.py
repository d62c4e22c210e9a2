"""Reminders: at an open hour, several of a day in one mail, each once whatever happens, none that is untrue."""

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connections

from illservice.core import bundles, clock, outbox, tasks
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.outbox import Parcel
from illservice.notices.channels import mailer
from illservice.notices.channels.mail import message_id
from illservice.notices.models import NoticeRules
from illservice.notices.selectors import notices_of
from requests_app.models import BorrowingRequest
from requests_app.services import loans, silence
from requests_app.services.clocks import run_due_timers
from requests_app.workflow import effects
from tests.requests_app.standing import on_loan, on_shelf
from tests.requests_app.test_clocks import morning_of
from tests.world import NOON, World, ask_for, book, make_world, new_loan

TEN = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
"""A Tuesday, ten o'clock at Northfield."""


def reminders(world: World, count: int, patron: str = "ada", *, at: datetime = TEN) -> list[OutboxRow]:
    """So many items of a patron, due in two days, of which the clock reminds."""
    return [_reminder(world, f"Bees {number}", patron, at) for number in range(count)]


def _reminder(world: World, title: str, patron: str, at: datetime) -> OutboxRow:
    request = ask_for(world.north, new_loan(citation=book(title)), patron=patron)
    OutboxRow.objects.filter(subject=request.number).delete()
    BorrowingRequest.objects.filter(pk=request.pk).update(state="on_loan", patron_due=date(2026, 3, 5))
    key = f"{request.number}:due_soon:1"
    parcel = Parcel(
        kind="notice",
        key=key,
        stream=f"{request.number}:patron",
        payload={"notice": "due_soon", "request": request.pk, "about": None},
        subject=request.number,
        library=request.library_id,
        bundle=f"patron:{request.patron_id}",
    )
    outbox.enqueue(parcel, at=at)
    return OutboxRow.objects.get(key=key)


def leave(at: datetime = TEN) -> None:
    while row_ids := outbox.due_rows(at=at):
        if not outbox.deliver_batch(row_ids, at=at):
            break


def states() -> set[str]:
    return set(OutboxRow.objects.values_list("state", flat=True))


def test_the_workflow_bundles_reminders_and_nothing_else() -> None:
    told: list[Parcel] = []

    class Request:
        pk, number, patron_id, library_id, state = 1, "B1", 0, 1, "on_loan"

    class Act:
        subject, enqueue, id = Request(), told.append, uuid.uuid4()
        topics: dict[str, Any] = {}
        facts: dict[str, Any] = {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(effects, "proxies_to_tell", lambda *_args, **_more: [])
        for effect in (
            effects.DUE_SOON,
            effects.OVERDUE,
            effects.PICKUP_REMINDER,
            effects.RECALL_REMINDER,
            effects.STILL_NEEDED,
            effects.READY,
            effects.RECALLED,
        ):
            effect.run(Act())  # type: ignore[arg-type]
    assert [bool(each.bundle) for each in told] == [True, True, True, True, True, False, False]
    assert {each.stream for each in told[5:]}.isdisjoint({each.stream for each in told[:5]})


def test_after_a_gap_all_reminders_of_a_patron_are_still_one_mail(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    """Of each loan two reminders wait, of which the second has overtaken the first; that of the shelf is true."""
    there = [on_shelf(world), on_loan(world, due=date(2026, 4, 20)), on_loan(world, due=date(2026, 4, 27))]
    OutboxRow.objects.all().delete()
    gap = morning_of(date(2026, 5, 5))
    while run_due_timers(gap):
        pass
    assert OutboxRow.objects.exclude(bundle="").count() == 5
    leave(gap)
    (mail,) = (mail for mail in mailoutbox if "reminders" in mail.subject)
    assert mail.subject.startswith("3 reminders")
    assert all(each.number in mail.body for each in there)
    assert len(mailoutbox) == 1
    untrue = OutboxRow.objects.filter(state=OutboxState.SUPERSEDED)
    assert {row.payload["notice"] for row in untrue} == {"due_soon"}


def test_a_row_behind_one_that_cannot_go_along_waits_for_its_turn(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    first, second, third = reminders(world, 3)
    OutboxRow.objects.filter(pk__in=[second.pk, third.pk]).update(stream="one")
    OutboxRow.objects.filter(pk=second.pk).update(kind="other")
    assert outbox.deliver(first.pk, at=TEN) == OutboxState.DONE
    assert (first.subject in mailoutbox[0].subject, states()) == (
        True,
        {OutboxState.DONE, OutboxState.WAITING},
    )
    assert OutboxRow.objects.get(pk=third.pk).state == OutboxState.WAITING


def test_a_reminder_that_waits_for_monday_holds_up_no_recall(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    world.north.library.closed_weekdays = "67"
    world.north.library.save(update_fields=["closed_weekdays"])
    request = on_loan(world, due=date(2026, 4, 18))
    assert request.patron_due == date(2026, 4, 14)
    OutboxRow.objects.all().delete()
    saturday = morning_of(date(2026, 4, 11))
    run_due_timers(saturday)
    leave(saturday)
    loans.recall(request_id=request.pk, back_by=date(2026, 4, 18), actor=world.north.actor(), at=saturday)
    leave(saturday + timedelta(minutes=5))
    assert [mail.subject.split(":")[0] for mail in mailoutbox] == ["Needed back by April 14, 2026"]


def test_nobody_is_asked_on_a_closed_day_whether_it_is_still_needed(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    friday, saturday, monday = (date(2026, 4, day) for day in (10, 11, 13))
    requests = [
        ask_for(world.north, new_loan(citation=book(title), need_by=friday)) for title in ("Moss", "Quilts")
    ]
    OutboxRow.objects.all().delete()
    run_due_timers(morning_of(saturday))
    leave(morning_of(saturday))
    assert (mailoutbox, states()) == ([], {OutboxState.WAITING})
    silence.still_needed(
        request_id=requests[0].pk, need_by=None, actor=world.north.patron_actor(), at=morning_of(saturday)
    )
    leave(morning_of(monday))
    (mail,) = mailoutbox
    assert mail.subject == f"Do you still need it? Request {requests[1].number}"


def test_four_reminders_of_a_patron_are_one_mail_and_four_rows(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    rows = reminders(world, 4)
    reminders(world, 1, "ben")
    leave()
    ada, ben = sorted(mailoutbox, key=lambda mail: mail.to)
    assert (ada.to, ben.to) == (["ada@north.example"], ["ben@north.example"])
    assert ada.subject == "4 reminders, the first for March 5, 2026"
    for number, row in enumerate(rows):
        assert row.subject in ada.body
        assert f"“Bees {number}”" in ada.body
        assert f"/my/requests/{row.subject}" in ada.body
        (told,) = notices_of(row.subject)
        assert (told.state, told.with_others) == (OutboxState.DONE, 3)
    assert "Bees" not in ada.subject + ben.subject
    results = {row.result for row in OutboxRow.objects.filter(pk__in=[row.pk for row in rows])}
    assert results == {ada.extra_headers["Message-ID"]}
    calendar = ada.attachments[0][1]
    assert str(calendar).count("BEGIN:VEVENT") == 4
    assert states() == {OutboxState.DONE}


def test_one_that_is_untrue_is_left_out_and_a_single_one_keeps_its_own_words(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    first, second = reminders(world, 2)
    BorrowingRequest.objects.filter(number=first.subject).update(patron_due=date(2026, 4, 5))
    leave()
    (mail,) = mailoutbox
    assert mail.subject == f"Please bring it back by March 5, 2026: request {second.subject}"
    found = {row.pk: (row.state, row.last_error) for row in OutboxRow.objects.all()}
    assert found[first.pk] == (OutboxState.SUPERSEDED, "the due date is another one now")
    assert found[second.pk] == (OutboxState.DONE, "")
    BorrowingRequest.objects.update(patron_due=date(2026, 4, 5))
    reminders_again = OutboxRow.objects.filter(pk=second.pk)
    reminders_again.update(state=OutboxState.WAITING)
    leave()
    assert reminders_again.get().state == OutboxState.SUPERSEDED
    assert len(mailoutbox) == 1


def test_a_library_that_wants_it_otherwise_sends_each_alone_and_names_no_title(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    NoticeRules.objects.create(library=world.north.library, bundle=False, title_in_text=False)
    reminders(world, 2)
    leave()
    assert len(mailoutbox) == 2
    assert all("Bees" not in str(mail.message()) for mail in mailoutbox)
    NoticeRules.objects.update(bundle=True)
    reminders(world, 2)
    leave()
    assert len(mailoutbox) == 3
    assert all("Bees" not in str(mail.message()) for mail in mailoutbox)


def test_at_night_and_on_closed_days_reminders_wait_and_are_checked_again(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    night = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)  # ten in the evening at Northfield
    first, second = reminders(world, 2, at=night)
    leave(night)
    assert mailoutbox == []
    waiting = OutboxRow.objects.get(pk=first.pk)
    assert (waiting.state, waiting.attempts) == (OutboxState.WAITING, 0)
    morning = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
    assert waiting.not_before == morning
    (told,) = notices_of(first.subject)
    assert told.waits
    assert told.words == "reminders wait for an open hour of the library"
    BorrowingRequest.objects.filter(number=first.subject).update(patron_due=date(2026, 4, 5))
    leave(morning)
    assert [mail.extra_headers["X-Library-Request"] for mail in mailoutbox] == [second.subject]
    NoticeRules.objects.create(
        library=world.north.library, quiet_from=time(0), quiet_until=time(0), open_days_only=False
    )
    world.north.library.closed_weekdays = "1234567"
    world.north.library.save(update_fields=["closed_weekdays"])
    reminders(world, 1, "ben", at=night)
    leave(night)
    assert len(mailoutbox) == 2


def test_news_leave_at_night(world: World, mailoutbox: list[EmailMultiAlternatives]) -> None:
    ask_for(world.north)
    leave(NOON + timedelta(hours=16))
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("moment", ["claimed", "closed", "sent", "one noted"])
def test_a_worker_killed_at_any_point_loses_none_and_names_the_mail_the_same(
    world: World,
    mailoutbox: list[EmailMultiAlternatives],
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    rows = reminders(world, 3)

    def killed(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    where: dict[str, tuple[Any, str]] = {
        "claimed": (bundles, "_lease_along"),
        "closed": (mailer, "send"),
        "sent": (outbox, "_finish"),
        "one noted": (outbox, "_finish"),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*where[moment], killed)
        with pytest.raises(KeyboardInterrupt):
            outbox.deliver(rows[0].pk, at=TEN)
    newcomer = reminders(world, 1)[0]
    later = TEN + outbox.LEASE + timedelta(seconds=1)
    leave(later)
    assert states() == {OutboxState.DONE}
    sent = [mail.extra_headers["Message-ID"] for mail in mailoutbox]
    closed = OutboxRow.objects.get(pk=rows[0].pk).bundle
    again = moment in {"sent", "one noted"}
    if moment == "claimed":
        assert sent == [message_id(f"bundle:{closed}")]
        assert newcomer.subject in mailoutbox[0].body
    else:
        assert sent.count(message_id(f"bundle:{closed}")) == (2 if again else 1)
        assert len(sent) == (3 if again else 2)
    told = "".join(str(mail.body) for mail in mailoutbox)
    for row in [*rows, newcomer]:
        assert told.count(f"/my/requests/{row.subject}") == (2 if again and row in rows else 1)


def test_a_mail_server_that_is_busy_puts_them_off_together(
    world: World, mailoutbox: list[EmailMultiAlternatives], monkeypatch: pytest.MonkeyPatch
) -> None:
    reminders(world, 3)

    def busy(*_args: object) -> None:
        raise outbox.TemporaryFailure("busy")

    with monkeypatch.context() as patch:
        patch.setattr(mailer, "send", busy)
        leave()
    found = set(OutboxRow.objects.values_list("state", "attempts", "not_before"))
    assert found == {(OutboxState.WAITING, 1, TEN + outbox.BACK_OFF[0])}
    leave(TEN + outbox.BACK_OFF[0])
    assert len(mailoutbox) == 1


def test_those_that_failed_are_sent_again_one_by_one(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    rows = reminders(world, 2)
    ada = world.north.patrons["ada"]
    type(ada).objects.filter(pk=ada.pk).update(email="")
    leave()
    assert states() == {OutboxState.FAILED}
    assert all(BorrowingRequest.objects.get(number=row.subject).attention for row in rows)
    type(ada).objects.filter(pk=ada.pk).update(email="ada@north.example")
    for row in rows:
        assert outbox.send_again(row.pk, at=TEN)
    leave()
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == 2


def race(work: Callable[[], object], workers: int = 2) -> None:
    """The same work in several threads, begun at the same moment."""
    start = threading.Barrier(workers)

    def run() -> None:
        start.wait()
        try:
            work()
        finally:
            mailer.close()
            connections.close_all()

    threads = [threading.Thread(target=run) for _number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def unleashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Any row of a bundle may be claimed, not the oldest alone: what the rule prevents."""
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_first_of_all", outbox.claimable)
        yield


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_send_each_reminder_once_in_one_mail(
    on_postgresql: None, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    rows = reminders(make_world(), 6)
    race(leave, workers=3)
    assert len(mailoutbox) == 1
    assert states() == {OutboxState.DONE}
    assert {row.attempts for row in OutboxRow.objects.filter(pk__in=[row.pk for row in rows])} == {1}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_without_the_rules_two_sweeps_would_send_more_than_one(
    on_postgresql: None, mailoutbox: list[EmailMultiAlternatives], unleashed: None
) -> None:
    rows = reminders(make_world(), 6)
    places = iter([rows[0].pk, rows[3].pk])
    lock, claimed = threading.Lock(), threading.Barrier(2)

    def work() -> None:
        with lock:
            row = outbox.claim(next(places), at=TEN)
        assert row is not None
        claimed.wait()
        outbox._deliver_claimed(row, TEN)

    race(work)
    assert len(mailoutbox) == 2


def test_the_sweeper_empties_the_outbox(
    world: World, mailoutbox: list[EmailMultiAlternatives], monkeypatch: pytest.MonkeyPatch
) -> None:
    reminders(world, 2)
    monkeypatch.setattr(clock, "now", lambda: TEN)
    monkeypatch.setattr(tasks, "BATCH_ROWS", 1)
    helped: list[bool] = []
    monkeypatch.setattr(outbox, "ring_for_help", lambda: helped.append(True))
    tasks._drain(alone=True)
    assert helped == [True]
    tasks.drain()
    assert len(mailoutbox) == 1
    assert states() == {OutboxState.DONE}
