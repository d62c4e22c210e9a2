"""The request page: who sees it, what it shows, what it costs."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from illservice.accounts.roles import Role
from illservice.citations.data import CitationData
from illservice.core import clock
from illservice.core.models import AuditEntry, OutboxRow, OutboxState
from patrons.models import Patron
from requests_app.models import BorrowingRequest
from requests_app.services import lenders, review, words
from requests_app.views.side import SIDE
from requests_app.workflow import TABLE
from requests_app.workflow.facts import facts_of
from tests.requests_app.desk_walks import again, arrived, asked, clerk, page, press
from tests.world import NOON, World, article, ask_for, make_patron, new_copy, new_loan

STATEMENTS = 12
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def shown(world: World, request: BorrowingRequest, role: str = Role.BORROWING) -> str:
    answer = clerk(world.north, role).get(page(request))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_only_the_library_s_own_staff_see_a_request(world: World) -> None:
    request = ask_for(world.north)
    for role in Role.values:
        expected = 404 if role == Role.BRANCH else 200  # it will be picked up elsewhere
        assert clerk(world.north, role).get(page(request)).status_code == expected, role
    assert clerk(world.south).get(page(request)).status_code == 404
    assert clerk(world.south).get(page(request, "south")).status_code == 404
    assert clerk(world.north).get(page(request).replace(request.number, "B0000011")).status_code == 404
    assert clerk(world.north).get(page(request).lower()).status_code == 302


@pytest.mark.parametrize("role", Role.values)
def test_the_page_offers_exactly_what_the_table_allows(world: World, role: str) -> None:
    requests = [
        ask_for(world.north, new_loan(pickup_branch_id=world.north.branch.pk)),
        asked(world),
        arrived(world),
    ]
    held = ask_for(world.north, new_copy(), patron="ben")
    review.open_hold(request_id=held.pk, kind="owned", actor=world.north.actor(), at=clock.now())
    conditional = asked(world, patron="ben")
    lenders.lender_conditional(
        request_id=conditional.pk,
        terms=lenders.Terms(note="only for 5 days"),
        actor=world.north.actor(),
        at=clock.now(),
    )
    for request in (*requests, again(held), again(conditional)):
        actor = world.north.actor(role)
        answer = clerk(world.north, role).get(page(request))
        if answer.status_code == 404:
            continue
        offered = set(re.findall(r'data-action="(\w+)"', answer.content.decode())) - {"clear_mark"}
        rows = TABLE.allowed(request.state, actor, facts_of(request))
        assert offered == {row.action for row in rows if SIDE.buttons.shows(row)}, (role, request.state)


def test_the_page_shows_citation_people_lenders_and_words(world: World) -> None:
    request = ask_for(
        world.north, new_copy(citation=article(issn="1234-5678", doi="10.1000/182"), cited_in="a footnote")
    )
    desk = world.north.actor()
    review.edit(
        request_id=request.pk, values={}, citation=article("Flight", doi="10.1000/182"), actor=desk, at=NOON
    )
    lenders.plan_lenders(request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=NOON)
    words.add_note(request_id=request.pk, text="ask Eastlake first", actor=desk, at=NOON)
    words.message_patron(request_id=request.pk, text="It may take a week.", actor=desk, at=NOON)
    html = shown(world, request)
    for words_wanted in (
        "Flight", "as asked: On the Flight of Bees", "10.1000/182", "a footnote", "Ada Northfield Library",
        "north-ada-001", "Eastlake University", "lend@eastlake.example", "ask Eastlake first", "It may take a week.",
        "borrowing of Northfield Library", "The patron reads: We have your request", "Correct the request",
    ):  # fmt: skip
        assert words_wanted in html, words_wanted


def test_a_wrong_identifier_is_a_warning(world: World) -> None:
    request = ask_for(world.north, new_copy(citation=article(issn="1234-5678")))
    assert "not valid, not used for matching" in shown(world, request)


def test_those_who_need_no_names_see_none(world: World) -> None:
    request = ask_for(world.north, new_loan(delivery="home", delivery_address="4 Elm Lane", note="I am Ada"))
    words.patron_message(request_id=request.pk, text="hurry", actor=world.north.patron_actor(), at=NOON)
    html = shown(world, request, Role.COPYRIGHT)
    assert "Ada" not in html
    assert "north-ada-001" not in html
    assert "hurry" not in html
    assert "Elm Lane" not in html
    assert "Ada Northfield" in shown(world, request)


def test_a_page_costs_the_same_however_much_happened(world: World) -> None:
    def cost(request: BorrowingRequest) -> int:
        client = clerk(world.north)
        client.get(page(request))
        with CaptureQueriesContext(
            connection,
        ) as statements:
            assert client.get(page(request)).status_code == 200
        return len(statements)

    quiet, busy = ask_for(world.north), arrived(world)
    for number in range(6):
        words.add_note(request_id=busy.pk, text=f"note {number}", actor=world.north.actor(), at=NOON)
        words.message_patron(request_id=busy.pk, text=f"word {number}", actor=world.north.actor(), at=NOON)
        ask_for(world.north, patron="ben")
    assert cost(quiet) == cost(busy) <= STATEMENTS


def test_hostile_words_stay_words(world: World) -> None:
    cited = CitationData.from_mapping(
        {"article_title": HOSTILE, "title": HOSTILE, "author": HOSTILE, "doi": HOSTILE}
    )
    eve = make_patron(world.north, "eve", note=HOSTILE)
    Patron.objects.filter(pk=eve.pk).update(name=HOSTILE)
    request = ask_for(
        world.north, new_copy(citation=cited, note=HOSTILE, cited_in=HOSTILE[:50]), patron="ada"
    )
    BorrowingRequest.objects.filter(pk=request.pk).update(patron=eve)
    words.add_note(request_id=request.pk, text=HOSTILE, actor=world.north.actor(), at=NOON)
    words.message_patron(request_id=request.pk, text=HOSTILE, actor=world.north.actor(), at=NOON)
    BorrowingRequest.objects.filter(pk=request.pk).update(copy_link="javascript:alert(1)")
    html = shown(world, request)
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html


def test_a_note_is_kept_and_an_empty_one_is_not(world: World) -> None:
    request, client = ask_for(world.north), clerk(world.north, Role.STUDENT)
    url = page(request) + "note/"
    assert client.post(url, {"text": "look on shelf 4"}).status_code == 302
    client.post(url, {"text": "   "})
    assert [note.text for note in again(request).notes.all()] == ["look on shelf 4"]
    assert clerk(world.south).post(url, {"text": "x"}).status_code == 404
    assert again(request).version == request.version


def held_new(world: World) -> BorrowingRequest:
    world.north.patrons["zoe"] = make_patron(world.north, "zoe", cleared_at=None)
    return ask_for(world.north, patron="zoe")


def test_a_new_patron_is_cleared_with_the_request_in_one_step(world: World) -> None:
    request = held_new(world)
    assert "Account checked: clear" in shown(world, request)
    assert "Account checked: clear" not in shown(world, request, Role.COPYRIGHT)
    url = page(request) + "accept-patron/"
    assert clerk(world.north, Role.COPYRIGHT).post(url, {"version": request.version}).status_code == 403
    assert clerk(world.south).post(url, {"version": request.version}).status_code == 404
    assert again(request).state == "in_review"
    assert clerk(world.north).post(url, {"version": request.version + 1}).status_code == 409
    assert again(request).state == "in_review"
    assert clerk(world.north).post(url, {"version": request.version}).status_code == 302
    assert again(request).state == "ready"
    patron = again(request).patron
    assert patron is not None
    assert patron.cleared_at is not None


@pytest.mark.parametrize("version", ["²", "9" * 5000, "", "-1", "x"])
def test_a_broken_version_is_none_when_a_patron_is_cleared(world: World, version: str) -> None:
    request = held_new(world)
    answer = clerk(world.north).post(page(request) + "accept-patron/", {"version": version})
    assert answer.status_code < 500


def test_a_duplicate_hold_leads_to_its_twin_and_is_cleared_with_a_reason(world: World) -> None:
    first, second = ask_for(world.north), ask_for(world.north)
    assert page(first) in shown(world, second)
    assert press(clerk(world.north, Role.STUDENT), second, "clear_hold", kind="duplicate").status_code == 403
    assert (
        press(clerk(world.north), second, "clear_hold", kind="duplicate", reason="again").status_code == 302
    )
    assert (again(second).state, second.holds.get().reason) == ("ready", "again")


def test_a_mark_is_settled_without_making_other_pages_stale(world: World) -> None:
    request, client = ask_for(world.north), clerk(world.north)
    words.patron_message(request_id=request.pk, text="hello", actor=world.north.patron_actor(), at=NOON)
    before = again(request)
    assert before.attention
    assert "the patron wrote" in shown(world, request)
    assert client.post(page(request) + "do/clear_mark/", {"kind": "patron_wrote"}).status_code == 302
    after = again(request)
    assert (after.attention, after.version) == (False, before.version)


def address(client: Any, email: str, partner: str = "eastlake", slug: str = "north") -> int:
    return int(client.post(f"/desk/{slug}/partners/{partner}/address/", {"email": email}).status_code)


def test_a_partner_s_address_is_changed_by_those_who_may_and_written_down(world: World) -> None:
    mine = world.north.library.partnerships.get(partner=world.eastlake)
    assert address(clerk(world.north, Role.STUDENT), "new@eastlake.example") == 403
    assert address(clerk(world.south), "new@eastlake.example") == 404
    assert address(clerk(world.south), "new@eastlake.example", slug="south") == 404
    assert address(clerk(world.north), "no address") == 302
    mine.refresh_from_db()
    assert mine.email == "lend@eastlake.example"
    assert AuditEntry.objects.count() == 0
    assert address(clerk(world.north), "new@eastlake.example") == 302
    mine.refresh_from_db()
    assert mine.email == "new@eastlake.example"
    assert AuditEntry.objects.get().changed == ["email"]


def test_a_mail_that_failed_is_sent_again_from_the_page(world: World) -> None:
    request, client = ask_for(world.north), clerk(world.north)
    OutboxRow.objects.filter(subject=request.number).update(state=OutboxState.FAILED)
    assert "Send again" in client.get(page(request)).content.decode()
    assert "Send again" not in shown(world, request, Role.STUDENT)
    key = OutboxRow.objects.get(subject=request.number).key
    answer = client.post("/desk/north/mails/again/", {"key": key, "back": page(request)})
    assert answer["Location"] == page(request)
    assert OutboxRow.objects.get(key=key).state == OutboxState.WAITING
