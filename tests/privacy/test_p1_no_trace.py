"""P1: of somebody who was anonymised or erased no trace is left: tables, files, cache, sessions, log (targets R24)."""

import logging
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from illservice.core.models import IdempotencyRecord
from illservice.core.retention import BLACK
from illservice.documents.models import Document
from lending.models import LendingRequest
from patrons.models import Erasure, Patron
from requests_app.models import BorrowingEvent, BorrowingHold, BorrowingRequest, Message, Note
from requests_app.services.closing import cancel
from requests_app.services.privacy import anonymise
from tests.privacy.trail import (
    MARKS,
    Trail,
    ask,
    cached_with,
    files_with,
    lines_with,
    make_zebulon,
    rows_with,
    sweep,
)
from tests.world import World, later

WHO_THEY_ARE = ("ill_patrons_patron", "ill_accounts_user")


def test_p1_a_closed_request_leaves_no_trace_of_its_person(
    trail: Trail, caplog: pytest.LogCaptureFixture
) -> None:
    assert trail.request.closed_at is not None
    before = {each.split(".")[0] for each in rows_with(*MARKS, without=WHO_THEY_ARE)}
    assert before >= {
        "ill_requests_borrowingrequest",
        "ill_requests_message",
        "ill_requests_note",
        "ill_requests_lendermessage",
        "ill_requests_requestitem",
        "ill_documents_document",
        "ill_exchange_exchanged",
        "ill_lending_lendingmessage",
        "ill_lending_lendingnote",
    }
    assert files_with(*MARKS)
    with caplog.at_level(logging.DEBUG):
        sweep(trail.pair.at, days=89)
        assert trail.again().patron_id == trail.patron.pk
        sweep(trail.pair.at, days=92)
    assert rows_with(*MARKS, without=WHO_THEY_ARE) == []
    assert files_with(*MARKS) == []
    assert cached_with(*MARKS) == []
    assert lines_with(caplog.records, *MARKS) == []


def test_p1_no_key_of_the_person_leads_back_either(trail: Trail) -> None:
    sweep(trail.pair.at, days=92)
    request = trail.again()
    assert (request.patron_id, request.undo, request.raw, request.person_text) == (None, None, {}, "")
    assert set(request.asked) == {"title", "author", "date"}
    events = BorrowingEvent.objects.filter(request=request, actor_kind="patron")
    assert {(event.actor_id, event.blackened) for event in events} == {(None, True)}
    assert not Message.objects.filter(request=request, author_id=trail.patron.user_id).exists()
    assert set(Message.objects.filter(request=request).values_list("text", flat=True)) == {BLACK}
    assert set(Note.objects.filter(request=request).values_list("text", flat=True)) == {BLACK}
    assert not IdempotencyRecord.objects.filter(result=request.number).exists()
    documents = Document.objects.filter(subject=request.number)
    assert documents.count() == 2
    assert not documents.filter(purged_at=None).exists()


def test_p1_a_request_is_not_betrayed_by_its_twins_and_copies(world: World) -> None:
    patron = make_zebulon(world.north)
    first = ask(patron)
    second = ask(patron, later(minutes=1), copied_from_id=first.pk)
    hold = BorrowingHold.objects.get(request=second, kind="duplicate")
    assert hold.detail == {"numbers": [first.number]}
    cancel(request_id=first.pk, actor=world.north.actor(), at=first.submitted_at)
    anonymise(request_id=first.pk, at=first.submitted_at)
    second.refresh_from_db()
    hold.refresh_from_db()
    assert (second.copied_from_id, hold.detail) == (None, {"numbers": []})


def test_p1_who_erases_themselves_is_nowhere_any_more(trail: Trail, caplog: pytest.LogCaptureFixture) -> None:
    browser = Client()
    browser.force_login(trail.user)
    browser.post("/ask/book/", {"title": "Marmalade for Zebulon", "wanted": "loan", "delivery": "branch"})
    assert browser.get("/my/data/").status_code == 200
    shown = browser.get("/my/data/erase/").content.decode()
    assert "This cannot be taken back" in shown
    with caplog.at_level(logging.DEBUG):
        done = browser.post("/my/data/erase/")
        sweep(trail.pair.at, minutes=1)
    assert "You are erased" in done.content.decode()
    # The other library of the deployment keeps what it was told until its own clock says so.
    theirs = ("ill_lending_lendingmessage", "ill_lending_lendingnote", "ill_exchange_exchanged")
    assert rows_with(*MARKS, without=theirs) == []
    sweep(trail.pair.at, days=92)
    assert rows_with(*MARKS) == []
    assert files_with(*MARKS) == []
    assert cached_with(*MARKS) == []
    assert lines_with(caplog.records, *MARKS) == []
    erased = Patron.objects.get(pk=trail.patron.pk)
    assert (erased.user_id, erased.name, erased.erased_at is None) == (None, "", False)
    assert not erased.barcode.startswith("ZQ")
    assert browser.get("/my/").status_code == 302
    noted = Erasure.objects.get()
    assert (noted.complete, noted.asked_by, noted.unlinked, noted.kept_because) == (True, "patron", 1, [])
    cache.clear()


def test_p1_a_reader_to_whom_an_item_went_straight_is_erased_at_the_lender(trail: Trail) -> None:
    lent = LendingRequest.objects.get(pk=trail.lent.pk)
    values = {
        "ship_to": "Zebulon Quackenbush\n77 Marmalade Lane",
        "sent_to_patron": True,
        "borrower_note": "Call Zebulon first",
        "electronic_address": "zebulon.quackenbush@mail.example",
    }
    LendingRequest.objects.filter(pk=lent.pk).update(**values)
    sweep(trail.pair.at, days=92)
    lent.refresh_from_db()
    assert (lent.ship_to, lent.borrower_note, lent.electronic_address) == ("", "", "")
    assert lent.anonymised_at is not None
    assert lent.title


def test_p1_mails_kept_as_files_go_with_the_person_and_others_stay(
    world: World, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.ILL_VAR = tmp_path
    patron = world.north.patrons["ada"]
    request, other = ask(patron, later()), ask(patron, later(minutes=1))
    cancel(request_id=request.pk, actor=world.north.actor(), at=later(hours=1))
    mails = {
        "alone": f"Subject: Ready: request {request.number}",
        "together": f"Dear Ada,\r\n{other.number}, {request.number}",
        "broken": f"Overdue: {request.number[:4]}=\r\n{request.number[4:]}",
        "another": f"Subject: Ready: request {other.number}",
    }
    (tmp_path / "mail").mkdir()
    for name, words in mails.items():
        (tmp_path / "mail" / f"{name}.eml").write_text(words, newline="")
    with django_capture_on_commit_callbacks():
        anonymise(request_id=request.pk, at=later(days=1))
    assert len(list((tmp_path / "mail").iterdir())) == 4, "nothing goes before all of it holds"
    with django_capture_on_commit_callbacks(execute=True):
        anonymise(request_id=request.pk, at=later(days=1))
    assert [each.name for each in (tmp_path / "mail").iterdir()] == ["another.eml"]


def test_p1_doing_it_three_times_is_doing_it_once(trail: Trail) -> None:
    at = sweep(trail.pair.at, days=92)
    first = BorrowingRequest.objects.filter(pk=trail.request.pk).values().get()
    for _ in range(2):
        sweep(at, hours=1)
    assert BorrowingRequest.objects.filter(pk=trail.request.pk).values().get() == first
