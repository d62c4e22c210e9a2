"""What lenders say and offer, and what the desk answers: pages, doors and refusals."""

from datetime import date
from decimal import Decimal

import pytest

from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.core.actors import Actor, ActorKind
from illservice.core.models import OutboxRow
from illservice.directory.models import Partnership
from illservice.exchange.models import Connection
from requests_app.models import BorrowingRequest, LenderMessage
from requests_app.services import lender_news, lenders, words
from requests_app.services.lender_news import Offer
from tests.requests_app.desk_walks import again, another, arrived, asked, clerk, door, page, press
from tests.world import World


def partner(world: World) -> Actor:
    return Actor(ActorKind.PARTNER, id=world.eastlake.pk, library_id=world.north.library.pk)


def by_message(world: World, *, connected: bool = True) -> BorrowingRequest:
    """A loan for which Eastlake's system is to be asked."""
    dealing = Partnership.objects.get(library=world.north.library, partner=world.eastlake)
    Partnership.objects.filter(pk=dealing.pk).update(system="iso18626")
    if connected:
        Connection.objects.create(partnership=dealing, transport="loopback")
    request, desk = another(world), world.north.actor()
    partners = [world.eastlake.pk]
    lenders.plan_lenders(request_id=request.pk, partner_ids=partners, actor=desk, at=clock.now())
    return again(request)


def offered(world: World) -> BorrowingRequest:
    """Eastlake says: ask again from June on, for a price."""
    request = asked(world)
    offer = Offer(world.no_reason, date(2030, 6, 1), ("LibraryUseOnly",), Decimal("12.50"), "USD", "Copy")
    lender_news.lender_retry(request_id=request.pk, offer=offer, actor=partner(world), at=clock.now())
    return again(request)


def sent(request: BorrowingRequest) -> list[str]:
    rows = OutboxRow.objects.filter(subject=request.number, kind="iso18626").order_by("id")
    return [row.payload["word"] for row in rows]


def test_a_lender_with_a_connection_is_asked_by_message_with_one_click(world: World) -> None:
    request, client = by_message(world), clerk(world.north)
    assert request.tries.get().system == "iso18626"
    html = client.get(page(request)).content.decode()
    assert "ISO 18626" in html
    assert f'href="{door(request, "ask")}"' not in html  # one click, no form
    assert press(client, request, "ask").status_code == 302
    assert (again(request).state, sent(request)) == ("asked", ["request"])


def test_without_a_connection_nobody_is_asked_and_the_form_says_why(world: World) -> None:
    request, client = by_message(world, connected=False), clerk(world.north)
    answer = press(client, request, "ask")
    assert answer.status_code == 422
    assert "There is no connection" in answer.content.decode()
    assert (again(request).state, sent(request)) == ("ready", [])


def test_an_offer_to_ask_again_is_shown_with_its_terms_in_a_queue_of_its_own(world: World) -> None:
    request, client = offered(world), clerk(world.north)
    assert (request.state, request.queue, request.next_actor) == ("ready", "retry", "desk")
    html = client.get(page(request)).content.decode()
    for words_wanted in (
        "Lender offers: ask again", "Eastlake University", "On loan", "June 1, 2030", "use in the library only",
        "12.50 USD", "as a copy", "Ask the same lender again", "Ask elsewhere instead",
    ):  # fmt: skip
        assert words_wanted in html, words_wanted
    assert request.number in client.get("/desk/north/?queue=retry").content.decode()
    assert request.number not in client.get("/desk/north/?queue=ready").content.decode()


def test_the_same_lender_is_asked_again_and_only_once(world: World) -> None:
    request, client = offered(world), clerk(world.north)
    assert press(clerk(world.north, Role.STUDENT), request, "accept_retry").status_code == 403
    assert press(client, request, "accept_retry").status_code == 302
    last = again(request).tries.latest("ordinal")
    assert (last.partner, last.open, last.previous is not None) == (world.eastlake, True, True)
    assert press(client, request, "accept_retry").status_code == 409
    assert again(request).tries.filter(partner=world.eastlake).count() == 2


def test_an_offer_that_is_not_taken_asks_the_next_lender(world: World) -> None:
    request, client = offered(world), clerk(world.north)
    assert press(client, request, "refuse_retry").status_code == 302
    assert again(request).tries.get(open=True).partner == world.westport


def test_the_desk_notes_what_it_heard_on_the_telephone(world: World) -> None:
    request, client = asked(world), clerk(world.north)
    by = again(request).tries.get(open=True).answer_by
    assert press(client, request, "lender_expects").status_code == 302
    assert again(request).tries.get(open=True).answer_by >= by  # type: ignore[operator]
    assert press(client, request, "lender_retry", cost="much").status_code == 422
    assert again(request).state == "asked"
    answer = press(
        client, request, "lender_retry", reason="on-loan", after="2030-06-01", cost="3,50", currency="usd"
    )
    assert answer.status_code == 302
    assert again(request).questions.get(kind="retry").terms["cost"] == "3.50"
    copy = asked(world, patron="ben")
    assert press(client, copy, "lender_copy").status_code == 422
    assert press(client, copy, "lender_copy", comes="post").status_code == 302
    assert again(copy).state == "on_the_way"
    here = arrived(world)
    assert press(client, here, "lender_overdue").status_code == 302
    assert here.marks.filter(kind="lender_overdue", cleared_at__isnull=True).exists()


def test_words_to_a_lender_go_by_mail_or_by_message(world: World) -> None:
    request, client = asked(world), clerk(world.north)
    lender_try = request.tries.get(open=True)
    lender_news.lender_message(
        request_id=request.pk,
        try_id=lender_try.pk,
        text="Which volume?",
        actor=partner(world),
        at=clock.now(),
    )
    html = client.get(page(request)).content.decode()
    for words_wanted in ("the lender wrote", "Which volume?", "Never name the patron"):
        assert words_wanted in html, words_wanted
    assert client.post(door(request, "message_lender"), {"text": " "}).status_code == 422
    assert client.post(door(request, "message_lender"), {"text": "The second."}).status_code == 302
    assert [each.text for each in LenderMessage.objects.order_by("id")] == ["Which volume?", "The second."]
    row = OutboxRow.objects.get(subject=request.number, payload__notice="lender_message")
    assert row.payload["message"] == LenderMessage.objects.latest("id").pk
    assert not request.marks.filter(kind="lender_wrote", cleared_at__isnull=True).exists()
    wired = by_message(world)
    press(client, wired, "ask")
    press(client, wired, "message_lender", text="Is it the second edition?")
    press(client, wired, "ask_status")
    assert sent(wired) == ["request", "message", "status_request"]


def test_nothing_is_offered_that_would_go_nowhere(world: World) -> None:
    request, client = another(world), clerk(world.north)
    desk, at = world.north.actor(), clock.now()
    lenders.plan_lenders(request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=at)
    lenders.ask(request_id=request.pk, actor=desk, at=at, system="phone")
    html = client.get(page(request)).content.decode()
    for action in ("message_lender", "ask_status"):
        assert f'data-action="{action}"' not in html
        assert press(client, request, action, text="Hello").status_code == 409
    assert "ask_status" not in client.get(page(asked(world))).content.decode()
    assert not LenderMessage.objects.exists()


@pytest.mark.parametrize("action", ["message_lender", "accept_retry", "lender_retry", "ask_status"])
def test_words_and_answers_are_the_desk_s_own(world: World, action: str) -> None:
    request = offered(world)
    assert press(clerk(world.north, Role.COPYRIGHT), request, action, text="x").status_code in {403, 409}
    assert press(clerk(world.south), request, action, text="x").status_code == 404
    assert not LenderMessage.objects.exists()
    assert again(request).queue == "retry"


def test_a_silent_system_is_named_with_the_day_and_the_exchange_is_one_click_away(world: World) -> None:
    client = clerk(world.north)
    assert "Exchange of messages" not in client.get(page(asked(world))).content.decode()
    request = by_message(world)
    press(client, request, "ask")
    words.flag(request_id=request.pk, kind="peer_silent", at=clock.now())
    html = client.get(page(request)).content.decode()
    assert "the lender&#x27;s system does not answer" in html
    assert f'href="/exchange/north/{request.number}/"' in html
    assert "Messages wait until the system answers." in client.get("/desk/north/attention/").content.decode()
