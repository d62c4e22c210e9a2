"""While a mail server answers, the next letter is made; it leaves in its turn, and only as it is true then."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from illservice.core import outbox
from illservice.core.models import OutboxRow, OutboxState
from illservice.notices.channels import mailer
from illservice.notices.channels.base import while_waiting
from illservice.notices.services import ahead, delivery
from requests_app.models import BorrowingRequest
from requests_app.notices import building
from tests.requests_app.test_patron_notices import TEN, remind
from tests.world import World, ask_for, make_patron, make_world

pytestmark = pytest.mark.django_db


class Sending:
    """A mail server that needs its time; what is in `then` happens while the first mail waits for its answer."""

    def __init__(self) -> None:
        self.then: Callable[[], None] = lambda: None
        self.mails: list[EmailMultiAlternatives] = []
        self.states: list[list[str]] = []

    def send(self, message: EmailMultiAlternatives) -> None:
        self.states.append(list(OutboxRow.objects.order_by("pk").values_list("state", flat=True)))
        self.mails.append(message)
        while_waiting()
        then, self.then = self.then, lambda: None
        then()


@pytest.fixture
def sending(monkeypatch: pytest.MonkeyPatch) -> Sending:
    found = Sending()
    monkeypatch.setattr(mailer, "send", found.send)
    return found


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows of which a letter was made, as often as it was."""
    rows: list[int] = []
    real = delivery._ready

    def ready(row: OutboxRow, at: Any) -> Any:
        rows.append(row.pk)
        return real(row, at)

    monkeypatch.setattr(delivery, "_ready", ready)
    return rows


def two_reminders() -> tuple[World, list[OutboxRow]]:
    """Of two patrons, so that each is a mail."""
    world = make_world()
    world.north.patrons["bo"] = make_patron(world.north, "bo")
    requests = [ask_for(world.north), ask_for(world.north, patron="bo")]
    return world, [remind(each) for each in requests]


def deliver(rows: list[OutboxRow]) -> list[str]:
    assert outbox.deliver_batch([row.pk for row in rows], at=TEN) == len(rows)
    return [OutboxRow.objects.get(pk=row.pk).state for row in rows]


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + seconds)


def test_the_next_letter_is_made_once_and_leaves_after_the_first_one_s_result(
    sending: Sending, made: list[int]
) -> None:
    _world, rows = two_reminders()
    sending.then = lambda: made.append(0)
    assert deliver(rows) == [OutboxState.DONE, OutboxState.DONE]
    assert made == [rows[0].pk, rows[1].pk, 0]
    assert sending.states == [
        [OutboxState.LEASED, OutboxState.LEASED],
        [OutboxState.DONE, OutboxState.LEASED],
    ]


def test_what_waited_too_long_is_made_anew_and_not_sent_when_it_is_untrue(
    sending: Sending, made: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    _world, rows = two_reminders()

    def brought_back() -> None:
        BorrowingRequest.objects.filter(number=rows[1].subject).update(state="returned")
        later(monkeypatch, ahead.FRESH + 0.1)

    sending.then = brought_back
    assert deliver(rows) == [OutboxState.DONE, OutboxState.SUPERSEDED]
    assert made == [rows[0].pk, rows[1].pk, rows[1].pk]
    assert len(sending.mails) == 1


def test_a_letter_is_never_older_than_a_second() -> None:
    assert ahead.FRESH + building.FRESH <= 1


def test_why_there_is_no_letter_is_said_of_its_own_row(sending: Sending, made: list[int]) -> None:
    world, rows = two_reminders()
    patron = world.north.patrons["bo"]
    type(patron).objects.filter(pk=patron.pk).update(email="")
    assert deliver(rows) == [OutboxState.DONE, OutboxState.FAILED]
    assert made == [rows[0].pk, rows[1].pk]
    assert OutboxRow.objects.get(pk=rows[1].pk).last_error.startswith("no e-mail address")


def test_a_row_alone_has_nobody_after_it(sending: Sending, made: list[int]) -> None:
    _world, rows = two_reminders()
    assert outbox.deliver(rows[0].pk, at=TEN) == OutboxState.DONE
    assert made == [rows[0].pk]
    assert OutboxRow.objects.get(pk=rows[1].pk).state == OutboxState.WAITING
