"""What a correction, a subscription or the end of a request does: undecided ones are looked at again, decided never."""

import io
from datetime import date
from typing import Any

import pytest

from illservice.accounts.roles import Role
from illservice.citations.models import Journal, JournalIssn
from illservice.citations.services import holdings_changed, import_titles, register_holdings_changed
from illservice.core.errors import InvalidInput, NotFound, NotPermitted, Refused
from illservice.core.models import AuditEntry
from requests_app.messages.building import _compliance
from requests_app.models import BorrowingRequest, CopyrightRecord, CopyrightRules
from requests_app.models.copyright import Fate
from requests_app.services import closing, copies, review
from requests_app.services.copyright import reevaluate
from requests_app.services.copyright.clearing import Fee, clear_copyright, get_elsewhere, pay_royalty
from requests_app.services.copyright.rules import set_copyright_rules
from tests.requests_app.copyright.desk import (
    ONLINE,
    PRINT,
    again,
    ask,
    came,
    cancel,
    clerk,
    day,
    filled,
    recent,
    record,
    said,
    sent,
)
from tests.world import World, ask_for, make_house, new_copy

pytestmark = pytest.mark.django_db


def correct(world: World, request: BorrowingRequest, citation: Any = None, **values: Any) -> None:
    review.edit(
        request_id=request.pk,
        values=values,
        citation=citation,
        actor=world.north.actor(),
        at=day("2026-03-03"),
    )


def test_a_date_or_an_issn_that_is_corrected_is_decided_anew_while_nothing_is_decided(world: World) -> None:
    filled(world, 5)
    request = ask(world)
    correct(world, request, recent(date="2015"))
    assert said(request) == ("ready", "D7", "US-CCL")
    undated = ask(world, date="")
    correct(world, undated, recent(issn=ONLINE))
    assert said(undated) == ("ready", "D8", "US-CCG")
    assert record(undated).work_key == f"issn:{ONLINE}"


def test_what_is_decided_is_not_rewritten_by_a_correction(world: World) -> None:
    request = ask(world)
    before = CopyrightRecord.objects.filter(request=request).values().get()
    correct(world, request, recent(date="2001", issn=ONLINE))
    assert CopyrightRecord.objects.filter(request=request).values().get() == before
    assert again(request).date == "2001"


def test_a_loan_instead_gives_the_place_back_and_a_copy_again_takes_one(world: World) -> None:
    filled(world, 4)
    request = ask(world)
    correct(world, request, kind="loan")
    assert (record(request).fate, again(request).state) == (Fate.RELEASED, "ready")
    other = ask(world)
    assert said(other) == ("ready", "D8", "US-CCG")
    correct(world, request, kind="copy")
    assert said(request) == ("copyright", "D9", "")
    correct(world, request, kind="loan")
    assert (again(request).queue, again(request).state) == ("ready", "ready")


def test_a_file_of_subscriptions_lets_what_waits_go_on(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    filled(world, 5, on="2026-02-02")
    request = ask(world, "2026-03-02")
    decided = CopyrightRecord.objects.filter(decided_at__isnull=False).values_list("rule", "statement")
    before = list(decided)
    table = io.BytesIO(f"title,issn,ordered_on,starts\nNature,{PRINT},2026-02-20,2026-04-01\n".encode())
    with django_capture_on_commit_callbacks(execute=True):
        report = import_titles(
            table, library_id=world.north.library.pk, actor=clerk(world), at=day("2026-03-03")
        )
    assert report.created == 1
    assert said(request) == ("ready", "D6", "US-CCL")
    assert list(decided)[: len(before)] == before


def test_whoever_is_told_of_changed_subscriptions_is_told_after_the_commit(
    world: World, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr("illservice.citations.services.changed._listeners", {})
    register_holdings_changed("test", lambda **facts: heard.append(facts))
    said_ = {"library_id": world.north.library.pk, "actor": clerk(world), "at": day("2026-03-03")}
    with django_capture_on_commit_callbacks(execute=True):
        holdings_changed(journal_ids={7}, **said_)
        holdings_changed(journal_ids=(), **said_)
        assert heard == []
    assert heard == [{"journal_ids": frozenset({7}), **said_}]


def test_the_service_looks_at_what_its_actor_may_not(world: World) -> None:
    sister = make_house("lakeside", "Lakeside Library")
    sister.library.entity = world.north.library.entity
    sister.library.save()
    filled(world, 5)
    theirs = ask(world, house=sister)
    journal = JournalIssn.objects.get(value=PRINT).journal
    assert said(theirs) == ("copyright", "D9", "")
    count = reevaluate(
        journal_ids={journal.pk}, library_id=world.north.library.pk, actor=clerk(world), at=day("2026-03-03")
    )
    event = again(theirs).events.latest("id")
    assert (count, event.action, event.actor_kind) == (1, "recheck_copyright", "clock")
    other = Journal()
    other.set_title("Bee World")
    other.save()
    assert (
        reevaluate(
            journal_ids={other.pk},
            library_id=world.north.library.pk,
            actor=clerk(world),
            at=day("2026-03-03"),
        )
        == 0
    )


def test_what_is_reopened_is_decided_anew(world: World) -> None:
    filled(world, 4)
    request = cancel(world, ask(world), "2026-03-03")
    taker = ask(world)
    assert said(taker) == ("ready", "D8", "US-CCG")
    closing.reopen(request_id=request.pk, why="Needed", actor=world.north.actor(), at=day("2026-03-04"))
    assert said(request) == ("copyright", "D9", "")
    assert not record(request).counts


@pytest.mark.parametrize("end", ["cancel", "close_unfilled", "came"])
def test_s21_s22_a_copy_that_came_stays_counted_once_when_its_request_is_reopened(
    world: World, end: str
) -> None:
    request, desk = sent(world, ask(world), "2026-03-02"), world.north.actor()
    delivered: dict[str, Any] = {"request_id": request.pk, "actor": desk, "at": day("2026-03-03")}
    copies.deliver_copy(link="https://example.org/1", until=None, **delivered)
    copies.finish_copy(**delivered)
    closing.reopen(why="Another article came", **delivered)
    assert said(request) == ("ready", "D8", "US-CCG")
    assert record(ask(world)).count == 1
    if end == "came":
        came(world, again(request), "2026-03-04")
    else:
        getattr(closing, end)(**delivered)
    known = record(request)
    assert (known.fate, known.filled_on) == (Fate.FILLED, date(2026, 3, 3))
    assert record(ask(world)).count == 2


def test_a_cancellation_is_not_taken_back_when_its_place_is_gone(world: World) -> None:
    filled(world, 4)
    request = cancel(world, ask(world), "2026-03-03")
    undo = request.undo
    assert undo is not None
    ask(world)
    with pytest.raises(Refused) as refused:
        closing.undo_last(
            request_id=request.pk, act=undo["act"], actor=world.north.actor(), at=day("2026-03-03")
        )
    assert refused.value.code == "place_taken"
    assert (again(request).state, record(request).fate) == ("cancelled", Fate.RELEASED)


def test_a_cancellation_is_taken_back_with_its_place_while_it_is_free(world: World) -> None:
    filled(world, 4)
    request = cancel(world, ask(world), "2026-03-03")
    undo = request.undo
    assert undo is not None
    closing.undo_last(request_id=request.pk, act=undo["act"], actor=world.north.actor(), at=day("2026-03-03"))
    assert (again(request).state, record(request).fate) == ("ready", Fate.OPEN)
    assert record(ask(world)).count == 5


def test_what_is_wrong_is_refused_and_changes_nothing(world: World) -> None:
    filled(world, 5)
    request = ask(world)
    act: dict[str, Any] = {"request_id": request.pk, "actor": clerk(world), "at": day("2026-03-03")}
    with pytest.raises(InvalidInput):
        clear_copyright(**act, ground="because")
    with pytest.raises(InvalidInput):
        clear_copyright(**act, ground="override")
    with pytest.raises(InvalidInput):
        clear_copyright(**act, ground="licensed", reason="x" * 301)
    with pytest.raises(InvalidInput):
        clear_copyright(**act, ground="licensed", copies=0)
    with pytest.raises(InvalidInput):
        pay_royalty(**act, fee=Fee(pages=3))
    with pytest.raises(InvalidInput):
        get_elsewhere(**act, way="royalty")
    with pytest.raises(NotPermitted):
        clear_copyright(**act | {"actor": world.north.actor(Role.BORROWING)}, ground="licensed")
    with pytest.raises(NotFound):
        clear_copyright(**act | {"actor": world.south.actor(Role.COPYRIGHT)}, ground="licensed")
    assert said(request) == ("copyright", "D9", "")


def test_a_whole_work_needs_its_own_ground(world: World) -> None:
    whole = ask(world, material="thesis", citation=recent(article_title="", issn="", pages="", volume=""))
    assert said(whole) == ("copyright", "D5", "")
    with pytest.raises(Refused) as refused:
        clear_copyright(request_id=whole.pk, actor=clerk(world), at=day("2026-03-02"))
    assert refused.value.code == "needs_ground"
    found: dict[str, Any] = {"request_id": whole.pk, "ground": "not_sold", "actor": clerk(world)}
    with pytest.raises(InvalidInput):
        clear_copyright(at=day("2026-03-02"), **found)
    clear_copyright(at=day("2026-03-02"), reason="Out of print, none at three dealers", **found)
    assert said(whole) == ("ready", "D5", "US-CCL")
    known = record(whole)
    assert (known.reason[:12], known.decided_by is not None) == ("Out of print", True)


def test_the_lender_is_told_what_was_stated(world: World) -> None:
    assert _compliance(sent(world, ask(world), "2026-03-03")) == "US-CCG"
    free = ask(world, date="")
    clear_copyright(request_id=free.pk, ground="free", actor=clerk(world), at=day("2026-03-02"))
    assert _compliance(again(free)) == "Other"
    correct(world, free, kind="loan")
    assert _compliance(again(free)) == ""


def test_rules_of_a_stranger_or_out_of_bounds_are_refused(world: World) -> None:
    head, at = world.north.actor(Role.HEAD), day("2026-03-02")
    north = world.north.library.pk
    for values in ({"contu_limit": 0}, {"contu_limit": 100}, {"chapter_statement": "Other"}, {"mood": 1}):
        with pytest.raises(InvalidInput):
            set_copyright_rules(library_id=north, values=values, actor=head, at=at)
    with pytest.raises(NotPermitted):
        set_copyright_rules(library_id=north, values={}, actor=clerk(world), at=at)
    with pytest.raises(NotFound):
        set_copyright_rules(library_id=world.south.library.pk, values={}, actor=head, at=at)
    assert not CopyrightRules.objects.exists()
    set_copyright_rules(library_id=north, values={"contu_limit": 6}, actor=head, at=at)
    assert AuditEntry.objects.get(model="ill_requests.CopyrightRules").action == "create"
    assert record(ask(world)).limit == 6


def test_the_year_ends_in_the_librarys_zone(world: World) -> None:
    """Four in the morning of 1 January in UTC is still the old year in Chicago."""
    request = ask_for(world.north, new_copy(citation=recent()), at=day("2027-01-01", hour=4))
    assert record(request).asked_on == date(2026, 12, 31)
