"""What may be taken back between two libraries, and what undo leaves behind."""

from datetime import timedelta

import pytest

from illservice.core.errors import IllError
from illservice.directory.models import ReasonPurpose
from lending.services import answers
from requests_app.models import BorrowingEvent
from requests_app.services import lenders
from requests_app.services.clocks import run_due_timers
from requests_app.services.closing import undo_last
from requests_app.services.milestones import differences
from requests_app.services.words import message_patron
from tests.exchange.pair import Pair, borrowed, reason


def test_what_a_partner_said_cannot_be_taken_back(pair: Pair) -> None:
    request = pair.ask()
    asked_by_us = borrowed(request).undo
    why = reason(ReasonPurpose.NOT_SUPPLIED, "NotOnShelf")
    answers.refuse(request_id=pair.lent(request).pk, reason=why, actor=pair.lender, at=pair.at)
    pair.post()
    said = BorrowingEvent.objects.filter(request=request, actor_kind="partner").latest("id")
    before = borrowed(request)
    assert (before.state, before.undo) == ("ready", None)
    assert asked_by_us is not None
    with pytest.raises(IllError):
        undo_last(request_id=request.pk, act=str(said.act), actor=pair.desk, at=pair.at)
    assert borrowed(request).version == before.version


def test_undo_leaves_no_timer_that_the_state_of_before_does_not_know(pair: Pair) -> None:
    request = pair.ask()
    lenders.lender_shipped(request_id=request.pk, actor=pair.desk, at=pair.at)
    on_the_way = borrowed(request)
    assert on_the_way.undo is not None
    pair.at += timedelta(days=15)
    assert run_due_timers(pair.at)
    assert request.marks.filter(kind="not_arrived").exists()
    undo_last(request_id=request.pk, act=on_the_way.undo["act"], actor=pair.desk, at=pair.at)
    assert borrowed(request).state == "asked"
    running = request.timers.filter(finished_at__isnull=True).values_list("kind", flat=True)
    assert "not_arrived" not in running


def test_words_in_an_end_that_was_taken_back_say_nothing_about_the_end(pair: Pair) -> None:
    request = pair.ask()
    lenders.ask_cancel(request_id=request.pk, actor=pair.desk, at=pair.at)
    lenders.cancel_accepted(request_id=request.pk, actor=pair.desk, at=pair.at)
    ended = borrowed(request)
    assert ended.undo is not None
    message_patron(request_id=request.pk, text="It is off.", actor=pair.desk, at=pair.at)
    undo_last(request_id=request.pk, act=ended.undo["act"], actor=pair.desk, at=pair.at)
    assert borrowed(request).closed_at is None
    assert list(differences(type(request).objects.filter(pk=request.pk))) == []
