"""Patrons choose how they are told, stop reminders, send somebody else, and put dates into their calendars."""

import re
import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from illservice.accounts.roles import Role
from illservice.core import clock, outbox
from illservice.core.models import AuditEntry, OutboxRow, OutboxState
from illservice.notices.kinds import all_kinds
from illservice.notices.models import NoticeRules
from patrons.models import OFF, NoticeChoice, Patron, Proxy
from patrons.selectors import Reader, collectors_of
from patrons.tokens import reader_of, token_for
from requests_app.models import BorrowingRequest
from requests_app.services.loans import claim_returned
from requests_app.services.silence import remind_pickup
from requests_app.workflow import effects
from tests.requests_app import standing
from tests.requests_app.patron_walks import errors_of, signed_in, text_of
from tests.world import NOON, World, ask_for

PAGE = "/my/notices/"
TEN = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)


def with_gateway(world: World) -> None:
    NoticeRules.objects.create(
        library=world.north.library,
        webhook_url="https://gateway.example/",
        webhook_secret="sealed",
        webhook_label="SMS",
    )


def remind(request: BorrowingRequest, notice: str = "due_soon") -> OutboxRow:
    """Let the clock remind of a request on loan that is due in two days."""
    day = date(2026, 3, 5) if notice == "due_soon" else date(2026, 3, 1)
    BorrowingRequest.objects.filter(pk=request.pk).update(state="on_loan", patron_due=day)
    told: list[Any] = []

    class Act:
        subject, enqueue, id = BorrowingRequest.objects.get(pk=request.pk), told.append, uuid.uuid4()
        topics: dict[str, Any] = {}
        facts: dict[str, Any] = {}

    {"due_soon": effects.DUE_SOON, "overdue": effects.OVERDUE}[notice].run(Act())  # type: ignore[arg-type]
    OutboxRow.objects.filter(subject=request.number).delete()
    for parcel in told:
        outbox.enqueue(parcel, at=TEN)
    return OutboxRow.objects.get(key=told[0].key)


def deliver() -> None:
    while row_ids := outbox.due_rows(at=TEN):
        if not outbox.deliver_batch(row_ids, at=TEN):
            break


def test_a_patron_chooses_among_what_the_library_offers(world: World) -> None:
    ada = world.north.patrons["ada"]
    client = signed_in(ada)
    page = text_of(client.get(PAGE))
    assert "SMS" not in page
    assert 'value="off"' in page
    refused = client.post(PAGE, {"everything": "message", "address": "555"})
    assert "everything" in errors_of(refused)
    with_gateway(world)
    assert "SMS" in text_of(client.get(PAGE))
    refused = client.post(PAGE, {"everything": "email", "reminders": "webhook"})
    assert "address" in errors_of(refused)
    assert not NoticeChoice.objects.exists()
    wish = {"everything": "email", "reminders": "webhook", "address": "+1 555 0199"}
    assert client.post(PAGE, wish).status_code == 302
    choice = NoticeChoice.objects.get(patron=ada)
    assert (choice.reminders, choice.news, choice.address) == ("webhook", "", "+1 555 0199")
    assert AuditEntry.objects.filter(model="ill_patrons.NoticeChoice", actor_kind="patron").exists()
    assert "0199" not in str(AuditEntry.objects.values_list("changed", flat=True))
    desk = Client()
    desk.force_login(world.north.people[Role.BORROWING])
    shown = text_of(desk.get(f"/desk/north/patrons/{ada.barcode}/"))
    assert "SMS" in shown
    assert "+1 555 0199" in shown


def test_reminders_can_be_switched_off_and_nothing_else(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    optional = {kind.code for kind in all_kinds() if kind.optional}
    assert optional == {"due_soon", "proxy_reminder"}
    ada = world.north.patrons["ada"]
    client = signed_in(ada)
    assert "news" in errors_of(client.post(PAGE, {"everything": "email", "news": OFF}))
    client.post(PAGE, {"everything": "email", "reminders": OFF})
    row = remind(standing.on_loan(world))
    deliver()
    row.refresh_from_db()
    assert (row.state, row.last_error) == (OutboxState.SUPERSEDED, "the patron wants no reminders")
    overdue = remind(standing.on_loan(world), "overdue")
    deliver()
    overdue.refresh_from_db()
    assert overdue.state == OutboxState.DONE
    assert [mail.subject.startswith("Overdue") for mail in mailoutbox] == [True]
    assert "List-Unsubscribe" not in mailoutbox[0].extra_headers


def test_a_mail_program_unsubscribes_without_a_sign_in_and_a_person_can_undo_it(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    remind(standing.on_loan(world))
    deliver()
    headers = mailoutbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<http://localhost:8000(/notices/stop/[^>]+/)>", headers["List-Unsubscribe"])
    assert found is not None
    anybody = Client(enforce_csrf_checks=True)
    choice = NoticeChoice.objects.filter(patron=world.north.patrons["ada"])
    page = text_of(anybody.get(found[1]))
    assert "Send me no more reminders" in page
    assert "ada@" not in page
    assert "Ada" not in page
    assert not choice.exists()
    for _twice in range(2):
        said = anybody.post(found[1], "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")
        assert said.status_code == 200
        assert choice.get().reminders == OFF
    assert "Remind me again" in text_of(anybody.get(found[1]))
    anybody.post(found[1], {"do": "resume"})
    assert choice.get().reminders == ""
    assert world.north.patrons["ada"].contact == "email"


@pytest.mark.parametrize("token", ["nonsense", "p1", "p1:x", "x1:abc", "%00", "p" * 500])
def test_a_link_that_is_not_ours_stops_nothing(world: World, token: str) -> None:
    for answer in (Client().get(f"/notices/stop/{token}/"), Client().post(f"/notices/stop/{token}/")):
        assert answer.status_code == 404
    assert not NoticeChoice.objects.exists()
    assert reader_of(token_for(Reader(patron_id=7))) == Reader(patron_id=7)
    assert Client().get(f"/notices/stop/{token_for(Reader(patron_id=10**9))}/").status_code == 404


# -- Proxies -------------------------------------------------------------------------------------------------


def name_kim(client: Client, **values: str) -> Any:
    wish = {"proxy-name": "Kim Example", "proxy-email": "kim@example.org", "proxy-may_collect": "on"}
    return client.post(f"{PAGE}proxies/", wish | values)


def test_a_proxy_is_told_separately_and_can_open_nothing(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    ada = world.north.patrons["ada"]
    assert name_kim(signed_in(ada), **{"proxy-gets_notices": "on"}).status_code == 302
    request = standing.on_shelf(world)
    rows = OutboxRow.objects.filter(subject=request.number, payload__notice__in=["ready", "proxy_notice"])
    assert len({row.key for row in rows}) == len({row.stream for row in rows}) == 2
    while row_ids := outbox.due_rows(at=TEN):
        outbox.deliver_batch(row_ids, at=TEN)
    to_kim = [mail for mail in mailoutbox if mail.to == ["kim@example.org"]]
    (mail,) = to_kim
    whole = str(mail.message())
    assert request.shelf_code in mail.body
    assert "Ada" in mail.body
    for hidden in ("/my/", "http", "ada@north.example", "Cc:", "Bcc:"):
        assert hidden not in whole.replace(mail.extra_headers.get("List-Unsubscribe", "-"), "")
    told = [mail.subject for mail in mailoutbox if mail.to == ["ada@north.example"]]
    assert any(subject.startswith("Ready for you") for subject in told)
    assert all(len(mail.recipients()) == 1 for mail in mailoutbox)


def test_a_proxy_gets_several_reminders_in_one_mail_too(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    name_kim(signed_in(world.north.patrons["ada"]), **{"proxy-gets_notices": "on"})
    waiting, lent = standing.on_shelf(world), [standing.on_loan(world), standing.on_loan(world)]
    OutboxRow.objects.all().delete()
    for request in lent:
        remind(request)
    remind_pickup(request_id=waiting.pk, at=TEN)
    deliver()
    (mail,) = (mail for mail in mailoutbox if mail.to == ["kim@example.org"])
    assert mail.subject.startswith("3 reminders")
    assert "Hello Kim Example" in mail.body
    assert all(each.number in mail.body for each in (waiting, *lent))
    assert f"Still on the hold shelf: “{waiting.title}”" in mail.body
    assert f"Main Library, {waiting.shelf_code}" in mail.body
    assert "http" not in str(mail.message()).replace(mail.extra_headers["List-Unsubscribe"], "")
    assert set(OutboxRow.objects.values_list("state", flat=True)) == {OutboxState.DONE}


def test_who_was_taken_away_or_is_over_is_told_nothing_more(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    ada = world.north.patrons["ada"]
    client = signed_in(ada)
    name_kim(client, **{"proxy-gets_notices": "on"})
    proxy = Proxy.objects.get()
    remind(standing.on_loan(world))
    row = OutboxRow.objects.get(payload__notice="proxy_reminder")
    Proxy.objects.update(until=date(2026, 3, 2))
    deliver()
    row.refresh_from_db()
    assert (row.state, row.last_error) == (OutboxState.SUPERSEDED, "this person is not told any more")
    assert collectors_of(ada.pk, date(2026, 3, 3)) == []
    assert collectors_of(ada.pk, date(2026, 3, 2)) == ["Kim Example"]
    stranger = signed_in(world.north.patrons["ben"])
    assert stranger.post(f"{PAGE}proxies/{proxy.pk}/remove/").status_code == 404
    assert Proxy.objects.exists()
    assert client.post(f"{PAGE}proxies/{proxy.pk}/remove/").status_code == 302
    assert not Proxy.objects.exists()
    assert [mail for mail in mailoutbox if mail.to == ["kim@example.org"]] == []


def test_a_proxy_stops_reminders_of_its_own(world: World, mailoutbox: list[EmailMultiAlternatives]) -> None:
    name_kim(signed_in(world.north.patrons["ada"]), **{"proxy-gets_notices": "on"})
    remind(standing.on_loan(world))
    deliver()
    kim, ada = (
        next(m for m in mailoutbox if m.to == [who]) for who in ("kim@example.org", "ada@north.example")
    )
    assert kim.extra_headers["List-Unsubscribe"] != ada.extra_headers["List-Unsubscribe"]
    url = kim.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    assert Client().post(url).status_code == 200
    assert not Proxy.objects.get().gets_reminders
    assert not NoticeChoice.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"proxy-name": ""}, "name"),
        ({"proxy-email": "no address"}, "email"),
        ({"proxy-email": "", "proxy-gets_notices": "on"}, "email"),
        ({"proxy-may_collect": ""}, "may_collect"),
        ({"proxy-until": "2026-02-30"}, "until"),
    ],
)
def test_a_proxy_needs_a_name_and_a_task(world: World, values: dict[str, str], field: str) -> None:
    answer = name_kim(signed_in(world.north.patrons["ada"]), **values)
    assert field in errors_of(answer)
    assert not Proxy.objects.exists()


def test_the_desk_names_a_patron_by_card_and_sees_who_may_fetch(world: World) -> None:
    ada, ben = world.north.patrons["ada"], world.north.patrons["ben"]
    desk = Client()
    desk.force_login(world.north.people[Role.BORROWING])
    url = f"/desk/north/patrons/{ada.barcode}/"
    stranger = world.south.patrons["ada"]
    wish = {"do": "proxy", "proxy-card": stranger.barcode, "proxy-may_collect": "on"}
    desk.post(url, wish)
    assert not Proxy.objects.exists()
    desk.post(url, wish | {"proxy-card": ben.barcode, "proxy-gets_notices": "on"})
    proxy = Proxy.objects.get()
    assert (proxy.patron, proxy.account, proxy.name, proxy.address) == (ada, ben, ben.name, ben.email)
    Patron.objects.filter(pk=ben.pk).update(email="new@north.example")
    assert Proxy.objects.get().address == "new@north.example"
    assert ben.name in text_of(desk.get(url))
    request = standing.on_shelf(world)
    assert "May be picked up by" in text_of(desk.get(f"/desk/north/requests/{request.number}/"))
    bench = desk.post("/desk/north/receive/", {"do": "hand_over", "code": request.number}, follow=True)
    assert ben.name in text_of(bench)
    student = Client()
    student.force_login(world.north.people[Role.STUDENT])
    assert student.post(url, {"do": "no_proxy", "proxy": str(proxy.pk)}).status_code == 403
    desk.post(url, {"do": "no_proxy", "proxy": str(proxy.pk)})
    assert not Proxy.objects.exists()


# -- Calendar ------------------------------------------------------------------------------------------------


def test_the_due_date_goes_into_a_calendar_and_a_renewal_moves_it(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    request = standing.on_loan(world)
    ada, ben = signed_in(world.north.patrons["ada"]), signed_in(world.north.patrons["ben"])
    address = f"/my/requests/{request.number}/due.ics"
    answer = ada.get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    assert f"UID:{request.number}@localhost" in answer.content.decode()
    assert request.title not in answer.content.decode()
    assert ben.get(address).status_code == 404
    assert ada.get(f"/my/requests/{ask_for(world.north).number}/due.ics").status_code == 404
    assert address in text_of(ada.get(f"/my/requests/{request.number}/"))
    remind(request)
    deliver()
    (mail,) = [mail for mail in mailoutbox if mail.attachments]
    name, content, kind = mail.attachments[0]
    assert (name, kind) == ("due-date.ics", "text/calendar; method=PUBLISH")
    assert f"SEQUENCE:{request.version}" in str(content)
    assert request.title not in str(content)


def test_the_calendar_is_offered_only_while_the_patron_has_to_bring_something_back(world: World) -> None:
    ada = signed_in(world.north.patrons["ada"])
    request = standing.on_loan(world)
    page = f"/my/requests/{request.number}/"
    assert "due.ics" in text_of(ada.get(page))
    claim_returned(request_id=request.pk, actor=world.north.patron_actor(), at=clock.now())
    assert "due.ics" not in text_of(ada.get(page))
    for brought in (standing.at_desk(world), standing.returned(world)):
        assert brought.patron_due is not None
        assert "due.ics" not in text_of(ada.get(f"/my/requests/{brought.number}/"))


def test_subjects_and_calendars_name_no_title(world: World) -> None:
    for kind in all_kinds():
        if kind.audience in {"patron", "proxy"}:
            assert not {"title", "author", "patron_name"} & kind.names(subject=True), kind.code
    assert NOON.tzinfo is not None
