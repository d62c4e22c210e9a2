"""The page of a request of another library: who sees it, what it shows and offers, what it costs."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from illservice.accounts.roles import Role
from illservice.citations.data import CitationData
from illservice.core import clock
from illservice.core.models import AuditEntry
from lending.models import Channel, LendingDesk, LendingRequest
from lending.services import answers, loans, words
from lending.services.answers import Terms
from lending.services.items import Copy
from lending.workflow import TABLE
from lending.workflow.facts import facts_of
from tests.lending.pages import clerk, page, press, shown
from tests.lending.verbs import (
    again,
    as_borrower,
    checked_in,
    coming_back,
    copied,
    desk,
    found,
    lend,
    new_copy,
    new_loan,
    overdue,
    partnership,
    pulled,
    refused,
    shipped,
    wrote,
)
from tests.world import NOON, World, article, book

STATEMENTS = 13
"""One of them asks, for a copy, what the licence of its journal says."""
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
BY_HAND = {"arrived", "reminder"}


def test_only_the_library_s_own_staff_see_a_request(world: World) -> None:
    request = pulled(world)
    for role in Role.values:
        expected = 404 if role == Role.BRANCH else 200  # nothing of it stands at the branch
        assert clerk(world.north, role).get(page(request)).status_code == expected, role
    assert clerk(world.south).get(page(request)).status_code == 404
    assert clerk(world.south).get(page(request, "south")).status_code == 404
    assert clerk(world.north).get(page(request).replace(request.number, "L0000011")).status_code == 404
    assert clerk(world.north).get(page(request).lower()).status_code == 302
    here = pulled(world, copies=[Copy(call_number="QL 1", location_id=world.north.branch.pk)])
    assert clerk(world.north, Role.BRANCH).get(page(here)).status_code == 200


def everywhere(world: World) -> list[LendingRequest]:
    """A request in every place, with questions and holds."""
    asked = lend(world)
    words.ask_borrower(request_id=asked.pk, text="Which one?", actor=desk(world), at=NOON)
    conditional = lend(world)
    answers.conditional(
        request_id=conditional.pk, terms=Terms(["NoReproduction"]), actor=desk(world), at=NOON
    )
    cancel = pulled(world)
    answers.cancel_asked(request_id=cancel.pk, actor=as_borrower(world), at=NOON)
    renewal = shipped(world)
    loans.ask_renewal(request_id=renewal.pk, actor=as_borrower(world), at=NOON)
    settling = shipped(world)
    loans.lost(request_id=settling.pk, actor=desk(world), at=NOON)
    several = pulled(
        world, copies=[Copy(call_number="QL 1", volume="1"), Copy(call_number="QL 2", volume="2")]
    )
    made = [
        lend(world),
        pulled(world),
        several,
        found(world),
        shipped(world),
        overdue(world),
        coming_back(world),
    ]
    made += [copied(world), checked_in(world), refused(world), wrote(world, shipped(world))]
    return [again(each) for each in (*made, asked, conditional, cancel, renewal, settling)]


@pytest.mark.parametrize("role", Role.values)
def test_the_page_offers_exactly_what_the_table_allows(world: World, role: str) -> None:
    for request in everywhere(world):
        answer = clerk(world.north, role).get(page(request))
        if answer.status_code == 404:
            continue
        offered = set(re.findall(r'data-action="(\w+)"', answer.content.decode())) - {"clear_mark"}
        rows = TABLE.allowed(request.state, world.north.actor(role), facts_of(request))
        expected = {row.action for row in rows if row.button or row.action in BY_HAND}
        assert offered == expected, (role, request.state)


def test_the_page_shows_citation_borrower_items_and_words(world: World) -> None:
    asked = new_copy(
        citation=article("Flight", issn="1234-5678", doi="10.1000/182"),
        borrower_number="EL-77",
        ship_to="Eastlake\n1 Shore Road",
        note="please hurry",
    )
    request = pulled(
        world, lend(world, asked), copies=[Copy("QL 568 .A6", "N-9", shelf="Stacks", volume="12")]
    )
    words.add_note(request_id=request.pk, text="look on shelf 4", actor=desk(world), at=NOON)
    words.message_borrower(request_id=request.pk, text="It may take a week.", actor=desk(world), at=NOON)
    html = shown(world.north, request)
    for wanted in (
        "Flight", "10.1000/182", "not valid, not used for matching", "Eastlake University", "EL-77", "1 Shore Road",
        "please hurry", "QL 568 .A6", "N-9", "Stacks", "look on shelf 4", "It may take a week.", "typed in at the desk",
        "The borrower reads: Being fetched", "Scans and links", "Correct the request", "CCG", "To be fetched",
        "1 request so far: 1 open, 0 supplied", "lending of Northfield Library",
    ):  # fmt: skip
        assert wanted in html, wanted


def test_a_copy_without_a_statement_is_marked(world: World) -> None:
    LendingDesk.objects.create(library=world.north.library, statement_rule="warn")
    request = lend(world, new_copy(copyright_statement=""))
    assert "no copyright statement" in shown(world.north, request)
    assert press(clerk(world.north), request, "clear_mark", kind="no_statement").status_code == 302
    assert not again(request).marks.filter(cleared_at__isnull=True).exists()


def test_where_a_reader_lives_is_for_those_who_send(world: World) -> None:
    request = lend(world, new_loan(ship_to="Ada, 4 Elm Lane", sent_to_patron=True))
    assert "Elm Lane" in shown(world.north, request)
    assert "Elm Lane" not in shown(world.north, request, Role.BORROWING)
    assert "Elm Lane" not in shown(world.north, request, Role.COPYRIGHT)


def test_messages_to_a_system_stand_on_the_page(world: World) -> None:
    asked = new_loan(channel=Channel.ISO18626, borrower_number="E-1")
    request = pulled(world, lend(world, asked, actor=as_borrower(world)))
    assert "The borrower is told that we will supply" in shown(world.north, request)


def test_mails_to_a_borrower_stand_on_the_page(world: World) -> None:
    request = refused(world)
    assert "Refusal to a borrower" in shown(world.north, request)


def test_a_page_costs_the_same_however_much_happened(world: World) -> None:
    def cost(request: LendingRequest) -> int:
        client = clerk(world.north)
        client.get(page(request))
        with CaptureQueriesContext(connection) as statements:
            assert client.get(page(request)).status_code == 200
        return len(statements)

    copies = [Copy(call_number=f"QL {number}", volume=str(number)) for number in range(4)]
    quiet, busy = lend(world, new_copy()), pulled(world, lend(world, new_copy()), copies=copies)
    for number in range(5):
        words.add_note(request_id=busy.pk, text=f"note {number}", actor=desk(world), at=NOON)
        words.message_borrower(request_id=busy.pk, text=f"word {number}", actor=desk(world), at=NOON)
        lend(world)
    wrote(world, busy)
    assert cost(quiet) == cost(busy) <= STATEMENTS


def test_hostile_words_stay_words(world: World) -> None:
    cited = CitationData.from_mapping({"article_title": HOSTILE, "title": HOSTILE, "doi": HOSTILE})
    asked = new_copy(citation=cited, note=HOSTILE, ship_to=HOSTILE, borrower_number=HOSTILE[:60])
    request = pulled(world, lend(world, asked), copies=[Copy(HOSTILE, HOSTILE[:50], volume=HOSTILE)])
    words.add_note(request_id=request.pk, text=HOSTILE, actor=desk(world), at=NOON)
    words.message_borrower(request_id=request.pk, text=HOSTILE, actor=desk(world), at=NOON)
    html = shown(world.north, request)
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_a_note_is_kept_and_an_empty_one_is_not(world: World) -> None:
    request, client = lend(world), clerk(world.north, Role.STUDENT)
    url = page(request) + "note/"
    assert client.post(url, {"text": "look on shelf 4"}).status_code == 302
    client.post(url, {"text": "   "})
    assert [note.text for note in again(request).notes.all()] == ["look on shelf 4"]
    assert clerk(world.south).post(url, {"text": "x"}).status_code == 404
    assert again(request).version == request.version


def test_a_duplicate_leads_to_its_twin_and_is_cleared_with_a_reason(world: World) -> None:
    first = lend(world, new_loan(citation=book()))
    second = lend(world, new_loan(citation=book()))
    assert page(first) in shown(world.north, second)
    refused_click = press(clerk(world.north, Role.STUDENT), second, "clear_hold", kind="duplicate")
    assert refused_click.status_code == 403
    assert press(clerk(world.north), second, "clear_hold", kind="duplicate", reason="mood").status_code == 422
    assert (
        press(clerk(world.north), second, "clear_hold", kind="duplicate", reason="again").status_code == 302
    )
    assert second.holds.get().reason == "again"


def test_whether_we_lend_to_a_library_is_set_from_its_request_and_written_down(world: World) -> None:
    request, url = lend(world), "/lend/north/borrowers/eastlake/standing/"
    data = {"standing": "suspended", "suspended_until": "2030-01-31", "back": page(request)}
    assert clerk(world.north, Role.BORROWING).post(url, data).status_code == 403
    assert clerk(world.south).post(url, data).status_code == 404
    assert clerk(world.south).post(url.replace("north", "south"), data).status_code == 404
    assert clerk(world.north).post(url, data | {"standing": "loved"})["Location"] == page(request)
    assert partnership(world).standing == "open"
    assert AuditEntry.objects.count() == 0
    assert clerk(world.north).post(url, data)["Location"] == page(request)
    assert (partnership(world).standing, str(partnership(world).suspended_until)) == (
        "suspended",
        "2030-01-31",
    )
    assert AuditEntry.objects.get().changed == ["standing", "suspended_until"]
    assert "until Jan. 31, 2030" in shown(world.north, request)
    asked_now = lend(world, at=clock.now())
    assert asked_now.state == "not_supplied"
    clerk(world.north).post(url, data | {"standing": "blocked"})
    assert (partnership(world).standing, partnership(world).suspended_until) == ("blocked", None)


def test_the_help_page_prints_every_row_of_the_table(world: World) -> None:
    html = clerk(world.north, Role.STUDENT).get("/lend/north/help/workflow/").content.decode()
    for row in TABLE.rows:
        assert f'id="{row.action}"' in html
    assert "The borrower reads" in html
