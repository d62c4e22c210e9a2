"""A copy that nobody had decided on, because a loan was asked for: it counts, and nothing is held back."""

import re
from decimal import Decimal
from typing import Any

import pytest

from illservice.accounts.roles import Role
from illservice.core.errors import NotPermitted, Refused, WrongState
from requests_app.models import BorrowingRequest, CopyrightRecord
from requests_app.models.copyright import Fate, Way
from requests_app.services import closing, copies, items, lender_news, review
from requests_app.services.copyright.clearing import Fee, clear_copyright, pay_royalty
from requests_app.services.copyright.royalties import make_batch, take_apart
from requests_app.services.items import Arrival
from requests_app.services.lender_news import SentCopy
from requests_app.workflow.states import MarkKind
from tests.requests_app.copyright.desk import again, ask, clerk, day, filled, recent, record, said, sent
from tests.requests_app.desk_walks import clerk as browser
from tests.world import World, ask_for, new_loan

pytestmark = pytest.mark.django_db
ON = "2026-03-02"


def lent(world: World, on: str = ON) -> BorrowingRequest:
    """The issue with an article is wanted as a loan and asked of a lender."""
    new = new_loan(material="article", citation=recent())
    return sent(world, ask_for(world.north, new, at=day(on)), on)


def receive(world: World, request: BorrowingRequest, kind: str = "copy", on: str = ON) -> BorrowingRequest:
    items.receive(request_id=request.pk, arrival=Arrival(kind=kind), actor=world.north.actor(), at=day(on))
    return again(request)


def marked(request: BorrowingRequest) -> bool:
    return request.marks.filter(kind=MarkKind.COPYRIGHT, cleared_at=None).exists()


def test_a_copy_instead_of_a_loan_counts_and_a_loan_does_not(world: World) -> None:
    filled(world, 3)
    receive(world, lent(world), "loan")
    assert CopyrightRecord.objects.count() == 3
    copy = receive(world, lent(world))
    known = record(copy)
    assert (known.rule, known.count, known.counts, known.fate) == ("D8", 3, True, Fate.FILLED)
    assert (copy.state, marked(copy)) == ("at_desk", False)
    assert record(ask(world)).count == 4


def test_over_the_limit_it_comes_all_the_same_and_the_copyright_desk_clears_it(world: World) -> None:
    filled(world, 5)
    copy = receive(world, lent(world))
    known = record(copy)
    assert (copy.state, marked(copy)) == ("at_desk", True)
    assert (known.rule, known.counts, known.statement, known.fate) == ("D9", True, "", Fate.FILLED)
    facts: dict[str, Any] = {"request_id": copy.pk, "at": day("2026-03-05")}
    with pytest.raises(Refused, match="Choose another way out"):
        clear_copyright(**facts, actor=clerk(world))
    with pytest.raises(NotPermitted):
        clear_copyright(**facts, actor=world.north.actor(), ground="override", reason="It came.")
    assert marked(copy)
    clear_copyright(**facts, actor=clerk(world), ground="override", reason="It came.")
    known = record(copy)
    assert (known.way, known.ground, known.counts) == (Way.CLEARED, "override", True)
    assert (known.fate, str(known.filled_on), marked(copy)) == (Fate.FILLED, ON, False)
    assert again(copy).state == "at_desk"
    with pytest.raises((Refused, WrongState)):
        clear_copyright(**facts, actor=clerk(world), ground="override", reason="Once more.")


def test_a_royalty_for_what_came_over_the_limit_gives_its_place_back(world: World) -> None:
    filled(world, 5)
    copy = lent(world)
    desk, link = world.north.actor(), "https://copies.example/1"
    copies.deliver_copy(request_id=copy.pk, link=link, until=None, actor=desk, at=day(ON))
    copies.finish_copy(request_id=copy.pk, actor=desk, at=day(ON))
    assert (again(copy).state, marked(copy), record(ask(world)).count) == ("completed", True, 6)
    pay_royalty(
        request_id=copy.pk, fee=Fee(pages=8, fee=Decimal(30)), actor=clerk(world), at=day("2026-03-05")
    )
    assert (record(copy).way, record(copy).fate, marked(copy)) == (Way.ROYALTY, Fate.FILLED, False)
    assert record(ask(world)).count == 5


def test_what_came_is_not_undone_while_its_royalty_is_in_a_batch(world: World) -> None:
    filled(world, 5)
    request, desk = ask(world), clerk(world)
    pay_royalty(request_id=request.pk, fee=Fee(pages=8, fee=Decimal(30)), actor=desk, at=day(ON))
    arrived = receive(world, sent(world, request, ON))
    library = world.north.library.pk
    batch = make_batch(library_id=library, currency="USD", actor=desk, at=day(ON))
    undo: dict[str, Any] = {"request_id": request.pk, "act": str((arrived.undo or {})["act"]), "at": day(ON)}
    with pytest.raises(Refused) as refused:
        closing.undo_last(**undo, actor=world.north.actor())
    assert refused.value.code == "royalty_in_batch"
    assert (again(request).state, record(request).fate) == ("at_desk", Fate.FILLED)
    take_apart(library_id=library, batch_id=batch.pk, actor=desk, at=day(ON))
    closing.undo_last(**undo, actor=world.north.actor())
    assert (record(request).fate, record(request).royalty.status) == (Fate.OPEN, "unpaid")


def test_a_scan_for_a_loan_counts_once_and_undo_takes_the_record_away(world: World) -> None:
    request = lent(world)
    lender_news.lender_copy(
        request_id=request.pk, copy=SentCopy(is_here=True), actor=world.north.actor(), at=day(ON)
    )
    known = record(request)
    assert (known.rule, known.counts, known.fate) == ("D8", True, Fate.FILLED)
    other = receive(world, lent(world))
    closing.undo_last(
        request_id=other.pk, act=str((other.undo or {})["act"]), actor=world.north.actor(), at=day(ON)
    )
    assert not CopyrightRecord.objects.filter(request=other).exists()
    assert record(ask(world)).count == 1


def test_a_loan_that_becomes_a_copy_after_it_was_sent_takes_its_place_at_once(world: World) -> None:
    filled(world, 4)
    request = lent(world)
    for kind, fate in (("copy", Fate.OPEN), ("loan", Fate.RELEASED), ("copy", Fate.OPEN)):
        review.edit(request_id=request.pk, values={"kind": kind}, actor=world.north.actor(), at=day(ON))
        assert (record(request).fate, again(request).state) == (fate, "asked")
    assert said(ask(world))[:2] == ("copyright", "D9")
    came = receive(world, request)
    assert (record(came).rule, record(came).fate, marked(came)) == ("D8", Fate.FILLED, False)


def test_a_copy_of_a_whole_work_is_marked_and_counts_nothing(world: World) -> None:
    book = sent(world, ask_for(world.north, new_loan(), at=day(ON)), ON)
    copy = receive(world, book)
    known = record(copy)
    assert (known.rule, known.counts, known.decided_at, marked(copy)) == ("D5", False, None, True)
    clear_copyright(
        request_id=copy.pk, ground="not_sold", reason="Sold out", actor=clerk(world), at=day("2026-03-05")
    )
    assert (record(copy).statement, record(copy).counts, marked(copy)) == ("US-CCL", False, False)


def test_the_copyright_desk_finds_it_and_sees_the_way_out(world: World) -> None:
    filled(world, 5)
    copy = receive(world, lent(world))
    desk = browser(world.north, Role.COPYRIGHT)
    attention = desk.get("/desk/north/attention/").content.decode()
    assert copy.number in attention
    assert "a copy that copyright has not cleared" in attention
    queue = desk.get("/desk/north/copyright/").content.decode()
    assert "5 of 5 in 2026" in queue
    assert "Held back by hand" not in queue
    assert re.findall(rf"/{copy.number}/do/(\w+)/", queue) == ["clear_copyright", "pay_royalty"]
    others = browser(world.north, Role.BORROWING).get("/desk/north/copyright/").content.decode()
    assert (copy.number in others, "/do/" in others) == (True, False)
    page = desk.get(f"/desk/north/requests/{copy.number}/").content.decode()
    assert f"/{copy.number}/do/clear_copyright/" in page
    answer = desk.post(
        f"/desk/north/requests/{copy.number}/do/clear_copyright/",
        {"ground": "override", "reason": "It came.", "copies": "1", "version": str(copy.version)},
    )
    assert (answer.status_code, marked(copy), record(copy).ground) == (302, False, "override")
    assert f"row-{copy.number}" not in desk.get("/desk/north/copyright/").content.decode()
