"""P5: a person is told all and only the own; P6: branches; P7: lenders; P8: files; P9: the log."""

import json
import logging
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from illservice.accounts.roles import Role
from illservice.core import retention
from illservice.core.models import OutboxRow
from illservice.core.workflow.money import Price
from illservice.documents import services as documents
from illservice.documents.kinds import Audience
from illservice.documents.services.storage import stored_files
from illservice.exchange.models import Exchanged
from patrons.models import Patron
from patrons.services import person_of
from requests_app.models import BorrowingRequest
from requests_app.services import lenders
from requests_app.services.charges import note_charge
from requests_app.services.closing import cancel
from tests.exchange.pair import Pair
from tests.illservice.documents.conftest import PDF, scan
from tests.privacy.trail import MARKS, Trail, ask, deliver_all, lines_with, live, make_zebulon
from tests.world import NOON, World, ask_for, book, later, new_loan

STATEMENTS = 45
"""The page, the shell, and one or two statements for each kind of what is held."""


def browser(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def test_p5_the_file_holds_all_of_the_own_and_nothing_of_anybody_else(trail: Trail) -> None:
    others = ask_for(trail.pair.north, new_loan(note="Ben wants it soon"), patron="ben")
    answer = browser(trail.user).get("/my/data/file/")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    content = json.loads(answer.content)
    held = {each["code"]: each["records"] for each in content["held"]}
    assert set(held) == {each.code for each in retention.all_held() if each.told}
    (record,), (account,), (request,) = held["record"], held["account"], held["requests"]
    assert record["name"] == "Zebulon Quackenbush"
    assert record["note"] == "Zebulon likes to be called by his first name"
    assert record["address"] == "77 Marmalade Lane\nSampletown"
    assert account["username"] == "north-zquack"
    assert request["number"] == trail.request.number
    assert request["delivery_address"] == "Quackenbush, 77 Marmalade Lane"
    assert {each["text"] for each in held["messages"]} == {"Zebulon here", "Dear Mr Quackenbush"}
    assert "Quackenbush rang" in {each["text"] for each in held["notes"]}
    assert {each["name"] for each in held["documents"]} >= {"Quackenbush.pdf"}
    assert {"by_you": True} in [{"by_you": each["by_you"]} for each in held["history"]]
    assert held["mails"]
    text = answer.content.decode()
    assert others.number not in text
    assert "Ben" not in text
    assert "borrowing of Northfield" not in text, "who of the staff did it is not the person's to know"


def test_p5_the_pages_say_the_same_and_cost_the_same_for_many_requests(pair: Pair) -> None:
    patron = make_zebulon(pair.north)
    ask(patron, NOON, note="first note")
    client = browser(patron.user)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/my/data/all/")
    for minute in range(1, 6):
        ask(patron, later(minutes=minute), note=f"note number {minute}")
    with CaptureQueriesContext(connection) as many:
        shown = client.get("/my/data/all/").content.decode()
    assert "note number 5" in shown
    assert len(many) == len(one) <= STATEMENTS
    overview = client.get("/my/data/").content.decode()
    assert "What we hold about you" in overview
    assert "6 entries now." in overview


def test_p5_the_page_names_the_language_and_the_file_its_code(world: World) -> None:
    ada = world.north.patrons["ada"]
    Patron.objects.filter(pk=ada.pk).update(language="de")
    client = browser(ada.user)
    assert "German" in client.get("/my/data/all/").content.decode()
    held = {
        each["code"]: each["records"] for each in json.loads(client.get("/my/data/file/").content)["held"]
    }
    assert held["record"][0]["language"] == "de"


def test_p5_open_requests_keep_the_person_and_the_page_says_why(world: World) -> None:
    patron = make_zebulon(world.north)
    request = ask(patron)
    client = browser(patron.user)
    shown = client.get("/my/data/erase/").content.decode()
    assert f"Request {request.number} is still open: Flags of forgotten islands" in shown
    assert "Nothing can be erased at the moment." in shown
    client.post("/my/data/erase/")
    patron.refresh_from_db()
    assert (patron.name, patron.erased_at) == ("Zebulon Quackenbush", None)
    assert [each.code for each in retention.reasons_against(person_of(patron))] == ["open_request"]


def test_p5_a_request_with_a_debt_is_not_among_what_goes_now(world: World) -> None:
    patron, desk = make_zebulon(world.north), world.north.actor()
    owed, free = ask(patron), ask(patron, later(minutes=1), citation=book("Tides"))
    for request in (owed, free):
        cancel(request_id=request.pk, actor=desk, at=later(hours=1))
    price = Price(kind="other", payer="patron", actual=Decimal("4.50"), currency="USD")
    note_charge(request_id=owed.pk, price=price, actor=desk, at=later(hours=1))
    client = browser(patron.user)
    assert "1 past request loses your name" in client.get("/my/data/erase/").content.decode()
    client.post("/my/data/erase/")
    assert list(BorrowingRequest.objects.filter(patron=patron)) == [owed]
    shown = client.get("/my/data/erase/").content.decode()
    assert "Something is still to be paid" in shown
    assert "Nothing can be erased at the moment." in shown


def test_p6_people_of_one_branch_find_no_patrons_of_another(world: World) -> None:
    north = world.north
    Patron.objects.filter(pk=north.patrons["ben"].pk).update(home_branch=north.branch)
    of_hill = browser(north.people[Role.BRANCH])
    assert "north-ben-001" in of_hill.get("/desk/north/patrons/", {"q": "ben"}).content.decode()
    assert "north-ada-001" not in of_hill.get("/desk/north/patrons/", {"q": "northfield"}).content.decode()
    assert of_hill.get("/desk/north/patrons/north-ada-001/").status_code == 404
    assert of_hill.get("/desk/north/patrons/", {"q": "north-ada-001"}).status_code == 200
    ask_for(north, new_loan(pickup_branch_id=north.branch.pk))
    assert of_hill.get("/desk/north/patrons/north-ada-001/").status_code == 200, "ada picks up here"
    for role, status in ((Role.LENDING, 403), (Role.COPYRIGHT, 403), (Role.BORROWING, 200)):
        found = browser(north.people[role]).get("/desk/north/patrons/", {"q": "northfield"})
        assert found.status_code == status, role
    for each in set(Role.values) - {Role.ADMINISTRATOR}:
        for path in ("data", "data-file"):
            assert browser(north.people[each]).get(f"/desk/north/{path}/north-ada-001/").status_code == 403


def test_p7_no_lender_hears_whose_request_it_is(pair: Pair) -> None:
    patron = make_zebulon(pair.north)
    request = ask(patron, NOON, again_because="")
    desk = pair.desk
    by_mail = BorrowingRequest.objects.get(pk=request.pk).library.partnerships.get(partner__slug="eastlake")
    partners = [pair.south.library.pk, by_mail.partner_id]
    lenders.plan_lenders(request_id=request.pk, partner_ids=partners, actor=desk, at=pair.at)
    lenders.ask(request_id=request.pk, actor=desk, at=pair.at)
    pair.post()
    lenders.move_on(request_id=request.pk, actor=desk, at=pair.at)
    pair.post()
    deliver_all(pair.at + timedelta(minutes=1))
    bodies = list(Exchanged.objects.values_list("body", flat=True))
    letters = [each for each in mail.outbox if each.to == ["lend@eastlake.example"]]
    assert bodies
    assert letters
    said = "\n".join([*bodies, *(each.message().as_string() for each in letters)])
    assert "Flags of forgotten islands" in said
    assert not [mark for mark in MARKS if mark.casefold() in said.casefold()]
    payloads = str(list(OutboxRow.objects.values_list("payload", "key", "stream", "subject")))
    assert not [mark for mark in MARKS if mark.casefold() in payloads.casefold()]


@pytest.mark.parametrize("ended_by", ["views", "days"])
def test_p8_a_delivered_file_goes_after_its_views_or_its_days(world: World, ended_by: str) -> None:
    request, actor = ask_for(world.north), world.north.actor()
    copy = documents.attach_file(
        library_id=world.north.library.pk, subject=request.number, upload=scan(PDF), actor=actor, at=NOON
    )
    documents.release(document_id=copy.pk, actor=actor, at=NOON)
    link = documents.make_link(
        document_id=copy.pk, audience=Audience.BORROWER, actor=actor, at=NOON, days=30, views=5
    )
    if ended_by == "views":
        for _ in range(5):
            assert list(stored_files())
            link.refresh_from_db()
            fetched = documents.fetch(link=link, at=later(hours=1))
            assert fetched.stream is not None
            fetched.stream.close()
    documents.purge_expired(later(hours=12))
    assert list(stored_files())
    documents.purge_expired(later(days=1) if ended_by == "views" else later(days=31))
    copy.refresh_from_db()
    assert list(stored_files()) == []
    assert (copy.purged_at is None, copy.name) == (False, "")


def test_p9_no_line_of_the_log_names_a_person_or_tells_what_was_asked(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        trail = live(pair)
        client = browser(trail.user)
        client.get("/my/data/all/")
        client.get("/my/no-such-page/")
        client.post("/my/data/erase/")
    ours = [record for record in caplog.records if not record.name.startswith("django.db.backends")]
    assert lines_with(ours, *MARKS) == []
    assert lines_with(ours, "forgotten islands") == []
    assert not [line for line in lines_with(ours, "@") if re.search(r"\w@\w+\.example", line)]
